//! One chunk of a posting list: places and times as differences, in a few bytes each.

use crate::block::{read_number, write_number};
use crate::rows::RowsError;

/// One event in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    /// Its place in the log.
    pub(super) place: u64,
    /// Its time, in whole milliseconds since 1970, rounded down.
    pub(super) at: i64,
}

/// Postings in bytes: a header (earliest and latest time, last place and time, count), then differences as varints. The count's
/// highest bit says that the list has other chunks before this one: most have none, and are read without looking for any.
pub(super) struct Chunk {
    bytes: Vec<u8>,
}

const HEADER: usize = 34;
const CONTINUES: u16 = 1 << 15;

impl From<Vec<u8>> for Chunk {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }
}

impl Chunk {
    pub(super) fn new() -> Self {
        let mut bytes = vec![0; HEADER];
        bytes[..8].copy_from_slice(&i64::MAX.to_be_bytes());
        bytes[8..16].copy_from_slice(&i64::MIN.to_be_bytes());
        Self { bytes }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn field(&self, at: usize) -> [u8; 8] {
        let mut field = [0; 8];
        if let Some(bytes) = self.bytes.get(at..at + 8) {
            field.copy_from_slice(bytes);
        }
        field
    }

    pub(super) fn earliest(&self) -> i64 {
        i64::from_be_bytes(self.field(0))
    }

    pub(super) fn latest(&self) -> i64 {
        i64::from_be_bytes(self.field(8))
    }

    /// The first place; the differences begin with it.
    pub(super) fn first(&self) -> Option<u64> {
        read_number(&mut self.bytes.get(HEADER..)?)
    }

    pub(super) fn last(&self) -> Posting {
        Posting { place: u64::from_be_bytes(self.field(16)), at: i64::from_be_bytes(self.field(24)) }
    }

    /// One with other chunks before it.
    pub(super) fn continuing() -> Self {
        let mut chunk = Self::new();
        chunk.set_count(0, true);
        chunk
    }

    fn count_and_flag(&self) -> u16 {
        self.bytes.get(32..HEADER).map_or(0, |two| u16::from_be_bytes([two[0], two[1]]))
    }

    fn set_count(&mut self, count: usize, continues: bool) {
        let count = u16::try_from(count).unwrap_or(CONTINUES - 1).min(CONTINUES - 1);
        let flag = if continues { CONTINUES } else { 0 };
        self.bytes[32..HEADER].copy_from_slice(&(count | flag).to_be_bytes());
    }

    pub(super) fn count(&self) -> usize {
        usize::from(self.count_and_flag() & !CONTINUES)
    }

    /// Whether the list has other chunks before this one; said of the one that grows.
    pub(super) fn continues(&self) -> bool {
        self.count_and_flag() & CONTINUES != 0
    }

    /// Adds some behind the last, in their order.
    pub(super) fn extend(&mut self, postings: impl IntoIterator<Item = Posting>) {
        let (mut earliest, mut latest) = (self.earliest(), self.latest());
        let (mut last, mut count) = (self.last(), self.count());
        for posting in postings {
            write_number(&mut self.bytes, posting.place - last.place);
            let step = posting.at - last.at;
            write_number(&mut self.bytes, ((step << 1) ^ (step >> 63)).cast_unsigned());
            (earliest, latest) = (earliest.min(posting.at), latest.max(posting.at));
            (last, count) = (posting, count + 1);
        }
        self.bytes[..8].copy_from_slice(&earliest.to_be_bytes());
        self.bytes[8..16].copy_from_slice(&latest.to_be_bytes());
        self.bytes[16..24].copy_from_slice(&last.place.to_be_bytes());
        self.bytes[24..32].copy_from_slice(&last.at.to_be_bytes());
        self.set_count(count, self.continues());
    }

    pub(super) fn read(&self, key: &[u8]) -> Result<Vec<Posting>, RowsError> {
        let damaged = || RowsError::damaged(key, "the posting list is cut off");
        let mut rest = self.bytes.get(HEADER..).ok_or_else(damaged)?;
        let mut postings = Vec::with_capacity(self.count());
        let mut last = Posting { place: 0, at: 0 };
        while !rest.is_empty() {
            let place = read_number(&mut rest).ok_or_else(damaged)?;
            let step = read_number(&mut rest).ok_or_else(damaged)?;
            last.place = last.place.checked_add(place).ok_or_else(damaged)?;
            last.at += (step >> 1).cast_signed() ^ -((step & 1).cast_signed());
            postings.push(last);
        }
        Ok(postings)
    }
}
