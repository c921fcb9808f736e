//! Full disks and failing ones, with faults put between the journal and the file system.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::support::{STREAM, check, folder, numbers, open, options, read_all};
use countersign_domain::ports::{Append, Appended, EventStore, Expected, StoreError};
use countersign_store::contract::fixtures;
use countersign_store::journal::disk::{Disk, OsDisk, Tail};
use countersign_store::{Journal, Options};

/// What happens instead of a call.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// So many bytes are written, then this error comes.
    Write(usize, ErrorKind),
    /// The sync fails.
    Sync(ErrorKind),
    /// The cutting back fails.
    Cut(ErrorKind),
}

/// The faults to come, in order; each waits for its call.
#[derive(Debug, Default)]
struct FaultyDisk {
    faults: Arc<Mutex<VecDeque<Fault>>>,
}

struct FaultyTail {
    tail: Box<dyn Tail>,
    faults: Arc<Mutex<VecDeque<Fault>>>,
}

impl FaultyTail {
    fn next(&self, is_mine: impl Fn(Fault) -> bool) -> Option<Fault> {
        let mut faults = self.faults.lock().expect("not poisoned");
        if faults.front().is_some_and(|fault| is_mine(*fault)) { faults.pop_front() } else { None }
    }
}

impl Disk for FaultyDisk {
    fn open(&self, path: &Path, length: u64) -> io::Result<Box<dyn Tail>> {
        let (tail, faults) = (OsDisk.open(path, length)?, Arc::clone(&self.faults));
        Ok(Box::new(FaultyTail { tail, faults }))
    }
}

impl Tail for FaultyTail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.next(|fault| matches!(fault, Fault::Write(..))) {
            Some(Fault::Write(short, kind)) => {
                self.tail.write(&bytes[..short.min(bytes.len())])?;
                Err(kind.into())
            }
            _ => self.tail.write(bytes),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        match self.next(|fault| matches!(fault, Fault::Sync(_))) {
            Some(Fault::Sync(kind)) => Err(kind.into()),
            _ => self.tail.sync(),
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        match self.next(|fault| matches!(fault, Fault::Cut(_))) {
            Some(Fault::Cut(kind)) => Err(kind.into()),
            _ => self.tail.cut(length),
        }
    }
}

/// A journal on a faulty disk, with three events in it.
struct Faulty {
    folder: tempfile::TempDir,
    journal: Journal,
    faults: Arc<Mutex<VecDeque<Fault>>>,
}

impl Faulty {
    fn new(reserve_bytes: u64) -> Self {
        let (folder, disk) = (folder(), FaultyDisk::default());
        let faults = Arc::clone(&disk.faults);
        let options = Options { disk: Arc::new(disk), reserve_bytes, ..options() };
        let journal = Journal::open(folder.path(), options).expect("the journal opens");
        crate::support::fill(&journal, STREAM, 0..3);
        Self { folder, journal, faults }
    }

    fn fail(&self, faults: &[Fault]) {
        self.faults.lock().expect("not poisoned").extend(faults);
    }

    fn append(&self, number: u64, urgent: bool) -> Result<Appended, StoreError> {
        let append = fixtures::append(STREAM, Expected::Revision(number - 1), &[number]);
        crate::support::runtime().block_on(self.journal.append(Append { urgent, ..append }))
    }

    /// The events there are after closing and opening again.
    fn reopened(self) -> Vec<u64> {
        drop(self.journal);
        let report = check(self.folder.path());
        assert!(report.damages.is_empty(), "{:?}", report.damages);
        numbers(&read_all(&open(self.folder.path())))
    }
}

#[test]
fn a_full_disk_fails_the_append_and_leaves_nothing_of_it() {
    for short in [0, 1, 100, 10_000] {
        let faulty = Faulty::new(0);
        faulty.fail(&[Fault::Write(short, ErrorKind::StorageFull)]);
        let failed = faulty.append(3, false).expect_err("the disk is full");
        assert!(matches!(failed, StoreError::Full { .. }), "{failed}");
        assert!(failed.to_string().contains(&faulty.folder.path().display().to_string()), "{failed}");
        assert_eq!(check(faulty.folder.path()).torn_bytes, 0, "what was written is cut off");
        assert_eq!(numbers(&read_all(&faulty.journal)), [0, 1, 2]);

        faulty.append(3, false).expect("there is space again");
        assert_eq!(faulty.reopened(), [0, 1, 2, 3]);
    }
}

#[test]
fn an_urgent_append_uses_the_reserve() {
    let faulty = Faulty::new(1 << 20);
    let reserve = faulty.folder.path().join("reserve");
    let size = || std::fs::metadata(&reserve).expect("a reserve").len();
    assert_eq!(size(), 1 << 20);
    let full = Fault::Write(100, ErrorKind::StorageFull);
    faulty.fail(&[full]);
    assert!(matches!(faulty.append(3, false), Err(StoreError::Full { .. })));
    assert_eq!(size(), 1 << 20, "not for this one");
    faulty.fail(&[full, full]);
    faulty.append(3, true).expect("in the reserve");
    assert_eq!(size(), 0);
    faulty.append(4, false).expect("there is space again");
    assert_eq!(size(), 1 << 20, "and so is the reserve");
    assert_eq!(faulty.reopened(), [0, 1, 2, 3, 4]);
}

#[test]
fn an_urgent_append_fails_when_the_reserve_is_used_up() {
    let faulty = Faulty::new(1 << 20);
    faulty.fail(&[Fault::Write(100, ErrorKind::StorageFull); 3]);
    assert!(matches!(faulty.append(3, true), Err(StoreError::Full { .. })));
    assert_eq!(faulty.reopened(), [0, 1, 2]);
}

#[test]
fn after_an_error_of_unknown_extent_the_store_stops() {
    let (full, other) = (ErrorKind::StorageFull, ErrorKind::Other);
    let cases: [&[Fault]; 5] = [
        &[Fault::Write(0, other)],
        &[Fault::Write(100, other)],
        &[Fault::Sync(other)],
        &[Fault::Sync(full)],
        &[Fault::Write(100, full), Fault::Cut(other)],
    ];
    for faults in cases {
        let faulty = Faulty::new(0);
        faulty.fail(faults);
        let failed = faulty.append(3, true).expect_err("the disk fails");
        assert!(matches!(failed, StoreError::Unknown(_)), "{faults:?}: {failed}");
        let next = faulty.append(3, true).expect_err("the store has stopped");
        assert!(matches!(next, StoreError::Stopped(_)), "{faults:?}: {next}");
        let head = crate::support::runtime().block_on(faulty.journal.head()).expect("reading goes on");
        let waited = crate::support::runtime().block_on(faulty.journal.wait_past(head));
        assert!(matches!(waited, Err(StoreError::Stopped(_))), "whoever waits is told");
        assert_eq!(numbers(&read_all(&faulty.journal)), [0, 1, 2], "reading goes on");
        // Nothing acknowledged is missing; what was not may be there or not.
        assert!(faulty.reopened().starts_with(&[0, 1, 2]), "{faults:?}");
    }
}
