//! Agents, as something that is asked for and countersigned: who answers a tenant's questions, what it is told to be, with which model,
//! from which documents, what it may offer and how much. What was countersigned is put in force as the next version of its name.

mod book;
mod definition;
mod draft;
mod effect;
mod event;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod kind;
mod react;
pub mod words;

pub use book::{AgentBook, AgentBookCommand, AgentBookEvent, Kept, Version};
pub use definition::{Definition, Limits, MOST_INSTRUCTION, MOST_NAME, Needs, Topic};
pub use draft::{Before, Draft, Found, Missing, Otherwise};
pub use effect::{Effect, FollowUp, Outcome, Plan};
pub use event::{
    AgentCommand, AgentEvent, AgentNews, AgentRequest, AgentRequestCommand, AgentRequestEvent, Phase,
    Proposal,
};
pub use fault::Fault;
pub use kind::{Agent, AgentState, RULES};
pub use react::react;
pub use words::{title, told};
