//! Where the newest appends stand, until the index in sled knows them.
//!
//! The writer adds to the current generation. Now and then the indexer takes it away whole, writes it to sled and
//! forgets it. Whoever looks something up looks here first and in sled after, so it is always in one of them.
//!
//! Beside that it keeps where some streams end, of those that were read to their end lately: who asks a stream again and again
//! whether anything came to it, as one does for the people of a tenant, is answered without looking for what is not there.

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
/// The ends of so many streams are kept; then it begins anew.
const ENDS: usize = 1 << 12;

#[derive(Debug, Default)]
struct State {
    current: Generation,
    /// What the indexer is just writing to sled.
    indexing: Arc<Generation>,
    /// How many generations were forgotten so far.
    forgotten: u64,
    /// The last revisions of some streams.
    ends: HashMap<StreamName, u64, RandomState>,
    closed: bool,
}

impl State {
    /// The last revision of a stream among what sled does not know.
    fn last_rev(&self, stream: &StreamName) -> Option<u64> {
        let last = |of: &Generation| of.streams.get(stream)?.last().map(Entry::last_rev);
        last(&self.current).or_else(|| last(&self.indexing))
    }

    fn add(&mut self, stream: StreamName, entry: Entry) {
        if let Some(end) = self.ends.get_mut(&stream) {
            *end = entry.last_rev();
        }
        self.current.add(stream, entry);
    }
}

/// How it was here when somebody began to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Since(u64);

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
        entries.for_each(|(stream, entry)| state.add(stream, entry));
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
        self.state().last_rev(stream)
    }

    /// Whether it is known here that a stream has no revision `from`.
    pub(crate) fn ends_before(&self, stream: &StreamName, from: u64) -> bool {
        let state = self.state();
        let last = state.ends.get(stream).copied().or_else(|| state.last_rev(stream));
        last.is_some_and(|last| last < from)
    }

    /// How it is here now, for who begins to read.
    pub(crate) fn since(&self) -> Since {
        Since(self.state().forgotten)
    }

    /// Somebody who began to read then has found `last` to be the last revision of a stream. It is kept where nothing that came
    /// meanwhile can have been overlooked: all of that is here still.
    pub(crate) fn found_end(&self, stream: &StreamName, last: u64, Since(forgotten): Since) {
        let mut state = self.state();
        let last = state.last_rev(stream).map_or(last, |recent| recent.max(last));
        if state.forgotten == forgotten {
            if state.ends.len() >= ENDS {
                state.ends.clear();
            }
            state.ends.insert(stream.clone(), last);
        }
    }

    /// The entries of a stream that are here, by revision.
    pub(crate) fn entries(&self, stream: &StreamName) -> Vec<Entry> {
        let state = self.state();
        let of = |generation: &Generation| generation.streams.get(stream).cloned().unwrap_or_default();
        [of(&state.indexing), of(&state.current)].concat()
    }

    /// The entries of a stream that hold the revisions `from` up to `until`, where all of these are here.
    pub(crate) fn entries_between(&self, stream: &StreamName, from: u64, until: u64) -> Option<Vec<Entry>> {
        let state = self.state();
        let here = || {
            let generations = [&*state.indexing, &state.current];
            generations.into_iter().filter_map(|generation| generation.streams.get(stream)).flatten()
        };
        let wanted = |entry: &&Entry| entry.last_rev() >= from && entry.rev < until;
        let begins = here().next().is_some_and(|first| first.rev <= from);
        begins.then(|| here().filter(wanted).copied().collect())
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
        let mut state = self.state();
        state.indexing = Arc::default();
        state.forgotten += 1;
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

    /// Whether something may still be added.
    pub(crate) fn is_open(&self) -> bool {
        !self.state().closed
    }

    /// Nothing more will be added.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens to one stream, and to who reads it.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        /// So many events are appended at once.
        Append(u32),
        /// The indexer takes what there is, or is done with it.
        Take,
        Indexed,
        /// Somebody looks how it is, reads to the end, and says so.
        Begin,
        Read,
        Say,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..3_u32).prop_map(Step::Append),
            Just(Step::Take),
            Just(Step::Indexed),
            Just(Step::Begin),
            Just(Step::Read),
            Just(Step::Say),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

        #[test]
        fn nobody_is_told_that_a_stream_ends_before_what_was_appended(
            steps in proptest::collection::vec(step(), 0..40),
        ) {
            let (recent, stream) = (Recent::default(), "acme.thing-1".parse::<StreamName>().unwrap());
            let (mut next, mut begun, mut read) = (0, None, None);
            for step in steps {
                match step {
                    Step::Append(count) => {
                        let entry = Entry { rev: next, count, pos: next + 1, offset: 0 };
                        next += u64::from(count);
                        recent.add([(stream.clone(), entry)].into_iter(), (next, Digest::of(b"last")));
                    }
                    // It would wait where there is nothing to take.
                    Step::Take => {
                        let mut state = recent.state();
                        if state.indexing.entries == 0 {
                            state.indexing = Arc::new(mem::take(&mut state.current));
                        }
                    }
                    Step::Indexed => recent.indexed(),
                    Step::Begin => (begun, read) = (Some(recent.since()), None),
                    Step::Read => read = begun.is_some().then(|| next.checked_sub(1)).flatten(),
                    Step::Say => if let (Some(since), Some(last)) = (begun, read) {
                        recent.found_end(&stream, last, since);
                    },
                }
                prop_assert!((0..next).all(|rev| !recent.ends_before(&stream, rev)), "{next} events, {recent:?}");
            }
        }
    }

    #[test]
    fn the_end_of_a_stream_that_was_read_is_known_and_moves_on() {
        let (recent, stream) = (Recent::default(), "acme.thing-1".parse::<StreamName>().unwrap());
        assert!(!recent.ends_before(&stream, 7), "nothing is known of it yet");
        recent.found_end(&stream, 6, recent.since());
        assert!(recent.ends_before(&stream, 7) && !recent.ends_before(&stream, 6));
        let entry = Entry { rev: 7, count: 2, pos: 70, offset: 0 };
        recent.add([(stream.clone(), entry)].into_iter(), (71, Digest::of(b"last")));
        // Whoever takes it waits for nothing more.
        recent.close();
        recent.take().unwrap();
        recent.indexed();
        assert!(
            recent.ends_before(&stream, 9) && !recent.ends_before(&stream, 8),
            "though sled has it by now"
        );
    }
}
