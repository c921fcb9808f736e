//! A store behind something that counts, delays or breaks what is asked of it: what tests put in front of a log says only what it does
//! otherwise.

use std::ops::Deref;

use async_trait::async_trait;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Append, Appended, EventStore, StoreError};

/// What stands in front of a store. What it does not say itself passes.
#[async_trait]
pub trait Front: Send + Sync {
    /// The store behind it.
    fn store(&self) -> &dyn EventStore;

    /// Lets an append through, or not.
    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        self.store().append(append).await
    }

    /// Lets a reader of one stream through, or not.
    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        self.store().read_stream(stream, from, limit).await
    }

    /// Lets a reader of everything through, or not.
    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        self.store().read_all(after, limit).await
    }

    /// Lets a reader of some places through, or not.
    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        self.store().read_at(positions).await
    }
}

/// A store behind something.
#[derive(Debug, Default)]
pub struct Behind<F>(pub F);

/// What it stands behind is asked and told through it.
impl<F> Deref for Behind<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.0
    }
}

#[async_trait]
impl<F: Front> EventStore for Behind<F> {
    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        self.0.append(append).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        self.0.read_stream(stream, from, limit).await
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        self.0.read_all(after, limit).await
    }

    async fn read_at(&self, positions: &[Position]) -> Result<Vec<Envelope>, StoreError> {
        self.0.read_at(positions).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        self.0.store().head().await
    }

    async fn wait_past(&self, after: Option<Position>) -> Result<(), StoreError> {
        self.0.store().wait_past(after).await
    }
}
