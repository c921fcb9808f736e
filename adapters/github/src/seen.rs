//! What GitHub answered last, with its tag: asked again with that, it says only that nothing has changed, which costs no call
//! (<https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// So many answers are kept; of more, all are forgotten.
const MANY: usize = 1_000;

/// The answers that are kept, by path.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<HashMap<String, (String, Bytes)>>);

impl Seen {
    /// The tag of the last answer, and that.
    pub(crate) fn last(&self, path: &str) -> Option<(String, Bytes)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    pub(crate) fn keep(&self, path: String, tag: &str, body: &Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MANY {
            kept.clear();
        }
        kept.insert(path, (tag.to_owned(), body.clone()));
    }
}
