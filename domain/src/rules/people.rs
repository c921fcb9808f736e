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
        // Whoever is in a set is in every larger one: that needs no word of its own.
        let all = self.approvers.iter().enumerate();
        let needless = |(place, own): &(usize, &Approvers)| {
            self.approvers.iter().enumerate().any(|(other_place, other)| {
                other.0.is_subset(&own.0) && (other.0 != own.0 || other_place < *place)
            })
        };
        all.filter(|one| !needless(one)).map(|(_, own)| own.names()).collect()
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
