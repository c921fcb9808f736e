//! `ping me`: to be asked by messages again.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "ping";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "ping me",
    phrases: &["you may ping me", "ping me again"],
    summary: "to be asked by messages again",
    examples: &["ping me"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _said: &Said) -> Result<Vec<Card>, Failure> {
    chat.prefer(context, NAME, |preferences| preferences.do_not_ping = false).await
}
