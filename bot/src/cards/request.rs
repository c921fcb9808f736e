//! The card of a request: everything an approver must know, and how it stands.

use countersign_domain::access::{Access, Asked, Code, Proposal, Status};
use countersign_domain::denied::{Field, Violation};
use countersign_domain::names::PrincipalId;
use countersign_domain::rules::Approvers;
use countersign_domain::tenant::{Person, Role, TenantState};
use countersign_domain::words::{content, flat, plain, quoted, violation};
use jiff::Timestamp;

use super::draft::Draft;
use super::viewer::{buttons, could_decide, shared_buttons, terms};
use crate::words;
use countersign_domain::card::{Button, Card, Tone};

/// How many people are named one by one before the rest are counted.
const NAMED: usize = 5;

/// What a request's card is made of.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The request's code.
    pub code: &'a Code,
    /// How it stands.
    pub access: &'a Access,
    /// Who looks; `None` where everybody in a channel does.
    pub viewer: Option<&'a Person>,
    /// The people of the tenant.
    pub people: &'a TenantState,
    /// What time it is.
    pub now: Timestamp,
}

/// The card of a request as its viewer sees it, with their own buttons.
pub fn request(shown: Shown<'_>) -> Card {
    let Shown { code, access, .. } = shown;
    let title = access.asked.as_ref().map_or_else(|| code.to_string(), |asked| shown.title(asked));
    let mut draft = Draft::new(tone(access), &title).about(code, access.status);
    draft = draft.field(words::STATUS, &words::standing(access));
    if let Some(asked) = &access.asked {
        draft = shown.evidence(shown.content(draft, asked));
    }
    shown
        .proposal(draft)
        .lines(words::how_it_stands(access, shown.now, &|id| shown.name(id)))
        .lines(shown.in_the_console())
        .buttons(shown.buttons())
        .card()
}

/// Whether a card shows how a request stands, and so is to change with it; what is told about a request does not.
pub fn is_request(card: &Card) -> bool {
    card.code.is_some() && card.fields.iter().any(|field| field.label == words::ASKED_BY)
}

/// The card that answers who can countersign it.
pub fn approvers(shown: Shown<'_>) -> Card {
    let Shown { code, access, .. } = shown;
    let draft = Draft::new(Tone::Neutral, &words::title_of_approvers(code)).about(code, access.status);
    let draft = shown.proposal(draft.field(words::STATUS, &words::standing(access)));
    let draft = draft.field_if(words::RULE, terms(access).map(words::terms).as_deref());
    let Some(open) = &access.open else {
        let status = access.status.to_string();
        return draft.line(&violation(&Violation::NothingToDecide { status })).card();
    };
    draft.lines(words::escalation(open)).card()
}

const fn tone(access: &Access) -> Tone {
    match access.status {
        Status::New | Status::Withdrawn | Status::Expired | Status::GivenBack => Tone::Neutral,
        Status::Checking | Status::Waiting | Status::Granting | Status::Ending => Tone::Waiting,
        Status::Active if access.open.is_some() => Tone::Waiting,
        Status::Active => Tone::Good,
        Status::Failed | Status::Denied | Status::Revoked => Tone::Bad,
    }
}

impl Shown<'_> {
    fn title(&self, asked: &Asked) -> String {
        let what = content(asked);
        match self.access.open.as_ref().map(|open| open.proposal) {
            Some(Proposal::Extension { minutes }) => words::title_of_extension(self.code, minutes, &what),
            _ => words::title(self.code, &what),
        }
    }

    /// What was asked for.
    fn content(&self, draft: Draft, asked: &Asked) -> Draft {
        let requester = words::requester(&asked.requester, &flat(&asked.requester.name));
        // A duration that could not be read is told as what is wrong with it, not as the default.
        let readable = !asked.faults.iter().any(|fault| matches!(fault, Violation::BadDuration { .. }));
        let by_terms = terms(self.access).filter(|_| readable).map(|terms| asked.minutes_under(terms));
        let minutes = self.access.minutes.or(by_terms);
        let how_long = minutes.or(asked.minutes).map(|minutes| words::how_long(minutes, asked.until));
        let draft = draft
            .field(words::ASKED_BY, &requester)
            .field(words::FOR_WHOM, &plain_subject(asked))
            .field_if(words::PERMISSION, asked.permission.map(countersign_domain::access::Permission::as_str))
            .field_if(words::REPOSITORY, asked.repository.as_deref().map(plain).as_deref())
            .field_if(words::HOW_LONG, how_long.as_deref())
            .field_if(words::REASON, reason(asked).as_deref());
        self.ticket(draft, asked)
    }

    fn ticket(&self, draft: Draft, asked: &Asked) -> Draft {
        let Some(key) = asked.ticket.as_deref().map(plain) else { return draft };
        match self.access.findings.as_ref().and_then(|findings| findings.ticket.as_ref()) {
            Some(ticket) => {
                let value = format!("{key} {} ({})", quoted(&ticket.title), flat(&ticket.status));
                draft.linked(words::TICKET, &value, &ticket.url)
            }
            None => draft.field(words::TICKET, &key),
        }
    }

    /// What the vendors and the rules said.
    fn evidence(&self, draft: Draft) -> Draft {
        let holds =
            self.access.findings.as_ref().filter(|found| found.user.is_some() && found.repository.is_some());
        // What somebody holds is for them, and for those who decide on it.
        let holds = holds.filter(|_| self.sees_what_is_held());
        let draft =
            draft.field_if(words::HOLDS, holds.map(|findings| words::holds(findings.present)).as_deref());
        match &self.access.ruling {
            Some(ruling) if self.access.open.is_none() => draft.field(words::RULE, &words::ruling(ruling)),
            _ => draft.field_if(words::RULE, terms(self.access).map(words::terms).as_deref()),
        }
    }

    fn sees_what_is_held(&self) -> bool {
        let Some(viewer) = self.viewer else { return false };
        let own = self.access.asked.as_ref().and_then(|asked| asked.subject.principal.as_ref());
        own == Some(&viewer.id)
            || viewer.is(Role::Admin)
            || viewer.is(Role::Auditor)
            || terms(self.access).is_some_and(|terms| terms.may_countersign(viewer))
    }

    fn buttons(&self) -> Vec<Button> {
        match self.viewer {
            Some(viewer) => {
                buttons(self.access, self.code, viewer, &self.people.absent_for(viewer, self.now))
            }
            None => shared_buttons(self.access, self.code),
        }
    }

    /// Where it is countersigned, if only there.
    fn in_the_console(&self) -> Option<String> {
        let open = self.access.open.as_ref().filter(|open| open.terms.step_up)?;
        Some(words::in_the_console(open.terms.quorum))
    }

    /// Who countersigned, who may, until when, and the receipt of what this card shows.
    fn proposal(&self, draft: Draft) -> Draft {
        let by = self.access.open.as_ref().map_or(&self.access.countersigned_by, |open| &open.countersigned);
        let names: Vec<_> = by.iter().map(|id| self.name(id)).collect();
        let draft = draft.field_if(
            words::COUNTERSIGNED_BY,
            (!names.is_empty()).then(|| countersign_domain::words::list(&names)).as_deref(),
        );
        let Some(open) = &self.access.open else { return draft };
        let escalated = || open.terms.approvers_when_escalated.iter().map(Approvers::names).collect();
        let rule = if open.escalated { escalated() } else { open.terms.approver_names() };
        let may = words::may_countersign(&rule, &self.eligible());
        draft
            .field(words::MAY_COUNTERSIGN, &may)
            .field(words::UNTIL, &countersign_domain::words::instant(open.due))
            .field_if(words::RECEIPT, self.access.receipt().map(|receipt| receipt.short()).as_deref())
    }

    /// The names of those who could countersign now; the rest of many are counted.
    fn eligible(&self) -> Vec<String> {
        let could = |person: &&Person| {
            !self.people.is_away(&person.id, self.now)
                && could_decide(self.access, self.people, person, self.now)
        };
        let all: Vec<&Person> = self.people.people.values().filter(could).collect();
        let mut names: Vec<_> = all.iter().take(NAMED).map(|person| flat(&person.name)).collect();
        if all.len() > NAMED {
            names.push(words::more(all.len() - NAMED));
        }
        names
    }

    /// The name people see for a principal.
    fn name(&self, id: &PrincipalId) -> String {
        self.people.people.get(id).map_or_else(|| id.to_string(), |person| flat(&person.name))
    }
}

/// For whom: the directory's name, or what was typed.
fn plain_subject(asked: &Asked) -> String {
    match asked.subject.principal {
        Some(_) => flat(&asked.subject.name),
        None => plain(&asked.subject.name),
    }
}

/// Why; nothing where a reason was given that cannot be shown, which the card says elsewhere.
fn reason(asked: &Asked) -> Option<String> {
    let of_reason = |fault: &Violation| {
        matches!(
            fault,
            Violation::TextTooLong { field: Field::Reason, .. }
                | Violation::BadCharacter { field: Field::Reason, .. }
        )
    };
    match &asked.reason {
        Some(reason) => Some(quoted(reason)),
        None => (!asked.faults.iter().any(of_reason)).then(words::no_reason),
    }
}
