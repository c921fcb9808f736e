//! A doer: what carries out safe actions, exactly as they were countersigned.

use async_trait::async_trait;
use serde_json::Value;
use uuid::Uuid;

use super::CallError;

/// Something that is done: an address that is called, a message that is published, a function that is invoked. Whom it may call at all,
/// its configuration says; what it is told is nobody's to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing<'a> {
    /// An address.
    Http {
        /// `POST`.
        method: &'a str,
        /// Where.
        url: &'a str,
        /// With what.
        body: Option<&'a Value>,
    },
    /// A message to a topic.
    Publish {
        /// Its name.
        topic: &'a str,
        /// The message.
        message: &'a Value,
    },
    /// A function.
    Invoke {
        /// Its name.
        function: &'a str,
        /// What it is given.
        payload: &'a Value,
    },
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// The status, where it has one.
    pub status: Option<u16>,
    /// What was said, as JSON where it is JSON, else as a text; of at most 64 KiB.
    pub said: Value,
}

/// What does things for one tenant.
#[async_trait]
pub trait Doer: Send + Sync {
    /// Does it, signed, under a key by which whoever does it knows it again: the same key twice is done once, where they keep to that.
    async fn call(&self, doing: Doing<'_>, key: Uuid) -> Result<Came, CallError>;

    /// Looks at an address, and changes nothing there.
    async fn look(&self, url: &str) -> Result<Came, CallError>;
}
