//! Posting lists: for each term the places and times of its events, in chunks that can be leapt over.

use std::ops::Bound;

use countersign_domain::names::Tenant;
use jiff::Timestamp;
use uuid::Uuid;

use super::POSTINGS;
use super::chunk::{Chunk, Posting};
use super::order::Full;
use crate::key::{self, Key};
use crate::rows::{Row, Rows, RowsError, WriteRows};

/// How many events a chunk holds before the next one is begun; few in tests, so that these have many chunks.
const FULL: usize = if cfg!(test) { 8 } else { 256 };

/// The key number of a term's last chunk, which still grows. Full ones are named after their last place. Every list has one
/// that grows, be it empty.
pub(super) const GROWING: u64 = u64::MAX;

/// What events are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term<'a> {
    /// Every event.
    All,
    /// Its type.
    Kind(&'a str),
    /// The request it belongs to.
    Code(&'a str),
    /// The conversation it belongs to.
    Correlation(Uuid),
    /// Who did it or whose access it is about.
    User(&'a str),
    /// The repository it is about.
    Repository(&'a str),
    /// The ticket it is about.
    Ticket(&'a str),
    /// A person it concerns.
    Concerns(&'a str),
}

impl Term<'_> {
    /// The start of the keys of this term's chunks.
    pub(super) fn key(self, tenant: &Tenant) -> Key {
        let table = Key::of(tenant, POSTINGS);
        match self {
            Self::All => table.bytes(b"a"),
            Self::Kind(kind) => table.bytes(b"k").text(kind),
            Self::Code(code) => table.bytes(b"c").text(code),
            Self::Correlation(id) => table.bytes(b"i").bytes(id.as_bytes()),
            Self::User(user) => table.bytes(b"u").folded(user),
            Self::Repository(repository) => table.bytes(b"r").folded(repository),
            Self::Ticket(ticket) => table.bytes(b"t").folded(ticket),
            Self::Concerns(person) => table.bytes(b"p").text(person),
        }
    }
}

/// The milliseconds of a time, rounded down.
pub(super) fn millis(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond().div_euclid(1_000_000)).expect("a timestamp's milliseconds fit 64 bits")
}

/// Adds an event that is later in the log than all that the list holds; says which chunk became full by it.
pub(super) fn append(
    rows: &mut dyn WriteRows,
    list: Key,
    posting: Posting,
) -> Result<Option<Full>, RowsError> {
    let key = list.number(GROWING).into_vec();
    let mut full = None;
    rows.change(&key, &mut |bytes| {
        let mut chunk = if bytes.is_empty() { Chunk::new() } else { Chunk::from(std::mem::take(bytes)) };
        chunk.extend([posting]);
        if chunk.count() < FULL {
            *bytes = chunk.into_bytes();
        } else {
            *bytes = Chunk::continuing().into_bytes();
            full = Some(chunk);
        }
    })?;
    Ok(full.map(|chunk| {
        let full = Full { earliest: chunk.earliest(), latest: chunk.latest(), last: posting.place };
        rows.put(key::renumbered(key, posting.place), chunk.into_bytes());
        full
    }))
}

/// Adds events, sorted by their place, wherever they belong, each once.
pub(super) fn insert(
    rows: &mut dyn WriteRows,
    list: &Key,
    mut postings: &[Posting],
) -> Result<(), RowsError> {
    while let Some(first) = postings.first() {
        let Some((key, chunk)) = chunk_for(&*rows, list, first.place)? else {
            return postings.iter().try_for_each(|posting| append(rows, list.clone(), *posting).map(|_| ()));
        };
        let high = key::last_number(&key).unwrap_or(GROWING);
        let (here, later) = postings.split_at(postings.partition_point(|posting| posting.place <= high));
        let mut all = chunk.read(&key)?;
        all.extend(here);
        // Two sorted runs, which this sort merges.
        all.sort();
        all.dedup_by_key(|posting| posting.place);
        store_all(rows, list, &key, &all, chunk.continues());
        postings = later;
    }
    Ok(())
}

/// The chunk that a place belongs in; none where that is the one which still grows, behind all that it holds.
///
/// What is added belongs near the end of its list nearly always, so the last chunk is asked first: to look for one by its
/// number reads whole blocks.
fn chunk_for(rows: &dyn Rows, list: &Key, place: u64) -> Result<Option<(Vec<u8>, Chunk)>, RowsError> {
    let growing = list.numbered(GROWING);
    let Some(chunk) = rows.get(&growing)?.map(Chunk::from) else { return Ok(None) };
    if chunk.count() > 0 && chunk.last().place < place {
        return Ok(None);
    }
    if !chunk.continues() || chunk.first().is_some_and(|first| first <= place) {
        return Ok(Some((growing, chunk)));
    }
    let found = chunk_from(rows, list, place, 1)?.pop();
    Ok(found.map(|(key, bytes)| (key, Chunk::from(bytes))))
}

/// All that a list holds.
pub(super) fn read_all(rows: &dyn Rows, list: &Key) -> Result<Vec<Posting>, RowsError> {
    let growing = list.numbered(GROWING);
    let Some(last) = rows.get(&growing)?.map(Chunk::from) else { return Ok(vec![]) };
    if !last.continues() {
        return last.read(&growing);
    }
    let mut all = Vec::new();
    for (key, bytes) in chunk_from(rows, list, 0, usize::MAX)? {
        all.extend(Chunk::from(bytes).read(&key)?);
    }
    Ok(all)
}

/// Puts what a chunk holds in its place: cut into several where it is too much, of which the last keeps the key.
fn store_all(rows: &mut dyn WriteRows, list: &Key, key: &[u8], postings: &[Posting], continues: bool) {
    let is_growing = key::last_number(key) == Some(GROWING);
    let size = match postings.len() {
        _ if is_growing => FULL,
        // One that was full already is left until it can be halved: no list is cut into crumbs.
        count if count < 2 * FULL => 2 * FULL,
        count => count.div_ceil(2),
    };
    let mut rest = postings;
    while rest.len() > size || (is_growing && rest.len() == size) {
        let (piece, later) = rest.split_at(size);
        let chunk = chunk_of(Chunk::new(), piece);
        rows.put(list.numbered(chunk.last().place), chunk.into_bytes());
        rest = later;
    }
    let continues = is_growing && (continues || rest.len() < postings.len());
    let chunk = if continues { Chunk::continuing() } else { Chunk::new() };
    rows.put(key.to_vec(), chunk_of(chunk, rest).into_bytes());
}

fn chunk_of(mut chunk: Chunk, postings: &[Posting]) -> Chunk {
    chunk.extend(postings.iter().copied());
    chunk
}

/// Up to `limit` chunks from the one on that may hold `place`.
pub(super) fn chunk_from(
    rows: &dyn Rows,
    list: &Key,
    place: u64,
    limit: usize,
) -> Result<Vec<Row>, RowsError> {
    let from = Bound::Included(list.numbered(place));
    let to = Bound::Included(list.numbered(GROWING));
    rows.scan((from, to), false, limit)
}
