//! What can be said to a request, and what can change around it.

use countersign_domain::access::{Permission, Phase};
use countersign_domain::request::Assurance;
use proptest::prelude::*;

use super::people::{GROUPS, NAMES};
use super::rules::{Rules, rules};
use crate::support::permission;

/// Something that happens.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// It is asked for.
    Ask,
    /// The vendors and the rules answer.
    Check { found: Found, rules: Rules },
    /// Somebody countersigns.
    Countersign { by: &'static str, shown: Shown, assurance: Assurance },
    /// Somebody takes their countersignature back.
    TakeBack(&'static str, Assurance),
    /// Somebody says no.
    Deny(&'static str, Shown, Option<String>),
    /// Who asked takes it back.
    Withdraw,
    /// The permission was read back.
    Confirm,
    /// An effect was parked.
    Fail(Phase, String),
    /// More time is asked for, in minutes.
    Extend(u64),
    /// The access is given back.
    GiveBack,
    /// Somebody takes it away.
    Revoke(&'static str),
    /// Time passes, in minutes, and what is due is sent.
    Wait(i64),
    /// The end was read back.
    ConfirmEnd,
    /// Somebody is about to decide, and the vendors say this.
    LookAgain(Found),
    /// What was approved is about to be set, and the vendors say this.
    Overtake(Found),
    /// Somebody leaves the tenant.
    Leave(&'static str),
    /// Somebody belongs to it, in these groups.
    Come(&'static str, Vec<&'static str>),
    /// Somebody is away, and this group stands in for them; or is back.
    Away(&'static str, Option<&'static str>),
    /// Other rules are published. What waits is looked at only when it is reviewed.
    Publish(Rules),
    /// It is looked at with the people and the rules as they are now.
    Review,
}

/// What of the request the vendors know, and how it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that is there or not")]
pub(crate) struct Found {
    /// Whether there is the user.
    pub(crate) user: bool,
    /// Whether there is the repository.
    pub(crate) repository: bool,
    /// Whether there is the ticket.
    pub(crate) ticket: bool,
    /// Whether the ticket was closed meanwhile.
    pub(crate) closed: bool,
    /// What is held by itself.
    pub(crate) held: Option<Permission>,
}

impl Found {
    /// All is there, and nothing is held.
    pub(crate) const fn all() -> Self {
        Self { user: true, repository: true, ticket: true, closed: false, held: None }
    }
}

/// The receipt of what somebody was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// What stands now.
    Present,
    /// They were shown nothing: they typed a sentence.
    Typed,
    /// What stood before.
    Stale,
    /// What never stood.
    Wrong,
}

impl Shown {
    /// Whether a decision on it may count.
    pub(crate) const fn is_good(self) -> bool {
        matches!(self, Self::Present | Self::Typed)
    }
}

fn shown() -> impl Strategy<Value = Shown> {
    prop_oneof![4 => Just(Shown::Present), 3 => Just(Shown::Typed), 1 => Just(Shown::Stale), 1 => Just(Shown::Wrong)]
}

fn assurance() -> impl Strategy<Value = Assurance> {
    prop_oneof![1 => Just(Assurance::Reacted), 2 => Just(Assurance::Said), 2 => Just(Assurance::Confirmed)]
}

fn found() -> impl Strategy<Value = Found> {
    let known = || prop::bool::weighted(0.9);
    let held = prop::option::weighted(0.2, permission());
    (known(), known(), known(), prop::bool::weighted(0.15), held)
        .prop_map(|(user, repository, ticket, closed, held)| Found { user, repository, ticket, closed, held })
}

/// What is seen when it is looked at again: whoever and whatever was found stays, tickets and permissions change.
fn seen() -> impl Strategy<Value = Found> {
    found().prop_map(|found| Found { user: true, repository: true, ..found })
}

fn anybody() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        3 => Just("ada"),
        2 => Just("bob"),
        3 => Just("lea"),
        3 => Just("dora"),
        2 => Just("otto"),
        1 => prop::sample::select(NAMES.to_vec()),
    ]
}

fn decided() -> impl Strategy<Value = Step> {
    let words = || prop::option::of("[a-z]{3,9}( [a-z]{2,8}){0,2}");
    prop_oneof![
        24 => (anybody(), shown(), assurance())
            .prop_map(|(by, shown, assurance)| Step::Countersign { by, shown, assurance }),
        1 => (anybody(), assurance()).prop_map(|(by, assurance)| Step::TakeBack(by, assurance)),
        1 => (anybody(), shown(), words()).prop_map(|(by, shown, why)| Step::Deny(by, shown, why)),
        1 => Just(Step::Withdraw),
        2 => (1_u64..20_000).prop_map(Step::Extend),
        1 => Just(Step::GiveBack),
        1 => anybody().prop_map(Step::Revoke),
    ]
}

fn performed() -> impl Strategy<Value = Step> {
    let phase = prop::sample::select(vec![Phase::Checking, Phase::Granting, Phase::Ending]);
    let why = "[a-z]{4,10}: [a-z]{3,9}( [a-z]{2,8}){0,2}";
    prop_oneof![
        3 => (found(), rules()).prop_map(|(found, rules)| Step::Check { found, rules }),
        6 => Just(Step::Confirm),
        2 => (phase, why).prop_map(|(phase, why)| Step::Fail(phase, why)),
        2 => Just(Step::ConfirmEnd),
        1 => seen().prop_map(Step::LookAgain),
        1 => seen().prop_map(Step::Overtake),
    ]
}

fn around() -> impl Strategy<Value = Step> {
    let groups = || prop::sample::subsequence(GROUPS.to_vec(), 0..=GROUPS.len());
    let deputies = prop::option::weighted(0.8, prop_oneof![3 => Just("deputies"), 1 => Just("nobodies")]);
    prop_oneof![
        4 => prop::sample::select(vec![30_i64, 90, 90, 3_000, 5_000]).prop_map(Step::Wait),
        2 => anybody().prop_map(Step::Leave),
        2 => (anybody(), groups()).prop_map(|(who, groups)| Step::Come(who, groups)),
        5 => (anybody(), deputies).prop_map(|(who, deputies)| Step::Away(who, deputies)),
        1 => rules().prop_map(Step::Publish),
        2 => Just(Step::Review),
    ]
}

/// Any of it.
pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![6 => decided(), 3 => performed(), 3 => around()]
}
