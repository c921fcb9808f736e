//! What is said of our own tickets.

mod acknowledge;
mod close;
mod give;
mod history;
mod link;
mod list;
mod make;
mod open;
mod reply;
mod resolve;
mod take;

use countersign_domain::card::{Card, Tone};
use countersign_domain::support::{Priority, Ticket, TicketCommand, title};
use countersign_domain::tenant::Person;
use jiff::tz::TimeZone;

use super::tell;
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

pub(crate) use open::only_shows;

/// All of them.
pub(crate) const ALL: &[CommandSpec] = &[
    acknowledge::SPEC,
    close::SPEC,
    give::SPEC,
    history::SPEC,
    link::SPEC,
    list::SPEC,
    make::SPEC,
    open::SPEC,
    reply::SPEC,
    resolve::SPEC,
    take::SPEC,
];

/// What is said where a ticket is named that there is not.
const NONE: (&str, &str) =
    ("There is no such ticket that you may read", "“tickets” lists those that you may.");

/// What is said where others read along.
const ALONE: (&str, &str) = ("Tickets are for those whom they concern", "Ask me in private: “tickets”.");

/// Tells the ticket that is named something, and shows how it stands then.
async fn told(
    chat: &Chat,
    context: &Context,
    said: &Said,
    command: impl Fn(Box<Person>, TimeZone) -> TicketCommand,
) -> Result<Vec<Card>, Failure> {
    let (requests, number) = (chat.requests(), said.get("number").unwrap_or_default());
    let Some((number, found)) = tell::ticket(requests, (&context.tenant, &context.person), number)? else {
        return Ok(vec![cards::nothing(NONE)]);
    };
    Ok(match tell::tell(requests, context, (number, &found), command).await? {
        Ok(ticket) => vec![Draft::new(Tone::Good, &format!("Ticket {}", line(&ticket))).card()],
        Err(denied) => vec![cards::denied(&denied, None)],
    })
}

/// A ticket on one line: `7 “the printer is out of toner”, open, urgent, with Ben`.
fn line(ticket: &Ticket) -> String {
    let title = ticket.opened.as_ref().map(title).unwrap_or_default();
    let whose = ticket.assignee.as_ref().map(|(_, name)| format!(", with {name}")).unwrap_or_default();
    let hurries = match ticket.priority {
        Priority::Normal => String::new(),
        other => format!(", {}", other.as_str()),
    };
    format!("{title}, {}{hurries}{whose}", ticket.status.as_str())
}
