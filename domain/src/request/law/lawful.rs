//! The laws themselves: what must be true of every event, given what was before.

use proptest::prelude::*;

use super::world::Life;
use super::{Checked, Tried};
use crate::envelope::ActorKind;
use crate::names::PrincipalId;
use crate::person::Person;
use crate::request::{Assurance, Content as _, Request, RequestEvent};
use crate::rules::Terms;

impl<K: Tried> Life<K> {
    /// What must be true of every event, given what was before.
    pub(super) fn lawful(&mut self, before: &Request<K>, event: &RequestEvent<K>) -> Checked {
        let is_first = |proposal: &K::Proposal| *proposal == K::FIRST;
        match event {
            RequestEvent::Countersigned { by, receipt, assurance, stands_in_for } => {
                self.in_place_of.remove(by);
                self.in_place_of.extend(stands_in_for.clone().map(|absent| (by.clone(), absent)));
                prop_assert_eq!(Some(*receipt), before.receipt(), "it is not the receipt of what is open");
                self.countersigned(before, by, *assurance)?;
            }
            RequestEvent::Approved { by, .. } => self.approved(before, by)?,
            RequestEvent::Denied { proposal, by, .. } if is_first(proposal) => {
                prop_assert!(!self.decided, "it was decided already");
                by.iter().try_for_each(|id| self.may(before, id))?;
                self.decided = true;
            }
            RequestEvent::Withdrawn { proposal, by } => {
                let asker = &before.asked.as_ref().unwrap().requester().id;
                let is_theirs = by == asker || K::IS_THEIRS && *by == self.whose.id;
                prop_assert!(is_theirs, "{by} withdrew what is not theirs");
                prop_assert!(!(is_first(proposal) && self.decided), "it was decided already");
                self.decided |= is_first(proposal);
            }
            RequestEvent::Superseded { .. } => {
                prop_assert!(!self.decided, "it was decided already");
                self.decided = true;
            }
            RequestEvent::Closed { proposal, .. } if is_first(proposal) => {
                prop_assert!(!self.decided || before.is_approved(), "it was decided already");
                let asker = &before.asked.as_ref().unwrap().requester().id;
                let all_are_there = [asker, &self.whose.id].map(|id| self.tenant.people.contains_key(id));
                prop_assert!(all_are_there != [true, true], "nobody is gone");
                self.decided = true;
            }
            RequestEvent::Lapsed { proposal } if is_first(proposal) => {
                prop_assert!(!self.decided && before.open.as_ref().unwrap().due <= self.now, "too early");
                self.decided = true;
            }
            RequestEvent::EvidenceChanged { .. } | RequestEvent::Rechecked { .. } => {
                let open = self.request.open.as_ref();
                prop_assert!(open.is_none_or(|open| open.countersigned.is_empty()), "old ones count");
                let same = before.receipt().is_some_and(|old| self.request.receipt() == Some(old));
                prop_assert!(!same, "an old button still counts");
                // What was approved and has been overtaken is open again.
                self.decided &= self.request.fixed.is_some();
            }
            _ => {}
        }
        Ok(())
    }

    fn countersigned(&self, before: &Request<K>, by: &PrincipalId, assurance: Assurance) -> Checked {
        let open = before.open.as_ref().unwrap();
        prop_assert!(!open.countersigned.contains(by), "{by} counts twice");
        prop_assert!(!open.terms.step_up || assurance == Assurance::Confirmed);
        prop_assert!(open.terms.reaction || assurance > Assurance::Reacted);
        prop_assert!(self.are_of_now(&open.terms), "{by} countersigned under rules of before");
        self.may(before, by)
    }

    fn approved(&mut self, before: &Request<K>, by: &[PrincipalId]) -> Checked {
        prop_assert!(!self.decided, "it was decided already");
        self.escalated = before.open.as_ref().is_some_and(|open| open.escalated);
        if let Some(open) = &before.open {
            prop_assert!(by.len() >= open.terms.quorum as usize, "{by:?} are too few");
            prop_assert!(!by.is_empty() || open.terms.auto, "nobody was asked");
            prop_assert!(self.are_of_now(&open.terms), "under rules of before");
        } else {
            prop_assert!(by.is_empty(), "{by:?} were not asked");
        }
        by.iter().try_for_each(|id| self.may(before, id))?;
        self.decided = true;
        Ok(())
    }

    /// Whether these terms are of the rules in force, or say the same.
    fn are_of_now(&self, terms: &Terms) -> bool {
        terms.version == self.rules.version || K::say_the_same(terms, &self.rules)
    }

    /// Whether somebody may decide at this moment, said as simply as can be.
    fn may(&self, before: &Request<K>, id: &PrincipalId) -> Checked {
        let asked = before.asked.as_ref().unwrap();
        let is_own = |id: &PrincipalId| asked.requester().id == *id || self.whose.id == *id;
        let escalated = before.open.as_ref().is_some_and(|open| open.escalated);
        let counts = |person: &Person| {
            let named = person.groups.contains("approvers") || escalated && person.groups.contains("leads");
            named && !is_own(&person.id)
        };
        let person = self.tenant.people.get(id);
        prop_assert!(person.is_some_and(|person| person.kind == ActorKind::Person), "{id} is nobody here");
        let person = person.unwrap();
        let in_place = self.tenant.absent_for(person, self.now).iter().any(counts);
        prop_assert!(!is_own(id) && (counts(person) || in_place), "{id} may not, and counted");
        prop_assert!(self.tenant.people.contains_key(&asked.requester().id), "who asked is gone");
        prop_assert!(self.tenant.people.contains_key(&self.whose.id), "whose it is has gone");
        Ok(())
    }
}
