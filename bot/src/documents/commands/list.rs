//! `documents`: what answers are taken from, as far as who asks may read it.

use countersign_domain::audience::Acl;
use countersign_domain::card::{Card, Tone};
use countersign_domain::documents::readers;
use countersign_domain::words::{flat, quoted};

use crate::cards::Draft;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::bring::readable;
use crate::engine::Failure;
use crate::grammar::Said;

/// So many stand on a card; the rest are counted.
const LISTED: usize = 20;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "documents",
    grammar: "documents",
    phrases: &["list documents", "which documents are there"],
    summary: "what my answers are taken from, as far as you may read it",
    examples: &["documents"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _: &Said) -> Result<Vec<Card>, Failure> {
    let all = readable(chat.requests(), context).await?;
    let title = match all.len() {
        0 => "There are no documents that you may read".to_owned(),
        1 => "One document".to_owned(),
        many => format!("{many} documents"),
    };
    let line = |title: &str, collection: &str, edition: &str, acl: &Acl| {
        format!("{edition} {} in {}, for {}", quoted(title), flat(collection), readers(acl))
    };
    let lines = all
        .iter()
        .take(LISTED)
        .map(|row| line(&row.title, &row.collection, &row.edition.to_string(), &row.acl));
    let more = all.len().checked_sub(LISTED).filter(|more| *more > 0).map(|more| format!("and {more} more"));
    Ok(vec![Draft::new(Tone::Neutral, &title).lines(lines).lines(more).card()])
}
