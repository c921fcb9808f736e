//! An extractor: the text of a file that somebody gave, read where it can do no harm.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{ByteRange, CallError};

/// What a file is, by its bytes and not by its name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Media {
    /// Plain text, UTF-8.
    Text,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
    /// PDF.
    Pdf,
    /// Word's `.docx`.
    Docx,
}

/// A file to be read.
#[derive(Debug, Clone, Copy)]
pub struct Extracting<'a> {
    /// What it is called; nothing is believed of that but which kind of text a text is.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// What was read out of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// What it is.
    pub media: Media,
    /// Its text: UTF-8, lines ended by `\n`, headings as in Markdown.
    pub text: String,
    /// How many pages it has, where it has pages.
    pub pages: Option<u32>,
    /// What of the text nobody sees who looks at the file (white on white, behind the page's edge, characters without a shape).
    pub hidden: Vec<ByteRange>,
    /// The language, where it could be told: `de`.
    pub language: Option<String>,
    /// What has read it, with its version: `pdf@1`.
    pub extractor: String,
}

/// Why no text could be read out of a file: it is the file's fault, and another attempt has the same end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// There is nothing in it.
    Empty,
    /// It is larger than files may be.
    TooLarge {
        /// How many bytes it may have.
        most: u64,
    },
    /// It has more pages than files may have.
    TooManyPages {
        /// How many it may have.
        most: u32,
    },
    /// It is of a kind that is not read.
    UnknownMedia,
    /// It is something else than its name says.
    OtherMedia {
        /// What it is, where that is known.
        found: Option<Media>,
    },
    /// It can be read with a password only.
    Encrypted,
    /// It is no whole file of its kind.
    Broken,
    /// It would not be read within the time, the memory or the size that a file is given.
    Exhausted {
        /// Which: `time`, `memory`, `size`.
        what: String,
    },
    /// It has no text: pictures of pages, for example.
    NoText,
}

/// What reads files.
#[async_trait]
pub trait Extractor: Send + Sync {
    /// Reads a file. An error means that nobody could look; what is wrong with the file itself is an answer.
    async fn extract(&self, file: Extracting<'_>) -> Result<Result<Extracted, Unreadable>, CallError>;
}
