//! Safe actions, as something that is asked for and countersigned: an entry of the catalogue with its arguments is rehearsed, shown as
//! exactly what will be done, and done as exactly what was countersigned.

mod effect;
mod entry;
mod event;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod kind;
mod react;
mod run;
mod schema;
mod template;
pub mod words;

pub use effect::{Effect, FollowUp, Outcome, Plan};
pub use entry::{ArgumentFault, Call, Entry, Method, Planned, ReadBack};
pub use event::{
    ActionCommand, ActionEvent, ActionNews, ActionRequest, ActionRequestCommand, ActionRequestEvent,
    Answered, Otherwise, Phase, Proposal, Rehearsed,
};
pub use fault::Fault;
pub use kind::{Action, RULES};
pub use react::react;
pub use run::Run;
pub use words::{title, told};
