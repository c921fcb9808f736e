//! Blobs: files as people gave them, and the texts that were read out of them. They are called by what is in them, so none is ever
//! overwritten, and what comes back is what was kept.

use async_trait::async_trait;

use super::CallError;
use crate::digest::Digest;

/// The blobs of one tenant.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Keeps these bytes, durably; the same once more changes nothing.
    async fn put(&self, bytes: &[u8]) -> Result<Digest, CallError>;

    /// The bytes of this digest, which were looked at whether they are; `None` where they are not kept, or not any more. More than
    /// `most` are refused, before they are read.
    async fn get(&self, digest: &Digest, most: u64) -> Result<Option<Vec<u8>>, CallError>;

    /// How many bytes are kept under this digest; `None` where there are none.
    async fn size(&self, digest: &Digest) -> Result<Option<u64>, CallError>;

    /// Keeps them no longer. What is not there is gone already.
    async fn remove(&self, digest: &Digest) -> Result<(), CallError>;
}
