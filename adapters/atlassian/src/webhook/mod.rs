//! What Jira sends: checked first, read afterwards, and refused with the status each fault deserves.

mod beside;
mod courtesy;
mod form;
mod labels;
mod limits;
mod lines;
mod markup;
mod parse;
mod quoted;
mod spoken;
mod verify;
#[cfg(test)]
mod work;

use countersign_domain::denied::{Field, Violation};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use form::{AccessForm, FieldMapping};
pub use parse::parse;
pub use verify::{LARGEST_BODY, Verified, verify};

/// What a webhook tells us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Nothing about access.
    Nothing,
    /// A ticket asks for access.
    Asks(TicketForm),
    /// A ticket looks like a request, and what it asks for cannot be read.
    Unreadable(TicketForm),
    /// A ticket was edited, and no request stands in it, or not a whole one.
    AsksNothing {
        /// Its key.
        key: String,
        /// When that was, by the tracker's clock, where it says so.
        at: Option<Timestamp>,
    },
    /// Something was said on a ticket, or it was moved on.
    Touched {
        /// Its key.
        key: String,
    },
    /// A ticket is not there any more.
    Gone {
        /// Its key.
        key: String,
    },
    /// A ticket was moved to another project.
    Moved {
        /// The key it had.
        key: String,
        /// The key it has now.
        to: String,
    },
}

/// What a ticket says about the access that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketForm {
    /// `OPS-17`.
    pub key: String,
    /// The title.
    pub title: String,
    /// `jira:issue_created` or `jira:issue_updated`.
    pub event: String,
    /// Whether it was there before, and was edited.
    pub edited: bool,
    /// The account id of who asks: who reported the ticket, or who edited it.
    pub reporter_account: Option<String>,
    /// The name people see of them.
    pub reporter_name: Option<String>,
    /// The form, as raw texts.
    pub form: AccessForm,
    /// Of what more than one thing is asked for: then nothing is.
    pub several: Vec<Field>,
    /// When that was written, by the tracker's clock, where it says so.
    pub at: Option<Timestamp>,
    /// What stands beside the form and cannot be placed, or not be done: until that is said otherwise nothing is asked for.
    pub unread: Vec<Violation>,
    /// Lines that every template has: harmless, unless a value names somebody or a repository.
    pub harmless: Vec<String>,
}

/// A webhook that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// Nobody configured a secret, so nothing can be trusted.
    #[error("no webhook secret is configured: store one and give the same to Jira")]
    NoSecret,
    /// More than a ticket ever needs.
    #[error("the body has {0} bytes; at most 1 MiB is taken")]
    TooLarge(usize),
    /// No signature at all.
    #[error("the header X-Hub-Signature is missing: configure a secret for the webhook in Jira")]
    Unsigned,
    /// Something else than one signature of the one kind we accept.
    #[error("the header X-Hub-Signature must be one `sha256=` with 64 hexadecimal digits")]
    MalformedSignature,
    /// The signature does not fit the body.
    #[error(
        "the signature does not fit: the webhook's secret in Jira and ours differ, or the body was changed"
    )]
    WrongSignature,
    /// A delivery id that cannot be one.
    #[error("the header X-Atlassian-Webhook-Identifier is not 1 to 200 printable characters")]
    NoDelivery,
    /// Not JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// JSON, but not what Jira sends.
    #[error("the body is not a Jira webhook: {0}")]
    WrongShape(String),
}

impl WebhookRefusal {
    /// The HTTP status that says so.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NoSecret => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unsigned | Self::MalformedSignature | Self::WrongSignature => StatusCode::UNAUTHORIZED,
            Self::NoDelivery | Self::NotJson(_) => StatusCode::BAD_REQUEST,
            Self::WrongShape(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// A stable word for logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSecret => "no_secret",
            Self::TooLarge(_) => "too_large",
            Self::Unsigned => "unsigned",
            Self::MalformedSignature => "malformed_signature",
            Self::WrongSignature => "wrong_signature",
            Self::NoDelivery => "no_delivery",
            Self::NotJson(_) => "not_json",
            Self::WrongShape(_) => "wrong_shape",
        }
    }
}
