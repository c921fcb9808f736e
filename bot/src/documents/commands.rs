//! What is said of documents: `documents`, and `retire document <code> [because <reason>]`.

use countersign_domain::audience::Acl;
use countersign_domain::card::{Card, Tone};
use countersign_domain::documents::readers;
use countersign_domain::words::{flat, quoted};

use super::bring::{readable, retire};
use crate::cards::{self, Draft};
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;

const LIST: &str = "documents";
const RETIRE: &str = "retire document";

/// So many stand on a card; the rest are counted.
const LISTED: usize = 20;

/// All of them.
pub(super) const ALL: &[CommandSpec] = &[
    CommandSpec {
        name: LIST,
        grammar: LIST,
        phrases: &["list documents", "which documents are there"],
        summary: "what my answers are taken from, as far as you may read it",
        examples: &[LIST],
        audience: Audience::Everybody,
        decides: false,
        by_any_name: false,
        takes_partial: false,
        run: |chat, context, said| Box::pin(list(chat, context, said)),
    },
    CommandSpec {
        name: RETIRE,
        grammar: "retire document <code> [because <reason>]",
        phrases: &[],
        summary: "take no more answers from a document",
        examples: &["retire document K7QM2X", "retire document K7QM2X because it is out of date"],
        audience: Audience::Everybody,
        decides: true,
        by_any_name: false,
        takes_partial: false,
        run: |chat, context, said| Box::pin(retired(chat, context, said)),
    },
];

async fn list(chat: &Chat, context: &Context, _: &Said) -> Result<Vec<Card>, Failure> {
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

async fn retired(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let requests = chat.requests();
    let opened = match chat.open(context, RETIRE, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let reason = match requests.reason(context, RETIRE, said.get("reason")).await? {
        Ok(reason) => reason,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let decided = retire(requests, context, &opened, reason).await?;
    chat.answer(context, Some(&opened.code), decided).await
}
