//! The knowledge index: passages of documents, found by what they mean. Which documents are live, and who may read them, the log says
//! whenever it is asked; the index only finds.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::CallError;
use crate::code::Code;
use crate::digest::Digest;

/// Part of a text, in bytes: from the first to the one behind the last. Both stand between characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ByteRange {
    /// The first byte.
    pub from: u32,
    /// The byte behind the last.
    pub to: u32,
}

impl ByteRange {
    /// What stands there in this text; `None` where it does not reach so far, or not between characters.
    pub fn of(self, text: &str) -> Option<&str> {
        text.get(usize::try_from(self.from).ok()?..usize::try_from(self.to).ok()?)
    }
}

/// One version of a document: its text never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edition {
    /// The document: the code of its first version.
    pub document: Code,
    /// The version, from 1.
    pub version: NonZeroU32,
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.document, self.version)
    }
}

/// A piece of a document's text, as it is found and cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Of which document.
    pub edition: Edition,
    /// Where, in the bytes of its extracted text.
    pub at: ByteRange,
    /// Of these bytes.
    pub sha: Digest,
    /// These bytes.
    pub text: String,
    /// The headings above it, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<String>,
}

impl Passage {
    /// Whether it is what stands in this text at its place.
    pub fn stands_in(&self, text: &str) -> bool {
        self.at.of(text) == Some(&*self.text) && self.sha == Digest::of(self.text.as_bytes())
    }
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The passage.
    pub passage: Passage,
    /// How well it fits, from 0 (not at all) to 1, comparable over queries of one generation: what is below a threshold is no answer.
    pub score: f32,
}

/// By what passages are made and found: what is indexed by one generation is never searched by another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Generation {
    /// The model that makes vectors, with its version: `all-MiniLM-L6-v2-int8`.
    pub embedder: String,
    /// What cuts a text into passages, with its version: `sections@1`.
    pub chunker: String,
    /// How the words' and the vectors' findings are put together, with its version.
    pub fusion: String,
}

/// A document to be indexed.
#[derive(Debug, Clone, Copy)]
pub struct Indexing<'a> {
    /// Which.
    pub edition: &'a Edition,
    /// What it is called.
    pub title: &'a str,
    /// Its extracted text.
    pub text: &'a str,
    /// Its language, where that is known: `de`.
    pub language: Option<&'a str>,
}

/// What became of a document in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indexed {
    /// By what.
    pub generation: Generation,
    /// How many passages it has.
    pub passages: u32,
    /// Of all their places and digests, in order: two indexes with the same one hold the same.
    pub root: Digest,
}

/// What is searched for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// In the words of whoever asks.
    pub words: &'a str,
    /// How many at most.
    pub most: usize,
    /// Where it may be found: the live editions that everybody may read who will read the answer.
    pub among: &'a BTreeSet<Edition>,
}

/// What was found: the best first, each of an edition that it may be found in.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// By what.
    pub generation: Generation,
    /// The passages.
    pub hits: Vec<Hit>,
}

/// The index of one tenant's documents.
#[async_trait]
pub trait KnowledgeIndex: Send + Sync {
    /// The generations that it holds, the one that serves first. There is always one that serves.
    async fn generations(&self) -> Result<Vec<Generation>, CallError>;

    /// Puts a document into the newest generation, durably. The same once more changes nothing.
    async fn put(&self, document: Indexing<'_>) -> Result<Indexed, CallError>;

    /// What the newest generation holds of a document; `None` where it does not hold it whole.
    async fn held(&self, edition: &Edition) -> Result<Option<Indexed>, CallError>;

    /// Takes a document out of all generations. What is not there is taken out already.
    async fn remove(&self, edition: &Edition) -> Result<(), CallError>;

    /// Begins another generation beside the one that serves; empty, and the newest from now on. The same once more changes nothing.
    async fn begin(&self, generation: &Generation) -> Result<(), CallError>;

    /// Lets a generation serve. Those before stay until they are dropped.
    async fn serve(&self, generation: &Generation) -> Result<(), CallError>;

    /// Forgets a generation that does not serve.
    async fn drop_generation(&self, generation: &Generation) -> Result<(), CallError>;

    /// Finds passages in the generation that serves, among these editions and no others.
    async fn search(&self, search: Search<'_>) -> Result<Found, CallError>;
}

/// What makes vectors of texts: for indexes that do not do it themselves.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// The model, with its version.
    fn name(&self) -> &str;

    /// How many numbers a vector has.
    fn dimensions(&self) -> usize;

    /// The vectors of these texts, each of length 1, in their order. The same text always has the same one.
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, CallError>;
}
