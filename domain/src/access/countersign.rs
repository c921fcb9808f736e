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
        self.terms.may_countersign(person)
            || (self.escalated && self.terms.may_countersign_when_escalated(person))
    }
}

impl Access {
    /// Whether this person could countersign what is proposed now.
    pub fn could_countersign(&self, person: &Person) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.allows(person) && !self.is_own(person) && !open.countersigned.contains(&person.id)
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
        if self.is_own(by) {
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

#[cfg(test)]
mod tests {
    use super::super::AccessCommand::{self, Countersign, Deny, Escalate, Lapse, Withdraw};
    use super::super::example::{active, ada, bob, erin, person, requested, terms, two, waiting};
    use super::super::{Ending, WAIT_MINUTES};
    use super::*;
    use crate::testing::{given, noon};

    fn sign(by: Person, receipt: Option<Digest>) -> AccessCommand {
        Countersign { by, receipt, rules: 1 }
    }

    fn receipt(history: &[AccessEvent]) -> Digest {
        given::<Access>(history.to_vec()).state().receipt().unwrap()
    }

    fn signed(by: &Person, receipt: Digest) -> AccessEvent {
        AccessEvent::AccessCountersigned { by: by.id.clone(), receipt }
    }

    #[test]
    fn one_countersignature_approves_where_one_is_asked() {
        let history = waiting(&terms());
        let shown = receipt(&history);
        given::<Access>(history)
            .when(sign(ada(), Some(shown)))
            .then([signed(&ada(), shown), AccessEvent::AccessApproved { by: vec![ada().id], minutes: 2880 }]);
    }

    #[test]
    fn two_are_two_people() {
        let mut history = waiting(&two());
        let shown = receipt(&history);
        given::<Access>(history.clone()).when(sign(ada(), Some(shown))).then([signed(&ada(), shown)]);
        history.push(signed(&ada(), shown));
        let half = given::<Access>(history);
        half.when(sign(ada(), None)).then_denied([Violation::AlreadyCountersigned]);
        half.when(sign(bob(), None)).then([
            signed(&bob(), shown),
            AccessEvent::AccessApproved { by: vec![ada().id, bob().id], minutes: 2880 },
        ]);
    }

    #[test]
    fn nobody_countersigns_their_own_request_even_when_the_rules_name_them() {
        given::<Access>(waiting(&terms()))
            .when(sign(person("erin", &["approvers"]), None))
            .then_denied([Violation::OwnRequest]);
    }

    #[test]
    fn agents_never_countersign() {
        let agent = Person { kind: ActorKind::Agent, ..ada() };
        given::<Access>(waiting(&terms()))
            .when(sign(agent, None))
            .then_denied([Violation::AgentMayNotCountersign]);
    }

    #[test]
    fn those_the_rules_do_not_name_are_told_who_may() {
        given::<Access>(waiting(&terms()))
            .when(sign(person("eve", &[]), None))
            .then_denied([Violation::NotEligible { approvers: vec!["the group approvers".to_owned()] }]);
    }

    #[test]
    fn a_button_of_something_else_counts_for_nothing() {
        given::<Access>(waiting(&terms()))
            .when(sign(ada(), Some(Digest::of(b"old"))))
            .then_denied([Violation::Stale]);
        given::<Access>(waiting(&terms()))
            .when(Countersign { by: ada(), receipt: None, rules: 2 })
            .then_denied([Violation::Stale]);
    }

    #[test]
    fn what_is_decided_is_decided() {
        given::<Access>(active())
            .when(sign(ada(), None))
            .then_denied([Violation::NothingToDecide { status: "active".to_owned() }]);
    }

    #[test]
    fn a_no_ends_it() {
        given::<Access>(waiting(&terms()))
            .when(Deny { by: ada(), receipt: None, reason: Some("not now".to_owned()) })
            .then([AccessEvent::AccessDenied {
                proposal: Proposal::Grant,
                by: Some(ada().id),
                reason: Some("not now".to_owned()),
                violations: vec![],
            }]);
    }

    #[test]
    fn who_asked_may_withdraw_and_nobody_else() {
        let withdrawn = AccessEvent::AccessWithdrawn { proposal: Proposal::Grant, by: erin().id };
        given::<Access>(waiting(&terms())).when(Withdraw { by: erin() }).then([withdrawn.clone()]);
        given::<Access>(requested()).when(Withdraw { by: erin() }).then([withdrawn]);
        let not_yours = Violation::NotYours { action: "withdraw".to_owned() };
        given::<Access>(waiting(&terms())).when(Withdraw { by: ada() }).then_denied([not_yours]);
        let wrong = Violation::WrongStatus { action: "withdraw".to_owned(), status: "active".to_owned() };
        given::<Access>(active()).when(Withdraw { by: erin() }).then_denied([wrong]);
    }

    #[test]
    fn after_three_days_without_an_answer_it_expires_and_not_before() {
        given::<Access>(waiting(&terms())).when(Lapse).then_nothing();
        given::<Access>(waiting(&terms()))
            .at(later(noon(), WAIT_MINUTES))
            .when(Lapse)
            .then([AccessEvent::AccessLapsed { proposal: Proposal::Grant }]);
        given::<Access>(super::super::example::ending(Ending::Expired)).when(Lapse).then_nothing();
    }

    #[test]
    fn those_it_escalates_to_may_countersign_only_then() {
        let mut history = waiting(&terms());
        let zoe = person("zoe", &[]);
        assert!(!given::<Access>(history.clone()).state().could_countersign(&zoe));
        let escalated = AccessEvent::AccessEscalated { to: vec!["person:zoe".to_owned()] };
        given::<Access>(history.clone()).when(Escalate).then([escalated.clone()]);
        history.push(escalated);
        let after = given::<Access>(history);
        assert!(after.state().could_countersign(&zoe));
        after.when(Escalate).then_nothing();
    }
}
