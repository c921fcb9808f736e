//! How calls to the outside are made: time-outs, bounds, trust.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::BreakerPolicy;

/// How calls to the outside are made. Every part has a default that is right for a vendor on the internet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundConfig {
    /// How long connecting may take, TLS included: `5s`.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub connect_timeout: Duration,
    /// How long a whole call may take, answer included: `20s`.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub timeout: Duration,
    /// The largest answer that is read, in bytes after decompression.
    pub max_body: usize,
    /// A PEM file of certificate authorities to trust besides the system's: a company proxy's, a test server's.
    pub extra_ca_file: Option<PathBuf>,
    /// How we introduce ourselves.
    pub user_agent: String,
    /// When a vendor is left alone.
    pub breaker: BreakerPolicy,
}

impl Default for OutboundConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            max_body: 1024 * 1024,
            extra_ca_file: None,
            user_agent: concat!("countersign/", env!("CARGO_PKG_VERSION")).to_owned(),
            breaker: BreakerPolicy::default(),
        }
    }
}
