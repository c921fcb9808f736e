//! The embedded knowledge index: passages found by their words and by what they mean, among what may be read and nothing else.
//!
//! A document is cut into passages (`chunk`), each of which has its words in tantivy (`words`, `shelf`) and a vector in memory
//! (`vectors`); what both find is put together (`fusion`). One way of doing all of that is a generation: a folder of its own, built
//! beside the one that serves ([`Index`]). All of it can be thrown away and put in again from the log.

mod chunk;
mod fault;
mod fusion;
mod generations;
mod index;
mod memory;
mod schema;
mod shelf;
mod words;

pub use chunk::{CHUNKER, LONGEST, passages};
pub use fusion::FUSION;
pub use index::{Index, Settings};
