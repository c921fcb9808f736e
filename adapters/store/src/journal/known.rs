//! Which streams there are surely not, known without looking for them in the index: of each stream that is new the thread that writes
//! has to know that, and to look for what is not there takes it longer than all else that it does for an append.

use std::fmt;

use countersign_domain::names::StreamName;
use fastbloom::AtomicBloomFilter;
use foldhash::fast::RandomState;

/// For how many streams it is made. With many more it knows less, and is right all the same.
const STREAMS: usize = 1 << 20;
/// In memory this is a mebibyte: of a hundred streams that are new, two are looked for.
const BITS: usize = 8 * STREAMS;

/// All streams that an index knows, and a few that it does not.
pub(super) struct Known(AtomicBloomFilter<RandomState>);

impl Default for Known {
    fn default() -> Self {
        let bits = AtomicBloomFilter::with_num_bits(BITS);
        Self(bits.hasher(RandomState::default()).expected_items(STREAMS))
    }
}

impl Known {
    /// The index is about to know this stream.
    pub(super) fn add(&self, stream: &[u8]) {
        self.0.insert(stream);
    }

    /// Whether the index may know it; where not, it does not.
    pub(super) fn may_have(&self, stream: &StreamName) -> bool {
        self.0.contains(stream.as_str().as_bytes())
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}
