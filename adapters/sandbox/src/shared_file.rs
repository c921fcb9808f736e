//! A file that somebody shares, as the miniatures keep and hand it out.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedFile {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(default = "SharedFile::plain")]
    pub media: String,
    /// What is in it.
    pub content: FileContent,
}

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FileContent {
    /// A text.
    Text(String),
    /// Anything.
    Bytes(Vec<u8>),
}

impl SharedFile {
    /// A plain text.
    pub fn text(name: &str, content: &str) -> Self {
        Self { name: name.to_owned(), media: Self::plain(), content: FileContent::Text(content.to_owned()) }
    }

    /// What is in it.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            FileContent::Text(text) => text.as_bytes(),
            FileContent::Bytes(bytes) => bytes,
        }
    }

    /// The file as an answer.
    pub(crate) fn answer(&self) -> Response {
        ([(header::CONTENT_TYPE, self.media.clone())], self.bytes().to_vec()).into_response()
    }

    fn plain() -> String {
        "text/plain".to_owned()
    }
}
