//! Rows in memory: the past, and the present where there is no side store.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;

use crate::cell::Cell;
use crate::rows::{Range, Row, Rows, RowsError, WriteRows};

/// Every key.
pub(crate) const ALL: Range = (Bound::Unbounded, Bound::Unbounded);

/// Cells by their keys: found by hashing, which is what folding does all day, and listed in the keys' order.
#[derive(Debug, Clone)]
pub(crate) struct Table<C> {
    cells: HashMap<Arc<[u8]>, C, RandomState>,
    /// From the first time that they are listed on: most tables are folded into and taken over by another one, and never are; and
    /// keeping the order takes longer than finding a cell.
    order: OnceLock<BTreeSet<Arc<[u8]>>>,
}

impl<C> Default for Table<C> {
    fn default() -> Self {
        Self { cells: HashMap::default(), order: OnceLock::new() }
    }
}

impl<C> Table<C> {
    /// One with room for so many cells: where there is none, all that came before are hashed and moved each time that it doubles.
    pub(crate) fn with_room(count: usize) -> Self {
        let cells = HashMap::with_capacity_and_hasher(count, RandomState::default());
        Self { cells, order: OnceLock::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&C> {
        self.cells.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &[u8]) -> Option<&mut C> {
        self.cells.get_mut(key)
    }

    pub(crate) fn set(&mut self, key: &[u8], cell: C) {
        if let Some(there) = self.cells.get_mut(key) {
            *there = cell;
            return;
        }
        self.add(Arc::from(key), cell);
    }

    /// Takes in all of another one, in the place of what is here.
    pub(crate) fn take_in(&mut self, other: Self) {
        for (key, cell) in other.cells {
            self.add(key, cell);
        }
    }

    fn add(&mut self, key: Arc<[u8]>, cell: C) {
        match self.cells.entry(key) {
            Entry::Occupied(mut there) => *there.get_mut() = cell,
            Entry::Vacant(room) => {
                if let Some(order) = self.order.get_mut() {
                    order.insert(Arc::clone(room.key()));
                }
                room.insert(cell);
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &[u8]) {
        if self.cells.remove(key).is_some()
            && let Some(order) = self.order.get_mut()
        {
            order.remove(key);
        }
    }

    /// All there is, in no order.
    pub(crate) fn unsorted(&self) -> impl Iterator<Item = (&Arc<[u8]>, &C)> {
        self.cells.iter()
    }

    fn in_order(&self) -> &BTreeSet<Arc<[u8]>> {
        self.order.get_or_init(|| self.cells.keys().cloned().collect())
    }

    /// What is in a range, in the order of the keys.
    pub(crate) fn range(&self, range: &Range) -> impl DoubleEndedIterator<Item = (&[u8], &C)> {
        let bounds = (range.0.as_ref().map(Vec::as_slice), range.1.as_ref().map(Vec::as_slice));
        // The standard set panics on ranges that are the wrong way round.
        let keys = (!is_empty(range)).then(|| self.in_order().range::<[u8], _>(bounds));
        keys.into_iter().flatten().filter_map(|key| Some((&**key, self.cells.get(key)?)))
    }
}

impl Table<Option<Cell>> {
    /// Takes in changes where nothing lies under this: what they remove is forgotten.
    pub(crate) fn take_in_all(&mut self, changes: Self) {
        let gone = |(key, change): (&Arc<[u8]>, &Option<Cell>)| change.is_none().then(|| Arc::clone(key));
        let gone: Vec<_> = changes.unsorted().filter_map(gone).collect();
        self.take_in(changes);
        for key in &gone {
            self.remove(key);
        }
    }
}

/// Rows in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryRows {
    rows: Table<Cell>,
}

impl MemoryRows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of all keys and values.
    pub fn bytes(&self) -> usize {
        self.all().map_or(0, |rows| rows.iter().map(|(key, value)| key.len() + value.len()).sum())
    }

    fn all(&self) -> Result<Vec<Row>, RowsError> {
        self.scan(ALL, false, usize::MAX)
    }
}

impl PartialEq for MemoryRows {
    fn eq(&self, other: &Self) -> bool {
        matches!((self.all(), other.all()), (Ok(own), Ok(others)) if own == others)
    }
}

impl Rows for MemoryRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.rows.get(key).map(|cell| cell.bytes(key)).transpose()
    }

    fn scan(&self, range: Range, reverse: bool, limit: usize) -> Result<Vec<Row>, RowsError> {
        let owned = |(key, cell): (&[u8], &Cell)| Ok((key.to_vec(), cell.bytes(key)?));
        let rows = self.rows.range(&range);
        if reverse {
            rows.rev().take(limit).map(owned).collect()
        } else {
            rows.take(limit).map(owned).collect()
        }
    }

    fn cell(&self, key: &[u8]) -> Result<Option<Cell>, RowsError> {
        Ok(self.rows.get(key).cloned())
    }
}

impl WriteRows for MemoryRows {
    fn set(&mut self, key: Vec<u8>, cell: Cell) {
        self.rows.set(&key, cell);
    }

    fn delete(&mut self, key: &[u8]) {
        self.rows.remove(key);
    }

    fn change(&mut self, key: &[u8], with: &mut dyn FnMut(&mut Vec<u8>)) -> Result<(), RowsError> {
        let is_empty = match self.rows.get_mut(key) {
            Some(Cell::Bytes(value)) => {
                with(value);
                value.is_empty()
            }
            other => {
                let mut value = other.map_or(Ok(vec![]), |cell| cell.bytes(key))?;
                with(&mut value);
                let is_empty = value.is_empty();
                if !is_empty {
                    self.rows.set(key, Cell::Bytes(value));
                }
                is_empty
            }
        };
        if is_empty {
            self.rows.remove(key);
        }
        Ok(())
    }
}

/// No rows at all.
#[derive(Debug)]
pub(crate) struct NoRows;

impl Rows for NoRows {
    fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        Ok(None)
    }

    fn scan(&self, _: Range, _: bool, _: usize) -> Result<Vec<Row>, RowsError> {
        Ok(vec![])
    }
}

/// Whether no key can be in the range.
pub(crate) fn is_empty(range: &Range) -> bool {
    match range {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
            from >= to
        }
    }
}
