//! What comparing came to.

use std::collections::BTreeMap;

use countersign_domain::access::{Compared, Deviation, Lowered, WhyCompared};

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Why it was made.
    pub why: WhyCompared,
    /// How many repositories were looked at.
    pub repositories: u64,
    /// How many accounts on them.
    pub accounts: u64,
    /// The repositories that could not be looked at, each with the reason.
    pub unread: BTreeMap<String, String>,
    /// All differences there are.
    pub differences: Vec<Deviation>,
    /// What a repair has adopted and is not there any more.
    pub lowered: Vec<Lowered>,
}

impl Report {
    pub(super) fn of(compared: &Compared) -> Self {
        let Compared { why, repositories, accounts, unread, differences, lowered, .. } = compared.clone();
        Self { why, repositories, accounts, unread, differences, lowered }
    }
}

/// What was found on a repository.
pub(super) struct Found {
    /// How many accounts.
    pub(super) accounts: u64,
    pub(super) differences: Vec<Deviation>,
    pub(super) lowered: Vec<Lowered>,
}
