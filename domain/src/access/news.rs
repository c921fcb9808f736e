//! What those whom an access concerns are told of it once.

use serde::{Deserialize, Serialize};

use super::event::{Ending, GrantEvent};
use crate::request;

/// What those whom a request for access concerns are told once.
pub type News = request::News<GrantNews>;

/// What happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantNews {
    /// The permission was set, and read back.
    Granted,
    /// The forge has invited them, and they have to accept.
    Invited,
    /// It lasts longer.
    Extended,
    /// It ends soon.
    EndsSoon,
    /// It has ended.
    Ended,
}

impl GrantNews {
    pub(super) const fn of(event: &GrantEvent) -> Option<Self> {
        match event {
            GrantEvent::Granted { .. } => Some(Self::Granted),
            GrantEvent::Invited { .. } => Some(Self::Invited),
            GrantEvent::Extended { .. } => Some(Self::Extended),
            GrantEvent::EndsSoon { .. } => Some(Self::EndsSoon),
            // Who gave it back knows.
            GrantEvent::Ended { ending: Ending::GivenBack { .. }, .. }
            | GrantEvent::Shortened { .. }
            | GrantEvent::Ending { .. } => None,
            GrantEvent::Ended { .. } => Some(Self::Ended),
        }
    }
}
