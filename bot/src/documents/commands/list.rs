//! `documents`: what answers are taken from, as far as who asks may read it.

use std::cmp::Reverse;

use countersign_domain::card::{Card, Tone};
use countersign_domain::documents::{Document, readers};
use countersign_domain::request::Facets as _;
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::{flat, quoted};
use countersign_projections::help_desk::{self, DocumentRow};

use crate::cards::Draft;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::bring::{is_answered_from, is_for_all, knows, readable};
use crate::documents::card::BROUGHT_FOR_OTHERS;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::help::{FolderSettings, Help};
use crate::requests::Requests;

/// So many stand on a card; the rest are counted.
const LISTED: usize = 20;
/// So much of what is not as it should be in the watched folder stands there.
const TOLD: usize = 5;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "documents",
    grammar: "documents",
    phrases: &["list documents", "which documents are there"],
    summary: "what my answers are taken from, as far as you may read it",
    examples: &["documents"],
    audience: Audience::Desk(&[]),
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
    let people = chat.requests().directory.present(&context.tenant).await?.state;
    let who = (&context.person, &*people, chat.requests().world.help(&context.tenant));
    // In a channel no private name is said, whoever asks.
    let is_aloud = |row: &DocumentRow| !context.is_overheard() || is_for_all(row, (who.1, who.2));
    let listed = all.iter().take(LISTED).map(|row| line(row, who, is_aloud(row)));
    let lines: Vec<_> = listed.collect();
    let more = all.len().checked_sub(LISTED).filter(|more| *more > 0).map(|more| format!("and {more} more"));
    let waiting = on_their_way(chat.requests(), context).await?;
    let card = Draft::new(Tone::Neutral, &title).lines(lines).lines(more).lines(waiting);
    // What lies where is nothing for a channel.
    let folder = if context.is_overheard() { vec![] } else { folder(chat.requests(), context) };
    Ok(vec![card.lines(folder).on_a_page("More", "Documents", "/documents").card()])
}

/// A document in a line; by its code alone to who may not know what it is called.
fn line(row: &DocumentRow, who: (&Person, &People, Option<&Help>), is_aloud: bool) -> String {
    let name = if is_aloud && knows(row, who) { format!(" {}", quoted(&row.title)) } else { String::new() };
    let is_for_others = is_aloud && row.by == who.0.id && !is_answered_from(row, who);
    let aside = if is_for_others { format!(". {BROUGHT_FOR_OTHERS}") } else { String::new() };
    format!("{}{name} in {}, for {}{aside}", row.edition, flat(&row.collection), readers(&row.acl))
}

/// Those that they brought themselves and that no answer is taken from yet, each with how it stands.
async fn on_their_way(requests: &Requests, context: &Context) -> Result<Vec<String>, Failure> {
    if context.is_overheard() {
        return Ok(vec![]);
    }
    let rows = requests.world.projections.rows(help_desk::NAME);
    let mut own = help_desk::documents(&*rows, &context.tenant)?;
    own.retain(|row| row.by == context.person.id && !row.live);
    own.sort_by_key(|row| Reverse(row.at));
    let mut lines = Vec::new();
    for row in own.into_iter().take(LISTED) {
        let document = requests.state::<Document>(&context.tenant, &row.code).await?;
        if document.is_undecided() || document.is_approved() {
            lines.push(format!("{} {}: {}", row.edition, quoted(&row.title), document.standing().word));
        }
    }
    Ok(lines)
}

/// How it stands with the watched folder, for who answers for it and administrators.
fn folder(requests: &Requests, context: &Context) -> Vec<String> {
    let Some(help) = requests.world.help(&context.tenant) else { return vec![] };
    let is_theirs =
        |settings: &FolderSettings| settings.owner == context.person.id || context.person.is_administrator();
    if !help.settings.folder.as_ref().is_some_and(is_theirs) {
        return vec![];
    }
    let look = help.watched.last();
    let absent = look.absent.map(|why| format!("⚠ The watched folder is not there: {}", flat(&why)));
    let told = |(path, why): &(String, String)| format!("⚠ Not brought: {} {}", flat(path), flat(why));
    let gone = |(path, code): &(String, String)| {
        format!("{code} does not lie in the watched folder any more: {}", flat(path))
    };
    let left = look.left.iter().take(TOLD).map(told);
    absent.into_iter().chain(left).chain(look.gone.iter().take(TOLD).map(gone)).collect()
}
