//! The log on KurrentDB, for several bots at once. The README is the rest of this page.
//!
#![doc = include_str!("../README.md")]

mod address;
mod asking;
mod form;
mod hint;
mod link;
mod nagle;
mod rosters;
mod seen;
mod store;

pub use address::{Address, AddressError};
pub use store::{Kurrent, Patience};
