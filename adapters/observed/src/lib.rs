//! What systems tell of by themselves: each delivery is checked over its raw body first, and then read into the one form of the timeline.
//! Nothing here asks a vendor for anything, and nothing is read twice: what reading came to is what is kept.

pub mod github;
mod kept;
mod link;
mod node;
pub mod sns;

pub use kept::kept;

/// The largest body that is taken, in bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;
