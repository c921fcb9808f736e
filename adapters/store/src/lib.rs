#![doc = include_str!("../README.md")]

pub mod contract;
pub mod journal;
mod memory;
mod prepared;

pub use journal::{Journal, Options};
pub use memory::MemoryStore;
pub use prepared::{MAX_EVENT_BYTES, Prepared, PreparedEvent};
