//! A small disk that is really full when it is filled: a file system in memory, which needs root.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use countersign::context::system;
use countersign_domain::envelope::{Cause, NewEvent};
use countersign_domain::ports::{Append, EventStore, Expected, StoreError};
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

/// A mounted file system, unmounted at the end.
pub struct Disk(TempDir);

impl Disk {
    /// One of this many megabytes; `None` where this machine does not let us mount one, which is said as a skip.
    pub fn new(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={megabytes}m");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(folder.path()).output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(Self(folder));
        }
        skipped("mounting a small file system needs root");
        None
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it: the space beside the log, and then what the log keeps ready for itself, until no event finds room any more
    /// that takes nothing away.
    pub async fn fill(&self, log: &dyn EventStore) {
        let mut ballast = fs::File::create(self.path().join("ballast")).expect("there is space");
        for size in [1 << 20, 4096, 1] {
            while ballast.write_all(&vec![1; size]).and_then(|()| ballast.sync_data()).is_ok() {}
        }
        let mut rev = 0;
        for size in [100_000, 10_000, 1_000, 1] {
            loop {
                match log.append(filler(rev, size)).await {
                    Ok(_) => rev += 1,
                    Err(StoreError::Full { .. }) => break,
                    Err(error) => panic!("it is only full: {error}"),
                }
            }
        }
    }

    /// Makes space again.
    pub fn clear(&self) {
        fs::remove_file(self.path().join("ballast")).expect("it was filled");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.path()).status().ok();
    }
}

/// An event that nobody reacts to, with a text of this size.
fn filler(rev: u64, size: usize) -> Append {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &rev.to_be_bytes());
    let at = Timestamp::UNIX_EPOCH;
    let cause = Cause { actor: system("filler"), command: id, correlation: id, causation: id, at };
    let event = NewEvent::new(&cause, 0, "filled", 1, &json!({ "text": "x".repeat(size) }));
    Append {
        stream: "acme.filler-1".parse().expect("a stream"),
        expected: Expected::after(rev.checked_sub(1)),
        events: vec![event],
        urgent: false,
    }
}

/// Says that this machine cannot run a test, and why. The reason is kept in the file `TESTS_SKIPPED` where that is
/// named, so that nobody takes silence for success; with `TESTS_NO_SKIPS` it is a failure.
fn skipped(why: &str) {
    assert!(std::env::var_os("TESTS_NO_SKIPS").is_none(), "skipped: {why}");
    let Some(file) = std::env::var_os("TESTS_SKIPPED") else { return eprintln!("skipped: {why}") };
    let mut file = fs::OpenOptions::new().append(true).create(true).open(file).expect("the list of skips");
    writeln!(file, "cargo test: {why}").expect("the list of skips");
}
