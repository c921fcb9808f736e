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

    /// An invitation of ours waits beside what is there: what it gives is ours, should it be accepted before it is changed or taken back.
    pub fn beside_invitation(&mut self, invited: Option<Permission>) {
        if invited.is_some() {
            self.expected.insert(invited);
        }
    }

    /// An attempt has read back what is there now, or was definitely not carried out, so that this is there still.
    pub fn confirmed(&mut self, now: Option<Permission>) {
        self.expected = [now].into();
    }

    /// An operator says that they set it in the log's name, so that the log takes it back. `before`: what an attempt found,
    /// where one has looked at all; what was adopted was there whether one has or not.
    pub fn set_by_hand(&mut self, permission: Permission, before: Option<Permission>) {
        self.baseline.get_or_insert(Baseline { permission: before.max(self.adopted) });
        self.expected.insert(Some(permission));
    }

    /// An access that gave this has ended, with this `left`, and is there all the same: it is to be ended again. However often
    /// that has to be tried, what it gave is no more anybody's own for having been found there.
    pub fn not_ended(&mut self, gave: Permission, left: Option<Permission>) {
        self.baseline.get_or_insert(Baseline { permission: left.max(self.adopted) });
        self.expected.insert(Some(gave));
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

    /// An attempt sets out to set back what is `present` to what the log wants, and an answer to it may be lost.
    pub fn may_be_set_back(&mut self, present: Option<Permission>, wanted: Option<Permission>) {
        if !self.is_empty() {
            self.adopted = self.adopted.min(present);
            self.expected.insert(wanted);
        }
    }

    /// What was `present` is set back to what the log wants, and read back.
    pub fn set_back(&mut self, present: Option<Permission>, now: Option<Permission>) {
        if !self.is_empty() {
            // What somebody had taken away was adopted no more when it was set back.
            self.adopted = self.adopted.min(present);
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
    /// all the same. Never more than it holds now, and never less than any access in force grants, or than somebody has set
    /// since the last look.
    pub fn ended_again(&self, present: Option<Permission>, left: Option<Permission>) -> Option<Permission> {
        let own = self.baseline.and_then(|_| self.by_itself(present)).max(self.adopted);
        self.holders.values().copied().max().max(own).max(left).min(present)
    }
}

#[cfg(test)]
mod tests;
