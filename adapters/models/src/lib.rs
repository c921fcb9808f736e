//! Models behind the port `Model`: any server that speaks as OpenAI's does ([`OpenAi`]), the company's own as four JSON files
//! describe it ([`CompanyLlm`]), and one that only quotes what it was given ([`Quoting`]); and several of them, one behind the other
//! ([`Fallbacks`]).
//!
//! What comes over the net comes in bits that end anywhere: `lines` makes events of them, `collected` puts an answer together within
//! bounds, and `fault` says what may be concluded where it does not come to its end. What a model is told, in which order, stands in
//! `prompt`, the same for all.

mod collected;
mod company;
mod fallbacks;
mod fault;
mod lines;
mod openai;
mod prompt;
mod quoting;

pub use collected::{Collected, Room};
pub use company::{CompanyLlm, CompanyModel, FileFault, Reloaded};
pub use fallbacks::Fallbacks;
pub use openai::{OpenAi, OpenAiSettings};
pub use prompt::{material, question, system};
pub use quoting::Quoting;
