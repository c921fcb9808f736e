//! What the rules say in these lives: how many must countersign, who may, and how.

use countersign_domain::rules::{Approvers, OnLeave, Refusal, Ruling, Terms};
use proptest::prelude::*;

/// What the rules say to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// It needs this many countersignatures; with 0 nobody is asked.
    Quorum(u32),
    /// It may last an hour at most.
    Briefly,
    /// The ticket must be one of another project.
    OtherTicket,
    /// The ticket must be in another status.
    OtherStatus,
    /// A policy forbids it.
    Forbid,
    /// No policy allows it.
    Silent,
    /// They cannot be asked.
    Unasked,
}

impl Rules {
    /// How many must countersign, where it may be asked for at all.
    pub(crate) const fn quorum(self) -> Option<u32> {
        match self {
            Self::Quorum(quorum) => Some(quorum),
            Self::Briefly | Self::OtherTicket | Self::OtherStatus => Some(1),
            Self::Forbid | Self::Silent | Self::Unasked => None,
        }
    }

    /// The longest it may last, in minutes.
    pub(crate) const fn longest(self) -> u64 {
        if matches!(self, Self::Briefly) { 60 } else { 7 * 24 * 60 }
    }
}

/// What all rules of one life demand besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a demand that the rules make or not")]
pub(crate) struct Policy {
    /// Whoever countersigns must be a lead, too.
    pub(crate) leads: bool,
    /// Only in the console, with a second factor.
    pub(crate) step_up: bool,
    /// A reaction is enough.
    pub(crate) reaction: bool,
    /// Nobody answering, those on call may countersign as well.
    pub(crate) escalates: bool,
}

pub(super) fn policy() -> impl Strategy<Value = Policy> {
    let seldom = || prop::bool::weighted(0.25);
    (any::<bool>(), seldom(), any::<bool>(), prop::bool::weighted(0.7))
        .prop_map(|(leads, step_up, reaction, escalates)| Policy { leads, step_up, reaction, escalates })
}

pub(super) fn rules() -> impl Strategy<Value = Rules> {
    use Rules::{Briefly, Forbid, OtherStatus, OtherTicket, Silent, Unasked};
    prop_oneof![
        8 => prop::sample::select(vec![0, 1, 1, 2, 2]).prop_map(Rules::Quorum),
        1 => prop::sample::select(vec![Briefly, OtherTicket, OtherStatus, Forbid, Silent, Unasked]),
    ]
}

fn group(name: &str) -> Approvers {
    Approvers([format!("group:{name}")].into())
}

/// The terms that these rules set.
fn terms(quorum: u32, policy: Policy, version: u64) -> Terms {
    let mut approvers = vec![group("approvers")];
    approvers.extend(policy.leads.then(|| group("leads")));
    let when_escalated = if policy.escalates { vec![group("oncall")] } else { approvers.clone() };
    Terms {
        version,
        policies: vec!["write".to_owned()],
        auto: quorum == 0,
        quorum,
        approvers,
        max_minutes: Some(7 * 24 * 60),
        max_total_minutes: None,
        reason_required: false,
        escalate_after_minutes: policy.escalates.then_some(60),
        escalate_to: vec!["group:oncall".to_owned()],
        approvers_when_escalated: when_escalated,
        remind_after_minutes: Some(45),
        reaction: policy.reaction,
        step_up: policy.step_up,
        ticket: vec![],
        ticket_status: vec![],
        messages: vec![],
        on_leave: OnLeave::End,
        while_member: vec![],
        own: [].into(),
    }
}

/// What these rules say, in their present version.
pub(super) fn ruling(rules: Rules, policy: Policy, version: u64) -> Option<Ruling> {
    let refusal = |policies: &[&str]| Refusal {
        version,
        policies: policies.iter().map(ToString::to_string).collect(),
        messages: vec![],
    };
    let terms = |quorum| terms(quorum, policy, version);
    Some(match rules {
        Rules::Quorum(quorum) => Ruling::Allowed(terms(quorum)),
        Rules::Briefly => Ruling::Allowed(Terms { max_minutes: Some(60), ..terms(1) }),
        Rules::OtherTicket => {
            Ruling::Allowed(Terms { ticket: vec!["^SECRET-[0-9]+$".to_owned()], ..terms(1) })
        }
        Rules::OtherStatus => {
            Ruling::Allowed(Terms { ticket_status: vec![vec!["Accepted".to_owned()]], ..terms(1) })
        }
        Rules::Forbid => Ruling::Forbidden(refusal(&["frozen"])),
        Rules::Silent => Ruling::Forbidden(refusal(&[])),
        Rules::Unasked => return None,
    })
}
