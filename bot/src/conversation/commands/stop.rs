//! `stop answering`: have no more of the answer that is being given.

use countersign_domain::card::Card;

use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// Its name.
pub(in crate::conversation) const NAME: &str = "stop answering";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "stop answering",
    phrases: &["stop talking", "stop that answer"],
    summary: "have no more of the answer that is being given",
    examples: &["stop answering"],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _: &Said) -> Result<Vec<Card>, Failure> {
    chat.stop_answering(context).await
}
