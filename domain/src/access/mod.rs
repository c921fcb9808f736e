//! Access requests: asked for, checked, countersigned, granted, and ended by themselves.

mod permission;

pub use permission::{NotAPermission, Permission};
