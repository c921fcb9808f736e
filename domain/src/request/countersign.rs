//! Deciding a countersignature, a no, a withdrawal, and what happens when nobody answers.

use jiff::Timestamp;

use super::kind::Proposed;
use super::{Assurance, Countersignature, Facets, Kind, Open, Request, RequestEvent, Stage};
use crate::denied::{Denied, Violation};
use crate::envelope::{ActorKind, Digest};
use crate::names::PrincipalId;
use crate::person::Person;
use crate::rules::Ruling;

impl<P> Open<P> {
    /// Whether this person may countersign it, by the rules and because it is not their own.
    pub fn allows(&self, person: &Person) -> bool {
        self.terms.may_countersign(person)
            || (self.escalated && self.terms.may_countersign_when_escalated(person))
    }

    /// Whether this person has countersigned it, or somebody who stood in for them.
    pub fn has_countersigned(&self, id: &PrincipalId) -> bool {
        self.countersigned.contains(id) || self.stood_in_for.values().any(|absent| absent == id)
    }
}

impl<K: Kind> Request<K> {
    /// Whether this person could countersign what is proposed now.
    pub fn could_countersign(&self, person: &Person) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.allows(person) && !self.is_own(person) && !open.has_countersigned(&person.id)
        })
    }

    /// Whether this person could countersign it in the place of one of those who are away.
    pub fn could_stand_in(&self, person: &Person, absent: &[Person]) -> bool {
        let is_free = |open: &Open<K::Proposal>| !open.has_countersigned(&person.id) && !self.is_own(person);
        self.open.as_ref().filter(|open| is_free(open)).is_some_and(|open| {
            person.kind == ActorKind::Person && self.stands_in_for(open, absent).is_some()
        })
    }

    /// Whether this person's countersignature is one of those by which it is carried out, or was, and stands.
    pub fn was_carried_by(&self, id: &PrincipalId) -> bool {
        (self.is_approved() || self.stage == Stage::Standing) && self.countersigned_by.contains(id)
    }

    /// The first of those who are away whose countersignature would count, and was not given.
    fn stands_in_for(&self, open: &Open<K::Proposal>, absent: &[Person]) -> Option<PrincipalId> {
        let could = |person: &&Person| {
            open.allows(person) && !self.is_own(person) && !open.has_countersigned(&person.id)
        };
        absent.iter().find(could).map(|person| person.id.clone())
    }

    /// The version of the rules that somebody countersigns it under, where they say this now: the one that was shown, if that
    /// said the same; else the one in force. Where that is another one, nobody was shown anything of it yet, and what they saw is stale.
    /// Where it is the same, the people changed of whom it speaks: what that makes of it must be taken in by a review before.
    pub fn ruled_by(&self, now: &Ruling) -> u64 {
        match (&self.open, now) {
            (Some(open), Ruling::Allowed(terms)) if K::say_the_same(&open.terms, terms) => open.terms.version,
            _ => now.version(),
        }
    }

    pub(super) fn take_back(
        &self,
        by: &Person,
        assurance: Assurance,
    ) -> Result<Vec<RequestEvent<K>>, Denied> {
        let Some(open) = &self.open else {
            let status = K::word(self).to_owned();
            let why = if self.was_carried_by(&by.id) {
                Violation::TooLateToTakeBack { status, lasts: K::LIFE.lasts }
            } else {
                Violation::NothingToDecide { status }
            };
            return Err(why.into());
        };
        let given = match assurance {
            Assurance::Reacted => open.by_reaction.contains(&by.id),
            Assurance::Said | Assurance::Confirmed => open.countersigned.contains(&by.id),
        };
        match (given, assurance) {
            (true, _) => Ok(vec![RequestEvent::CountersignatureTakenBack { by: by.id.clone() }]),
            // A reaction that never counted is nobody's business.
            (false, Assurance::Reacted) => Ok(vec![]),
            (false, _) if open.voided.contains_key(&by.id) => Err(Violation::CountersignatureVoid.into()),
            (false, _) => Err(Violation::NotCountersigned.into()),
        }
    }

    /// Whoever countersigned before counts if they may now, and not because they might then.
    pub(super) fn countersign(
        &self,
        signature: &Countersignature<K>,
        now: Timestamp,
    ) -> Result<Vec<RequestEvent<K>>, Denied> {
        let mut events = self.void_countersignatures(&signature.people, now);
        let mut standing = self.clone();
        for event in &events {
            standing.apply(event, now);
        }
        events.extend(standing.count(signature, now)?);
        Ok(events)
    }

    fn count(&self, signature: &Countersignature<K>, now: Timestamp) -> Result<Vec<RequestEvent<K>>, Denied> {
        let Countersignature { by, people, receipt, rules, assurance, past } = signature;
        let by = self.present(by, people)?;
        let absent = people.absent_for(by, now);
        let Decidable { open, shown, stands_in_for } = self.decidable(by, &absent, *receipt)?;
        if open.terms.version != *rules {
            return Err(Violation::Stale.into());
        }
        if open.has_countersigned(&by.id) {
            return Err(Violation::AlreadyCountersigned.into());
        }
        if open.terms.step_up && *assurance < Assurance::Confirmed {
            return Err(Violation::StepUpNeeded.into());
        }
        if *assurance == Assurance::Reacted && !open.terms.reaction {
            return Err(Violation::ReactionNotEnough.into());
        }
        let mut events = vec![RequestEvent::Countersigned {
            by: by.id.clone(),
            receipt: shown,
            assurance: *assurance,
            stands_in_for,
        }];
        let mut all = open.countersigned.clone();
        all.push(by.id.clone());
        if all.len() >= open.terms.quorum as usize
            && let Some(asked) = &self.asked
        {
            let found = self.findings.as_ref();
            let proposed = Proposed { asked, proposal: open.proposal, found, terms: &open.terms };
            let broken = self.own.limits(proposed, past, now);
            if !broken.is_empty() {
                return Err(Denied(broken));
            }
            events.push(self.carry(proposed, all, now));
        }
        Ok(events)
    }

    pub(super) fn deny(
        &self,
        by: &Person,
        absent: &[Person],
        receipt: Option<Digest>,
        reason: Option<String>,
    ) -> Result<Vec<RequestEvent<K>>, Denied> {
        let open = self.decidable(by, absent, receipt)?.open;
        let (proposal, needs_reason) = (open.proposal, open.terms.reason_required);
        if needs_reason && reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Violation::DenialNeedsReason.into());
        }
        Ok(vec![RequestEvent::Denied {
            proposal,
            by: Some(by.id.clone()),
            reason,
            violations: vec![],
            rules: None,
        }])
    }

    pub(super) fn withdraw(&self, by: &Person) -> Result<Vec<RequestEvent<K>>, Denied> {
        let action = "withdraw".to_owned();
        if !Facets::is_for(self, &by.id) {
            return Err(Violation::NotYours { action }.into());
        }
        let proposal = match (&self.open, self.stage) {
            (Some(open), _) => open.proposal,
            (None, Stage::Checking) => K::FIRST,
            _ => return Err(Violation::WrongStatus { action, status: K::word(self).to_owned() }.into()),
        };
        Ok(vec![RequestEvent::Withdrawn { proposal, by: by.id.clone() }])
    }

    /// What is decided already goes on.
    pub(super) fn supersede(&self, ticket: String, asks_nothing: bool) -> Vec<RequestEvent<K>> {
        let superseded = RequestEvent::Superseded { proposal: K::FIRST, ticket, asks_nothing };
        self.is_undecided().then_some(superseded).into_iter().collect()
    }

    pub(super) fn lapse(&self, now: Timestamp) -> Vec<RequestEvent<K>> {
        match &self.open {
            Some(open) if open.due <= now => vec![RequestEvent::Lapsed { proposal: open.proposal }],
            _ => vec![],
        }
    }

    pub(super) fn escalate(&self) -> Vec<RequestEvent<K>> {
        match &self.open {
            Some(open) if !open.escalated => {
                vec![RequestEvent::Escalated { to: open.terms.escalate_to.clone() }]
            }
            _ => vec![],
        }
    }

    pub(super) fn remind(&self, now: Timestamp) -> Vec<RequestEvent<K>> {
        match &self.open {
            Some(open) if open.remind_at.is_some_and(|at| at <= now) => {
                vec![RequestEvent::Reminded { times: open.reminded + 1 }]
            }
            _ => vec![],
        }
    }

    pub(super) fn announce(&self, by: &Person) -> Result<Vec<RequestEvent<K>>, Denied> {
        if !self.concerns(&by.id) {
            return Err(Violation::NotYours { action: "have everybody asked about".to_owned() }.into());
        }
        match &self.open {
            None => Err(Violation::NothingToDecide { status: K::word(self).to_owned() }.into()),
            Some(open) if open.announced => Ok(vec![]),
            Some(_) => Ok(vec![RequestEvent::Announced { by: by.id.clone() }]),
        }
    }

    /// What is open for this person's decision, and its receipt; or why it is not.
    fn decidable(
        &self,
        by: &Person,
        absent: &[Person],
        receipt: Option<Digest>,
    ) -> Result<Decidable<'_, K>, Denied> {
        let (Some(open), Some(now)) = (&self.open, self.receipt()) else {
            let status = K::word(self).to_owned();
            let why = if self.was_carried_by(&by.id) {
                Violation::CountersignedAndSet { status }
            } else {
                Violation::NothingToDecide { status }
            };
            return Err(why.into());
        };
        if by.kind != ActorKind::Person {
            return Err(Violation::AgentMayNotCountersign.into());
        }
        if self.is_own(by) {
            return Err(Violation::OwnRequest.into());
        }
        let stands_in_for = if open.allows(by) { None } else { self.stands_in_for(open, absent) };
        if !open.allows(by) && stands_in_for.is_none() {
            return Err(Violation::NotEligible { approvers: open.terms.approver_names() }.into());
        }
        if receipt.is_some_and(|shown| shown != now) {
            return Err(Violation::Stale.into());
        }
        Ok(Decidable { open, shown: now, stands_in_for })
    }
}

/// What a person may decide on.
struct Decidable<'a, K: Kind> {
    open: &'a Open<K::Proposal>,
    shown: Digest,
    stands_in_for: Option<PrincipalId>,
}

#[cfg(test)]
mod tests;
