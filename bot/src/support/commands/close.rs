//! `close ticket <number>`: say that a ticket is over, as who asked or as who looks after it.

use countersign_domain::card::Card;
use countersign_domain::support::TicketCommand;

use super::told;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "close ticket",
    grammar: "close ticket <number>",
    phrases: &[],
    summary: "say that a ticket is over",
    examples: &["close ticket 7"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    told(chat, context, said, |by, _| TicketCommand::Close { by }).await
}
