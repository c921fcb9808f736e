//! Deciding a countersignature, a no, a withdrawal, and what happens when nobody answers.

use jiff::Timestamp;

use super::event::{AccessEvent, Proposal};
use super::state::{Access, Open, later};
use crate::denied::{Denied, Violation};
use crate::envelope::{ActorKind, Digest};
use crate::tenant::Person;

impl Open {
    /// Whether this person may countersign it, by the rules and because it is not their own.
    pub fn allows(&self, person: &Person) -> bool {
        let asked_too = self.escalated && self.terms.escalates_to(person);
        person.kind == ActorKind::Person && (self.terms.may_countersign(person) || asked_too)
    }
}

impl Access {
    /// Whether this person could countersign what is proposed now.
    pub fn could_countersign(&self, person: &Person) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.allows(person) && !self.concerns(&person.id) && !open.countersigned.contains(&person.id)
        })
    }

    pub(super) fn countersign(
        &self,
        by: &Person,
        receipt: Option<Digest>,
        rules: u64,
        now: Timestamp,
    ) -> Result<Vec<AccessEvent>, Denied> {
        let (open, shown) = self.decidable(by, receipt)?;
        if open.terms.version != rules {
            return Err(Violation::Stale.into());
        }
        if open.countersigned.contains(&by.id) {
            return Err(Violation::AlreadyCountersigned.into());
        }
        let mut events = vec![AccessEvent::AccessCountersigned { by: by.id.clone(), receipt: shown }];
        let mut all = open.countersigned.clone();
        all.push(by.id.clone());
        if all.len() >= open.terms.quorum as usize {
            events.push(self.carried(open, all, now));
        }
        Ok(events)
    }

    fn carried(&self, open: &Open, by: Vec<crate::names::PrincipalId>, now: Timestamp) -> AccessEvent {
        match open.proposal {
            Proposal::Grant => {
                let minutes = self.asked.as_ref().map_or(0, |asked| asked.minutes_under(&open.terms));
                AccessEvent::AccessApproved { by, minutes }
            }
            Proposal::Extension { minutes } => {
                AccessEvent::AccessExtended { by, until: self.extended(minutes, now) }
            }
        }
    }

    /// When the access ends if it is extended by `minutes`.
    pub(super) fn extended(&self, minutes: u64, now: Timestamp) -> Timestamp {
        later(self.grant.as_ref().map_or(now, |grant| grant.until), minutes)
    }

    pub(super) fn deny(
        &self,
        by: &Person,
        receipt: Option<Digest>,
        reason: Option<String>,
    ) -> Result<Vec<AccessEvent>, Denied> {
        let (open, _) = self.decidable(by, receipt)?;
        let proposal = open.proposal;
        Ok(vec![AccessEvent::AccessDenied { proposal, by: Some(by.id.clone()), reason, violations: vec![] }])
    }

    pub(super) fn withdraw(&self, by: &Person) -> Result<Vec<AccessEvent>, Denied> {
        let action = "withdraw".to_owned();
        if !self.concerns(&by.id) {
            return Err(Violation::NotYours { action }.into());
        }
        let proposal = match (&self.open, self.status) {
            (Some(open), _) => open.proposal,
            (None, super::Status::Checking) => Proposal::Grant,
            _ => return Err(Violation::WrongStatus { action, status: self.status.to_string() }.into()),
        };
        Ok(vec![AccessEvent::AccessWithdrawn { proposal, by: by.id.clone() }])
    }

    pub(super) fn lapse(&self, now: Timestamp) -> Vec<AccessEvent> {
        match &self.open {
            Some(open) if open.due <= now => vec![AccessEvent::AccessLapsed { proposal: open.proposal }],
            _ => vec![],
        }
    }

    pub(super) fn escalate(&self) -> Vec<AccessEvent> {
        match &self.open {
            Some(open) if !open.escalated => {
                vec![AccessEvent::AccessEscalated { to: open.terms.escalate_to.clone() }]
            }
            _ => vec![],
        }
    }

    /// What is open for this person's decision, and its receipt; or why it is not.
    fn decidable(&self, by: &Person, receipt: Option<Digest>) -> Result<(&Open, Digest), Denied> {
        let (Some(open), Some(now)) = (&self.open, self.receipt()) else {
            return Err(Violation::NothingToDecide { status: self.status.to_string() }.into());
        };
        if by.kind != ActorKind::Person {
            return Err(Violation::AgentMayNotCountersign.into());
        }
        if self.concerns(&by.id) {
            return Err(Violation::OwnRequest.into());
        }
        if !open.allows(by) {
            return Err(Violation::NotEligible { approvers: open.terms.approver_names() }.into());
        }
        if receipt.is_some_and(|shown| shown != now) {
            return Err(Violation::Stale.into());
        }
        Ok((open, now))
    }
}
