//! `link ticket <number> to <KEY>`: let a ticket of the help desk and one of the tracker be one, for the desk.

use countersign_domain::card::{Card, Tone};
use countersign_domain::support::TicketCommand;

use super::{NONE, line};
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::support::link::{Linkable, linkable};
use crate::support::tell;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "link ticket",
    grammar: "link ticket <number> to <KEY>",
    phrases: &[],
    summary: "let a ticket of the help desk and one of the tracker be one",
    examples: &["link ticket 7 to OPS-17"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let (requests, number) = (chat.requests(), said.get("number").unwrap_or_default());
    let Some((number, found)) = tell::ticket(requests, (&context.tenant, &context.person), number)? else {
        return Ok(vec![cards::nothing(NONE)]);
    };
    let key = said.get("KEY").unwrap_or_default();
    let key = match linkable(requests, (&context.tenant, &context.person), (number, &found), key).await {
        Linkable::Yes(key) => key,
        Linkable::No { title, next } => return Ok(vec![cards::nothing((title, &next))]),
    };
    let link = |by, _| TicketCommand::Link { key: key.clone(), by: Some(by) };
    Ok(match tell::tell(requests, context, (number, &found), link).await? {
        Ok(ticket) => {
            let next =
                "What is said on either from now on is told on the other; who moves it there moves it here.";
            let title = format!("Ticket {} is {key} in the tracker", line(&ticket));
            vec![Draft::new(Tone::Good, &title).line(next).card()]
        }
        Err(denied) => vec![cards::denied(&denied, None)],
    })
}
