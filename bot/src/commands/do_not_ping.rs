//! `do not ping me`: never to be asked by a message.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "do not ping";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "do not ping me",
    phrases: &["don't ping me", "never ping me"],
    summary: "never to be asked by a message of mine",
    examples: &["do not ping me"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _said: &Said) -> Result<Vec<Card>, Failure> {
    chat.prefer(context, NAME, |preferences| preferences.do_not_ping = true).await
}
