//! What staging holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StagingState {
    /// The services, each `running` or not.
    pub services: BTreeMap<String, Part>,
    /// The caches, each `filled` or `empty`.
    pub caches: BTreeMap<String, Part>,
    /// The keys of what was done.
    pub done: BTreeSet<String>,
}

/// A service or a cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// How it stands.
    pub state: String,
    /// How often something was done with it.
    #[serde(default)]
    pub times: u32,
}

impl Part {
    /// One that stands so.
    pub fn that_is(state: &str) -> Self {
        Self { state: state.to_owned(), times: 0 }
    }
}
