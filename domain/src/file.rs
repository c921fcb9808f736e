//! A file as somebody gave it: what it is called, and by which digest its bytes are kept.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// A file, as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its bytes.
    pub sha: Digest,
    /// What it was called; nothing is concluded from that.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
}
