//! How far somebody has come with a log, in a small file that survives a power cut. It is a saving, never the truth: where it
//! cannot be trusted, nobody has come anywhere.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use countersign_domain::envelope::{Digest, Position};

use crate::journal::sync_folder;

/// The place is written at every step, and durable after so many events: a power cut costs at most these once more.
const DURABLE_EVERY: u64 = 1000;
/// One slot is durable while the other is written; each in a sector of its own, so that none is torn with the other.
const SLOTS: [u64; 2] = [0, 4096];
const SLOT_BYTES: usize = 24;

/// The file.
#[derive(Debug)]
pub struct PlaceFile {
    file: File,
    reached: Mutex<Reached>,
}

#[derive(Debug, Clone, Copy)]
struct Reached {
    now: Option<Position>,
    /// As far as a power cut leaves it.
    durable: Option<Position>,
    /// The slot that is written next.
    slot: usize,
}

impl PlaceFile {
    /// Opens the file for the log that ends at `head`. A place behind its end is none: then the log is an older copy, and what
    /// comes in that place is not what was there.
    pub fn open(path: &Path, head: Option<Position>) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let found = SLOTS.map(|slot| read(&file, slot));
        let now = found.into_iter().flatten().max();
        let trusted = now.filter(|place| head.is_some_and(|head| *place <= head));
        if trusted.is_none() {
            file.set_len(0)?;
        }
        file.sync_all()?;
        if let Some(folder) = path.parent() {
            sync_folder(folder)?;
        }
        // The one that goes further stays until the other is durable.
        let slot = usize::from(trusted.is_some() && found[0] == trusted);
        Ok(Self { file, reached: Mutex::new(Reached { now: trusted, durable: trusted, slot }) })
    }

    /// How far it is; `None` at the start, and where nobody can say.
    pub fn place(&self) -> Option<Position> {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner).now
    }

    /// How far it is from now on. Whoever kills the program finds it so.
    pub fn reach(&self, position: Position) -> io::Result<()> {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        self.file.write_all_at(&written(position), SLOTS[reached.slot])?;
        reached.now = Some(position);
        let durable = reached.durable.map_or(0, Position::for_store);
        if position.for_store() >= durable.saturating_add(DURABLE_EVERY) {
            self.make_durable(&mut reached)?;
        }
        Ok(())
    }

    fn make_durable(&self, reached: &mut Reached) -> io::Result<()> {
        if reached.durable != reached.now {
            self.file.sync_data()?;
            (reached.durable, reached.slot) = (reached.now, 1 - reached.slot);
        }
        Ok(())
    }
}

impl Drop for PlaceFile {
    fn drop(&mut self) {
        let mut reached = *self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.make_durable(&mut reached) {
            tracing::warn!(%error, "how far this log was gone through is not durable, some of it may be gone through again");
        }
    }
}

fn read(file: &File, slot: u64) -> Option<Position> {
    let mut bytes = [0; SLOT_BYTES];
    file.read_exact_at(&mut bytes, slot).ok()?;
    let position = Position::from_store(u64::from_be_bytes(*bytes.first_chunk()?));
    (bytes == written(position)).then_some(position)
}

/// A place, with what shows that it is one: half of one that was written before is none.
fn written(position: Position) -> [u8; SLOT_BYTES] {
    let mut bytes = [0; SLOT_BYTES];
    bytes[..8].copy_from_slice(&position.for_store().to_be_bytes());
    let check = Digest::of(&bytes[..8]);
    bytes[8..].copy_from_slice(&check.as_bytes()[..SLOT_BYTES - 8]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(place: u64) -> Position {
        Position::from_store(place)
    }

    fn open(folder: &tempfile::TempDir, head: u64) -> PlaceFile {
        PlaceFile::open(&folder.path().join("reached"), Some(at(head))).unwrap()
    }

    #[test]
    fn the_last_place_is_found_again_whether_it_was_closed_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let place = open(&folder, 9000);
        assert_eq!(place.place(), None);
        for reached in [1, 2, 900, 1000, 1001, 2500, 2501, 9000] {
            place.reach(at(reached)).unwrap();
            assert_eq!(open(&folder, 9000).place(), Some(at(reached)));
        }
        drop(place);
        let again = open(&folder, 9000);
        assert_eq!(again.place(), Some(at(9000)));
        again.reach(at(9001)).unwrap();
        assert_eq!(open(&folder, 9001).place(), Some(at(9001)));
    }

    #[test]
    fn a_place_behind_the_end_is_none_and_does_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        open(&folder, 5000).reach(at(5000)).unwrap();
        assert_eq!(open(&folder, 5000).place(), Some(at(5000)));
        let older = open(&folder, 4999);
        assert_eq!(older.place(), None, "this log is an older copy");
        older.reach(at(10)).unwrap();
        drop(older);
        assert_eq!(
            open(&folder, 6000).place(),
            Some(at(10)),
            "it has grown, and what was reached is not in it"
        );
        let empty = PlaceFile::open(&folder.path().join("reached"), None).unwrap();
        assert_eq!(empty.place(), None);
    }

    /// What was being written when the power went is anything at all: the place before it is still there.
    #[test]
    fn whatever_a_power_cut_makes_of_the_slot_being_written_the_durable_one_counts() {
        for torn in [&b""[..], b"\0\0\0\0\0\0\x27\x10", &[0; SLOT_BYTES], &[0xff; SLOT_BYTES]] {
            let folder = tempfile::tempdir().unwrap();
            let place = open(&folder, 9000);
            for reached in [1000, 2000, 2500] {
                place.reach(at(reached)).unwrap();
            }
            let slot = place.reached.lock().unwrap().slot;
            place.file.write_all_at(torn, SLOTS[slot]).unwrap();
            let found = open(&folder, 9000).place();
            assert_eq!(found, Some(at(if torn.is_empty() { 2500 } else { 2000 })));
            place.file.write_all_at(&[0xff; SLOT_BYTES], SLOTS[1 - slot]).unwrap();
            place.file.write_all_at(&[0xff; SLOT_BYTES], SLOTS[slot]).unwrap();
            assert_eq!(open(&folder, 9000).place(), None, "and where both are gone, it begins anew");
        }
    }
}
