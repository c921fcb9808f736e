//! The journal and the store in memory; the contract that every store passes. The README is the rest of this page.
//!
#![doc = include_str!("../README.md")]

mod behind;
pub mod bench;
pub mod contract;
pub mod journal;
mod memory;
mod merkle;
pub mod migrate;
mod place;
mod prepared;
mod rosters;

pub use behind::{Behind, Front};
pub use journal::{
    CheckReport, Damage, Journal, JournalReader, OpenError, Options, ReadError, SideFolder, standing_still,
};
pub use memory::MemoryStore;
pub use merkle::MerkleTree;
pub use place::PlaceFile;
pub use prepared::{MAX_EVENT_BYTES, Prepared, PreparedEvent};
pub use rosters::MemoryRosters;
