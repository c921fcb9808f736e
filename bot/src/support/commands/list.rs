//! `tickets [in <status>] [with <user>] [since <time>]`: the tickets of who asks and of who looks after them; where nothing is said of how
//! they stand, those that are not over.

use countersign_domain::card::{Card, Tone};
use countersign_domain::support::{Status, Ticket};

use super::{ALONE, line};
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment::since;
use crate::support::tell;
use crate::support::wanted::{Wanted, status, whose};

/// So many stand on a card; the rest are counted.
const LISTED: usize = 20;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "tickets",
    grammar: "tickets [in <status>] [with <user>] [since <time>]",
    phrases: &["list tickets", "my tickets", "open tickets", "which tickets are <status>"],
    summary: "the tickets you have with the help desk, or look after",
    examples: &["tickets", "tickets in waiting", "tickets with demo-approver since yesterday"],
    audience: Audience::Desk(&[]),
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    if context.is_overheard() {
        return Ok(vec![cards::nothing(ALONE)]);
    }
    let wanted = match wanted(chat, context, said).await? {
        Ok(wanted) => wanted,
        Err(why) => return Ok(vec![cards::nothing(("I cannot list those", &why))]),
    };
    let requests = chat.requests();
    requests.world.folded().await?;
    let mut all = tell::tickets(requests, &context.tenant, &context.person)?;
    all.retain(|ticket| wanted.is_one(ticket) && (wanted.status.is_some() || !ticket.is_over()));
    let more = all.len().checked_sub(LISTED).filter(|more| *more > 0).map(|more| format!("and {more} more"));
    let lines = all.iter().take(LISTED).map(line);
    Ok(vec![Draft::new(Tone::Neutral, &title(&all, &wanted)).lines(lines).lines(more).card()])
}

/// What is wanted; why that is nothing.
async fn wanted(chat: &Chat, context: &Context, said: &Said) -> Result<Result<Wanted, String>, Failure> {
    let people = chat.requests().directory.present(&context.tenant).await?.state;
    let mut wanted = Wanted::default();
    if let Some(word) = said.get("status") {
        wanted.status = status(word);
        if wanted.status.is_none() {
            return Ok(Err("A ticket is open, waiting, resolved or closed.".to_owned()));
        }
    }
    if let Some(named) = said.get("user") {
        match whose(&people, &context.person, named) {
            Ok(whose) => wanted.assignee = Some(whose),
            Err(why) => return Ok(Err(why)),
        }
    }
    if let Some(time) = said.get("time") {
        wanted.since = since(time, &chat.here(context).await?);
        if wanted.since.is_none() {
            return Ok(Err("Say since when: yesterday, Monday, 3 days, or 2026-03-01.".to_owned()));
        }
    }
    Ok(Ok(wanted))
}

fn title(all: &[Ticket], wanted: &Wanted) -> String {
    let stands = wanted.status.map_or("open", Status::as_str);
    match all.len() {
        0 => format!("No ticket is {stands}"),
        1 => format!("One ticket is {stands}"),
        many => format!("{many} tickets are {stands}"),
    }
}
