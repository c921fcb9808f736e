//! Documents, as something that is asked for and countersigned: a file is read and put into the index, and answers are taken from it
//! once enough have countersigned, until another version is in its place or it is retired.

mod effect;
mod event;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod inspected;
mod kind;
mod react;
mod reading;
mod submission;
pub mod words;

pub use crate::file::File;
pub use effect::{Effect, FollowUp, Outcome, Plan};
pub use event::{
    DocumentCommand, DocumentEvent, DocumentNews, DocumentRequest, DocumentRequestCommand,
    DocumentRequestEvent, Due, Phase, Proposal,
};
pub use fault::Fault;
pub use inspected::{
    Change, Compared, How, Inspected, MOST_BEGINNING, MOST_CHANGES, MOST_FINDINGS, Read, Spot, changes,
    compared,
};
pub use kind::{Document, DocumentState, RULES};
pub use react::react;
pub use reading::{is_open_to, is_private, is_read_by, may_read, may_read_before};
pub use submission::{MOST_COLLECTION, MOST_TITLE, Replaced, Submission, bare_name};
pub use words::{readers, title, told};
