//! Blocks in the order of the keys that are asked for: to look for each of them from the root of the tree takes longer than to
//! go on to the next one, and most of what is written belongs to blocks that lie close together.

use std::ops::Bound;

use super::{Blocks, Entry};
use crate::rows::RowsError;

/// A block that is so many further is looked for.
const NEAR: usize = if cfg!(test) { 2 } else { 8 };

/// Where somebody is who goes through blocks that nobody writes to meanwhile.
pub(super) struct Forward<'a> {
    blocks: Blocks<'a>,
    /// The block that the key asked for last belongs to, if there is one, and the one behind it.
    here: Option<Entry>,
    next: Option<Entry>,
    /// Those behind that one; nothing before a key was asked for.
    others: Option<sled::Iter>,
}

impl<'a> Forward<'a> {
    pub(super) const fn through(blocks: Blocks<'a>) -> Self {
        Self { blocks, here: None, next: None, others: None }
    }

    /// The block that a key belongs to, if there is one, and the name of the one behind it. Keys are asked for in their order.
    pub(super) fn to(&mut self, key: &[u8]) -> Result<(Option<Entry>, Option<sled::IVec>), RowsError> {
        let key = self.blocks.key(key);
        if !self.goes_on(&key)? {
            self.looks_for(&key)?;
        }
        Ok((self.here.clone(), self.next.as_ref().map(|(name, _)| name.clone())))
    }

    /// Goes on to the block of a key where that is near; whether it was.
    fn goes_on(&mut self, key: &[u8]) -> Result<bool, RowsError> {
        let Some(others) = &mut self.others else { return Ok(false) };
        for _ in 0..NEAR {
            if self.next.as_ref().is_none_or(|(name, _)| *key < **name) {
                return Ok(true);
            }
            self.here = self.next.take();
            self.next = others.next().transpose()?;
        }
        Ok(self.next.as_ref().is_none_or(|(name, _)| *key < **name))
    }

    fn looks_for(&mut self, key: &[u8]) -> Result<(), RowsError> {
        self.here = self.blocks.holding(&key[1..])?;
        let from = self.here.as_ref().map_or_else(|| key.to_vec(), |(name, _)| name.to_vec());
        let behind = (Bound::Excluded(from), Bound::Excluded(vec![self.blocks.letter + 1]));
        let others = self.others.insert(self.blocks.tree.range::<Vec<u8>, _>(behind));
        self.next = others.next().transpose()?;
        Ok(())
    }
}
