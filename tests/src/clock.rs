//! A clock that is turned by hand.

use async_trait::async_trait;
use countersign_domain::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// A clock that stands until it is turned.
#[derive(Debug)]
pub struct HandClock(watch::Sender<Timestamp>);

impl HandClock {
    /// A clock that stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Turns it forward.
    pub fn turn(&self, by: SignedDuration) {
        self.0.send_modify(|now| *now = now.checked_add(by).expect("a time on the calendar"));
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut now = self.0.subscribe();
        // The sender lives as long as `self`.
        let _ = now.wait_for(|now| *now >= at).await;
    }
}
