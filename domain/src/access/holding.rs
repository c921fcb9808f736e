//! What an account should hold on a repository: the strongest of what others gave it by hand and of every access in force.
//!
//! The log lowers only what the log raised. Whatever is there at a look and was not left there by the last attempt, somebody
//! else has set, higher or lower: from then on that is what the account has by itself. That somebody has set it does not say
//! that anybody decided it: that only a repair says which adopts it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Permission;
use crate::request::Code;

/// All that the log knows of one account on one repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// What the account has by itself, as the last attempt saw it, once one has looked.
    pub baseline: Option<Baseline>,
    /// The accesses in force: approved, and not ending yet.
    pub holders: BTreeMap<Code, Permission>,
    /// What can be there without anybody else's doing: what the last attempt found, and what it set out to set. What we may
    /// have set counts as ours, for an access must not outlive its end because an answer was lost.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub expected: BTreeSet<Option<Permission>>,
    /// What of that which the account has by itself was countersigned: a repair has adopted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Permission>,
}

/// What is there by itself, whatever Countersign does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The permission, or none.
    pub permission: Option<Permission>,
}

impl Holding {
    /// An access was approved.
    pub fn begin(&mut self, code: Code, permission: Permission) {
        self.holders.insert(code, permission);
    }

    /// An access is ending.
    pub fn end(&mut self, code: &Code) {
        self.holders.remove(code);
    }

    /// An attempt has looked, and is about to bring it from what is `present` to what is `wanted`.
    pub fn looked(&mut self, present: Option<Permission>, wanted: Option<Permission>) {
        let by_itself = self.by_itself(present);
        // What somebody has taken away since is adopted no more.
        self.adopted = self.adopted.min(by_itself);
        self.baseline = Some(Baseline { permission: by_itself });
        self.expected = [present, wanted].into();
    }

    /// An attempt has read back what is there now, or was definitely not carried out, so that this is there still.
    pub fn confirmed(&mut self, now: Option<Permission>) {
        self.expected = [now].into();
    }

    /// An operator says that they set it in the log's name, so that the log takes it back. `before`: what an attempt found.
    pub fn set_by_hand(&mut self, permission: Permission, before: Option<Permission>) {
        self.baseline.get_or_insert(Baseline { permission: before });
        self.expected.insert(Some(permission));
    }

    /// The log takes over what is there now: whatever it gave beyond that has ended, and anything else is there by itself.
    pub fn adopt(&mut self, present: Option<Permission>) {
        self.holders.retain(|_, permission| Some(*permission) <= present);
        let of_ours = self.holders.values().copied().max();
        let before = self.baseline.and_then(|baseline| baseline.permission).min(present);
        let permission = if present > of_ours { present } else { before };
        self.adopted = if present > of_ours { present } else { self.adopted.min(before) };
        self.baseline = Some(Baseline { permission });
        self.expected = [present].into();
        if self.holders.is_empty() && permission.is_none() {
            self.settled();
        }
    }

    /// An attempt sets out to set back what is there to what the log wants, and an answer to it may be lost.
    pub fn may_be_set_back(&mut self, wanted: Option<Permission>) {
        if !self.is_empty() {
            self.expected.insert(wanted);
        }
    }

    /// What was there is set back to what the log wants, and read back.
    pub fn set_back(&mut self, now: Option<Permission>) {
        if !self.is_empty() {
            self.expected = [now].into();
        }
    }

    /// The permission was brought back: with no access in force there is nothing to remember.
    pub fn settled(&mut self) {
        if self.holders.is_empty() {
            self.baseline = None;
            self.expected.clear();
        }
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.baseline.is_none() && self.holders.is_empty() && self.adopted.is_none()
    }

    /// What the account has by itself, given what it holds now.
    pub fn by_itself(&self, present: Option<Permission>) -> Option<Permission> {
        match self.baseline {
            // Only a repair goes lower than what somebody gave by hand: it leaves nothing of that but what was adopted.
            Some(baseline) if self.expected.contains(&present) && present < baseline.permission => {
                self.adopted
            }
            Some(baseline) if self.expected.contains(&present) => baseline.permission,
            _ => present,
        }
    }

    /// What the account should hold, given what it holds now. Never less than it has by itself.
    pub fn wanted(&self, present: Option<Permission>) -> Option<Permission> {
        self.holders.values().copied().max().max(self.by_itself(present))
    }

    /// What the account should hold, given what it holds now, where the log has ended an access, with this `left`, that is there
    /// all the same. Never more than it holds now, and never less than any access in force grants.
    pub fn ended_again(&self, present: Option<Permission>, left: Option<Permission>) -> Option<Permission> {
        let own = self.baseline.and_then(|baseline| baseline.permission);
        self.holders.values().copied().max().max(own).max(left).min(present)
    }
}

#[cfg(test)]
mod tests {
    use super::Permission::{Admin, Read, Write};
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn code(n: u128) -> Code {
        Code::candidate(Uuid::from_u128(n), 0)
    }

    /// The forge, with what an attempt does there.
    #[derive(Default)]
    struct Forge(Option<Permission>);

    impl Forge {
        fn attempt(&mut self, holding: &mut Holding) -> Option<Permission> {
            let wanted = holding.wanted(self.0);
            holding.looked(self.0, wanted);
            self.0 = wanted;
            holding.confirmed(self.0);
            self.0
        }
    }

    #[test]
    fn two_accesses_overlap_and_the_last_one_brings_back_what_was_there() {
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
        holding.begin(code(1), Write);
        assert_eq!(forge.attempt(&mut holding), Some(Write));
        holding.begin(code(2), Admin);
        assert_eq!(forge.attempt(&mut holding), Some(Admin));
        holding.end(&code(2));
        assert_eq!(forge.attempt(&mut holding), Some(Write));
        assert!(!holding.is_empty());
        holding.end(&code(1));
        assert!(!holding.is_empty(), "what was there before is to be brought back");
        assert_eq!(forge.attempt(&mut holding), Some(Read));
        holding.settled();
        assert!(holding.is_empty());
        holding.begin(code(3), Write);
        assert!(!holding.is_empty(), "nobody has looked yet");
    }

    #[test]
    fn what_was_there_before_is_remembered_until_the_last_access_has_ended() {
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
        holding.begin(code(1), Write);
        forge.attempt(&mut holding);
        holding.begin(code(2), Write);
        holding.end(&code(1));
        assert_eq!(forge.attempt(&mut holding), Some(Write));
        holding.settled();
        holding.end(&code(2));
        assert_eq!(forge.attempt(&mut holding), Some(Read));
    }

    #[test]
    fn an_access_taken_away_before_it_was_confirmed_is_taken_away_all_the_same() {
        let mut holding = Holding::default();
        holding.begin(code(1), Write);
        holding.looked(None, Some(Write));
        holding.end(&code(1));
        assert_eq!(holding.wanted(Some(Write)), None);
    }

    #[test]
    fn trust_a8_ending_again_takes_no_more_than_the_log_gave_and_gives_nothing() {
        let mut holding = Holding::default();
        assert_eq!(holding.ended_again(Some(Write), None), None);
        assert_eq!(holding.ended_again(Some(Write), Some(Read)), Some(Read));
        assert_eq!(holding.ended_again(None, Some(Read)), None, "it is gone already");
        holding.begin(code(2), Read);
        assert_eq!(holding.ended_again(Some(Write), None), Some(Read), "another access is in force");
    }

    #[test]
    fn what_is_adopted_is_there_by_itself_and_what_is_gone_is_given_by_nobody() {
        let mut holding = Holding::default();
        holding.adopt(Some(Write));
        assert_eq!(holding.wanted(Some(Write)), Some(Write));
        assert!(!holding.is_empty(), "the log remembers it");
        assert_eq!(holding.ended_again(Some(Write), None), Some(Write), "and takes it from nobody");
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
        holding.begin(code(1), Write);
        holding.begin(code(2), Read);
        forge.attempt(&mut holding);
        holding.adopt(Some(Admin));
        assert_eq!(holding.wanted(Some(Admin)), Some(Admin));
        holding.adopt(None);
        assert!(holding.holders.is_empty(), "neither of the two gives anything any more");
        assert_eq!(holding.wanted(None), None, "and nothing sets it again");
    }

    #[test]
    fn of_what_is_adopted_the_log_still_takes_back_what_one_of_its_accesses_gives() {
        let (mut holding, mut forge) = (Holding::default(), Forge::default());
        holding.begin(code(1), Write);
        holding.begin(code(2), Read);
        forge.attempt(&mut holding);
        forge.0 = Some(Read);
        holding.adopt(forge.0);
        assert_eq!(holding.holders.keys().collect::<Vec<_>>(), [&code(2)], "writing was taken away");
        assert_eq!(holding.adopted, None, "what the log gives is not there by itself");
        holding.end(&code(2));
        assert_eq!(forge.attempt(&mut holding), None, "and reading was given by the log");
    }

    #[test]
    fn what_is_set_back_to_an_access_that_began_meanwhile_ends_with_it_and_nothing_else_does() {
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
        holding.begin(code(1), Write);
        forge.attempt(&mut holding);
        holding.begin(code(2), Admin);
        holding.may_be_set_back(Some(Admin));
        let mut known = holding.clone();
        known.set_back(Some(Admin));
        for mut holding in [holding, known.clone()] {
            holding.end(&code(1));
            holding.end(&code(2));
            assert_eq!(holding.wanted(Some(Admin)), Some(Read), "whether an answer came or not");
        }
        assert_eq!(known.by_itself(Some(Write)), Some(Write), "somebody has lowered it since");
    }

    #[test]
    fn an_access_whose_permission_was_set_back_still_ends_with_what_was_there_before() {
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
        holding.begin(code(1), Write);
        forge.attempt(&mut holding);
        for by_hand in [None, Some(Admin)] {
            let mut known = holding.clone();
            forge.0 = by_hand;
            known.may_be_set_back(Some(Write));
            forge.0 = Some(Write);
            let lost = known.clone();
            known.set_back(Some(Write));
            for mut known in [known, lost] {
                let mut forge = Forge(forge.0);
                known.end(&code(1));
                assert_eq!(forge.attempt(&mut known), Some(Read), "from {by_hand:?}");
            }
        }
        let mut nothing = Holding::default();
        nothing.may_be_set_back(None);
        nothing.set_back(None);
        assert_eq!(nothing, Holding::default());
    }

    #[test]
    fn trust_a8_what_is_adopted_outlives_an_access_and_what_only_was_there_is_no_decision() {
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
        holding.adopt(Some(Read));
        for permission in [Write, Read] {
            holding.begin(code(1), permission);
            forge.attempt(&mut holding);
            holding.end(&code(1));
            assert_eq!(forge.attempt(&mut holding), Some(Read));
            holding.settled();
            assert_eq!(holding.adopted, Some(Read));
            assert!(!holding.is_empty(), "the log remembers it");
        }
        forge.0 = None;
        holding.begin(code(2), Write);
        forge.attempt(&mut holding);
        assert_eq!(holding.adopted, None, "somebody has taken it away since");
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
        holding.begin(code(1), Write);
        forge.attempt(&mut holding);
        assert_eq!(holding.adopted, None, "nobody has adopted what was there");
    }

    #[test]
    fn trust_a8_what_a_repair_lowered_is_not_given_again_when_the_access_ends() {
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Admin)));
        holding.begin(code(1), Read);
        assert_eq!(forge.attempt(&mut holding), Some(Admin), "it was given by hand");
        holding.may_be_set_back(Some(Read));
        forge.0 = Some(Read);
        let lost = holding.clone();
        holding.set_back(Some(Read));
        for mut holding in [holding, lost] {
            let mut forge = Forge(forge.0);
            holding.end(&code(1));
            assert_eq!(forge.attempt(&mut holding), None);
        }
    }

    #[test]
    fn what_an_operator_set_in_the_logs_name_is_taken_back() {
        let mut holding = Holding::default();
        holding.begin(code(1), Write);
        holding.set_by_hand(Write, None);
        holding.end(&code(1));
        assert_eq!(holding.wanted(Some(Write)), None);
    }

    #[test]
    fn trust_a6_admin_given_by_hand_meanwhile_is_neither_lowered_by_a_request_nor_by_an_end() {
        let (mut holding, mut forge) = (Holding::default(), Forge::default());
        holding.begin(code(1), Read);
        assert_eq!(forge.attempt(&mut holding), Some(Read));
        forge.0 = Some(Admin);
        holding.begin(code(2), Read);
        assert_eq!(forge.attempt(&mut holding), Some(Admin));
        holding.end(&code(1));
        holding.end(&code(2));
        assert_eq!(forge.attempt(&mut holding), Some(Admin));
    }

    #[test]
    fn trust_a6_what_somebody_took_away_by_hand_does_not_come_back_at_the_end() {
        let (mut holding, mut forge) = (Holding::default(), Forge(Some(Read)));
        holding.begin(code(1), Write);
        forge.attempt(&mut holding);
        forge.0 = None;
        holding.end(&code(1));
        assert_eq!(forge.attempt(&mut holding), None);
    }

    /// What happens to one account on one repository.
    #[derive(Debug, Clone)]
    enum Step {
        Begin(u128, Permission),
        End(u128),
        ByHand(Option<Permission>),
        /// An attempt whose answer is lost, after or before it was carried out.
        Lost {
            done: bool,
        },
        /// An attempt that is definitely not carried out, and what somebody sets by hand after it.
        Refused(Option<Permission>),
    }

    fn step() -> impl Strategy<Value = Step> {
        let permission = || prop::sample::select(Permission::ALL.to_vec());
        prop_oneof![
            3 => (0..3_u128, permission()).prop_map(|(code, permission)| Step::Begin(code, permission)),
            3 => (0..3_u128).prop_map(Step::End),
            4 => prop::option::of(permission()).prop_map(Step::ByHand),
            1 => any::<bool>().prop_map(|done| Step::Lost { done }),
            1 => prop::option::of(permission()).prop_map(Step::Refused),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

        /// Whatever others set by hand between all steps: nothing is ever lower than what they gave last, and when no access
        /// is in force any more, exactly that is there.
        #[test]
        fn trust_a6_nothing_given_by_hand_is_lowered_and_no_access_outlives_its_end(
            start in prop::option::of(prop::sample::select(Permission::ALL.to_vec())),
            steps in prop::collection::vec(step(), 1..24),
        ) {
            let (mut holding, mut forge) = (Holding::default(), Forge(start));
            let mut by_hand = start;
            for step in steps {
                match step {
                    Step::Begin(n, permission) => holding.begin(code(n), permission),
                    Step::End(n) => holding.end(&code(n)),
                    // To set what is there already is no change that anybody could see.
                    Step::ByHand(set) if set == forge.0 => continue,
                    Step::ByHand(set) => (forge.0, by_hand) = (set, set),
                    Step::Refused(set) => {
                        holding.looked(forge.0, holding.wanted(forge.0));
                        holding.confirmed(forge.0);
                        if set != forge.0 {
                            (forge.0, by_hand) = (set, set);
                        }
                    }
                    Step::Lost { done } => {
                        let wanted = holding.wanted(forge.0);
                        holding.looked(forge.0, wanted);
                        if done {
                            forge.0 = wanted;
                        }
                    }
                }
                let now = forge.attempt(&mut holding);
                let in_force = holding.holders.values().copied().max();
                prop_assert!(now >= by_hand, "{now:?} is lower than {by_hand:?}");
                prop_assert_eq!(now, in_force.max(by_hand));
                if in_force.is_none() {
                    holding.settled();
                }
            }
        }
    }
}
