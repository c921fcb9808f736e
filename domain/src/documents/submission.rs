//! What is asked for: that a file is read by whoever asks the bot, in the place of its version before where there is one.

use std::num::NonZeroU32;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Fault;
use crate::audience::Acl;
use crate::file::File;
use crate::names::PrincipalId;
use crate::ports::Edition;
use crate::request::{Code, Content, Origin, REASON_MAX, Requester};

/// The longest title, in characters.
pub const MOST_TITLE: usize = 120;
/// The longest name of a collection, in characters.
pub const MOST_COLLECTION: usize = 40;

/// A file that is to be a version of a document: what the receipt is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The request's code.
    pub code: Code,
    /// Who asks.
    pub requester: Requester,
    /// What people call it.
    pub title: String,
    /// With which others it belongs together.
    pub collection: String,
    /// Which version it is, from 1.
    pub version: NonZeroU32,
    /// The version in whose place it is to be; nothing where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaced>,
    /// The file.
    pub file: File,
    /// Who may read it.
    pub acl: Acl,
    /// When somebody is to look whether it is still right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Where in the watched folder the file lies, where nobody gave it but the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<String>,
}

/// The version of a document in whose place another one is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The document: the code of its first version.
    pub document: Code,
    /// The code of that version's own request.
    pub request: Code,
    /// Who could read that one when this one was brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readers: Option<Acl>,
}

impl Submission {
    /// What it is found and cited by: its own code, for several may want to be the same version, and one of them will.
    pub fn edition(&self) -> Edition {
        Edition { document: self.code.clone(), version: self.version }
    }

    /// Who could read the version before, where that are not the same.
    pub fn readers_before(&self, now: &Acl) -> Option<&Acl> {
        self.replaces.as_ref()?.readers.as_ref().filter(|before| *before != now)
    }

    /// The document of which it is a version: the code of the first one.
    pub fn document(&self) -> &Code {
        self.replaces.as_ref().map_or(&self.code, |replaced| &replaced.document)
    }

    /// What is wrong with it by itself.
    pub fn faults(&self) -> Vec<Fault> {
        let too_long = |text: &str, max: usize| {
            let length = text.chars().count();
            (length > max || text.trim().is_empty()).then_some((length, max))
        };
        let title = too_long(&self.title, MOST_TITLE).map(|(length, max)| Fault::BadTitle { length, max });
        let collection = too_long(&self.collection, MOST_COLLECTION)
            .map(|(length, max)| Fault::BadCollection { length, max });
        let readers = (!self.acl.everybody && self.acl.groups.is_empty()).then_some(Fault::NobodyMayRead);
        let why = self.why.as_ref().map(|why| why.chars().count()).filter(|length| *length > REASON_MAX);
        let why = why.map(|length| Fault::BadTitle { length, max: REASON_MAX });
        let misleads = [&self.title, &self.collection, &self.file.name]
            .into_iter()
            .chain(&self.watched)
            .find_map(|text| {
                let (_, found) = crate::hidden::hidden(text)?;
                Some(Fault::MisleadingName { character: format!("U+{:04X}", u32::from(found)) })
            });
        [title, collection, readers, why, misleads].into_iter().flatten().collect()
    }
}

/// What a file is called, without the folders it was in: a name is nothing but a name.
pub fn bare_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = crate::text::flat(last).chars().take(MOST_TITLE).collect();
    if name.trim_matches('.').is_empty() { "file".to_owned() } else { name }
}

impl Content for Submission {
    fn code(&self) -> &Code {
        &self.code
    }

    fn requester(&self) -> &Requester {
        &self.requester
    }

    fn origin(&self) -> Origin {
        Origin::Chat
    }

    /// A document is nobody's own but who brings it.
    fn subjects(&self) -> Vec<&PrincipalId> {
        vec![]
    }

    fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::submission;
    use super::*;

    #[test]
    fn a_file_is_called_by_its_name_and_not_by_its_folders() {
        for (given, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\docs\\travel.pdf", "travel.pdf"),
            ("..", "file"),
            ("", "file"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            ("two\nlines.md", "two lines.md"),
        ] {
            assert_eq!(bare_name(given), name, "{given:?}");
        }
    }

    #[test]
    fn the_first_version_gives_the_document_its_name() {
        let first = submission();
        assert_eq!(*first.document(), first.code);
        let replaces =
            Some(Replaced { document: first.code.clone(), request: first.code.clone(), readers: None });
        let version = NonZeroU32::new(2).unwrap();
        let second = Submission {
            code: Code::candidate(uuid::Uuid::from_u128(77), 0),
            replaces,
            version,
            ..submission()
        };
        assert_eq!(*second.document(), first.code);
        assert_eq!(second.edition().to_string(), format!("{}@2", second.code), "which no other version is");
    }

    #[test]
    fn what_is_wrong_with_it_is_said_at_once() {
        let wrong = Submission {
            title: " ".to_owned(),
            collection: "x".repeat(41),
            acl: Acl::default(),
            file: File { name: "a\u{202e}b".to_owned(), ..submission().file },
            ..submission()
        };
        let faults = wrong.faults();
        assert_eq!(faults.len(), 4, "{faults:?}");
        assert!(submission().faults().is_empty());
    }
}
