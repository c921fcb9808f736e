//! Deciding a countersignature, a no, a withdrawal, and what happens when nobody answers.

use jiff::Timestamp;

use super::event::{AccessEvent, Proposal};
use super::limits::Limits;
use super::state::{Access, Open, later};
use super::{Assurance, Countersignature, Span};
use crate::denied::{Denied, Violation};
use crate::envelope::{ActorKind, Digest};
use crate::names::PrincipalId;
use crate::tenant::Person;

impl Open {
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

impl Access {
    /// Whether this person could countersign what is proposed now.
    pub fn could_countersign(&self, person: &Person) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.allows(person) && !self.is_own(person) && !open.has_countersigned(&person.id)
        })
    }

    /// Whether this person could countersign it in the place of one of those who are away.
    pub fn could_stand_in(&self, person: &Person, absent: &[Person]) -> bool {
        let is_free = |open: &Open| !open.has_countersigned(&person.id) && !self.is_own(person);
        self.open.as_ref().filter(|open| is_free(open)).is_some_and(|open| {
            person.kind == ActorKind::Person && self.stands_in_for(open, absent).is_some()
        })
    }

    /// The first of those who are away whose countersignature would count, and was not given.
    fn stands_in_for(&self, open: &Open, absent: &[Person]) -> Option<PrincipalId> {
        let could = |person: &&Person| {
            open.allows(person) && !self.is_own(person) && !open.has_countersigned(&person.id)
        };
        absent.iter().find(could).map(|person| person.id.clone())
    }

    pub(super) fn take_back(&self, by: &Person, assurance: Assurance) -> Result<Vec<AccessEvent>, Denied> {
        let Some(open) = &self.open else {
            return Err(Violation::NothingToDecide { status: self.status.to_string() }.into());
        };
        let given = match assurance {
            Assurance::Reacted => open.by_reaction.contains(&by.id),
            Assurance::Said | Assurance::Confirmed => open.countersigned.contains(&by.id),
        };
        match (given, assurance) {
            (true, _) => Ok(vec![AccessEvent::AccessCountersignatureTakenBack { by: by.id.clone() }]),
            // A reaction that never counted is nobody's business.
            (false, Assurance::Reacted) => Ok(vec![]),
            (false, _) => Err(Violation::NotCountersigned.into()),
        }
    }

    /// Whoever countersigned before counts if they may now, and not because they might then.
    pub(super) fn countersign(
        &self,
        signature: &Countersignature,
        now: Timestamp,
    ) -> Result<Vec<AccessEvent>, Denied> {
        let mut events = self.void_countersignatures(&signature.people, now);
        let mut standing = self.clone();
        for event in &events {
            standing.apply(event, now);
        }
        events.extend(standing.count(signature, now)?);
        Ok(events)
    }

    fn count(&self, signature: &Countersignature, now: Timestamp) -> Result<Vec<AccessEvent>, Denied> {
        let Countersignature { by, people, receipt, rules, assurance, earlier } = signature;
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
        let mut events = vec![AccessEvent::AccessCountersigned {
            by: by.id.clone(),
            receipt: shown,
            assurance: *assurance,
            stands_in_for,
        }];
        let mut all = open.countersigned.clone();
        all.push(by.id.clone());
        if all.len() >= open.terms.quorum as usize {
            let broken = self.limits(open, earlier, now).broken_by(self.minutes_of(open));
            if !broken.is_empty() {
                return Err(Denied(broken));
            }
            events.push(self.carried(open, all, now));
        }
        Ok(events)
    }

    fn carried(&self, open: &Open, by: Vec<PrincipalId>, now: Timestamp) -> AccessEvent {
        match open.proposal {
            Proposal::Grant => AccessEvent::AccessApproved { by, minutes: self.minutes_of(open) },
            Proposal::Extension { minutes } => {
                AccessEvent::AccessExtended { by, until: self.extended(minutes, now) }
            }
        }
    }

    /// For how many minutes, or more minutes, it is proposed.
    fn minutes_of(&self, open: &Open) -> u64 {
        match open.proposal {
            Proposal::Grant => self.asked.as_ref().map_or(0, |asked| asked.minutes_under(&open.terms)),
            Proposal::Extension { minutes } => minutes,
        }
    }

    /// What limits hold for what is proposed, as things are now.
    fn limits<'a>(&self, open: &'a Open, earlier: &'a [Span], now: Timestamp) -> Limits<'a> {
        let since = self.grant.as_ref().map(|grant| grant.since);
        let from = self.grant.as_ref().map_or(now, |grant| grant.until);
        Limits { terms: &open.terms, earlier, since, from, now }
    }

    /// When the access ends if it is extended by `minutes`.
    pub(super) fn extended(&self, minutes: u64, now: Timestamp) -> Timestamp {
        later(self.grant.as_ref().map_or(now, |grant| grant.until), minutes)
    }

    pub(super) fn deny(
        &self,
        by: &Person,
        absent: &[Person],
        receipt: Option<Digest>,
        reason: Option<String>,
    ) -> Result<Vec<AccessEvent>, Denied> {
        let open = self.decidable(by, absent, receipt)?.open;
        let (proposal, needs_reason) = (open.proposal, open.terms.reason_required);
        if needs_reason && reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Violation::DenialNeedsReason.into());
        }
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

    pub(super) fn remind(&self, now: Timestamp) -> Vec<AccessEvent> {
        match &self.open {
            Some(open) if open.remind_at.is_some_and(|at| at <= now) => {
                vec![AccessEvent::AccessReminded { times: open.reminded + 1 }]
            }
            _ => vec![],
        }
    }

    pub(super) fn announce(&self, by: &Person) -> Result<Vec<AccessEvent>, Denied> {
        if !self.concerns(&by.id) {
            return Err(Violation::NotYours { action: "have everybody asked about".to_owned() }.into());
        }
        match &self.open {
            None => Err(Violation::NothingToDecide { status: self.status.to_string() }.into()),
            Some(open) if open.announced => Ok(vec![]),
            Some(_) => Ok(vec![AccessEvent::AccessAnnounced { by: by.id.clone() }]),
        }
    }

    /// What is open for this person's decision, and its receipt; or why it is not.
    fn decidable(
        &self,
        by: &Person,
        absent: &[Person],
        receipt: Option<Digest>,
    ) -> Result<Decidable<'_>, Denied> {
        let (Some(open), Some(now)) = (&self.open, self.receipt()) else {
            let status = self.status.to_string();
            let theirs = self.held().is_some() && self.countersigned_by.contains(&by.id);
            let why = if theirs {
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
struct Decidable<'a> {
    open: &'a Open,
    shown: Digest,
    stands_in_for: Option<PrincipalId>,
}

#[cfg(test)]
mod tests {
    use super::super::AccessCommand::{
        self, Announce, Countersign, Deny, Escalate, Lapse, Remind, TakeBack, Withdraw,
    };
    use super::super::example::{
        active, ada, bob, countersign, erin, person, requested, signed, staff_without, terms, two, waiting,
    };
    use super::super::{Ending, Status, WAIT_MINUTES};
    use super::*;
    use std::sync::Arc;

    use crate::rules::Terms;
    use crate::testing::{given, noon};

    fn sign(by: Person, receipt: Option<Digest>) -> AccessCommand {
        countersign(by, receipt, 1)
    }

    fn receipt(history: &[AccessEvent]) -> Digest {
        given::<Access>(history.to_vec()).state().receipt().unwrap()
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
    fn trust_c5_who_approves_twice_is_told_that_it_is_being_set() {
        use super::super::example::granting;
        let twice = |history: Vec<AccessEvent>, by: Person, status: &str, theirs: bool| {
            let status = status.to_owned();
            let why = if theirs {
                Violation::CountersignedAndSet { status }
            } else {
                Violation::NothingToDecide { status }
            };
            given::<Access>(history).when(sign(by, None)).then_denied([why]);
        };
        twice(granting(), ada(), "granting", true);
        twice(active(), ada(), "active", true);
        twice(active(), bob(), "active", false);
        let said = crate::words::violation(&Violation::CountersignedAndSet { status: "granting".into() });
        assert_eq!(said, "You have countersigned it; it is being set.");
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
        given::<Access>(waiting(&terms())).when(countersign(ada(), None, 2)).then_denied([Violation::Stale]);
    }

    fn with(assurance: Assurance, absent: &[Person], by: Person) -> AccessCommand {
        let people = Arc::new(staff_without(std::slice::from_ref(&by), absent));
        let (receipt, earlier) = (None, vec![]);
        Countersign(Box::new(Countersignature { by, people, receipt, rules: 1, assurance, earlier }))
    }

    #[test]
    fn a_reaction_is_enough_only_where_the_rule_says_so_and_is_taken_back_with_it() {
        let react = |by| with(Assurance::Reacted, &[], by);
        given::<Access>(waiting(&terms())).when(react(ada())).then_denied([Violation::ReactionNotEnough]);
        let history = waiting(&Terms { reaction: true, ..two() });
        let shown = receipt(&history);
        let AccessEvent::AccessCountersigned { by, receipt, .. } = signed(&ada(), shown) else { panic!() };
        let reacted = AccessEvent::AccessCountersigned {
            by,
            receipt,
            assurance: Assurance::Reacted,
            stands_in_for: None,
        };
        given::<Access>(history.clone()).when(react(ada())).then([reacted.clone()]);
        let half = given::<Access>([history, vec![reacted]].concat());
        let back = |by: Person| TakeBack { by, assurance: Assurance::Reacted };
        half.when(back(ada())).then([AccessEvent::AccessCountersignatureTakenBack { by: ada().id }]);
        half.when(back(bob())).then_nothing();
    }

    #[test]
    fn a_reaction_that_is_taken_back_leaves_what_a_button_gave() {
        let mut history = waiting(&two());
        history.push(signed(&ada(), receipt(&history)));
        let half = given::<Access>(history);
        half.when(TakeBack { by: ada(), assurance: Assurance::Reacted }).then_nothing();
        half.when(TakeBack { by: ada(), assurance: Assurance::Said })
            .then([AccessEvent::AccessCountersignatureTakenBack { by: ada().id }]);
        half.when(TakeBack { by: bob(), assurance: Assurance::Said })
            .then_denied([Violation::NotCountersigned]);
    }

    #[test]
    fn what_the_rules_want_in_the_console_counts_nowhere_else() {
        let history = waiting(&Terms { step_up: true, ..two() });
        let given = given::<Access>(history);
        given.when(sign(ada(), None)).then_denied([Violation::StepUpNeeded]);
        assert_eq!(given.when(with(Assurance::Confirmed, &[], ada())).events().len(), 1);
    }

    #[test]
    fn a_deputy_stands_in_for_one_who_is_away_and_only_once_for_both() {
        let zoe = person("zoe", &["deputies"]);
        let mut history = waiting(&two());
        let shown = receipt(&history);
        let stand_in = |absent: &[Person]| with(Assurance::Said, absent, zoe.clone());
        let waiting = given::<Access>(history.clone());
        let not_eligible = || Violation::NotEligible { approvers: vec!["the group approvers".to_owned()] };
        waiting.when(stand_in(&[])).then_denied([not_eligible()]);
        // Erin may not countersign what she asked for herself, so nobody does it in her place.
        waiting.when(stand_in(&[erin()])).then_denied([not_eligible()]);
        let stood_in = AccessEvent::AccessCountersigned {
            by: zoe.id.clone(),
            receipt: shown,
            assurance: Assurance::Said,
            stands_in_for: Some(ada().id),
        };
        waiting.when(stand_in(&[ada()])).then([stood_in.clone()]);
        history.push(stood_in);
        let half = given::<Access>(history);
        let people = Arc::new(staff_without(&[zoe], &[ada()]));
        let said = |by| {
            let (people, assurance) = (Arc::clone(&people), Assurance::Said);
            Countersign(Box::new(Countersignature {
                by,
                people,
                receipt: None,
                rules: 1,
                assurance,
                earlier: vec![],
            }))
        };
        half.when(said(ada())).then_denied([Violation::AlreadyCountersigned]);
        assert_eq!(half.when(said(bob())).events().len(), 2);
    }

    #[test]
    fn those_who_were_asked_are_reminded_as_often_as_the_rule_says() {
        let mut history = waiting(&Terms { remind_after_minutes: Some(60), ..two() });
        given::<Access>(history.clone()).when(Remind).then_nothing();
        let due = later(noon(), 60);
        given::<Access>(history.clone())
            .at(due)
            .when(Remind)
            .then([AccessEvent::AccessReminded { times: 1 }]);
        history.push(AccessEvent::AccessReminded { times: 1 });
        let open = given::<Access>(history).state().open.clone().unwrap();
        assert_eq!((open.reminded, open.remind_at), (1, Some(later(noon(), 60))));
    }

    #[test]
    fn who_asked_and_nobody_else_has_everybody_asked_about_it_and_once() {
        let announce = |by: Person| Announce { by };
        let announced = AccessEvent::AccessAnnounced { by: erin().id };
        let open = given::<Access>(waiting(&terms()));
        open.when(announce(erin())).then([announced.clone()]);
        let not_yours = Violation::NotYours { action: "have everybody asked about".to_owned() };
        open.when(announce(ada())).then_denied([not_yours]);
        given::<Access>([waiting(&terms()), vec![announced]].concat()).when(announce(erin())).then_nothing();
        given::<Access>(active())
            .when(announce(erin()))
            .then_denied([Violation::NothingToDecide { status: "active".to_owned() }]);
    }

    #[test]
    fn what_is_decided_is_decided() {
        given::<Access>(active())
            .when(sign(bob(), None))
            .then_denied([Violation::NothingToDecide { status: "active".to_owned() }]);
    }

    #[test]
    fn a_no_ends_it() {
        given::<Access>(waiting(&terms()))
            .when(Deny { by: ada(), absent: vec![], receipt: None, reason: Some("not now".to_owned()) })
            .then([AccessEvent::AccessDenied {
                proposal: Proposal::Grant,
                by: Some(ada().id),
                reason: Some("not now".to_owned()),
                violations: vec![],
            }]);
    }

    #[test]
    fn trust_a10_a_no_needs_a_reason_where_the_rules_want_one() {
        let open = given::<Access>(waiting(&Terms { reason_required: true, ..terms() }));
        let deny = |reason: Option<&str>| Deny {
            by: ada(),
            absent: vec![],
            receipt: None,
            reason: reason.map(str::to_owned),
        };
        open.when(deny(None)).then_denied([Violation::DenialNeedsReason]);
        open.when(deny(Some(" "))).then_denied([Violation::DenialNeedsReason]);
        assert_eq!(open.when(deny(Some("not now"))).events().len(), 1);
    }

    #[test]
    fn trust_a10_what_became_too_long_meanwhile_is_not_approved_but_waits() {
        let from = later(noon(), 0).checked_sub(jiff::SignedDuration::from_hours(6 * 24)).unwrap();
        let AccessCommand::Countersign(mut signature) = sign(ada(), None) else { panic!() };
        signature.earlier = vec![Span { from, until: noon() }];
        let (fits, until) = (1440, Some(later(noon(), 1440)));
        given::<Access>(waiting(&terms()))
            .when(Countersign(signature))
            .then_denied([Violation::UnbrokenTooLong { max: 7 * 1440, since: from, fits, until }]);
    }

    #[test]
    fn who_asked_may_withdraw_and_nobody_else() {
        let withdrawn = AccessEvent::AccessWithdrawn { proposal: Proposal::Grant, by: erin().id };
        given::<Access>(waiting(&terms())).when(Withdraw { by: erin() }).then([withdrawn.clone()]);
        let over = given::<Access>([waiting(&terms()), vec![withdrawn.clone()]].concat());
        assert_eq!((over.state().status, over.state().open.is_none()), (Status::Withdrawn, true));
        given::<Access>(requested()).when(Withdraw { by: erin() }).then([withdrawn]);
        let not_yours = Violation::NotYours { action: "withdraw".to_owned() };
        given::<Access>(waiting(&terms())).when(Withdraw { by: ada() }).then_denied([not_yours]);
        let wrong = Violation::WrongStatus { action: "withdraw".to_owned(), status: "active".to_owned() };
        given::<Access>(active()).when(Withdraw { by: erin() }).then_denied([wrong]);
    }

    #[test]
    fn after_three_days_without_an_answer_it_expires_and_not_before() {
        let three_days = 4320;
        assert_eq!(WAIT_MINUTES, three_days);
        let before = later(noon(), three_days - 1);
        given::<Access>(waiting(&terms())).at(before).when(Lapse).then_nothing();
        let lapsed = AccessEvent::AccessLapsed { proposal: Proposal::Grant };
        let due = later(noon(), WAIT_MINUTES);
        given::<Access>(waiting(&terms())).at(due).when(Lapse).then([lapsed.clone()]);
        let over = given::<Access>([waiting(&terms()), vec![lapsed]].concat());
        assert_eq!((over.state().status, over.state().open.is_none()), (Status::Expired, true));
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
