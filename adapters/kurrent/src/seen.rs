//! How far the log is known to be: what our own appends, reads and the subscription have told.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// The last position that is known, and whoever waits for a later one. 0: none is known.
pub(crate) struct Seen {
    last: watch::Sender<u64>,
    /// The last position that was known and not there to be read: it is not worth reading again before there is more.
    hidden: AtomicU64,
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self { last: watch::Sender::new(0), hidden: AtomicU64::new(0) }
    }

    pub(crate) fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// There is an event at this position.
    pub(crate) fn advance(&self, position: u64) {
        self.last.send_if_modified(|last| {
            let more = position > *last;
            *last = position.max(*last);
            more
        });
    }

    /// Nothing could be read after `after`, although `known` was known: a server that was no leader any more has told it.
    pub(crate) fn nothing_after(&self, after: u64, known: u64) {
        if after < known {
            self.hidden.store(known, Ordering::Relaxed);
        }
    }

    /// Returns when there is something after this position; at once where that is known already.
    pub(crate) async fn past(&self, after: u64) {
        let hidden = self.hidden.load(Ordering::Relaxed);
        // The sender lives as long as `self`.
        let _ = self.last.subscribe().wait_for(|last| *last > after && *last != hidden).await;
    }
}
