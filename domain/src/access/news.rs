//! What those whom an access concerns are told of it once.

use serde::{Deserialize, Serialize};

use super::event::{Ending, GrantEvent};

/// What happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// The permission was set, and read back.
    Granted,
    /// It lasts longer.
    Extended,
    /// It ends soon.
    EndsSoon,
    /// It has ended.
    Ended,
}

impl News {
    pub(super) const fn of(event: &GrantEvent) -> Option<Self> {
        match event {
            GrantEvent::Granted { .. } => Some(Self::Granted),
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
