//! `gaps`: what I could not answer, or not well, with a button that makes a ticket of each.

use countersign_domain::card::{Button, ButtonStyle, Card, Tone};
use countersign_domain::denied::Violation;
use countersign_domain::tenant::Role;
use countersign_domain::words::{flat, quoted};

use super::TICKET;
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::conversation::gaps::{self, Gap};
use crate::engine::Failure;
use crate::grammar::Said;
use crate::support::copied;

/// Its name.
const NAME: &str = "gaps";
/// What begins a document that answers one.
const DRAFT: &str = "draft document for";
/// So many stand on a card, and so many can be pressed; the rest are counted.
const LISTED: usize = 12;
const PRESSED: usize = 5;
/// So much of a question stands on its line, and on its button, in characters.
const LINE: usize = 160;
const LABEL: usize = 40;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "gaps",
    phrases: &[
        "list gaps",
        "what could you|we not answer",
        "what was not answered",
        "which questions were not answered",
    ],
    summary: "what I could not answer, or not well, for admins and auditors",
    examples: &["gaps", "what could we not answer?"],
    audience: Audience::Desk(&[Role::Admin, Role::Auditor]),
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// What is said where others read along: what people ask in private is not told in a channel.
const ALONE: (&str, &str) =
    ("What people ask is not for everybody to read", "Ask me in private: “what could you not answer?”.");

async fn run(chat: &Chat, context: &Context, _: &Said) -> Result<Vec<Card>, Failure> {
    if !gaps::are_seen_by(context) {
        return chat.refuse(context, NAME, not_theirs()).await;
    }
    if context.is_overheard() {
        return Ok(vec![cards::nothing(ALONE)]);
    }
    let requests = chat.requests();
    requests.world.folded().await?;
    let copied = requests.world.help(&context.tenant).and_then(copied);
    Ok(vec![card(&gaps::last(requests, context)?, copied)])
}

fn not_theirs() -> Violation {
    let (action, role) = ("see what others asked in vain".to_owned(), "an admin or an auditor".to_owned());
    Violation::RoleRequired { action, role }
}

fn card(gaps: &[Gap], copied: Option<String>) -> Card {
    let title = match gaps.len() {
        0 => "Every question of the last 90 days was answered".to_owned(),
        1 => "One question of the last 90 days was not answered, or not well".to_owned(),
        many => format!("{many} questions of the last 90 days were not answered, or not well"),
    };
    let more = gaps.len().checked_sub(LISTED).filter(|more| *more > 0).map(|more| format!("and {more} more"));
    let draft = Draft::new(Tone::Neutral, &title).lines(gaps.iter().take(LISTED).map(line)).lines(more);
    if gaps.is_empty() {
        return draft.card();
    }
    let next = "A document answers them from then on: press to begin one. A ticket of one says what was asked to everybody who looks \
                after tickets, and not by whom.";
    draft.line(next).lines(copied).buttons(gaps.iter().take(PRESSED).flat_map(buttons)).card()
}

fn line(gap: &Gap) -> String {
    let times = if gap.times > 1 { format!(", asked {} times", gap.times) } else { String::new() };
    let bad = if gap.bad { ", answered, but not well" } else { "" };
    format!("{}{times}{bad}", quoted(&cut(&gap.text, LINE)))
}

fn buttons(gap: &Gap) -> [Button; 2] {
    let button = |what: &str, say: &str| {
        let label = format!("{what}: {}", cut(&gap.text, LABEL));
        cards::button(&label, ButtonStyle::Plain, format!("{say} {}", gap.turn))
    };
    [button("Document", DRAFT), button("Ticket", TICKET)]
}

/// A question on one line that is not longer than this.
fn cut(text: &str, most: usize) -> String {
    let text = flat(text);
    let end = text.char_indices().nth(most).map(|(end, _)| end);
    match end {
        Some(end) => format!("{}…", &text[..end]),
        None => text,
    }
}
