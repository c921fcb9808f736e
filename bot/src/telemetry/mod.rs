//! Telemetry: a log that keeps no secrets, and the metrics with what they mean.

mod log;
mod metrics;
mod redact;
mod secrets;

pub use log::{LogError, install, subscriber};
pub use metrics::{METRICS, Metric, MetricKind, describe, install_recorder};
pub use redact::{MASK, Redacted, Redactor, redactor};
pub use secrets::WatchedSecrets;
