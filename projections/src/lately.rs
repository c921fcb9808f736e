//! Rows as they were found lately, with what they stand for: whoever reads asks for the same ones all day, and finding one in a tree
//! takes longer than anything that is done with it. Folding looks for each row once in a while and keeps nothing here.

use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::cell::Found;

/// How many bytes are kept, about, of all read models together: of a million events these are what the audit shows with nearly all of
/// them, which was reckoned and not measured.
const KEPT: usize = 48 << 20;
/// What a row takes beside its bytes and what they stand for, and how many times its bytes that is.
const BESIDE: usize = 128;
const TIMES: usize = 2;
/// About what a row takes here: it only says for how many there is room from the start.
const USUAL: usize = 4 << 10;

/// Rows by the numbers of their trees, and their keys.
type Kept = Cache<Box<[u8]>, Arc<Found>, Bytes, RandomState>;

/// Rows that were found lately, of all read models. A copy has the same ones.
#[derive(Clone)]
pub(crate) struct Lately(Arc<Kept>);

#[derive(Clone)]
struct Bytes;

impl Weighter<Box<[u8]>, Arc<Found>> for Bytes {
    fn weight(&self, key: &Box<[u8]>, row: &Arc<Found>) -> u64 {
        (key.len() + row.len() * TIMES + BESIDE) as u64
    }
}

impl Default for Lately {
    fn default() -> Self {
        let (hasher, ends) = (RandomState::default(), DefaultLifecycle::default());
        Self(Arc::new(Cache::with(KEPT / USUAL, KEPT as u64, Bytes, hasher, ends)))
    }
}

impl Lately {
    /// A row, as it was found.
    pub(crate) fn get(&self, tree: u64, key: &[u8]) -> Option<Arc<Found>> {
        self.0.get(&*name(tree, key))
    }

    /// Keeps a row as it was found.
    pub(crate) fn keep(&self, tree: u64, key: &[u8], row: Arc<Found>) {
        self.0.insert(name(tree, key).into(), row);
    }

    /// These hold something else now.
    pub(crate) fn forget<'a>(&self, tree: u64, keys: impl Iterator<Item = &'a [u8]>) {
        // Mostly nobody has asked while all is folded.
        if self.0.is_empty() {
            return;
        }
        for key in keys {
            self.0.remove(&*name(tree, key));
        }
    }
}

fn name(tree: u64, key: &[u8]) -> Vec<u8> {
    [&tree.to_be_bytes()[..], key].concat()
}

impl fmt::Debug for Lately {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lately").finish_non_exhaustive()
    }
}
