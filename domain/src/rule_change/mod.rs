//! Changing the rules, as something that is asked for and countersigned.

mod annotations;
mod question;

pub use annotations::ANNOTATIONS;
pub use question::{Extent, question};
