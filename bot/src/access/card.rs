//! The card of a request: everything an approver must know, and how it stands.
//!
//! Each fact stands once, and in the order in which one asks: who wants what on what for how long (the title), why, under which
//! ticket, what it changes; then how it stands, who may decide until when, and what only an auditor looks for.

use countersign_domain::access::words::{what, whom};
use countersign_domain::access::{AccessRequest, Asked, Fault, Permission, Proposal, Status};
use countersign_domain::capabilities::violation;
use countersign_domain::denied::{Field, Violation};
use countersign_domain::duration::End;
use countersign_domain::request::Facets as _;
use countersign_domain::words::{flat, plain, prose, quoted};

use super::buttons::buttons;
use super::standing::{escalation, how_it_stands, standing};
use super::title::Verb;
use super::{held, title};
use crate::cards::{Draft, Shown, shared_buttons};
use crate::tickets;
use crate::words;
use countersign_domain::card::{Button, Card, Tone};

/// The card of a request as its viewer sees it, with their own buttons.
pub fn request(shown: Shown<'_, AccessRequest>) -> Card {
    let Shown { code, request: access, .. } = shown;
    let asked = access.asked.as_ref().map(|asked| shown.told_apart(asked));
    let mut draft =
        Draft::new(tone(access), &shown.titled(asked.as_ref())).about(code, access.status().as_str()).live();
    if let Some(asked) = &asked {
        draft = shown.evidence(shown.content(draft, asked), asked);
    }
    draft = shown.proposal(draft.field(words::STATUS, &standing(access)));
    if let Some(asked) = &asked {
        draft = shown.for_the_record(draft, asked);
    }
    draft
        .lines(shown.assumed())
        .lines(shown.stranger())
        .lines(shown.beside.map(str::to_owned))
        .lines(how_it_stands(&shown.told(), &|id| shown.name(id)))
        .lines(shown.in_the_console())
        .buttons(shown.buttons())
        .card()
}

/// The title of that card.
pub fn title(shown: Shown<'_, AccessRequest>) -> String {
    let asked = shown.request.asked.as_ref().map(|asked| shown.told_apart(asked));
    shown.titled(asked.as_ref())
}

/// The card that answers who can countersign it.
pub fn approvers(shown: Shown<'_, AccessRequest>) -> Card {
    let Shown { code, request: access, .. } = shown;
    let draft =
        Draft::new(Tone::Neutral, &words::title_of_approvers(code)).about(code, access.status().as_str());
    let draft = shown.proposal(draft.field(words::STATUS, &standing(access)));
    let draft = draft.field_if(words::RULE, rule(access).as_deref());
    let Some(open) = &access.open else {
        let status = access.status().to_string();
        return draft.line(&violation(&Violation::NothingToDecide { status })).card();
    };
    draft.lines(escalation(open)).card()
}

const fn tone(access: &AccessRequest) -> Tone {
    match access.status() {
        Status::New | Status::Withdrawn | Status::Expired | Status::GivenBack => Tone::Neutral,
        Status::Checking | Status::Waiting | Status::Granting | Status::Ending => Tone::Waiting,
        Status::Active if access.open.is_some() => Tone::Waiting,
        Status::Active => Tone::Good,
        Status::Failed | Status::Denied | Status::Revoked => Tone::Bad,
    }
}

impl Shown<'_, AccessRequest> {
    /// The request as far as the viewer may know how its ticket stands, and what somebody holds.
    fn told(&self) -> AccessRequest {
        let ticket = self.request.findings.as_ref().and_then(|findings| findings.ticket.as_ref());
        let changed = tickets::told(&self.request.changed, ticket, self.viewer);
        let told = AccessRequest { changed, ..self.request.clone() };
        if self.sees_what_is_held() { told } else { held::without(&told) }
    }

    /// What is asked for, with people of one name told apart.
    fn told_apart(&self, asked: &Asked) -> Asked {
        let mut asked = asked.clone();
        asked.requester.name = self.apart(&asked.requester.id, &asked.requester.name);
        if let Some(id) = &asked.subject.principal {
            asked.subject.name = self.apart(id, &asked.subject.name);
        }
        asked
    }

    fn titled(&self, asked: Option<&Asked>) -> String {
        asked.map_or_else(|| self.code.to_string(), |asked| self.title(asked))
    }

    /// Who wants what on what, for whom and for how long.
    fn title(&self, asked: &Asked) -> String {
        let verb = Verb::of(self.request);
        let (who, whom) = if verb.names_who_asked() {
            (self.requester(asked), (!asked.is_for_themselves()).then(|| whom(asked)))
        } else {
            (whom(asked), None)
        };
        let (what, lasting) = match self.request.open.as_ref().map(|open| open.proposal) {
            Some(Proposal::Extension(longer)) => (title::so_much_more(longer, &what(asked)), None),
            _ => (what(asked), self.lasting(asked)),
        };
        words::title(self.code, &title::sentence(&who, verb, &what, whom.as_deref(), lasting))
    }

    /// Who asks for what stands open: of an extension, who proposed that.
    fn requester(&self, asked: &Asked) -> String {
        match self.request.open.as_ref().map(|open| &open.by) {
            Some(by) if *by != asked.requester.id => self.name(by),
            _ => words::requester(&asked.requester, &flat(&asked.requester.name)),
        }
    }

    /// Until when, where an end was said; else for how long.
    fn lasting(&self, asked: &Asked) -> Option<String> {
        asked.until.map(title::until_end).or_else(|| self.minutes(asked).map(title::for_minutes))
    }

    /// For how long, as it was approved or would be.
    fn minutes(&self, asked: &Asked) -> Option<u64> {
        // A duration that could not be read is told as what is wrong with it, not as the default.
        let readable =
            !asked.faults.iter().any(|fault| matches!(fault.own(), Some(Fault::BadDuration { .. })));
        let by_terms =
            || self.request.latest_terms().filter(|_| readable).map(|terms| asked.minutes_under(terms));
        self.request.minutes().or_else(by_terms).or(asked.minutes)
    }

    /// Why, and under which ticket.
    fn content(&self, draft: Draft, asked: &Asked) -> Draft {
        let draft = draft.field_if(words::REASON, reason(asked).as_deref());
        // What is in force says its end itself.
        let until = asked.until.filter(|_| self.request.own.grant.is_none()).map(End::told);
        self.ticket(draft.field_if(words::AT_THE_LATEST, until.as_deref()), asked)
    }

    fn ticket(&self, draft: Draft, asked: &Asked) -> Draft {
        let Some(key) = asked.ticket.as_deref().map(plain) else { return draft };
        match tickets::seen_by(self.request, self.viewer) {
            Some(ticket) => {
                let key = plain(&ticket.key);
                let title = quoted(&ticket.title);
                // A ticket that is the request is moved by us: how it stood when it was looked up is over a moment later.
                let note = if self.request.ticket_is_the_request() {
                    title
                } else {
                    format!("{title} ({})", flat(&ticket.status))
                };
                draft.linked(words::TICKET, &key, &ticket.url, &note)
            }
            None => draft.field(words::TICKET, &key),
        }
    }

    /// What is held already, and what this would change.
    fn evidence(&self, draft: Draft, asked: &Asked) -> Draft {
        let holds =
            self.request.findings.as_ref().filter(|found| found.user.is_some() && found.repository.is_some());
        let holds = holds.filter(|_| self.sees_what_is_held());
        let Some(findings) = holds else { return draft };
        // Once it was approved, what the account holds is what came of it.
        if self.request.minutes().is_some() {
            let grant = self.request.own.grant.as_ref().filter(|grant| !grant.by_hand);
            return draft.field(words::HELD_BEFORE, &title::held_before(findings, grant));
        }
        let holds = match self.makes_it(asked) {
            Some(permission) => title::changes(findings, permission),
            None => title::holds(findings),
        };
        draft.field(words::HOLDS, &holds)
    }

    /// The permission that a countersignature of what is proposed brings.
    fn makes_it(&self, asked: &Asked) -> Option<Permission> {
        let open = self.request.open.as_ref()?;
        (open.proposal == Proposal::Grant).then_some(asked.permission).flatten()
    }

    /// What only who checks it afterwards looks for: when it was asked, by which rule it is decided, and the receipt of what
    /// this card shows.
    fn for_the_record(&self, draft: Draft, asked: &Asked) -> Draft {
        let by = (!Verb::of(self.request).names_who_asked() && !asked.is_for_themselves())
            .then(|| words::requester(&asked.requester, &flat(&asked.requester.name)));
        draft
            .field(words::ASKED, &words::asked_on(asked.at, by.as_deref()))
            .field_if(words::RULE, rule(self.request).as_deref())
            .field_if(words::RECEIPT, self.request.receipt().map(|receipt| receipt.short()).as_deref())
    }

    /// That nobody said for how long, while that can still be asked otherwise.
    fn assumed(&self) -> Option<String> {
        let asked = self.request.asked.as_ref()?;
        let was_said = asked.minutes.is_some() || asked.until.is_some();
        let minutes = self.minutes(asked).filter(|_| !was_said && self.request.is_undecided())?;
        Some(words::as_is_usual(minutes))
    }

    /// That it is for somebody with an account at the forge whom the tenant does not know, where it is.
    fn stranger(&self) -> Option<String> {
        self.request.findings.as_ref()?.user.as_ref()?;
        let subject = &self.request.asked.as_ref()?.subject;
        subject.principal.is_none().then(|| words::not_one_of_us(&plain(&subject.name)))
    }

    fn sees_what_is_held(&self) -> bool {
        held::seen_by(self.request, self.people, self.viewer, self.now)
    }

    fn buttons(&self) -> Vec<Button> {
        match self.viewer {
            Some(viewer) => buttons(
                self.request,
                self.code,
                viewer,
                (&self.people.absent_for(viewer, self.now), self.now),
            ),
            None => shared_buttons(self.request, self.code),
        }
    }
}

/// The rule by which it is decided; where others forbid it by now, those.
fn rule(access: &AccessRequest) -> Option<String> {
    let forbidden = access.denial.iter().find_map(|denial| {
        let policies = denial.violations.iter().find_map(|violation| match violation {
            Violation::ForbiddenByRule { policies, .. } => Some(policies.as_slice()),
            _ => None,
        });
        match (policies, denial.rules) {
            (policies, Some(version)) => Some(Some(words::forbidding(policies.unwrap_or_default(), version))),
            // The story says which version that was.
            (Some(_), None) => Some(None),
            (None, None) => None,
        }
    });
    forbidden.unwrap_or_else(|| access.latest_terms().map(words::deciding))
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
        Some(reason) => Some(prose(reason)),
        None => (!asked.faults.iter().any(of_reason)).then(words::no_reason),
    }
}
