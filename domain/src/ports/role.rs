//! The roles that vendors play, one for each port through which something is done outside.

use super::SurfaceKind;

/// In which role a vendor is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VendorRole {
    /// The forge: repositories and who may do what there.
    Forge,
    /// The tracker: tickets.
    Tracker,
    /// This chat.
    Surface(SurfaceKind),
}

impl VendorRole {
    /// Whether `Retry-After` shuts the whole way to it. Chats limit single methods and channels: there the call waits.
    pub const fn pauses_as_a_whole(self) -> bool {
        matches!(self, Self::Forge | Self::Tracker)
    }
}
