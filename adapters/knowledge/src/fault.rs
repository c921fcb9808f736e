//! What can go wrong with an index, as its port tells it.

use countersign_domain::ports::{CallError, CallErrorKind, Generation, OURSELVES};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The index itself.
    #[error("the index cannot be used: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// Its folder.
    #[error("the folder of the index cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// What it wrote down is not what it can read.
    #[error("what is kept cannot be read: {0}")]
    Kept(#[from] serde_json::Error),
    /// There is no more room for it.
    #[error("it holds {0} passages, and may hold no more")]
    Full(usize),
    /// Nobody can build or ask such a one.
    #[error("there is nothing here that makes or reads {}, {} and {}", .0.embedder, .0.chunker, .0.fusion)]
    Unknown(Generation),
    /// It is not there.
    #[error("there is no such generation")]
    NotThere,
    /// It is the one that is asked.
    #[error("this generation serves: let another one serve first")]
    Serves,
}

impl Fault {
    /// As the port tells it. `what` is what was wanted, as a phrase.
    pub(crate) fn told(&self, what: &str) -> CallError {
        let kind = match self {
            Self::Index(_) | Self::Folder(_) | Self::Kept(_) => CallErrorKind::NotDone { after: None },
            Self::Full(_) | Self::Unknown(_) | Self::NotThere | Self::Serves => CallErrorKind::Rejected,
        };
        let detail = self.to_string().chars().take(500).collect();
        CallError { vendor: OURSELVES, what: what.to_owned(), detail, status: None, kind }
    }
}
