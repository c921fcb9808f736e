//! What speaks against a document, and against nothing else.

use serde::{Deserialize, Serialize};

use crate::denied::{self, Own};
use crate::ports::{Media, Unreadable};
use crate::request::Code;
use crate::text::plain;
use crate::words::spoken;

/// Why a file is no document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// No text could be read out of it.
    CannotBeRead {
        /// Why.
        why: Unreadable,
    },
    /// Its title is none, or too long.
    BadTitle {
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// The collection's name is none, or too long.
    BadCollection {
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// Nobody is said who may read it.
    NobodyMayRead,
    /// A name holds a character that could deceive a reader.
    MisleadingName {
        /// The code point.
        character: String,
    },
    /// The rules do not let them bring documents into this collection.
    MayNotPublish {
        /// Which.
        collection: String,
    },
    /// There is no such document, as far as they may know.
    UnknownDocument {
        /// As given.
        given: String,
    },
    /// It is not live, so nothing is taken from it anyway.
    NotLive,
    /// More people could read it then than can now: that is for a new version, which is countersigned.
    WouldWiden,
    /// Only who brought it, who countersigned it and administrators may.
    NotYourDocument,
    /// There is no file with it.
    NoFile,
    /// Nobody here is in a group that is to read it.
    NobodyInGroup {
        /// As given.
        given: String,
        /// The groups there are that are called alike; all, where they are few.
        nearest: Vec<String>,
    },
    /// Nobody here could read it then.
    NobodyLeft {
        /// Its request.
        document: Code,
    },
    /// It waits, and has no next version before it is live.
    StillWaits {
        /// Its request.
        document: Code,
    },
    /// It has come to an end, and has no next version.
    HasEnded {
        /// Its request.
        document: Code,
        /// How it stands.
        word: String,
    },
}

impl denied::Fault for Fault {
    fn of(own: &Own) -> Option<Self> {
        own.read()
    }

    fn is_about_who(&self) -> bool {
        matches!(self, Self::MayNotPublish { .. } | Self::NotYourDocument)
    }

    fn said(&self) -> String {
        match self {
            Self::CannotBeRead { why } => unreadable(why),
            Self::BadTitle { length: 0, .. } => "It has no title. Say in a few words what it is called.".to_owned(),
            Self::BadTitle { length, max } => format!("That has {length} characters; please say it in 1 to {max}."),
            Self::BadCollection { max, .. } => {
                format!("A collection has a name of 1 to {max} characters, such as “handbook”.")
            }
            Self::NobodyMayRead => {
                "It is not said who may read it. Say “for everybody”, or name a group.".to_owned()
            }
            Self::MisleadingName { character } => format!(
                "A name of it holds the invisible character {character}, which could mislead readers; please leave it out."
            ),
            Self::MayNotPublish { collection } => format!(
                "The rules do not let you bring documents into {}. An admin can change the rules.",
                plain(collection)
            ),
            Self::UnknownDocument { given } => {
                format!("There is no document {} that you may read. “documents” lists them.", plain(given))
            }
            Self::NotLive => "No answers are taken from it, so there is nothing to end.".to_owned(),
            Self::WouldWiden => {
                "It would be open to others then than it is now, even if that were nobody yet. That takes a countersignature: give it \
                 once more as a new version, for those who shall read it."
                    .to_owned()
            }
            Self::NotYourDocument => {
                "Only who brought it, who countersigned it and administrators do that. Ask one of them.".to_owned()
            }
            Self::NoFile => {
                "There is no file with it. Attach one of text, Markdown, HTML, PDF or Word (.docx).".to_owned()
            }
            Self::NobodyInGroup { given, nearest } => unknown_group(given, nearest),
            Self::NobodyLeft { document } => format!(
                "Nobody here could read it then, for its collection is open to others only. “retire document {document}” takes it away \
                 from all answers."
            ),
            Self::StillWaits { document } => format!(
                "{document} is not live yet, so there is nothing in whose place this could be. Say “withdraw {document}” and bring this file in its \
                 place, without the code; or wait until {document} is live."
            ),
            Self::HasEnded { document, word } => format!(
                "{document} has come to an end ({}), and nothing takes its place. Bring this file as a document of its own, without the code.",
                spoken(word)
            ),
        }
    }
}

/// That nobody is in a group of this name, with those that may be meant.
fn unknown_group(given: &str, nearest: &[String]) -> String {
    let nearest: Vec<_> = nearest.iter().map(|group| plain(group)).collect();
    let meant = if nearest.is_empty() {
        "An administrator can say which groups there are.".to_owned()
    } else {
        format!("Did you mean {}?", any(&nearest))
    };
    format!("There is no group {} here: nobody is in it. {meant}", plain(given))
}

/// One of several.
fn any(items: &[String]) -> String {
    match items {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        _ => items.concat(),
    }
}

fn media(media: Media) -> &'static str {
    match media {
        Media::Text => "plain text",
        Media::Markdown => "Markdown",
        Media::Html => "HTML",
        Media::Pdf => "PDF",
        Media::Docx => "a Word document",
    }
}

/// Why no text could be read, with what helps.
fn unreadable(why: &Unreadable) -> String {
    match why {
        Unreadable::Empty => "There is nothing in the file.".to_owned(),
        Unreadable::TooLarge { most } => {
            format!("The file is larger than {} MiB. Give it in parts.", most / (1024 * 1024))
        }
        Unreadable::TooManyPages { most } => {
            format!("The file has more than {most} pages. Give it in parts.")
        }
        Unreadable::UnknownMedia => {
            "I do not read files of this kind. Text, Markdown, HTML, PDF and Word (.docx) I do.".to_owned()
        }
        Unreadable::OtherMedia { found: Some(found) } => {
            format!(
                "The file is {}, and its name says something else. Give it the name that fits.",
                media(*found)
            )
        }
        Unreadable::OtherMedia { found: None } => {
            "The file is something else than its name says. Look whether it is the right one.".to_owned()
        }
        Unreadable::Encrypted => "The file can be read with a password only. Save it without one.".to_owned(),
        Unreadable::Broken => "The file is not whole. Save it anew, and give it once more.".to_owned(),
        Unreadable::Exhausted { what } => format!(
            "Reading the file took more {} than a file is given, as files do that are made to do harm. Save it anew from where it was \
             written, or as text.",
            plain(what)
        ),
        Unreadable::NoText => {
            "There is no text in the file: it may be pictures of pages. Give it where the text can be marked."
                .to_owned()
        }
    }
}
