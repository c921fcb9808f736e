//! `make ticket <number> <priority>`: say how much a ticket hurries, and have the desk promise accordingly.

use countersign_domain::card::Card;
use countersign_domain::support::{Priority, TicketCommand};

use super::told;
use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::support::open::desk;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "make ticket",
    grammar: "make ticket <number> <priority>",
    phrases: &["set ticket <number> to <priority>"],
    summary: "say how much a ticket hurries: low, normal, high or urgent",
    examples: &["make ticket 7 urgent"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// What is said where the word is none of them.
const NO_PRIORITY: (&str, &str) = ("That is no priority", "A ticket is low, normal, high or urgent.");
/// What is said where there is no desk.
const NO_DESK: (&str, &str) = ("Nobody looks after tickets here", "“help” lists what can be asked for.");

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let Some(help) = chat.requests().world.help(&context.tenant) else {
        return Ok(vec![cards::nothing(NO_DESK)]);
    };
    let Ok(priority) = said.get("priority").unwrap_or_default().parse::<Priority>() else {
        return Ok(vec![cards::nothing(NO_PRIORITY)]);
    };
    let desk = Box::new(desk(help));
    told(chat, context, said, |by, zone| TicketCommand::Triage { by, priority, desk: desk.clone(), zone })
        .await
}
