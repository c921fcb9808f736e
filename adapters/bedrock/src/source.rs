//! What a knowledge base of Bedrock's reads: a folder, which is its bucket or is copied there, with each text in a file and what is said
//! of it in another one beside it, in the vendor's own form (`<file>.metadata.json`). The text is ours to look up: what is found by the
//! vendor is cited by its place in it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use countersign_domain::ports::{CallError, CallErrorKind, Edition, OURSELVES};
use serde_json::json;

/// What an edition is called in what the vendor is told of a text.
pub(crate) const EDITION: &str = "edition";

/// A folder that a knowledge base reads, and nobody else writes to.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    path: PathBuf,
}

impl Source {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn file(&self, edition: &Edition) -> PathBuf {
        self.path.join(format!("{}-{}.txt", edition.document.stream_id(), edition.version))
    }

    /// Puts a text there, with what is said of it first: the vendor may come at any time.
    pub(crate) async fn put(&self, edition: &Edition, title: &str, text: &str) -> Result<(), CallError> {
        let (file, text) = (self.file(edition), text.to_owned());
        let said =
            json!({ "metadataAttributes": { EDITION: edition.to_string(), "title": title } }).to_string();
        aside("put a text where the knowledge base reads it", move || {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            write(&beside(&file), said.as_bytes())?;
            write(&file, text.as_bytes())
        })
        .await
    }

    /// The text of an edition; nothing where it is not there.
    pub(crate) async fn text(&self, edition: &Edition) -> Result<Option<String>, CallError> {
        let file = self.file(edition);
        aside("read a text that the knowledge base reads", move || found(std::fs::read_to_string(file))).await
    }

    /// Takes it away, the text first: what is said of nothing is found by nobody.
    pub(crate) async fn remove(&self, edition: &Edition) -> Result<(), CallError> {
        let file = self.file(edition);
        aside("take a text from where the knowledge base reads it", move || {
            found(std::fs::remove_file(&file))?;
            found(std::fs::remove_file(beside(&file))).map(drop)
        })
        .await
    }
}

/// The file that says what the other one is.
fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{name}.metadata.json"))
}

/// Whole, or as it was.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = file.with_extension("new");
    std::fs::write(&new, bytes)?;
    std::fs::rename(&new, file)
}

/// What is not there is nothing.
fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn aside<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, CallError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    done.map_err(|error| CallError {
        vendor: OURSELVES,
        what: what.to_owned(),
        detail: error.to_string(),
        status: None,
        // A disk may be there again, and have room again.
        kind: CallErrorKind::NotDone { after: None },
    })
}
