//! `answer again <turn>`: another answer to the same question.

use countersign_domain::card::Card;

use super::{turn, unknown};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// Its name.
pub(in crate::conversation) const NAME: &str = "answer again";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "answer again <turn>",
    phrases: &[],
    summary: "another answer to the same question",
    examples: &["answer again 0f8fad5b-d9cb-469f-a165-70867728950e"],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    match turn(said) {
        Some(turn) => chat.answer_again(context, turn).await,
        None => unknown(chat, context, NAME).await,
    }
}
