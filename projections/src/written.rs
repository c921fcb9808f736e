//! Which keys a tree does not hold, known without looking for them there. Much of what folding looks for was never written: the list
//! of a request that is new, whom an effect is for that has just begun.

use std::fmt;

use fastbloom::AtomicBloomFilter;
use foldhash::fast::RandomState;

/// How many rows it is made for: that of a million events none has more was reckoned, not counted. With many more it knows less,
/// and is right all the same.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_may_be_there_and_nearly_all_else_is_not() {
        let written = Written::default();
        let keys = |from: u32| (from..from + 1000).map(u32::to_be_bytes);
        keys(0).for_each(|key| written.add(&key));
        assert!(keys(0).all(|key| written.may_have(&key)));
        assert!(keys(1000).filter(|key| written.may_have(key)).count() < 20);
    }
}
