//! Which keys a tree does not hold, known without looking for them there. Most of what folding looks for was never written: the
//! list of a request that is new, whom an effect is for that has just begun. To look for that in sled takes longer than to fold it.

use std::fmt;

use fastbloom::AtomicBloomFilter;
use foldhash::fast::RandomState;

/// How many rows it is made for: more than any read model of a million events has. With many more it knows less, and is right
/// all the same.
const ROWS: usize = 1 << 20;
/// In memory this is a mebibyte: of a hundred keys that were never written, two may have been.
const BITS: usize = 8 * ROWS;

/// All keys that were ever written to a tree, since that was empty.
pub(crate) struct Written(AtomicBloomFilter<RandomState>);

impl Default for Written {
    fn default() -> Self {
        let bits = AtomicBloomFilter::with_num_bits(BITS);
        Self(bits.hasher(RandomState::default()).expected_items(ROWS))
    }
}

impl Written {
    /// It is about to be written.
    pub(crate) fn add(&self, key: &[u8]) {
        self.0.insert(key);
    }

    /// Whether it may have been written; where not, the tree does not hold it.
    pub(crate) fn may_have(&self, key: &[u8]) -> bool {
        self.0.contains(key)
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").finish_non_exhaustive()
    }
}
