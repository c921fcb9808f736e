//! What an answer is made of and held against: the passages that were found, read anew from their documents, and whether whoever
//! reads the answer may read them at this moment.

use std::collections::BTreeMap;

use countersign_domain::audience::Audience;
use countersign_domain::conversation::{Held, Source};
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, Edition, Passage};
use countersign_domain::tenant::People;
use countersign_projections::help_desk::{self, DocumentRow};

use crate::engine::Failure;
use crate::help::Help;
use crate::world::World;

/// The largest text of a document that is read again, in bytes.
const MOST_TEXT: u64 = 64 << 20;

/// The documents that answers for this audience are taken from now, by their editions.
pub(super) async fn readable(
    world: &World,
    help: &Help,
    tenant: &Tenant,
    (people, audience): (&People, &Audience),
) -> Result<BTreeMap<Edition, DocumentRow>, Failure> {
    // Who may read what is as the log has it now, and not a moment ago.
    world.folded().await?;
    let live = help_desk::live(&*world.projections.rows(help_desk::NAME), tenant)?;
    let lets = |row: &DocumentRow| help.settings.lets((row.collection.as_str(), &row.acl), audience, people);
    let may = live.into_iter().filter(|row| row.text.is_some() && lets(row));
    Ok(may.map(|row| (row.edition.clone(), row)).collect())
}

/// The texts of all documents that passages are from, whether they may be read or not.
pub(super) async fn held(
    world: &World,
    help: &Help,
    tenant: &Tenant,
    (people, audience): (&People, &Audience),
    sources: &[Source],
) -> Result<Result<Vec<Held>, CallError>, Failure> {
    let readable = readable(world, help, tenant, (people, audience)).await?;
    let all = help_desk::documents(&*world.projections.rows(help_desk::NAME), tenant)?;
    let texts: BTreeMap<Edition, Digest> =
        all.into_iter().filter_map(|row| Some((row.edition, row.text?))).collect();
    let mut read = BTreeMap::<Edition, Option<String>>::new();
    let mut held = Vec::with_capacity(sources.len());
    for source in sources {
        if !read.contains_key(&source.edition) {
            let text = match texts.get(&source.edition) {
                Some(digest) => match help.blobs.get(digest, MOST_TEXT).await {
                    Ok(bytes) => bytes.and_then(|bytes| String::from_utf8(bytes).ok()),
                    Err(error) => return Ok(Err(error)),
                },
                None => None,
            };
            read.insert(source.edition.clone(), text);
        }
        let whole = read.get(&source.edition).and_then(Option::as_deref);
        let text = whole.and_then(|whole| source.at.of(whole)).unwrap_or_default().to_owned();
        // What is not there byte by byte as it was found cannot be cited.
        let is_there = Digest::of(text.as_bytes()) == source.sha;
        let readable = is_there && readable.contains_key(&source.edition);
        held.push(Held { source: source.clone(), text, readable });
    }
    Ok(Ok(held))
}

/// The same as a model is given them: what may not be read is no passage, and its number stays its own.
pub(super) fn passages(held: &[Held]) -> Vec<Passage> {
    let passage = |held: &Held| Passage {
        edition: held.source.edition.clone(),
        at: held.source.at,
        sha: held.source.sha,
        text: if held.readable { held.text.clone() } else { String::new() },
        headings: vec![held.source.title.clone()],
    };
    held.iter().map(passage).collect()
}
