//! What can happen in a life, and any life there can be.

use proptest::prelude::*;

use super::super::Assurance;
use crate::access::example::DEPUTIES;

pub(super) const NAMES: [&str; 6] = ["erin", "ada", "bob", "zoe", "carol", "robot"];

const GROUPS: [&str; 3] = ["approvers", DEPUTIES, "leads"];

pub(super) const ROBOT: usize = 5;

/// What somebody shows to have seen.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    Now,
    Before,
    Nothing,
}

/// What the rules are heard to say to what was found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Heard {
    /// They were not asked.
    Nothing,
    /// What they say to everything.
    Rules,
    /// That under the names it has now nobody need be asked.
    AskNobody,
}

/// What happens next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Check(u8),
    Sign(usize, Shown, Assurance),
    TakeBack(usize, Assurance),
    Deny(usize, Shown),
    Withdraw(usize),
    LookAgain(u8, Heard),
    Overtaken(u8, Heard),
    CarryOut,
    Rules(u32, bool, bool),
    /// Other rules are in force, and nobody has looked at it with them yet.
    Published(u32, bool, bool),
    /// By who is there, the same rules ask for so many.
    People(u32),
    Forbid,
    Leave(usize),
    Away(usize),
    Escalate,
    Remind,
    Supersede,
    Lapse,
    Wait(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..NAMES.len();
    let heard = || prop::sample::select(vec![Heard::Nothing, Heard::Rules, Heard::AskNobody]);
    let shown = || prop_oneof![6 => Just(Shown::Now), 2 => Just(Shown::Before), 3 => Just(Shown::Nothing)];
    let rules = || (0..4u32, any::<bool>(), any::<bool>());
    let assurance = || prop_oneof![1 => Just(Assurance::Reacted), 4 => Just(Assurance::Said), 1 => Just(Assurance::Confirmed)];
    prop_oneof![
        3 => (0..2u8).prop_map(Step::Check),
        12 => (who(), shown(), assurance()).prop_map(|(by, shown, how)| Step::Sign(by, shown, how)),
        2 => (who(), assurance()).prop_map(|(by, how)| Step::TakeBack(by, how)),
        1 => (who(), shown()).prop_map(|(by, shown)| Step::Deny(by, shown)),
        1 => who().prop_map(Step::Withdraw),
        2 => (0..3u8, heard()).prop_map(|(way, heard)| Step::LookAgain(way, heard)),
        1 => (0..3u8, heard()).prop_map(|(way, heard)| Step::Overtaken(way, heard)),
        1 => Just(Step::CarryOut),
        2 => rules().prop_map(|(quorum, step_up, reaction)| Step::Rules(quorum, step_up, reaction)),
        1 => rules().prop_map(|(quorum, step_up, reaction)| Step::Published(quorum, step_up, reaction)),
        1 => (0..4u32).prop_map(Step::People),
        1 => Just(Step::Forbid),
        1 => who().prop_map(Step::Leave),
        2 => who().prop_map(Step::Away),
        1 => Just(Step::Escalate),
        1 => Just(Step::Remind),
        1 => Just(Step::Supersede),
        2 => Just(Step::Lapse),
        2 => (1..3000u16).prop_map(Step::Wait),
    ]
}

/// What one life is made of: the groups people are in, who asks for whom, and what happens.
pub(crate) type Plot = (Vec<Vec<&'static str>>, (usize, usize), Vec<Step>);

/// Any life there can be.
pub(crate) fn plot() -> impl Strategy<Value = Plot> {
    let groups = prop::collection::vec(prop::sample::subsequence(GROUPS.to_vec(), 0..=2), NAMES.len());
    (groups, (0..NAMES.len(), 0..NAMES.len()), prop::collection::vec(step(), 0..40))
}
