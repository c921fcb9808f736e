//! Amazon's notifications over HTTPS: signed with a certificate of the region's own host, for the topics that the tenant named and no
//! others. Nothing of a notification says where anything is asked for: the addresses are made here, of the topic's region.

mod amazon;
mod message;
mod read;
#[cfg(test)]
mod tests;
mod verify;

use async_trait::async_trait;
use countersign_domain::ports::CallError;
use http::StatusCode;

pub use amazon::Amazon;
pub use message::{Kind, Message, Topic};
pub use read::Reader;
pub use verify::verify;

/// What is asked of Amazon about a notification.
#[async_trait]
pub trait Notary: Send + Sync {
    /// The certificate of this name that a region signs with, as PEM.
    async fn certificate(&self, topic: &Topic, name: &str) -> Result<Vec<u8>, CallError>;

    /// Says that the notifications of a topic are wanted.
    async fn confirm(&self, topic: &Topic, token: &str) -> Result<(), CallError>;
}

/// A notification that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More than is ever read.
    #[error("the body has {0} bytes; at most 1 MiB is taken")]
    TooLarge(usize),
    /// Not what Amazon sends.
    #[error("the body is no notification of Amazon's: {0}")]
    WrongShape(String),
    /// It is not signed by Amazon, or of a topic that nobody named. Which of both is not said: who asks could find out what is named.
    #[error(
        "it is not signed by Amazon for a topic that the configuration names (integrations.cloudwatch.topics)"
    )]
    Unsigned,
    /// The certificate cannot be had now.
    #[error("the certificate it is signed with cannot be read now: {0}")]
    NoCertificate(String),
}

impl Refusal {
    /// The HTTP status that says so.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongShape(_) => StatusCode::BAD_REQUEST,
            Self::Unsigned => StatusCode::UNAUTHORIZED,
            Self::NoCertificate(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
