//! Conversations: a sentence that is no command is asked of the tenant's agent, which searches the documents and answers with what it
//! cites; how that is asked, performed, followed up and shown.

mod asking;
pub mod card;
pub(crate) mod commands;
mod edits;
mod follow;
mod gaps;
pub(crate) mod handing;
pub(crate) mod http;
mod leave;
mod limits;
mod material;
pub(crate) mod perform;
mod schema;
mod screen;
mod serving;
mod shown;
mod stage;
mod stop;
mod ticket;
mod tools;

pub use stage::Stages;

pub(crate) use asking::{Asker, Told, is_question, private};
pub(crate) use follow::follow_up;
pub(crate) use leave::leave;
pub(crate) use schema::{groups, in_a_sentence};
pub(crate) use shown::shown_in;
pub(crate) use stage::Seen;
pub(crate) use tools::offerable;

use countersign_domain::conversation::Conversation;
use countersign_domain::names::{StreamName, Tenant};
use uuid::Uuid;

use crate::engine::Failure;

/// The stream of a conversation.
pub(crate) fn stream(tenant: &Tenant, id: Uuid) -> Result<StreamName, Failure> {
    use countersign_domain::aggregate::Aggregate as _;
    Ok(StreamName::new(tenant, Conversation::CATEGORY, &id.to_string())?)
}
