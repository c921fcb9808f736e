//! What is said of documents.

use super::{Compared, DocumentEvent, DocumentRequestEvent, Fault, Inspected, Read, Submission};
use crate::audience::Acl;
use crate::names::PrincipalId;
use crate::ports::Indexed;
use crate::request::RequestEvent;
use crate::text::{list, plain, prose, quoted};
use crate::words::happened;

/// `“Travel”, version 2, in handbook`.
pub fn title(asked: &Submission) -> String {
    let version =
        if asked.version.get() > 1 { format!(", version {}", asked.version) } else { String::new() };
    format!("{}{version}, in {}", quoted(&asked.title), plain(&asked.collection))
}

/// Who may read something: `everybody here`, `members of hr and legal`.
pub fn readers(acl: &Acl) -> String {
    if acl.everybody {
        return "everybody here".to_owned();
    }
    let groups: Vec<_> = acl.groups.iter().map(|group| plain(group)).collect();
    if groups.is_empty() { "nobody".to_owned() } else { format!("members of {}", list(&groups)) }
}

/// What an approver is told of a file, a line each.
pub fn inspected(found: &Inspected) -> Vec<String> {
    let mut lines = inspected_aloud(found);
    if let (Some(read), Some(first)) = (&found.read, lines.first_mut()) {
        *first = format!("{first} It begins: {}", quoted(&read.beginning));
    }
    lines
}

/// How many passages there are of it.
pub(super) fn passages(indexed: &Indexed) -> String {
    match indexed.passages {
        1 => "one passage".to_owned(),
        many => format!("{many} passages"),
    }
}

/// The same where others read along, who may not be those who may read the file: nothing of what stands in it.
pub fn inspected_aloud(found: &Inspected) -> Vec<String> {
    let Some(read) = &found.read else { return vec![] };
    let mut lines = vec![what(read)];
    lines.extend(read.compared.map(changes));
    lines.extend(twice(read));
    lines.extend(found.indexed.as_ref().map(|indexed| format!("It is found by {}.", passages(indexed))));
    lines
}

fn what(read: &Read) -> String {
    let pages = read.pages.map(|pages| format!(", {pages} pages")).unwrap_or_default();
    let kilobytes = read.bytes.div_ceil(1024);
    format!("{kilobytes} KiB of text{pages}.")
}

fn changes(Compared { added, removed }: Compared) -> String {
    match (added, removed) {
        (0, 0) => "It says the same as the version before.".to_owned(),
        _ => format!("Against the version before, {added} lines are new and {removed} are gone."),
    }
}

/// What somebody should look at twice.
fn twice(read: &Read) -> Option<String> {
    if read.findings.is_empty() {
        return None;
    }
    let mut kinds: Vec<_> = read.findings.iter().map(|found| found.kind.in_words()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let all = read.findings.len() + usize::try_from(read.more_findings).unwrap_or_default();
    let places = if all == 1 { "one place".to_owned() } else { format!("{all} places") };
    Some(format!("⚠ Look at {places} twice: {} stand in it.", list(&kinds)))
}

/// What has happened to a document, in a sentence: for the audit, and for who asks why it stands as it does.
pub fn told(event: &DocumentRequestEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    match event {
        RequestEvent::Requested { asked } => format!(
            "{} brought {}, for {} to read.",
            name(&asked.requester.id),
            title(asked),
            readers(&asked.acl)
        ),
        like_others => happened::<_, Fault>(like_others, "the document", name, |event| own(event, name)),
    }
}

fn own(event: &DocumentEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    use DocumentEvent as E;
    match event {
        E::Extracted { read } => format!("Its text was read ({} bytes).", read.bytes),
        E::Live {} => "Answers are taken from it from now on.".to_owned(),
        E::Replaced { by } => format!("Another version is in its place ({by})."),
        E::PassedOver { by } => format!("{by} was to be in its place, which another version has."),
        E::Overtaken {} => {
            "Another version is in the place that it was to have: give it once more, over that one."
                .to_owned()
        }
        E::Narrowed { by, acl } => format!("{} lets only {} read it.", name(by), readers(acl)),
        E::Retired { by, reason: None } => {
            format!("{} retired it: nothing is taken from it any more.", name(by))
        }
        E::Retired { by, reason: Some(reason) } => {
            format!("{} retired it, so nothing is taken from it any more: {}", name(by), prose(reason))
        }
        E::ReviewDue {} => "It is time to look whether it is still right.".to_owned(),
        E::Reviewed { by, until: Some(until) } => {
            format!("{} says that it is right, until {until}.", name(by))
        }
        E::Reviewed { by, until: None } => format!("{} says that it is right.", name(by)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;
    use crate::request::law::Tried as _;

    #[test]
    fn every_event_is_told_in_a_sentence() {
        let told: Vec<_> =
            Document::every_event().iter().map(|event| told(event, &ToString::to_string)).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn who_reads_along_is_told_nothing_of_what_is_in_it() {
        let found = super::super::example::found();
        let read = found.read.as_deref().expect("it was read");
        let (alone, aloud) = (inspected(&found).join("\n"), inspected_aloud(&found).join("\n"));
        assert!(alone.contains(&read.beginning) && !aloud.contains(&read.beginning), "{aloud}");
        assert_eq!(inspected(&found).len(), inspected_aloud(&found).len(), "and everything else");
    }

    #[test]
    fn whoever_decides_is_told_what_is_in_it() {
        insta::assert_snapshot!(inspected(&super::super::example::found()).join("\n"));
    }
}
