//! `resolve ticket <number> saying <text>`: say that a ticket is resolved, and how.

use countersign_domain::card::Card;
use countersign_domain::support::TicketCommand;

use super::told;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "resolve ticket",
    grammar: "resolve ticket <number> saying <text>",
    phrases: &[],
    summary: "say how a ticket of the help desk was resolved, for who looks after them",
    examples: &["resolve ticket 7 saying the drum was changed"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let how = said.get("text").unwrap_or_default().to_owned();
    told(chat, context, said, |by, zone| TicketCommand::Resolve { by, how: how.clone(), zone }).await
}
