//! What is said about answers and what was not answered, mostly by buttons.

mod again;
mod gaps;
mod rate;
mod stop;
mod ticket;

pub(super) use again::NAME as AGAIN;
pub(super) use rate::NAME as RATE;
pub(super) use stop::NAME as STOP;
pub(super) use ticket::NAME as TICKET;

use countersign_domain::card::Card;
use countersign_domain::conversation::Fault;
use uuid::Uuid;

use crate::cards;
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// All of them.
pub(crate) const ALL: &[CommandSpec] = &[again::SPEC, gaps::SPEC, rate::SPEC, stop::SPEC, ticket::SPEC];

/// The turn that is named.
fn turn(said: &Said) -> Option<Uuid> {
    said.get("turn")?.parse().ok()
}

/// There is none of that name.
async fn unknown(chat: &Chat, context: &Context, name: &'static str) -> Result<Vec<Card>, Failure> {
    let refused = chat.requests().refuse::<()>(context, name, Fault::UnknownTurn.into()).await?;
    Ok(refused.err().map(|denied| cards::denied(&denied, None)).into_iter().collect())
}
