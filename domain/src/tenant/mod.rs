//! A tenant: its people and its rules, versioned and kept as events.

mod person;

pub use person::{Person, Role};
