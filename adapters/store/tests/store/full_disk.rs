//! A disk that is really full: a small file system in memory, which needs root.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{STREAM, check, folder, read_all, runtime, skipped};
use countersign_domain::ports::{Append, EventStore, Expected, StoreError};
use countersign_store::contract::fixtures;
use countersign_store::{Journal, Options};
use serde_json::json;

/// A mounted file system, unmounted at the end.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new() -> Option<Self> {
        let folder = folder();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=12m", "none"]).arg(folder.path()).output();
        mount.is_ok_and(|mount| mount.status.success()).then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.path()).status().ok();
    }
}

fn big(rev: u64, urgent: bool) -> Append {
    let stream = STREAM.parse().expect("a stream");
    let events =
        vec![fixtures::event_with(&stream, rev, &json!({ "number": rev, "text": "x".repeat(100_000) }))];
    Append { events, urgent, ..fixtures::append(STREAM, Expected::after(rev.checked_sub(1)), &[]) }
}

#[test]
fn on_a_full_disk_urgent_appends_go_on_and_the_others_wait_for_space() {
    let Some(disk) = Mounted::new() else {
        return skipped("mounting a small file system needs root");
    };
    let options = || Options { reserve_bytes: 1 << 20, ..Options::default() };
    let journal = Journal::open(disk.path(), options()).expect("the journal opens");
    let append = |append| runtime().block_on(journal.append(append));
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![1; 6 << 20]).expect("there is space");

    let mut rev = 0;
    while append(big(rev, false)).is_ok() {
        rev += 1;
    }
    assert!(rev > 0);
    assert!(matches!(append(big(rev, false)), Err(StoreError::Full { .. })));
    for _ in 0..5 {
        append(big(rev, true)).expect("urgent appends use the reserve");
        rev += 1;
        assert!(
            matches!(append(big(rev, false)), Err(StoreError::Full { .. })),
            "the reserve is not for all"
        );
    }
    fs::remove_file(&ballast).expect("removed");
    append(big(rev, false)).expect("there is space again");
    assert_eq!(read_all(&journal).len() as u64, rev + 1);
    drop(journal);
    assert!(check(disk.path()).damages.is_empty());
    let journal = Journal::open(disk.path(), options()).expect("the journal opens");
    assert_eq!(read_all(&journal).len() as u64, rev + 1);
}
