//! A request with who looks at it and when: what its card is made of, and what stands on every request's card.

use countersign_domain::audience::Collections;
use countersign_domain::capabilities::AnyRequest;
use countersign_domain::names::PrincipalId;
use countersign_domain::request::{Code, Facets, OpenView};
use countersign_domain::rules::Approvers;
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::{instant, prose, signers};
use jiff::Timestamp;

use super::draft::Draft;
use super::viewer::could_decide;
use crate::words;

/// How many people are named one by one before the rest are counted.
const NAMED: usize = 5;

/// What a request's card is made of.
#[derive(Debug)]
pub struct Shown<'a, R = AnyRequest> {
    /// The request's code.
    pub code: &'a Code,
    /// How it stands.
    pub request: &'a R,
    /// Who looks; `None` where everybody in a channel does.
    pub viewer: Option<&'a Person>,
    /// The people of the tenant.
    pub people: &'a People,
    /// What time it is.
    pub now: Timestamp,
    /// What else is open beside it, in a sentence.
    pub beside: Option<&'a str>,
    /// The version of the rules in force; 0 where there are none, or nobody looked.
    pub rules: u64,
    /// Who may read what belongs to a collection, where that is said of any.
    pub collections: Option<&'a Collections>,
}

impl<R> Clone for Shown<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Shown<'_, R> {}

impl<'a> Shown<'a> {
    /// The same for the request as its kind knows it.
    pub const fn of<R>(self, request: &'a R) -> Shown<'a, R> {
        let Self { code, viewer, people, now, beside, rules, collections, .. } = self;
        Shown { code, request, viewer, people, now, beside, rules, collections }
    }
}

impl<R: Facets> Shown<'_, R> {
    /// Where it is countersigned, if only there.
    pub(crate) fn in_the_console(&self) -> Option<String> {
        let open = self.request.open().filter(|open| open.terms.step_up)?;
        Some(words::in_the_console(open.terms.quorum))
    }

    /// Why what was countersigned before counts no more.
    pub(crate) fn lost(&self) -> Option<String> {
        self.request.open().and_then(|open| words::lost(&open))
    }

    /// Who countersigned, who may, and until when.
    pub(crate) fn proposal(&self, draft: Draft) -> Draft {
        let open = self.request.open();
        let by = open.map_or(self.request.countersigned_by(), |open| open.countersigned);
        let place = |id: &PrincipalId| match &open {
            Some(open) => open.stood_in_for.get(id),
            None => self.request.stood_in_for(id),
        };
        let signed = signers(by, &place, &|id| self.name(id));
        let draft = draft.field_if(words::WHY_PROPOSED, open.and_then(|open| open.why).map(prose).as_deref());
        let draft = draft.field_if(words::COUNTERSIGNED_BY, (!by.is_empty()).then_some(signed).as_deref());
        let Some(open) = open else { return draft };
        let escalated = || open.terms.approvers_when_escalated.iter().map(Approvers::names).collect();
        let rule = if open.escalated { escalated() } else { open.terms.approver_names() };
        let may = words::may_countersign(&rule, &self.eligible());
        let missing = self.missing(&open);
        let may = if missing == 0 { may } else { words::too_few(&may, missing) };
        draft.field(words::MAY_COUNTERSIGN, &may).field(words::UNTIL, &instant(open.due))
    }

    /// How many countersignatures more it takes than people here could still give, whoever is away or asked later.
    fn missing(&self, open: &OpenView<'_>) -> usize {
        let needed = (open.terms.quorum as usize).saturating_sub(open.countersigned.len());
        let later = |person: &Person| {
            open.terms.may_countersign_when_escalated(person)
                && !self.request.concerns(&person.id)
                && !open.countersigned.contains(&person.id)
        };
        let could =
            |person: &&Person| could_decide(self.request, self.people, person, self.now) || later(person);
        needed.saturating_sub(self.people.people.values().filter(could).take(needed).count())
    }

    /// The names of those whose countersignature would count now; the rest of many are counted. Whoever is away can still give it, and
    /// stands last: nobody is asked in vain for want of knowing that.
    fn eligible(&self) -> Vec<String> {
        let could = |person: &&Person| could_decide(self.request, self.people, person, self.now);
        let is_away = |person: &&Person| self.people.is_away(&person.id, self.now);
        let (away, here): (Vec<&Person>, Vec<&Person>) =
            self.people.people.values().filter(could).partition(is_away);
        let away_too = away.iter().map(|person| words::who_is_away(&self.name(&person.id)));
        let all: Vec<_> = here.iter().map(|person| self.name(&person.id)).chain(away_too).collect();
        let more = all.len().saturating_sub(NAMED);
        all.into_iter().take(NAMED).chain((more > 0).then(|| words::more(more))).collect()
    }
}

impl<R> Shown<'_, R> {
    /// The name people see for a principal.
    pub(crate) fn name(&self, id: &PrincipalId) -> String {
        self.apart(id, &self.people.called(id))
    }

    /// A name as it tells this person from everybody else here: with their id where somebody else is called the same.
    pub(crate) fn apart(&self, id: &PrincipalId, name: &str) -> String {
        let own = name.to_lowercase();
        let mut others = self.people.people.values().filter(|other| other.id != *id);
        if others.any(|other| other.name.to_lowercase() == own) {
            format!("{name} ({id})")
        } else {
            name.to_owned()
        }
    }
}
