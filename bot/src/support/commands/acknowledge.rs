//! `acknowledge ticket <number>`: say that you have heard of a ticket for which you were woken.

use countersign_domain::card::Card;
use countersign_domain::support::TicketCommand;

use super::told;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "acknowledge ticket",
    grammar: "acknowledge ticket <number>",
    phrases: &["acknowledge|ack [the|my|this] ticket <number>"],
    summary: "say that you have heard of a ticket, so that nobody else is woken",
    examples: &["acknowledge ticket 7"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    told(chat, context, said, |by, _| TicketCommand::Acknowledge { by }).await
}
