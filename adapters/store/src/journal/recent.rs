//! Where the newest appends stand, until the index in sled knows them.
//!
//! The writer adds to the current generation. Now and then the indexer takes it away whole, writes it to sled and
//! forgets it. Whoever looks something up looks here first and in sled after, so it is always in one of them.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_domain::envelope::Digest;
use countersign_domain::names::StreamName;
use foldhash::fast::RandomState;

/// Where one append stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The revision of its first event.
    pub(crate) rev: u64,
    /// How many events it has.
    pub(crate) count: u32,
    /// The position of its first event.
    pub(crate) pos: u64,
    /// Where its first line starts in the segment that holds `pos`.
    pub(crate) offset: u32,
}

impl Entry {
    /// The revision of its last event.
    pub(crate) fn last_rev(&self) -> u64 {
        self.rev + u64::from(self.count) - 1
    }

    /// The position of its last event.
    pub(crate) fn last_pos(&self) -> u64 {
        self.pos + u64::from(self.count) - 1
    }
}

/// Appends that sled does not know yet.
#[derive(Debug, Default)]
pub(crate) struct Generation {
    pub(crate) streams: HashMap<StreamName, Vec<Entry>, RandomState>,
    /// How many entries there are in all.
    pub(crate) entries: usize,
    /// The position and hash of the last event in it.
    pub(crate) last: Option<(u64, Digest)>,
}

impl Generation {
    pub(crate) fn add(&mut self, stream: StreamName, entry: Entry) {
        self.streams.entry(stream).or_default().push(entry);
        self.entries += 1;
    }
}

/// With so many entries, sled gets them even before its time has come.
const MANY: usize = 1 << 16;
/// With so many, the writer waits for sled, so that memory stays bounded.
const TOO_MANY: usize = 1 << 19;
/// The time after which sled gets what there is.
const SOON: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct State {
    current: Generation,
    /// What the indexer is just writing to sled.
    indexing: Arc<Generation>,
    closed: bool,
}

/// The appends that sled does not know yet, shared by the writer, the indexer and all readers.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    state: Mutex<State>,
    changed: Condvar,
}

impl Recent {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what was just acknowledged; `last` is its last event.
    pub(crate) fn add(&self, entries: impl Iterator<Item = (StreamName, Entry)>, last: (u64, Digest)) {
        let mut state = self.state();
        entries.for_each(|(stream, entry)| state.current.add(stream, entry));
        state.current.last = Some(last);
        if state.current.entries >= MANY {
            self.changed.notify_all();
        }
        while state.current.entries >= TOO_MANY && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The last revision of a stream, if it is here.
    pub(crate) fn last_rev(&self, stream: &StreamName) -> Option<u64> {
        let state = self.state();
        let last = |of: &Generation| of.streams.get(stream)?.last().map(Entry::last_rev);
        last(&state.current).or_else(|| last(&state.indexing))
    }

    /// The entries of a stream that are here, by revision.
    pub(crate) fn entries(&self, stream: &StreamName) -> Vec<Entry> {
        let state = self.state();
        let of = |generation: &Generation| generation.streams.get(stream).cloned().unwrap_or_default();
        [of(&state.indexing), of(&state.current)].concat()
    }

    /// Waits until there is something worth indexing and takes it; `None` when there never will be again.
    pub(crate) fn take(&self) -> Option<Arc<Generation>> {
        let mut state = self.state();
        while !state.closed && state.current.entries < MANY {
            let (waited, timeout) =
                self.changed.wait_timeout(state, SOON).unwrap_or_else(PoisonError::into_inner);
            state = waited;
            if timeout.timed_out() && state.current.entries > 0 {
                break;
            }
        }
        if state.current.entries == 0 {
            return None;
        }
        state.indexing = Arc::new(mem::take(&mut state.current));
        self.changed.notify_all();
        Some(Arc::clone(&state.indexing))
    }

    /// Forgets what was taken, now that sled knows it.
    pub(crate) fn indexed(&self) {
        self.state().indexing = Arc::default();
    }

    /// Waits a little for better times; false when there will be none.
    pub(crate) fn pause(&self) -> bool {
        let state = self.state();
        let closed = state.closed;
        if !closed {
            drop(self.changed.wait_timeout(state, SOON));
        }
        !closed
    }

    /// Nothing more will be added.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }
}
