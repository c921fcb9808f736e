//! `what changed on <service> [since <time>]`: what was pushed, merged, run and deployed there, oldest first.

use countersign_domain::card::{Card, Tone};
use countersign_domain::timeline::said;
use countersign_domain::words::plain;
use countersign_projections::timeline::{self, SignalRow};
use jiff::{SignedDuration, Timestamp};

use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment::{Here, since};

/// So much stands on a card: the last of it.
const LISTED: usize = 20;
/// So far back it is looked where nobody says since when.
const BACK: SignedDuration = SignedDuration::from_hours(24);

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "what changed",
    grammar: "what changed on <service> [since <time>]",
    phrases: &[
        "what changed in|at|with|for <service> [since <time>]",
        "what has changed on|in|at|with|for <service> [since <time>]",
    ],
    summary: "what was pushed, merged, run and deployed there",
    examples: &["what changed on payments-api", "what changed on payments-api since yesterday 18:00?"],
    audience: Audience::Observed,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// What is said where nothing tells of anything.
const NOTHING_TELLS: (&str, &str) = (
    "Nothing tells me what changes here",
    "Whoever looks after my configuration can have GitHub tell me: `[tenants.….integrations.github]`.",
);

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    if chat.customs(context).integrations.is_none() {
        return Ok(vec![cards::nothing(NOTHING_TELLS)]);
    }
    let (here, name) = (chat.here(context).await?, said.get("service").unwrap_or_default());
    let from = match said.get("time") {
        Some(time) => since(time, &here).filter(|from| *from <= here.now),
        None => here.now.checked_sub(BACK).ok(),
    };
    let Some(from) = from else {
        let next = "Say since when: yesterday, yesterday 18:00, Monday, 3 days, or 2026-03-01.";
        return Ok(vec![cards::nothing(("I do not know since when", next))]);
    };
    let world = &chat.requests().world;
    world.folded().await?;
    let rows = world.projections.rows(timeline::NAME);
    let (found, is_cut) = timeline::happened(&*rows, &context.tenant, name, (from, here.now), LISTED)?;
    if found.is_empty() && !timeline::is_known(&*rows, &context.tenant, name)? {
        let title = format!("Nothing ever told me of {}", plain(name));
        let next = "Name a service as the configuration does, or a repository, such as payments-api or acme/payments-api.";
        return Ok(vec![cards::nothing((&title, next))]);
    }
    Ok(vec![card(name, from, &here, (&*found, is_cut))])
}

fn card(name: &str, from: Timestamp, here: &Here, (found, is_cut): (&[SignalRow], bool)) -> Card {
    let (name, from) = (plain(name), here.said(from));
    if found.is_empty() {
        return Draft::new(Tone::Neutral, &format!("Nothing changed on {name} since {from}")).card();
    }
    let draft = Draft::new(Tone::Neutral, &format!("What changed on {name} since {from}"));
    let draft = if is_cut { draft.line(&format!("These are the last {LISTED} of more.")) } else { draft };
    found.iter().fold(draft, |draft, row| listed(draft, row, here)).card()
}

/// One thing that happened, with a way to its page.
fn listed(draft: Draft, row: &SignalRow, here: &Here) -> Draft {
    let (at, what) = (short(row.signal.at, here), said(&row.signal));
    match &row.signal.subject.link {
        Some(link) => draft.linked(&at, &what, link, ""),
        None => draft.field(&at, &what),
    }
}

/// An instant without its year: `Sun 1 Mar, 18:04`.
fn short(at: Timestamp, here: &Here) -> String {
    let zoned = at.to_zoned(here.zone.clone());
    jiff::fmt::strtime::format("%a %-d %b, %H:%M", &zoned).unwrap_or_else(|_| at.to_string())
}
