//! `answer <question> with <answer>`: what a button of a question says.

use countersign_domain::card::Card;
use countersign_domain::request::Code;

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "answer",
    grammar: "answer <question> with <answer>",
    phrases: &[],
    summary: "answer what I asked you back; writing just the answer does the same",
    examples: &["answer K7QM2X with web-shop"],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let id = said.get("question").and_then(|id| id.parse::<Code>().ok());
    // Boxed, because an answer is said as a sentence again.
    Box::pin(chat.answered_by_name(context, id, said.get("answer").unwrap_or_default())).await
}
