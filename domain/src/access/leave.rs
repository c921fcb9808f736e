//! What becomes of an access when people leave, or may not any more what they might.

use jiff::Timestamp;

use super::event::{AccessEvent, Ending, GrantEvent};
use super::state::{Access, AccessRequest};
use crate::request::{Leaver, Review, Unsigned, closed, later};
use crate::rules::{OnLeave, Ruling};
use crate::tenant::{People, Person};

/// What has to end of an access, and what has to be said of it.
pub(super) fn reviewed(
    access: &AccessRequest,
    review: &Review<Access>,
    gone: Option<&Leaver>,
    now: Timestamp,
) -> Vec<AccessEvent> {
    if access.held().is_none() {
        return vec![];
    }
    if let Some(leaver) = gone {
        return access.left_by(leaver, now);
    }
    let signer = access.signer_gone(&review.people).as_ref().map(ending_of);
    let unsigned = access.unsigned(&review.people, now);
    let called_off = || match unsigned? {
        Unsigned::By(id) => Some(Leaver::of(id, &review.people)),
        Unsigned::Anew => None,
    };
    let signer = signer.or_else(|| called_off().map(|Leaver { who, name }| Ending::CalledOff { who, name }));
    let ending = signer.or_else(|| access.not_allowed(review.granted.as_ref()));
    let terms = access.terms_anew(review.granted.as_ref());
    if let (None, Some(Unsigned::Anew), Some(terms)) = (&ending, unsigned, terms) {
        return access.asked_anew(terms.clone(), now);
    }
    ending.map(|ending| GrantEvent::Ending { ending }.into()).into_iter().collect()
}

/// Who shall have it, where they are gone: a person of the tenant, or somebody whose account it is.
pub(super) fn subject_gone(access: &AccessRequest, people: &People) -> Option<Leaver> {
    let subject = &access.asked.as_ref()?.subject;
    let leaver = |who: &crate::names::PrincipalId| Leaver { who: who.clone(), name: subject.name.clone() };
    if let Some(id) = &subject.principal {
        return (!people.people.contains_key(id)).then(|| leaver(id));
    }
    let theirs = |person: &&Person| access.is_account_of(person);
    if people.people.values().any(|person| theirs(&person)) {
        return None;
    }
    people.left.values().find(theirs).map(|person| leaver(&person.id))
}

impl AccessRequest {
    /// What follows when somebody is gone on whom it stands.
    fn left_by(&self, leaver: &Leaver, now: Timestamp) -> Vec<AccessEvent> {
        let ends = || vec![GrantEvent::Ending { ending: ending_of(leaver) }.into()];
        let (Some(grant), Some(OnLeave::Keep { minutes })) =
            (&self.own.grant, self.terms().map(|terms| terms.on_leave))
        else {
            return ends();
        };
        let extension = self.open.as_ref().map(|open| closed(open.proposal, leaver.clone()));
        let until = later(now, minutes);
        let Leaver { who, name } = leaver.clone();
        let sooner = (until < grant.until).then(|| GrantEvent::Shortened { who, name, until }.into());
        extension.into_iter().chain(sooner).collect()
    }

    /// Why it may not last, where a rule says that it lasts only as long as that rule allows it.
    fn not_allowed(&self, ruling: Option<&Ruling>) -> Option<Ending> {
        let allowed = |policy: &String| match ruling {
            Some(Ruling::Allowed(terms)) => terms.policies.contains(policy),
            _ => false,
        };
        let of_members = &self.terms()?.while_member;
        let policies: Vec<_> = of_members.iter().filter(|policy| !allowed(policy)).cloned().collect();
        (!policies.is_empty()).then_some(Ending::NotAllowed { policies })
    }
}

fn ending_of(Leaver { who, name }: &Leaver) -> Ending {
    Ending::Left { who: who.clone(), name: name.clone() }
}

#[cfg(test)]
mod lives;
#[cfg(test)]
mod stricter;
#[cfg(test)]
mod tests;
