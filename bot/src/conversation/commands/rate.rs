//! `rate answer <turn> [as <verdict>]`: say whether an answer was good.

use countersign_domain::card::Card;
use countersign_domain::conversation::ConversationCommand;

use super::{turn, unknown};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

/// Its name.
pub(in crate::conversation) const NAME: &str = "rate answer";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "rate answer <turn> [as <verdict>]",
    phrases: &[],
    summary: "say whether an answer was good",
    examples: &["rate answer 0f8fad5b-d9cb-469f-a165-70867728950e as bad"],
    audience: Audience::Buttons,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(turn) = turn(said) else { return unknown(chat, context, NAME).await };
    let (by, good) = (Box::new(context.person.clone()), said.get("verdict") != Some("bad"));
    let rate = ConversationCommand::Rate { by, turn, good, reason: None };
    chat.about_answer(context, NAME, Some(turn), rate).await
}
