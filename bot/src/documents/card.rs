//! The card of a version of a document: who may read it and who might before, what stands in it, what changes, at what to look twice, and
//! where all of it is. Who may not read it is shown that there is one, and how it stands.

use countersign_domain::card::Card;
use countersign_domain::documents::{Submission, is_open_to, is_private, may_read_before, words as said};
use countersign_domain::request::Facets as _;

use super::Document;
use crate::capabilities::{Capability as _, Shown};
use crate::cards::Draft;
use crate::words;

/// A version as its viewer sees it.
pub(super) fn document(shown: Shown<'_, Document>) -> Card {
    let (state, is_told) = (shown.request, Document::is_told(shown));
    let asked = state.asked.as_ref();
    let (by, why) = (asked.map(|asked| &asked.requester), asked.and_then(|asked| asked.why.as_deref()));
    let head = shown.head(&Document::title(shown), by, why.filter(|_| is_told));
    let head = match asked {
        Some(asked) => about(head, shown, asked),
        None => head,
    };
    // In a channel are others than those who may read it, or decide on it.
    let is_alone = is_told && shown.viewer.is_some();
    let inspected = if is_alone { said::inspected } else { said::inspected_aloud };
    let found = state.findings.as_ref().map(|found| match shown.viewer {
        Some(viewer) if !may_read_before(state, viewer, &shown.people.absent_for(viewer, shown.now)) => {
            found.without_what_was()
        }
        _ => found.clone(),
    });
    let (head, rest) = whole(head, shown, is_told);
    let widened = asked.and_then(|asked| said::widened(asked, state.own.acl(asked)));
    shown
        .proposal(head)
        .lines(shown.denial().chain(shown.failure()))
        .lines(said::unsigned(state, &|id| shown.name(id)))
        .lines(widened)
        .lines(found.iter().flat_map(inspected))
        .lines(rest)
        .lines(asked.and_then(|asked| aside(shown, asked, is_told)))
        .lines(shown.in_the_console())
        .buttons(shown.proposal_buttons())
        .card()
}

/// Who may read it, what file it is, and when somebody looks at it again.
fn about(head: Draft, shown: Shown<'_, Document>, asked: &Submission) -> Draft {
    let acl = shown.request.own.acl(asked);
    let of_all = shown.collections.and_then(|collections| collections.get(&asked.collection));
    let of_all = of_all.filter(|of_all| !of_all.everybody && *of_all != acl);
    let of_all = of_all.map(|of_all| format!("; of its whole collection only {}", said::readers(of_all)));
    let who = format!("{}{}", said::readers_and_before(asked, acl), of_all.unwrap_or_default());
    let file = format!("{} bytes, with the digest {}", asked.file.size, asked.file.sha);
    let review = shown.request.own.review_on(asked).map(|day| day.to_string());
    head.field("May be read by", &who)
        .field_if("Its file", (!Document::is_told(shown)).then_some(file).as_deref())
        .field_if("To be looked at again", review.as_deref())
}

/// Where all of it is, where that is more than what stands here: what is decided on can be read before.
fn whole(head: Draft, shown: Shown<'_, Document>, is_told: bool) -> (Draft, Option<String>) {
    let Some(read) = shown.request.findings.as_ref().and_then(|found| found.read.as_deref()) else {
        return (head, None);
    };
    let is_cut = shown.viewer.is_none() || !read.is_shown_whole();
    // Where who looks may be anybody, the page asks who they are.
    let leads = is_cut && (is_told || shown.viewer.is_none() && shown.request.open().is_some());
    if !leads {
        return (head, None);
    }
    let code = shown.code;
    let head = head.on_a_page(words::ALL_OF_IT, "Documents", &format!("/documents?shown={code}"));
    let said =
        format!("That is not all of it: the page has the rest, and “show document {code}” shows it here.");
    (head, shown.viewer.map(|_| said))
}

/// What its viewer is told of what they may read of it.
fn aside(shown: Shown<'_, Document>, asked: &Submission, is_told: bool) -> Option<String> {
    let viewer = shown.viewer?;
    if !is_told {
        return Some("What it is called and what stands in it is for those who may read it.".to_owned());
    }
    let is_for_others =
        is_private(shown.request, shown.collections) && !is_open_to(shown.request, shown.collections, viewer);
    (is_for_others && asked.requester.id == viewer.id).then(|| BROUGHT_FOR_OTHERS.to_owned())
}

/// What who brought a document for others is told: by its code they read it, and answers are for its readers.
pub(super) const BROUGHT_FOR_OTHERS: &str =
    "You brought it for others: you read it by its code, and what I answer you is not taken from it.";
