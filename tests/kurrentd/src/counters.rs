//! What happened, as numbers that a test can ask for.
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::log::Appended;

/// What was counted since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Connections that came in, refused ones too.
    pub connections: u64,
    /// Connections that were refused by a fault.
    pub refused: u64,
    /// Calls, by method.
    pub calls: BTreeMap<String, u64>,
    /// Appends that added events, by stream.
    pub appends: HashMap<String, u64>,
    /// Appends that stood in the log already and were answered like the first time.
    pub repetitions: u64,
}

/// Counts, shared by all nodes.
#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Counts>);

impl Counters {
    pub(crate) fn add(&self, count: impl FnOnce(&mut Counts)) {
        count(&mut self.lock());
    }

    pub(crate) fn snapshot(&self) -> Counts {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    pub(crate) fn call(&mut self, method: &str) {
        if let Some(count) = self.calls.get_mut(method) {
            *count += 1;
        } else {
            self.calls.insert(method.to_owned(), 1);
        }
    }

    pub(crate) fn append(&mut self, stream: &str, appended: Appended) {
        if appended.repeated {
            self.repetitions += 1;
        } else if let Some(count) = self.appends.get_mut(stream) {
            *count += 1;
        } else if appended.added > 0 {
            self.appends.insert(stream.to_owned(), 1);
        }
    }
}
