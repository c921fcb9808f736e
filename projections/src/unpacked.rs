//! Blocks as they were unpacked lately: whoever reads a page of a list asks a few blocks for many rows, and others ask the same ones.
//!
//! What bytes unpack to never changes, so nothing here is ever wrong, whatever is written meanwhile: another block has other bytes.

use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::rows::RowsError;

/// How many bytes are kept, packed and unpacked. How much is asked for all day was not measured.
const KEPT: usize = 16 << 20;
/// About what a block takes here: it only says for how many there is room from the start.
const USUAL: usize = 12 << 10;

/// A block that was unpacked, kept by its bytes as they were packed.
type Kept = Cache<sled::IVec, Arc<[u8]>, Bytes, RandomState>;

/// Blocks that were unpacked lately, of all read models. A copy has the same ones.
#[derive(Clone)]
pub(crate) struct Unpacked(Arc<Kept>);

#[derive(Clone)]
struct Bytes;

impl Weighter<sled::IVec, Arc<[u8]>> for Bytes {
    fn weight(&self, packed: &sled::IVec, unpacked: &Arc<[u8]>) -> u64 {
        (packed.len() + unpacked.len()) as u64
    }
}

impl Default for Unpacked {
    fn default() -> Self {
        let (hasher, ends) = (RandomState::default(), DefaultLifecycle::default());
        Self(Arc::new(Cache::with(KEPT / USUAL, KEPT as u64, Bytes, hasher, ends)))
    }
}

impl Unpacked {
    /// What a block unpacks to.
    pub(crate) fn of(
        &self,
        packed: &sled::IVec,
        unpack: impl FnOnce() -> Result<Vec<u8>, RowsError>,
    ) -> Result<Arc<[u8]>, RowsError> {
        if let Some(there) = self.0.get(packed) {
            return Ok(there);
        }
        let unpacked: Arc<[u8]> = unpack()?.into();
        self.0.insert(packed.clone(), Arc::clone(&unpacked));
        Ok(unpacked)
    }
}

impl fmt::Debug for Unpacked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacked").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_same_bytes_are_unpacked_once_and_other_ones_for_themselves() {
        let (unpacked, times) = (Unpacked::default(), Cell::new(0));
        let of = |packed: &str| {
            let unpack = || {
                times.set(times.get() + 1);
                Ok(packed.repeat(2).into_bytes())
            };
            unpacked.of(&sled::IVec::from(packed.as_bytes()), unpack).unwrap()
        };
        for (packed, whole, so_far) in [("a", "aa", 1), ("a", "aa", 1), ("b", "bb", 2)] {
            assert_eq!(&*of(packed), whole.as_bytes());
            assert_eq!(times.get(), so_far);
        }
    }
}
