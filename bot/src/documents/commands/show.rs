//! `show document <code> [page <number>]`: all that stands in a version of a document, page by page, for whoever may read it: they may have
//! to countersign it.

use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::{ButtonStyle, Card, Tone};
use countersign_domain::denied::Violation;
use countersign_domain::documents::{Document, words as said};

use crate::capabilities;
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::text::{Unread, differences, pages, whole};
use crate::engine::Failure;
use crate::grammar::Said;

const NAME: &str = "show document";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "show document <code> [page <number>]",
    phrases: &[],
    summary: "all that stands in a document, page by page",
    examples: &["show document K7QM2X", "show document K7QM2X page 2"],
    audience: Audience::Desk(&[]),
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// So many of the lines that differ stand before the text; the page of the console has all.
const CHANGES: usize = 12;

/// What is said where others read along.
const ALONE: (&str, &str) =
    ("I show that to you alone", "Say it to me in private, or look at Documents in the console.");
/// What is said to who may not read it.
const NOT_THEIRS: (&str, &str) = (
    "It is not yours to read",
    "What stands in it is for those who may read it, who brought it, and, while it waits, who may countersign it.",
);
/// What is said where no text is kept.
const NOTHING: (&str, &str) =
    ("There is no text of it", "None was read out of its file, or it is not kept any more.");
const NOT_NOW: (&str, &str) = ("The text cannot be read just now", "Try again in a little while.");

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let requests = chat.requests();
    let Some(document) = Document::of(Some(&opened.request)) else {
        let violation = Violation::AnotherKind { kind: opened.kind().to_owned() };
        return chat.refuse(context, NAME, violation).await;
    };
    if context.is_overheard() {
        return Ok(vec![cards::nothing(ALONE)]);
    }
    let shown = chat.shown(context, &opened);
    if !capabilities::is_told(shown) {
        return Ok(vec![cards::nothing(NOT_THEIRS)]);
    }
    let tenant = &context.tenant;
    let text = match whole(requests, tenant, document).await {
        Ok(text) => pages(&text),
        Err(unread) => return untold(unread),
    };
    let absent = opened.present.state.absent_for(&context.person, chat.now());
    let changed = match differences(requests, tenant, document, (&context.person, &absent)).await {
        Ok(changed) => changed.unwrap_or_default(),
        Err(unread) => return untold(unread),
    };
    let asked = said.get("number").and_then(|page| page.parse::<usize>().ok());
    let page = asked.unwrap_or(1).clamp(1, text.len());
    let title = format!("{}, page {page} of {}", capabilities::title(shown), text.len());
    let first =
        changed.iter().take(CHANGES).filter(|_| page == 1).map(|change| said::changed(&change.short()));
    let more = changed.len().saturating_sub(CHANGES);
    let more = (more > 0 && page == 1)
        .then(|| format!("and {more} lines more that differ: the page has all of them"));
    let card = Draft::new(Tone::Neutral, &title)
        .on_a_page("All on one page", "Documents", &format!("/documents?shown={}", opened.code))
        .lines((!changed.is_empty() && page == 1).then_some("Against the version before:"))
        .lines(first)
        .lines(more)
        .lines((!changed.is_empty() && page == 1).then_some("What it says:"))
        .lines(text.get(page - 1).into_iter().flatten());
    let next = format!("show document {} page {}", opened.code, page + 1);
    let card = if page < text.len() { card.button("Next page", ButtonStyle::Plain, &next) } else { card };
    Ok(vec![card.card()])
}

fn untold(unread: Unread) -> Result<Vec<Card>, Failure> {
    match unread {
        Unread::Failure(failure) => Err(failure),
        Unread::Nothing => Ok(vec![cards::nothing(NOTHING)]),
        Unread::Blobs(error) => {
            tracing::error!("the text of a document cannot be read: {error}");
            Ok(vec![cards::nothing(NOT_NOW)])
        }
    }
}
