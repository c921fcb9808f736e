//! `reply to ticket <number> saying <text>`: say something on a ticket, as who asked or as who looks after it.

use countersign_domain::card::Card;
use countersign_domain::support::TicketCommand;

use super::told;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "reply to ticket",
    grammar: "reply to ticket <number> saying <text>",
    phrases: &[],
    summary: "say something on a ticket of the help desk",
    examples: &["reply to ticket 7 saying it is the printer on the second floor"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let text = said.get("text").unwrap_or_default().to_owned();
    told(chat, context, said, |by, zone| TicketCommand::Reply { by, text: text.clone(), waits: false, zone })
        .await
}
