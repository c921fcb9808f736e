//! One call: on which node, over which connection, and until when.
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::status;
use crate::cluster::{Role, Shared};

/// One call.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) node: usize,
    connection: CancellationToken,
    deadline: Option<Instant>,
}

impl Call {
    pub(crate) fn new(shared: Arc<Shared>, node: usize, connection: CancellationToken) -> Self {
        Self { shared, node, connection, deadline: None }
    }

    /// Until when the client waits: the server keeps the time, because the official client does not.
    pub(super) fn with_deadline(mut self, headers: &HeaderMap) -> Self {
        let wait = headers.get("grpc-timeout").and_then(|value| parse_timeout(value.to_str().ok()?));
        self.deadline = wait.map(|wait| Instant::now() + wait);
        self
    }

    /// Does something, but no longer than the client waits.
    pub(super) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, Status> {
        let delayed = async {
            sleep(self.shared.faults.delay()).await;
            work.await
        };
        match self.deadline {
            None => delayed.await,
            Some(deadline) => timeout_at(deadline, delayed).await.unwrap_or_else(|_| Err(status::deadline())),
        }
    }

    /// Comes when the client waits no longer.
    pub(super) async fn too_late(&self) {
        match self.deadline {
            None => pending().await,
            Some(deadline) => sleep_until(deadline).await,
        }
    }

    /// Drops the connection; nothing comes after this.
    pub(super) async fn drop_connection<T>(&self) -> T {
        self.connection.cancel();
        pending().await
    }

    /// Whether this node may do what only a leader does, or what the client wants of the leader alone.
    pub(super) fn as_leader(&self, insists: bool) -> Result<Role, Status> {
        match self.shared.role(self.node) {
            Role::Follower { leader } if insists => Err(status::not_leader(&leader)),
            Role::Leaderless => Err(status::not_ready()),
            role => Ok(role),
        }
    }
}

/// Reads gRPC's form of a time: digits and a unit.
fn parse_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount.saturating_mul(3600)),
        "M" => Duration::from_secs(amount.saturating_mul(60)),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_in_every_unit() {
        assert_eq!(parse_timeout("10S"), Some(Duration::from_secs(10)));
        assert_eq!(parse_timeout("1500m"), Some(Duration::from_millis(1500)));
        assert_eq!(parse_timeout("2H"), Some(Duration::from_hours(2)));
        assert_eq!(parse_timeout(""), None);
        assert_eq!(parse_timeout("5é"), None);
    }
}
