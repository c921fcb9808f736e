//! GitHub's webhooks: signed with one of the tenant's live secrets, told apart by GitHub's id of the delivery.

mod read;
mod verify;

use http::StatusCode;

pub use read::Reader;
pub use verify::{Verified, verify};

/// A webhook that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// Nobody configured a secret, so nothing can be trusted.
    #[error("no webhook secret can be read: store one and give the same to GitHub")]
    NoSecret,
    /// More than is ever read.
    #[error("the body has {0} bytes; at most 1 MiB is taken")]
    TooLarge(usize),
    /// No signature at all.
    #[error("the header X-Hub-Signature-256 is missing: configure a secret for the webhook in GitHub")]
    Unsigned,
    /// Something else than one signature of the one kind we accept.
    #[error("the header X-Hub-Signature-256 must be one `sha256=` with 64 hexadecimal digits")]
    MalformedSignature,
    /// The signature does not fit the body.
    #[error(
        "the signature does not fit: the webhook's secret in GitHub is none of ours, or the body was changed"
    )]
    WrongSignature,
    /// A header that cannot be one of GitHub's.
    #[error("the header {0} is not one word of 1 to 100 letters, digits, dashes and underscores")]
    BadHeader(&'static str),
    /// Not JSON.
    #[error("the body is not JSON ({0}): set the webhook's content type in GitHub to application/json")]
    NotJson(String),
}

impl WebhookRefusal {
    /// The HTTP status that says so.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NoSecret => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unsigned | Self::MalformedSignature | Self::WrongSignature => StatusCode::UNAUTHORIZED,
            Self::BadHeader(_) | Self::NotJson(_) => StatusCode::BAD_REQUEST,
        }
    }
}
