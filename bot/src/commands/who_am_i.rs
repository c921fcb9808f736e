//! `who am i`: as whom the bot knows who asks, and by which chat accounts. It asks, so nothing is made of it.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "who am i",
    grammar: "who am i",
    phrases: &["whoami", "wer bin ich"],
    summary: "who you are to me, and which chat accounts are yours",
    examples: &["who am i"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _: &Said) -> Result<Vec<Card>, Failure> {
    chat.who_am_i(context).await
}
