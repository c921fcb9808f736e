//! The whole text of a version as it was read out of its file, and every line in which it differs from the version in whose place it is to
//! be: for whoever may read it, by pages where it is long. Characters that nobody sees are written by their code points.

use countersign_domain::capabilities::Listed as _;
use countersign_domain::documents::{Change, Document, DocumentRequest, changes, may_read_before};
use countersign_domain::envelope::Digest;
use countersign_domain::hidden::marked;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Blobs, CallError};
use countersign_domain::tenant::Person;
use countersign_domain::words::quoted;

use crate::aside::aside;
use crate::engine::Failure;
use crate::requests::Requests;

/// The largest text that is read, in bytes.
const MOST_TEXT: u64 = 64 << 20;
/// So many lines stand on a card, and so much on all of them, in characters: what every chat has room for.
const LINES: usize = 24;
const ROOM: usize = 1_800;
/// So much stands on one of these lines; a longer one goes on on the next.
const LINE: usize = 600;

/// Why the text of a version is not shown.
#[derive(Debug)]
pub(super) enum Unread {
    /// Something broke.
    Failure(Failure),
    /// Where texts are kept does not answer.
    Blobs(CallError),
    /// No text was read out of it, or it is not kept any more.
    Nothing,
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The whole text.
pub(super) async fn whole(
    requests: &Requests,
    tenant: &Tenant,
    document: &DocumentRequest,
) -> Result<String, Unread> {
    let help = requests.world.help(tenant).ok_or(Unread::Nothing)?;
    let digest = document.own.read.as_ref().map(|read| read.text).ok_or(Unread::Nothing)?;
    Ok(marked(&kept(&*help.blobs, digest).await?))
}

async fn kept(blobs: &dyn Blobs, digest: Digest) -> Result<String, Unread> {
    let bytes = blobs.get(&digest, MOST_TEXT).await.map_err(Unread::Blobs)?.ok_or(Unread::Nothing)?;
    String::from_utf8(bytes).map_err(|_| Unread::Nothing)
}

/// Every line in which it differs from the version in whose place it is to be; nothing where there is none, or it is not this person's to
/// read. Who may decide on a version sees what it takes away, whether they could read that before or not: they answer for that, too.
pub(super) async fn differences(
    requests: &Requests,
    tenant: &Tenant,
    document: &DocumentRequest,
    (person, absent): (&Person, &[Person]),
) -> Result<Option<Vec<Change>>, Unread> {
    let replaces = document.asked.as_ref().and_then(|asked| asked.replaces.as_ref());
    let Some(replaces) = replaces.filter(|_| may_read_before(document, person, absent)) else {
        return Ok(None);
    };
    let before = requests.any(tenant, &replaces.request).await?;
    let Some(before) = Document::of(before.as_ref()) else { return Ok(None) };
    let before = match whole(requests, tenant, before).await {
        Ok(before) => before,
        Err(Unread::Nothing) => return Ok(None),
        Err(unread) => return Err(unread),
    };
    let now = whole(requests, tenant, document).await?;
    // Both may be long: nobody else waits for it.
    let compared = aside(async move { changes(&before, &now) }).await;
    Ok(Some(compared.map_err(Failure::from)?))
}

/// A text in parts of so many bytes at most, each of whole lines where they are not longer than that.
pub(super) fn parts(text: &str, most: usize) -> Vec<&str> {
    let (mut all, mut rest) = (Vec::new(), text);
    while rest.len() > most {
        let end = rest.floor_char_boundary(most.max(4));
        let end = rest[..end].rfind('\n').map_or(end, |at| at + 1);
        let (part, behind) = rest.split_at(end);
        all.push(part);
        rest = behind;
    }
    all.push(rest);
    all
}

/// A text as lines of cards, page by page: each with its number, and quoted, so that none looks like a line of ours.
pub(super) fn pages(text: &str) -> Vec<Vec<String>> {
    let (mut all, mut page, mut room) = (Vec::new(), Vec::new(), 0);
    for (number, line) in (1_usize..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        for part in parts(line, LINE) {
            if page.len() == LINES || room + part.len() > ROOM {
                all.push(std::mem::take(&mut page));
                room = 0;
            }
            room += part.len();
            page.push(format!("{number}: {}", quoted(part)));
        }
    }
    if !page.is_empty() || all.is_empty() {
        all.push(page);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_has_what_a_chat_has_room_for_and_nothing_is_left_out() {
        let text: String = (1..=100)
            .flat_map(|number| ["Row ".to_owned(), number.to_string(), " of the lot\n\n".to_owned()])
            .collect();
        let pages = pages(&text);
        assert!(pages.len() > 3 && pages.iter().all(|page| page.len() <= LINES), "{}", pages.len());
        let all = pages.concat();
        assert_eq!(all.len(), 100);
        assert_eq!(all[29], "59: “Row 30 of the lot”");
        assert_eq!(super::pages("").len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn parts_are_the_text(text in "(a|é|🍕|\n){0,40}", most in 4..12_usize) {
            let parts = parts(&text, most);
            prop_assert_eq!(parts.concat(), text.as_str());
            prop_assert!(parts.iter().all(|part| part.len() <= most));
        }
    }
}
