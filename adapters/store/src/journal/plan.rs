//! Decides, for a group of appends, which are stored and where, before any of them is written.

use std::collections::HashMap;

use countersign_domain::envelope::{Digest, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{Appended, Expected, StoreError};
use foldhash::fast::RandomState;

use super::line;
use super::recent::Entry;
use super::shared::Shared;
use crate::prepared::Prepared;

/// What is to be done with a group.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The lines to write.
    pub(crate) bytes: Vec<u8>,
    /// Where each stored append will stand.
    pub(crate) entries: Vec<(StreamName, Entry)>,
    /// For each append of the group, what it is told once the lines are durable.
    pub(crate) answers: Vec<Result<Appended, StoreError>>,
    /// The hash of the last line.
    pub(crate) last: Option<Digest>,
}

/// Plans the group; its first line goes to `pos`, at `offset` of the segment. `bytes` is empty: there
/// was room in it for the lines of the groups before, so that it need not be found anew.
pub(crate) fn plan<'a>(
    shared: &Shared,
    group: impl ExactSizeIterator<Item = &'a Prepared>,
    (pos, offset): (u64, u64),
    bytes: Vec<u8>,
) -> Plan {
    let count = group.len();
    let (entries, answers) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut planner = Planner {
        shared,
        pos,
        offset,
        last: HashMap::with_capacity_and_hasher(count, RandomState::default()),
        stored: Vec::with_capacity(count),
        plan: Plan { bytes, entries, answers, last: None },
    };
    for append in group {
        let answer = planner.answer(append);
        planner.plan.answers.push(answer);
    }
    planner.plan
}

struct Planner<'a> {
    shared: &'a Shared,
    pos: u64,
    offset: u64,
    /// What this group adds last to each stream.
    last: HashMap<&'a StreamName, &'a Prepared, RandomState>,
    /// All that it adds, each with the position of its last event.
    stored: Vec<(&'a Prepared, u64)>,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn answer(&mut self, append: &'a Prepared) -> Result<Appended, StoreError> {
        let actual = match self.last.get(&append.stream) {
            Some(last) => Some(last.last_rev()),
            None => self.shared.last_rev(&append.stream)?,
        };
        if Expected::after(actual) == append.expected {
            return self.store(append);
        }
        if let Some(position) = self.earlier(append, actual)? {
            return Ok(Appended { position, rev: append.last_rev(), repeated: true });
        }
        let (stream, expected) = (append.stream.clone(), append.expected);
        Err(StoreError::Conflict { stream, expected, actual })
    }

    fn store(&mut self, append: &'a Prepared) -> Result<Appended, StoreError> {
        let Ok(offset) = u32::try_from(self.offset + self.plan.bytes.len() as u64) else {
            // Only an append of gigabytes comes here.
            let why = "it does not fit into a segment".to_owned();
            return Err(StoreError::Invalid { stream: append.stream.clone(), why });
        };
        let count = u32::try_from(append.events.len()).unwrap_or(u32::MAX);
        let entry = Entry { rev: append.expected.next(), count, pos: self.pos, offset };
        for (more, event) in (0..count).rev().zip(&append.events) {
            line::write(event, more, self.pos, &mut self.plan.bytes);
            self.plan.last = Some(event.hash);
            self.pos += 1;
        }
        self.plan.entries.push((append.stream.clone(), entry));
        self.last.insert(&append.stream, append);
        self.stored.push((append, entry.last_pos()));
        let position = Position::from_store(entry.last_pos());
        Ok(Appended { position, rev: append.last_rev(), repeated: false })
    }

    /// The position of the same append, if it came before: in this group or in the log.
    fn earlier(&self, append: &Prepared, actual: Option<u64>) -> Result<Option<Position>, StoreError> {
        if actual.is_none_or(|actual| actual < append.last_rev()) {
            return Ok(None);
        }
        for (other, pos) in &self.stored {
            if other.stream == append.stream && other.expected == append.expected {
                let same = ids(other).eq(ids(append));
                return Ok(same.then_some(Position::from_store(*pos)));
            }
        }
        let first = append.expected.next();
        let entries = self.shared.entries(&append.stream, first, 1)?;
        let same_size = |entry: &Entry| entry.rev == first && entry.last_rev() == append.last_rev();
        if !entries.first().is_some_and(same_size) {
            return Ok(None);
        }
        let stored = self.shared.read_stream(&append.stream, first, append.events.len())?;
        let same = stored.iter().map(|event| event.id).eq(ids(append));
        Ok(stored.last().filter(|_| same).map(|event| event.pos))
    }
}

fn ids(append: &Prepared) -> impl Iterator<Item = uuid::Uuid> {
    append.events.iter().map(|event| event.id)
}
