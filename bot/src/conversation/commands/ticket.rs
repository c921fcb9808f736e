//! `ticket for <turn>`: have a person look at a question.

use countersign_domain::card::Card;
use countersign_domain::conversation::ConversationCommand;
use countersign_domain::envelope::derived_id;

use super::{turn, unknown};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// Its name.
pub(in crate::conversation) const NAME: &str = "ticket for";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "ticket for <turn>",
    phrases: &[],
    summary: "have a person look at a question",
    examples: &["ticket for 0f8fad5b-d9cb-469f-a165-70867728950e"],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(turn) = turn(said) else { return unknown(chat, context, NAME).await };
    let (by, marker) = (Box::new(context.person.clone()), derived_id(turn, "ticket"));
    let hand_over = ConversationCommand::HandOver { by, turn, marker };
    chat.about_answer(context, NAME, Some(turn), hand_over).await
}
