//! Deciding what becomes of a request when people leave, or may not any more what they might: everything that is open or in
//! force is looked at again with the people and the rules as they are now.
//!
//! The same review may come as often as it likes: what it has ended, it finds ended.

use jiff::Timestamp;

use super::event::{AccessEvent, Ending, Phase, Proposal};
use super::state::{Access, Grant, Open, later};
use super::{DEFAULT_MINUTES, Review, Status};
use crate::denied::{Denied, Violation};
use crate::envelope::ActorKind;
use crate::names::PrincipalId;
use crate::rules::{OnLeave, Refusal, Ruling, Terms};
use crate::tenant::{Person, TenantState};

/// Somebody who left.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Leaver {
    who: PrincipalId,
    name: String,
}

impl Access {
    /// What has to end, or to be decided anew, with the rules and the people as they are now.
    pub fn review(&self, review: &Review, now: Timestamp) -> Vec<AccessEvent> {
        let people = &review.people;
        if self.subject_gone(people).is_some()
            || self.requester_gone(people).is_some() && self.grant.is_none()
        {
            return self.left(people, now);
        }
        let ended =
            self.signer_gone(people).map(ending_of).or_else(|| self.not_allowed(review.granted.as_ref()));
        if let Some(ending) = ended.filter(|_| self.held().is_some()) {
            return vec![AccessEvent::AccessEnding { ending }];
        }
        let mut events = self.void_countersignatures(people, now);
        if let Some(open) = &self.open {
            events.extend(match proposer_gone(open, people) {
                Some(leaver) => vec![closed(open.proposal, leaver)],
                None => self.recheck(review.open.clone().unwrap_or_else(|| unasked(&open.terms))),
            });
        }
        events
    }

    /// For how many minutes the rules are asked about what was granted: for all that it lasts.
    pub fn minutes_granted_for(&self) -> u64 {
        let asked = self.asked.as_ref().and_then(|asked| asked.minutes).unwrap_or(DEFAULT_MINUTES);
        self.grant.as_ref().map_or(asked, Grant::minutes)
    }

    /// Whether it lasts only as long as a rule goes on allowing it.
    pub fn is_for_members(&self) -> bool {
        self.held().is_some() && self.granted_terms().is_some_and(|terms| !terms.while_member.is_empty())
    }

    /// Who signs as the directory knows them now; the reason why not, where they or whoever it is about are gone.
    pub(super) fn present<'a>(&self, by: &Person, people: &'a TenantState) -> Result<&'a Person, Denied> {
        let left = |name: String| Denied::from(Violation::HasLeft { name });
        let gone = self.subject_gone(people).or_else(|| self.requester_gone(people));
        if let Some(gone) = gone.filter(|_| self.open.is_some()) {
            return Err(left(gone.name));
        }
        people.people.get(&by.id).ok_or_else(|| left(by.name.clone()))
    }

    /// The countersignatures that would not be taken now.
    pub(super) fn void_countersignatures(&self, people: &TenantState, now: Timestamp) -> Vec<AccessEvent> {
        let Some(open) = &self.open else { return vec![] };
        let void = open.countersigned.iter().filter(|id| !self.counts(open, id, people, now));
        void.map(|by| AccessEvent::AccessCountersignatureVoided { by: by.clone() }).collect()
    }

    /// Whether the countersignature that somebody gave would be taken now, in their own name or in the place in which they
    /// gave it.
    fn counts(&self, open: &Open, by: &PrincipalId, people: &TenantState, now: Timestamp) -> bool {
        let may = |person: &Person| open.allows(person) && !self.is_own(person);
        let Some(person) = people.people.get(by) else { return false };
        let is_in_place = || {
            let absent = open.stood_in_for.get(by).into_iter();
            let mut still = absent.flat_map(|absent| {
                people.absent_for(person, now).into_iter().filter(move |other| other.id == *absent)
            });
            still.any(|absent| may(&absent))
        };
        person.kind == ActorKind::Person && !self.is_own(person) && (open.allows(person) || is_in_place())
    }

    /// What ends because who shall have it, or who asked for what was not granted yet, is gone.
    fn left(&self, people: &TenantState, now: Timestamp) -> Vec<AccessEvent> {
        let Some(leaver) = self.subject_gone(people).or_else(|| self.requester_gone(people)) else {
            return vec![];
        };
        match (&self.grant, &self.open) {
            _ if self.is_undecided() => vec![closed(Proposal::Grant, leaver)],
            _ if self.held().is_none() => vec![],
            (Some(grant), open) => match self.granted_terms().map(|terms| terms.on_leave) {
                Some(OnLeave::Keep { minutes }) => {
                    let extension = open.as_ref().map(|open| closed(open.proposal, leaver.clone()));
                    let until = later(now, minutes);
                    let Leaver { who, name } = leaver;
                    let sooner = AccessEvent::AccessShortened { who, name, until };
                    extension.into_iter().chain((until < grant.until).then_some(sooner)).collect()
                }
                _ => vec![AccessEvent::AccessEnding { ending: ending_of(leaver) }],
            },
            (None, _) => vec![AccessEvent::AccessEnding { ending: ending_of(leaver) }],
        }
    }

    /// Whether it is not decided yet whether it is granted.
    fn is_undecided(&self) -> bool {
        let looked_up = self.failure.as_ref().is_some_and(|failure| failure.phase == Phase::Checking);
        matches!(self.status, Status::Checking | Status::Waiting)
            || self.status == Status::Failed && looked_up
    }

    fn granted_terms(&self) -> Option<&Terms> {
        match &self.ruling {
            Some(Ruling::Allowed(terms)) => Some(terms),
            _ => None,
        }
    }

    /// Who shall have it, where they are gone: a person of the tenant, or somebody whose account it is.
    fn subject_gone(&self, people: &TenantState) -> Option<Leaver> {
        let subject = &self.asked.as_ref()?.subject;
        let leaver = |who: &PrincipalId| Leaver { who: who.clone(), name: subject.name.clone() };
        if let Some(id) = &subject.principal {
            return (!people.people.contains_key(id)).then(|| leaver(id));
        }
        let account = self.account();
        let theirs = |person: &&Person| person.accounts.values().any(|own| Some(own.as_str()) == account);
        if people.people.values().any(|person| theirs(&person)) {
            return None;
        }
        people.left.values().find(theirs).map(|person| leaver(&person.id))
    }

    /// Who asked, where they were known and are gone.
    fn requester_gone(&self, people: &TenantState) -> Option<Leaver> {
        let requester =
            self.asked.as_ref().map(|asked| &asked.requester).filter(|requester| requester.known)?;
        let is_gone = !people.people.contains_key(&requester.id);
        is_gone.then(|| Leaver { who: requester.id.clone(), name: requester.name.clone() })
    }

    /// Somebody who countersigned what is not granted yet, and is gone: the permission must not be set any more.
    fn signer_gone(&self, people: &TenantState) -> Option<Leaver> {
        let mut signers = self.countersigned_by.iter().filter(|_| self.grant.is_none());
        signers.find(|id| !people.people.contains_key(*id)).map(|id| leaver_of(id, people))
    }

    /// Why it may not last, where a rule says that it lasts only as long as that rule allows it.
    fn not_allowed(&self, ruling: Option<&Ruling>) -> Option<Ending> {
        let allowed = |policy: &String| match ruling {
            Some(Ruling::Allowed(terms)) => terms.policies.contains(policy),
            _ => false,
        };
        let of_members = &self.granted_terms()?.while_member;
        let policies: Vec<_> = of_members.iter().filter(|policy| !allowed(policy)).cloned().collect();
        (!policies.is_empty()).then_some(Ending::NotAllowed { policies })
    }
}

/// Who asked for what waits now, where they are gone.
fn proposer_gone(open: &Open, people: &TenantState) -> Option<Leaver> {
    (!people.people.contains_key(&open.by)).then(|| leaver_of(&open.by, people))
}

impl AccessEvent {
    /// Whether it came about because this person left.
    pub fn is_because_of(&self, leaver: &PrincipalId) -> bool {
        match self {
            Self::AccessClosed { who, .. }
            | Self::AccessShortened { who, .. }
            | Self::AccessEnding { ending: Ending::Left { who, .. } }
            | Self::AccessCountersignatureVoided { by: who } => who == leaver,
            _ => false,
        }
    }
}

fn closed(proposal: Proposal, Leaver { who, name }: Leaver) -> AccessEvent {
    AccessEvent::AccessClosed { proposal, who, name }
}

fn ending_of(Leaver { who, name }: Leaver) -> Ending {
    Ending::Left { who, name }
}

/// With the name people saw.
fn leaver_of(who: &PrincipalId, people: &TenantState) -> Leaver {
    let name = people.left.get(who).map_or_else(|| who.to_string(), |person| person.name.clone());
    Leaver { who: who.clone(), name }
}

/// Rules that cannot be asked allow nothing.
fn unasked(terms: &Terms) -> Ruling {
    Ruling::Forbidden(Refusal { version: terms.version, policies: vec![], messages: vec![] })
}

#[cfg(test)]
mod lives;
#[cfg(test)]
mod tests;
