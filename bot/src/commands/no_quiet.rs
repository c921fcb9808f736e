//! `no quiet`: the bot may speak up at any time.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

const NAME: &str = "no quiet";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "no quiet",
    phrases: &["quiet off", "no quiet hours"],
    summary: "I may speak up at any time again",
    examples: &["no quiet"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _said: &Said) -> Result<Vec<Card>, Failure> {
    chat.prefer(context, NAME, |preferences| preferences.quiet = None).await
}
