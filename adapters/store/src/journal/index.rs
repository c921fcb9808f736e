//! The stream index in sled: where the appends of every stream stand in the log.
//!
//! A row holds some appends of one stream, one after the other. Its key is the stream, a zero byte and the revision of
//! the first event; its value has 16 bytes for each append: count, position, offset. The row [`CHECKPOINT`] is written
//! in the same batch as the rows it speaks of.

use std::sync::{Arc, OnceLock};

use countersign_domain::envelope::Digest;
use countersign_domain::names::StreamName;
use sled::{Batch, Tree};

use super::known::Known;
use super::recent::{Entry, Generation};

const TREE: &str = "journal.streams";
/// No stream starts with a zero byte, so this key is none of theirs.
const CHECKPOINT: &[u8] = b"\0checkpoint";
const ENTRY_BYTES: usize = 16;
const ROW_ENTRIES: usize = 128;
/// After so many rows it is asked whether somebody still needs to know which streams there are.
const MANY: usize = 1 << 12;

/// The index.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    tree: Tree,
    /// Which streams it knows: from the start where it was empty, else once it was looked through.
    known: Arc<OnceLock<Known>>,
}

impl Index {
    pub(crate) fn open(side: &sled::Db) -> sled::Result<Self> {
        let tree = side.open_tree(TREE)?;
        let known = if tree.is_empty() { OnceLock::from(Known::default()) } else { OnceLock::new() };
        Ok(Self { tree, known: Arc::new(known) })
    }

    /// Looks which streams it knows, for as long as somebody needs that. Nothing may be added meanwhile.
    pub(crate) fn look_through(&self, is_needed: impl Fn() -> bool) -> sled::Result<()> {
        if self.known.get().is_some() {
            return Ok(());
        }
        let known = Known::default();
        for (number, key) in self.tree.iter().keys().enumerate() {
            if number.is_multiple_of(MANY) && !is_needed() {
                return Ok(());
            }
            known.add(stream_in(&key?));
        }
        self.known.get_or_init(|| known);
        Ok(())
    }

    /// The last event that the index knows: its position and hash.
    pub(crate) fn checkpoint(&self) -> sled::Result<Option<(u64, Digest)>> {
        let Some(value) = self.tree.get(CHECKPOINT)? else { return Ok(None) };
        let Some((pos, hash)) = value.split_first_chunk::<8>() else { return Ok(None) };
        let Ok(hash) = <[u8; 32]>::try_from(hash) else { return Ok(None) };
        Ok(Some((u64::from_be_bytes(*pos), Digest::from_bytes(hash))))
    }

    /// Adds a generation, with the checkpoint that it brings.
    pub(crate) fn add(&self, generation: &Generation) -> sled::Result<()> {
        let mut batch = Batch::default();
        for (stream, entries) in &generation.streams {
            // Before it is: whoever finds the stream nowhere else asks here.
            if let Some(known) = self.known.get() {
                known.add(stream.as_str().as_bytes());
            }
            for row in entries.chunks(ROW_ENTRIES) {
                let value: Vec<u8> = row.iter().flat_map(encode).collect();
                batch.insert(key(stream, row[0].rev), value);
            }
        }
        if let Some((pos, hash)) = generation.last {
            batch.insert(CHECKPOINT, [&pos.to_be_bytes()[..], hash.as_bytes()].concat());
        }
        self.tree.apply_batch(batch)
    }

    /// The last revision of a stream; `None` where the index does not know it.
    pub(crate) fn last_rev(&self, stream: &StreamName) -> sled::Result<Option<u64>> {
        if self.known.get().is_some_and(|known| !known.may_have(stream)) {
            return Ok(None);
        }
        let last = self.tree.get_lt(after(stream))?;
        let row = last.filter(|(key, _)| is_of(key, stream));
        Ok(row.and_then(|(key, value)| decode(&key, &value).last().map(Entry::last_rev)))
    }

    /// The appends of a stream from the one that holds revision `from` on.
    pub(crate) fn entries(
        &self,
        stream: &StreamName,
        from: u64,
    ) -> impl Iterator<Item = sled::Result<Entry>> + use<> {
        let start = self.tree.get_lt(key(stream, from.saturating_add(1)));
        let start = match start {
            Ok(Some((key, _))) if is_of(&key, stream) => key.to_vec(),
            _ => key(stream, from),
        };
        let rows = self.tree.range(start..after(stream));
        let entries = rows.flat_map(|row| match row {
            Ok((key, value)) => decode(&key, &value).into_iter().map(Ok).collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        });
        entries.filter(move |entry| entry.as_ref().map_or(true, |entry| entry.last_rev() >= from))
    }
}

fn key(stream: &StreamName, rev: u64) -> Vec<u8> {
    [stream.as_str().as_bytes(), &[0], &rev.to_be_bytes()].concat()
}

/// The first key behind those of `stream`.
fn after(stream: &StreamName) -> Vec<u8> {
    [stream.as_str().as_bytes(), &[1]].concat()
}

/// The stream that a row is of.
fn stream_in(key: &[u8]) -> &[u8] {
    key.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn is_of(key: &[u8], stream: &StreamName) -> bool {
    key.strip_prefix(stream.as_str().as_bytes()).is_some_and(|rest| rest.first() == Some(&0))
}

/// 32 bits of count, 64 of position, 32 of offset.
fn encode(entry: &Entry) -> [u8; ENTRY_BYTES] {
    let Entry { count, pos, offset, .. } = *entry;
    (u128::from(count) << 96 | u128::from(pos) << 32 | u128::from(offset)).to_be_bytes()
}

#[expect(clippy::cast_possible_truncation, reason = "each cast takes its part out of a packed number")]
fn decode(key: &[u8], value: &[u8]) -> Vec<Entry> {
    let mut rev = key.last_chunk().map_or(0, |rev| u64::from_be_bytes(*rev));
    let mut entries = Vec::with_capacity(value.len() / ENTRY_BYTES);
    for packed in value.as_chunks::<ENTRY_BYTES>().0 {
        let packed = u128::from_be_bytes(*packed);
        let entry =
            Entry { rev, count: (packed >> 96) as u32, pos: (packed >> 32) as u64, offset: packed as u32 };
        rev += u64::from(entry.count);
        entries.push(entry);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(number: u64) -> StreamName {
        format!("acme.thing-{number}").parse().unwrap()
    }

    fn with(index: &Index, number: u64) {
        let mut generation = Generation::default();
        generation.add(stream(number), Entry { rev: 0, count: 2, pos: number, offset: 0 });
        index.add(&generation).unwrap();
    }

    #[test]
    fn every_stream_is_found_at_the_first_start_and_at_the_next_and_hardly_any_other_is_looked_for() {
        let side = sled::Config::new().temporary(true).open().unwrap();
        let first = Index::open(&side).unwrap();
        (0..1000).for_each(|number| with(&first, number));
        let next = Index::open(&side).unwrap();
        next.look_through(|| false).unwrap();
        assert!(next.known.get().is_none(), "nobody needed it");
        assert_eq!(
            next.last_rev(&stream(7)).unwrap(),
            Some(1),
            "it is looked for as long as nothing is known"
        );
        next.look_through(|| true).unwrap();
        for index in [&first, &next] {
            let known = index.known.get().unwrap();
            for number in 0..1000 {
                assert_eq!(index.last_rev(&stream(number)).unwrap(), Some(1), "{number}");
            }
            assert!((1000..2000).filter(|number| known.may_have(&stream(*number))).count() < 20);
        }
        with(&next, 1000);
        assert_eq!(next.last_rev(&stream(1000)).unwrap(), Some(1), "what is added later is known, too");
        assert_eq!(next.last_rev(&stream(5000)).unwrap(), None);
    }
}
