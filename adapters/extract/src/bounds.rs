//! What reading one file may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What reading one file may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// How many bytes a file may have.
    pub bytes: u64,
    /// How many pages it may have.
    pub pages: u32,
    /// How many bytes its text may have.
    pub text: usize,
    /// How many bytes one part of it may have when it is unpacked.
    pub unpacked: usize,
    /// How much memory the process that reads it may take in all, in bytes.
    pub memory: u64,
    /// How long it may take, by the clock on the wall.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            bytes: 50 * MIB as u64,
            pages: 5_000,
            text: 8 * MIB,
            unpacked: 64 * MIB,
            memory: 768 * MIB as u64,
            time: Duration::from_secs(30),
        }
    }
}
