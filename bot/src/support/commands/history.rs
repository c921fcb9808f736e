//! `history of ticket <number>`: what was asked and said on a ticket.

use countersign_domain::card::{Card, Tone};
use countersign_domain::support::attached;
use countersign_domain::words::{flat, prose};
use countersign_projections::help_desk::{self, SaidRow};

use super::{ALONE, NONE, line};
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::support::tell;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "history of ticket",
    grammar: "history of ticket <number>",
    phrases: &["ticket history <number>"],
    summary: "what was said on a ticket",
    examples: &["history of ticket 7"],
    audience: Audience::Desk(&[]),
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// So much that was said stands on a card, the last of it.
const SHOWN: usize = 12;

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    if context.is_overheard() {
        return Ok(vec![cards::nothing(ALONE)]);
    }
    let (requests, number) = (chat.requests(), said.get("number").unwrap_or_default());
    requests.world.folded().await?;
    let Some((number, ticket)) = tell::ticket(requests, (&context.tenant, &context.person), number)? else {
        return Ok(vec![cards::nothing(NONE)]);
    };
    let people = requests.directory.present(&context.tenant).await?.state;
    let rows = requests.world.projections.rows(help_desk::NAME);
    let all = help_desk::said_on(&*rows, &context.tenant, number)?;
    let asked = ticket.opened.iter().flat_map(|opened| {
        let name = people.called(&opened.by);
        match &opened.conversation {
            Some(conversation) => attached(conversation, &name),
            None if opened.text.is_empty() => vec![],
            None => vec![format!("{name} asked: {}", prose(&opened.text))],
        }
    });
    let left_out = all.len().saturating_sub(SHOWN);
    let earlier = (left_out > 0).then(|| format!("{left_out} more were said before these."));
    let who = |one: &SaidRow| match (&one.by, &one.there) {
        (Some(by), None) => people.called(by),
        (Some(by), Some(_)) => format!("{}, in the tracker", people.called(by)),
        (None, there) => format!("{}, in the tracker", flat(there.as_deref().unwrap_or_default())),
    };
    let lines = all.iter().skip(left_out).map(|one| format!("{}: {}", who(one), prose(&one.text)));
    let title = format!("Ticket {}", line(&ticket));
    Ok(vec![Draft::new(Tone::Neutral, &title).lines(asked).lines(earlier).lines(lines).card()])
}
