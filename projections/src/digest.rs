//! The digest of rows: two folds are the same if and only if these are.

use std::ops::Bound;

use countersign_domain::envelope::Digest;
use sha2::{Digest as _, Sha256};

use crate::rows::{Rows, RowsError};

/// How many rows are read at a time.
const CHUNK: usize = 4096;

/// SHA-256 over all rows in the order of their keys, each key and value with its length before it.
pub fn digest(rows: &dyn Rows) -> Result<Digest, RowsError> {
    let mut hasher = Sha256::new();
    let mut from = Bound::Unbounded;
    loop {
        let chunk = rows.scan((from, Bound::Unbounded), false, CHUNK)?;
        for (key, value) in &chunk {
            for part in [key, value] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
        }
        match chunk.into_iter().last() {
            Some((key, _)) => from = Bound::Excluded(key),
            None => break,
        }
    }
    Ok(Digest::try_from(hex::encode(hasher.finalize())).expect("SHA-256 has 64 digits"))
}
