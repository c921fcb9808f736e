//! `open ticket saying <text>`: ask the help desk for something, without a question before it.

use countersign_domain::card::{Card, Tone};

use super::line;
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::support::open::open_saying;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "open ticket",
    grammar: "open ticket saying <text>",
    phrases: &["open a ticket saying <text>"],
    summary: "ask the help desk for something",
    examples: &["open ticket saying the printer on the second floor prints grey"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// What is said where nobody looks after tickets.
const NO_DESK: (&str, &str) = (
    "There is no help desk here",
    "“who can approve” says who decides on something, and “help” what I can do.",
);

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let (requests, text) = (chat.requests(), said.get("text").unwrap_or_default());
    let Some(help) = requests.world.help(&context.tenant) else { return Ok(vec![cards::nothing(NO_DESK)]) };
    Ok(match open_saying(requests, context, help, text).await? {
        Ok(ticket) => {
            let number = ticket.opened.as_ref().map(|opened| opened.number).unwrap_or_default();
            let next = format!("You hear of it here. “reply to ticket {number} saying …” adds something.");
            vec![Draft::new(Tone::Good, &format!("Ticket {}", line(&ticket))).line(&next).card()]
        }
        Err(denied) => vec![cards::denied(&denied, None)],
    })
}
