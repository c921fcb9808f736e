//! Rows in blocks: many rows, one after another, are one entry of a sled tree, each key without what it shares with the one
//! before, and compressed together. A tree of rows takes several times their bytes on disk, for sled writes the page anew
//! around every few of them; a tree of blocks does not.

mod forward;

use std::iter::Peekable;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use self::forward::Forward;
use crate::rows::{Range, Row, RowsError};
use crate::unpacked::Unpacked;

/// About how many bytes of rows a block holds at most, unless one row has more.
const FULL: usize = if cfg!(test) { 64 } else { 8 << 10 };

/// The blocks of one tree whose keys begin with a letter of their own. A block's key is the first key it was made with; it
/// holds all rows from there up to the next block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blocks<'a> {
    pub(crate) tree: &'a sled::Tree,
    pub(crate) letter: u8,
    pub(crate) lately: &'a Unpacked,
}

type Entry = (sled::IVec, sled::IVec);

/// Gets a key, what its row holds now, and what it shall hold; says what it shall hold after all.
pub(crate) type Settle<'a> = &'a mut dyn FnMut(&[u8], Option<&[u8]>, Option<Vec<u8>>) -> Option<Vec<u8>>;

/// A key, and what its row shall hold: nothing where it is removed.
pub(crate) type Change = Result<(Vec<u8>, Option<Vec<u8>>), RowsError>;

impl Blocks<'_> {
    fn key(&self, key: &[u8]) -> Vec<u8> {
        let mut tagged = Vec::with_capacity(key.len() + 2);
        tagged.push(self.letter);
        tagged.extend_from_slice(key);
        tagged
    }

    /// The block that holds a key, if there is one.
    fn holding(&self, key: &[u8]) -> Result<Option<Entry>, RowsError> {
        let mut behind = self.key(key);
        behind.push(0);
        let found = self.tree.get_lt(behind)?;
        Ok(found.filter(|(key, _)| key.first() == Some(&self.letter)))
    }

    /// A block to be read, as others may have read it lately.
    fn unpacked(&self, name: &[u8], bytes: &sled::IVec) -> Result<Arc<[u8]>, RowsError> {
        self.lately.of(bytes, || unpacked(name, bytes))
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        let Some((name, bytes)) = self.holding(key)? else { return Ok(None) };
        if !may_hold(&bytes, key) {
            return Ok(None);
        }
        let bytes = self.unpacked(&name, &bytes)?;
        let mut rows = Reader::new(&name, &bytes);
        while let Some(value) = rows.next()? {
            if *rows.key >= *key {
                return Ok((rows.key == key).then(|| value.to_vec()));
            }
        }
        Ok(None)
    }

    /// The first row from a key on, where it comes before the end.
    pub(crate) fn first(&self, from: &[u8], end: &[u8]) -> Result<Option<Row>, RowsError> {
        let mut block = match self.holding(from)? {
            None => self.tree.get_gt(self.key(from))?,
            found => found,
        };
        while let Some((name, bytes)) = block
            && name.first() == Some(&self.letter)
            && name[1..] < *end
        {
            let bytes = self.unpacked(&name, &bytes)?;
            let mut rows = Reader::new(&name, &bytes);
            while let Some(value) = rows.next()? {
                if *rows.key >= *from {
                    return Ok((*rows.key < *end).then(|| (rows.key.clone(), value.to_vec())));
                }
            }
            block = self.tree.get_gt(name)?;
        }
        Ok(None)
    }

    /// Up to `limit` rows of a range, from its end when `reverse`. Where blocks are written meanwhile, each row is still
    /// read once. To go through a tree takes long beside reading a block, and mostly the first one has all that is asked for.
    pub(crate) fn scan(&self, range: &Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        let (mut found, mut others): (Vec<Row>, _) = (Vec::new(), None);
        let mut block = if limit > 0 { self.at_the_edge(range, reverse)? } else { None };
        while let Some((name, bytes)) = block {
            let bytes = self.unpacked(&name, &bytes)?;
            let fits = |key: &Vec<u8>| {
                let is_new =
                    found.last().is_none_or(|(last, _)| if reverse { key < last } else { key > last });
                is_new && RangeBounds::contains(range, key)
            };
            let (rows, wanted) = (|| Reader::new(&name, &bytes), limit - found.len());
            // From the end the last ones are wanted, and nothing else is copied.
            let mut left = if reverse { rows().count(fits)?.saturating_sub(wanted) } else { 0 };
            let (mut rows, mut here) = (rows(), Vec::new());
            let mut is_last = reverse && begins_behind(range, &name[1..]);
            while here.len() < wanted
                && let Some(value) = rows.next()?
            {
                if ends_before(range, &rows.key) {
                    is_last |= !reverse;
                    break;
                }
                if !fits(&rows.key) {
                    continue;
                }
                if left == 0 {
                    here.push((rows.key.clone(), value.to_vec()));
                } else {
                    left -= 1;
                }
            }
            if reverse {
                here.reverse();
            }
            found.append(&mut here);
            if found.len() >= limit || is_last {
                break;
            }
            let others = others
                .get_or_insert_with(|| self.tree.range::<Vec<u8>, _>(self.beyond(&name, range, reverse)));
            block = if reverse { others.next_back() } else { others.next() }.transpose()?;
        }
        Ok(found)
    }

    /// The block that holds the first key of a range, or its last; where there is none, the next one.
    fn at_the_edge(&self, range: &Range, reverse: bool) -> Result<Option<Entry>, RowsError> {
        let of_ours = |found: &Entry| found.0.first() == Some(&self.letter);
        let key: &[u8] = match (if reverse { &range.1 } else { &range.0 }, reverse) {
            (Bound::Included(key) | Bound::Excluded(key), _) => key,
            (Bound::Unbounded, false) => &[],
            (Bound::Unbounded, true) => return Ok(self.tree.get_lt([self.letter + 1])?.filter(of_ours)),
        };
        match self.holding(key)? {
            None if !reverse => Ok(self.tree.get_gt(self.key(key))?.filter(of_ours)),
            found => Ok(found),
        }
    }

    /// The blocks of a range that lie beyond this one.
    fn beyond(&self, name: &sled::IVec, range: &Range, reverse: bool) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
        let name = Bound::Excluded(name.to_vec());
        if reverse {
            return (Bound::Included(vec![self.letter]), name);
        }
        let to = match &range.1 {
            Bound::Included(to) | Bound::Excluded(to) => Bound::Included(self.key(to)),
            Bound::Unbounded => Bound::Excluded(vec![self.letter + 1]),
        };
        (name, to)
    }

    /// Puts changes, sorted by their keys, into a batch: each block that one of them belongs to is written anew, as several
    /// where it has grown too large. `settle` gets each change with what the row holds now, and says what it shall hold.
    pub(crate) fn write(
        &self,
        changes: impl Iterator<Item = Change>,
        batch: &mut sled::Batch,
        settle: Settle<'_>,
    ) -> Result<(), RowsError> {
        let (mut changes, mut blocks) = (changes.peekable(), Forward::through(*self));
        while let Some(first) = changes.peek() {
            let (block, end) = match first {
                Ok((key, _)) => blocks.to(key)?,
                Err(error) => return Err(error.clone()),
            };
            let here = std::iter::from_fn(|| {
                let is_here = |key: &[u8]| end.as_ref().is_none_or(|end| *key < end[1..]);
                changes.next_if(|change| change.as_ref().map_or(true, |(key, _)| is_here(key)))
            });
            let bytes = block.as_ref().map_or(Ok(vec![]), |(name, bytes)| unpacked(name, bytes))?;
            let name = block.as_ref().map_or(&[][..], |(name, _)| name);
            let rows = merged(Reader::new(name, &bytes), here.peekable(), settle)?;
            self.write_block(block.map(|(key, _)| key), &rows, batch);
        }
        Ok(())
    }

    /// Puts the rows of a block into the batch, in equal pieces.
    fn write_block(&self, name: Option<sled::IVec>, rows: &[Row], batch: &mut sled::Batch) {
        let size = |(key, value): &Row| key.len() + value.len() + 4;
        let all: usize = rows.iter().map(size).sum();
        let piece = all / all.div_ceil(FULL).max(1);
        let mut name = name;
        let mut rest = rows;
        if let (Some(name), []) = (&name, rest) {
            batch.remove(name);
        }
        while let Some((first, _)) = rest.first() {
            let (mut taken, mut count) = (0, 0);
            for row in rest {
                if count > 0 && taken + size(row) / 2 > piece {
                    break;
                }
                taken += size(row);
                count += 1;
            }
            let (here, others) = rest.split_at(count);
            let name = name.take().unwrap_or_else(|| self.key(first).into());
            batch.insert(name, packed(here));
            rest = others;
        }
    }
}

/// Whether a range has nothing before this key.
fn begins_behind(range: &Range, key: &[u8]) -> bool {
    match &range.0 {
        Bound::Included(from) | Bound::Excluded(from) => key <= from.as_slice(),
        Bound::Unbounded => false,
    }
}

/// Whether a range has nothing from this key on.
fn ends_before(range: &Range, key: &[u8]) -> bool {
    match &range.1 {
        Bound::Included(to) => key > to.as_slice(),
        Bound::Excluded(to) => key >= to.as_slice(),
        Bound::Unbounded => false,
    }
}

/// The rows of a block with these changes.
fn merged(
    mut block: Reader<'_>,
    mut changes: Peekable<impl Iterator<Item = Change>>,
    settle: Settle<'_>,
) -> Result<Vec<Row>, RowsError> {
    let mut rows = Vec::new();
    while let Some(value) = block.next()? {
        let up_to = |change: &Change| change.as_ref().map_or(true, |(key, _)| *key <= block.key);
        let mut is_replaced = false;
        while let Some(change) = changes.next_if(up_to) {
            let (key, change) = change?;
            is_replaced = key == block.key;
            let settled = settle(&key, is_replaced.then_some(value), change);
            rows.extend(settled.map(|value| (key, value)));
        }
        if !is_replaced {
            rows.push((block.key.clone(), value.to_vec()));
        }
    }
    for change in changes {
        let (key, change) = change?;
        let settled = settle(&key, None, change);
        rows.extend(settled.map(|value| (key, value)));
    }
    Ok(rows)
}

/// A block of these rows: of each the length of what its key shares with the one before, the lengths of the rest of its
/// key and of its value, and these two.
fn written(rows: &[Row]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FULL);
    let mut before: &[u8] = &[];
    for (key, value) in rows {
        let shared = before.iter().zip(key).take_while(|(a, b)| a == b).count();
        for number in [shared, key.len() - shared, value.len()] {
            write_number(&mut bytes, number as u64);
        }
        bytes.extend_from_slice(&key[shared..]);
        bytes.extend_from_slice(value);
        before = key;
    }
    bytes
}

/// A block as it is kept: two bytes of each key's hash, so that a key that is not here is seldom looked for, their number
/// before them, and the rows, compressed.
fn packed(rows: &[Row]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FULL);
    write_number(&mut bytes, rows.len() as u64);
    for (key, _) in rows {
        bytes.extend_from_slice(&hash(key));
    }
    bytes.extend_from_slice(&lz4_flex::compress_prepend_size(&written(rows)));
    bytes
}

/// The hashes of a block's keys, and its rows, compressed; nothing where it is cut off.
fn parts(mut bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let count = usize::try_from(read_number(&mut bytes)?).ok()?;
    bytes.split_at_checked(count.checked_mul(2)?)
}

fn may_hold(bytes: &[u8], key: &[u8]) -> bool {
    let wanted = hash(key);
    parts(bytes).is_none_or(|(hashes, _)| hashes.as_chunks::<2>().0.contains(&wanted))
}

/// Two bytes of a key's FNV-1a hash, the same for ever.
fn hash(key: &[u8]) -> [u8; 2] {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    let hash = key.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    let [.., a, b, c, d] = hash.to_be_bytes();
    [a ^ c, b ^ d]
}

/// The rows of a block as they were written.
fn unpacked(name: &[u8], bytes: &[u8]) -> Result<Vec<u8>, RowsError> {
    let (_, rows) = parts(bytes).ok_or_else(|| RowsError::damaged(name, "its block of rows is cut off"))?;
    lz4_flex::decompress_size_prepended(rows).map_err(|error| RowsError::damaged(name, error))
}

/// Reads the rows of a block.
struct Reader<'a> {
    name: &'a [u8],
    rest: &'a [u8],
    /// The key of the row that was read last.
    key: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn new(name: &'a [u8], rest: &'a [u8]) -> Self {
        Self { name, rest, key: Vec::with_capacity(64) }
    }

    /// The value of the next row, whose key stands in `key` then.
    fn next(&mut self) -> Result<Option<&'a [u8]>, RowsError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let value = self.row();
        value.map(Some).ok_or_else(|| RowsError::damaged(self.name, "its block of rows is cut off"))
    }

    /// How many of the rows have a key that fits.
    fn count(mut self, fits: impl Fn(&Vec<u8>) -> bool) -> Result<usize, RowsError> {
        let mut count = 0;
        while self.next()?.is_some() {
            count += usize::from(fits(&self.key));
        }
        Ok(count)
    }

    fn row(&mut self) -> Option<&'a [u8]> {
        let mut number = || usize::try_from(read_number(&mut self.rest)?).ok();
        let (shared, own, value) = (number()?, number()?, number()?);
        self.key.truncate(shared);
        let (own, rest) = self.rest.split_at_checked(own)?;
        self.key.extend_from_slice(own);
        let (value, rest) = rest.split_at_checked(value)?;
        self.rest = rest;
        Some(value)
    }
}

/// Writes a number seven bits at a time, the lowest first.
#[expect(clippy::cast_possible_truncation, reason = "seven bits are written at a time")]
pub(crate) fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads such a number; `None` where it is cut off.
pub(crate) fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests;
