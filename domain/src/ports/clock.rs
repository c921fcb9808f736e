//! The clock: the system's in production, turned by hand in tests.

use async_trait::async_trait;
use jiff::Timestamp;

/// What time it is, and waiting for a time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Returns at or after `at`.
    async fn sleep_until(&self, at: Timestamp);
}
