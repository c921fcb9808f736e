//! Whom the terms mean, for the card and for the decision.

use super::{Approvers, Ruling, Terms};

impl Ruling {
    /// The version of the rules that decided.
    pub const fn version(&self) -> u64 {
        match self {
            Self::Allowed(terms) => terms.version,
            Self::Forbidden(refusal) => refusal.version,
        }
    }
}

impl Terms {
    /// Those who may countersign, as people say it: one entry for each set that a countersigner must be in.
    pub fn approver_names(&self) -> Vec<String> {
        self.approvers.iter().map(Approvers::names).collect()
    }
}

impl Approvers {
    /// `the group platform or ada`.
    pub fn names(&self) -> String {
        let names: Vec<_> = self
            .0
            .iter()
            .map(|entry| match entry.split_once(':') {
                Some(("group", name)) => format!("the group {name}"),
                Some(("role", "admin")) => "an administrator".to_owned(),
                Some(("role", name)) => format!("an {name}"),
                Some((_, id)) => id.to_owned(),
                None => entry.clone(),
            })
            .collect();
        names.join(" or ")
    }
}
