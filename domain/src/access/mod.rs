//! Access requests: asked for, checked, countersigned, granted, and ended by themselves.

mod duration;
mod permission;

pub use duration::{DurationFault, MAX_MINUTES, parse_minutes, say_minutes};
pub use permission::{NotAPermission, Permission};
