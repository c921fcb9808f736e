//! Stores with a mind of their own: one that dies after some appends, and one that keeps webhooks waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use countersign_domain::ports::{Append, Appended, EventStore, StoreError};
use countersign_store::MemoryStore;
use tokio::sync::watch;

pub use countersign_store::{Behind, Front};

/// A store that dies with its program: after so many appends no append is ever answered again. What it kept is in the store
/// inside, for the next one.
pub struct Mortal {
    inner: Arc<MemoryStore>,
    /// How many appends are still answered; `None` for ever.
    left: watch::Sender<Option<u32>>,
    /// Whether the append that is not answered is kept.
    keeps_last: bool,
}

impl Mortal {
    /// A store that answers this many appends; the first one after them is kept or not, and never answered.
    pub fn new(inner: Arc<MemoryStore>, appends: Option<u32>, keeps_last: bool) -> Self {
        Self { inner, left: watch::Sender::new(appends), keeps_last }
    }

    /// Returns when it has died.
    pub async fn death(&self) {
        let mut left = self.left.subscribe();
        // The sender lives as long as `self`.
        let _ = left.wait_for(|left| *left == Some(0)).await;
    }

    /// Takes one append from those that are left; `None` where none was left, and whether it is the last.
    fn take(&self) -> Option<bool> {
        let mut taken = None;
        self.left.send_if_modified(|left| match left {
            None => {
                taken = Some(false);
                false
            }
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                taken = Some(*left == 0);
                *left == 0
            }
        });
        taken
    }
}

#[async_trait]
impl Front for Mortal {
    fn store(&self) -> &dyn EventStore {
        &*self.inner
    }

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        match self.take() {
            Some(false) => return self.inner.append(append).await,
            Some(true) if self.keeps_last => drop(self.inner.append(append).await),
            Some(true) | None => {}
        }
        std::future::pending().await
    }
}

/// A store in which webhooks wait at a gate before they are kept, and can be refused.
pub struct Gated {
    inner: MemoryStore,
    /// Whether webhooks pass.
    pub open: watch::Sender<bool>,
    /// How many wait at the gate.
    pub waiting: watch::Sender<u32>,
    /// Whether those that pass are refused for want of space.
    pub full: AtomicBool,
}

impl Default for Gated {
    fn default() -> Self {
        let (open, waiting) = (watch::Sender::new(true), watch::Sender::new(0));
        Self { inner: MemoryStore::new(), open, waiting, full: AtomicBool::new(false) }
    }
}

#[async_trait]
impl Front for Gated {
    fn store(&self) -> &dyn EventStore {
        &self.inner
    }

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        if append.stream.category() == "webhook" {
            self.waiting.send_modify(|waiting| *waiting += 1);
            // The sender lives as long as `self`.
            let _ = self.open.subscribe().wait_for(|open| *open).await;
            self.waiting.send_modify(|waiting| *waiting -= 1);
            if self.full.load(Ordering::Relaxed) {
                return Err(StoreError::Full { place: "here".to_owned(), detail: "a test".to_owned() });
            }
        }
        self.inner.append(append).await
    }
}
