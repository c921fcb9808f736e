//! The company's own model, as four JSON files describe it: `config.json` (where it is, how long to wait, where in its answers the
//! text is), `header.json` (what the head of a call says), `payload.json` (what a call says), `prompts.json` (what the model is told).
//!
//! The four are one set with one digest. They are read together and checked together; where one of them is wrong, its very line is
//! told, and the set before stays. A turn keeps the set it began with.

mod answer;
mod call;
mod faults;
mod files;
mod fill;
mod model;
mod set;

pub use faults::FileFault;
pub use model::{CompanyLlm, CompanyModel, Reloaded};

/// What its faults carry.
pub(crate) const VENDOR: &str = "company_llm";
