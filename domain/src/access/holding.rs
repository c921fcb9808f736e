//! What an account should hold on a repository: the strongest of what it had by itself and of every access in force.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Code, Permission};

/// All that the log knows of one account on one repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// What the account had before the first of the accesses, once an attempt has looked.
    pub baseline: Option<Baseline>,
    /// The accesses in force: approved, and not ending yet.
    pub holders: BTreeMap<Code, Permission>,
}

/// What was there before Countersign changed anything.
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

    /// An attempt has looked before changing anything; only the first one sees what was there by itself.
    pub fn looked(&mut self, present: Option<Permission>) {
        self.baseline.get_or_insert(Baseline { permission: present });
    }

    /// The permission was brought back: with no access in force there is nothing to remember.
    pub fn settled(&mut self) {
        if self.holders.is_empty() {
            self.baseline = None;
        }
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.baseline.is_none() && self.holders.is_empty()
    }

    /// What the account should hold, given what it holds now. Never less than it had by itself.
    pub fn wanted(&self, present: Option<Permission>) -> Option<Permission> {
        let own = self.baseline.map_or(present, |baseline| baseline.permission);
        self.holders.values().copied().max().max(own)
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
    use uuid::Uuid;

    fn code(n: u128) -> Code {
        Code::candidate(Uuid::from_u128(n), 0)
    }

    #[test]
    fn two_accesses_overlap_and_the_last_one_brings_back_what_was_there() {
        let mut holding = Holding::default();
        holding.begin(code(1), Write);
        assert_eq!(holding.wanted(Some(Read)), Some(Write));
        holding.looked(Some(Read));
        holding.begin(code(2), Admin);
        assert_eq!(holding.wanted(Some(Write)), Some(Admin));
        holding.end(&code(2));
        assert_eq!(holding.wanted(Some(Admin)), Some(Write));
        holding.end(&code(1));
        assert_eq!(holding.wanted(Some(Write)), Some(Read));
        holding.settled();
        assert!(holding.is_empty());
    }

    #[test]
    fn an_access_taken_away_before_it_was_confirmed_is_taken_away_all_the_same() {
        let mut holding = Holding::default();
        holding.begin(code(1), Write);
        holding.looked(None);
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
    fn a_grant_never_lowers_what_somebody_has() {
        let mut holding = Holding::default();
        holding.begin(code(1), Write);
        assert_eq!(holding.wanted(Some(Admin)), Some(Admin));
    }
}
