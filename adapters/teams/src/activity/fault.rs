//! Why a body is not taken, in words for the log.

use http::StatusCode;

/// A body that is not taken. What it holds is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More than Teams ever sends.
    #[error("the body has {0} bytes; at most 256 KiB are taken")]
    TooLarge(usize),
    /// Not JSON, or not of the shape of an activity.
    #[error("the body is not an activity: the fault is in line {line}, column {column}")]
    Unreadable {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// The proof is for another activity.
    #[error("the activity is not the one that was verified")]
    NotVerified,
    /// Not from Teams.
    #[error("the activity comes through another channel than Microsoft Teams")]
    OtherChannel,
    /// Something that we cannot do without.
    #[error("the activity has no usable {0}")]
    Missing(&'static str),
    /// It claims to come from two tenants.
    #[error("the activity names two tenants")]
    TwoTenants,
    /// A button that no card of ours has.
    #[error("the activity presses a button that is not ours")]
    UnknownButton,
    /// A form that the bot never showed.
    #[error("the activity sends a form that is not ours")]
    UnknownForm,
}

impl Fault {
    /// The HTTP status that says so.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable { .. } => StatusCode::BAD_REQUEST,
            Self::NotVerified | Self::OtherChannel | Self::TwoTenants => StatusCode::FORBIDDEN,
            Self::Missing(_) | Self::UnknownButton | Self::UnknownForm => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// A stable word for logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "too_large",
            Self::Unreadable { .. } => "unreadable",
            Self::NotVerified => "not_verified",
            Self::OtherChannel => "other_channel",
            Self::Missing(_) => "missing",
            Self::TwoTenants => "two_tenants",
            Self::UnknownButton => "unknown_button",
            Self::UnknownForm => "unknown_form",
        }
    }
}
