//! Conversations: somebody asks, documents are searched, a model answers, and what it says is held against what it cites. A model's
//! answer is what came of an effect; what it says as it says it is kept nowhere.

mod after;
mod answer;
mod ask;
mod attach;
mod cite;
mod command;
mod effect;
mod event;
#[cfg(test)]
pub(crate) mod example;
mod fault;
mod limits;
mod links;
mod price;
mod propose;
mod react;
mod state;
mod step;
pub mod words;

pub use answer::{Answer, AnswerKind, Citation, Support};
pub use ask::{MOST_QUESTION, says_something};
pub use cite::{Held, MOST_ANSWER, held, so_far, whole_sentences};
pub use command::{ConversationCommand, Found, Said, Screening, Spoken};
pub use effect::{Effect, Outcome, Plan};
pub use event::{Again, AgentName, Asked, ConversationEvent, Source, WhyAgain, WhyStopped};
pub use fault::Fault;
pub use limits::{Allowance, Limit, Limited, Used, Whose};
pub use price::Price;
pub use propose::{Does, Known, MOST_OFFERS, Offer, Refused, Verdict, verdict};
pub use react::{FollowUp, react};
pub use state::{Conversation, REMEMBERED, Turn, TurnStage};
pub use step::MOST_CALLS;
pub use words::told;
