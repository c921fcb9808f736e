//! Changing the rules, as something that is asked for and countersigned: proposed whole in the place of what is in force,
//! compared with that and with the requests of the days before, and published once enough have countersigned.

mod again;
mod annotations;
mod compared;
mod draft;
mod effect;
mod event;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod kind;
mod question;
mod react;
mod replayed;
#[cfg(test)]
mod tests;
pub mod words;

pub use again::Again;
pub use annotations::RULES;
pub use compared::Compared;
pub use draft::{Draft, tidy};
pub use effect::{Effect, FollowUp, Outcome, Plan};
pub use event::{
    FateEvent, Phase, Proposal, PublishCommand, RuleChangeCommand, RuleChangeEvent, RuleChangeNews,
    RuleChangeRequest,
};
pub use fault::{Fault, undoes_several};
pub use kind::RuleChange;
pub use question::{Extent, question, question_beside};
pub use react::react;
pub use replayed::{Becomes, Group, Judge, MOST_NAMED, Replayed};
