//! `i am back`: not to be left out any more.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "back";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "i am back",
    phrases: &["i'm back", "back", "do not omit me", "include me [again]"],
    summary: "not to be left out any more",
    examples: &["I am back"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _said: &Said) -> Result<Vec<Card>, Failure> {
    chat.prefer(context, NAME, |preferences| preferences.away = None).await
}
