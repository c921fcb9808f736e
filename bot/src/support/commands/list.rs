//! `tickets`: the tickets that are not over, of who asks and of who looks after them.

use countersign_domain::card::{Card, Tone};

use super::{ALONE, line};
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::support::tell;

/// So many stand on a card; the rest are counted.
const LISTED: usize = 20;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "tickets",
    grammar: "tickets",
    phrases: &["list tickets", "my tickets", "open tickets"],
    summary: "the tickets you have with the help desk, or look after",
    examples: &["tickets"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _: &Said) -> Result<Vec<Card>, Failure> {
    if context.is_overheard() {
        return Ok(vec![cards::nothing(ALONE)]);
    }
    let requests = chat.requests();
    requests.world.folded().await?;
    let mut all = tell::tickets(requests, &context.tenant, &context.person)?;
    all.retain(|ticket| !ticket.is_over());
    let title = match all.len() {
        0 => "No ticket is open".to_owned(),
        1 => "One ticket is open".to_owned(),
        many => format!("{many} tickets are open"),
    };
    let more = all.len().checked_sub(LISTED).filter(|more| *more > 0).map(|more| format!("and {more} more"));
    let lines = all.iter().take(LISTED).map(line);
    Ok(vec![Draft::new(Tone::Neutral, &title).lines(lines).lines(more).card()])
}
