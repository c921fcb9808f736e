//! `look after ticket <number>`: say that you see to a ticket, as one of those who look after them.

use countersign_domain::card::Card;
use countersign_domain::support::TicketCommand;

use super::told;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "look after ticket",
    grammar: "look after ticket <number>",
    phrases: &[],
    summary: "say that you see to a ticket, for the desk",
    examples: &["look after ticket 7"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    told(chat, context, said, |by, _| TicketCommand::Assign { to: Some(by.clone()), by }).await
}
