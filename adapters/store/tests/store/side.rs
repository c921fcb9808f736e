//! The index beside the log may be lost, old or damaged: the journal notices and makes it anew.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::support::{STREAM, copy, fill, folder, numbers, open, read_stream, refusal};
use countersign_domain::ports::{EventStore, Expected};
use countersign_store::contract::fixtures;
use countersign_store::{Journal, Options};

/// A journal with 30 events, and copies of its index after 0, 10 and 30 of them.
struct Ages {
    folder: tempfile::TempDir,
    copies: tempfile::TempDir,
}

impl Ages {
    fn new() -> Self {
        let ages = Self { folder: folder(), copies: folder() };
        for (from, to) in [(0, 0), (0, 10), (10, 30)] {
            fill(&open(ages.path()), STREAM, from..to);
            copy(&ages.path().join("side"), &ages.copies.path().join(to.to_string()));
        }
        ages
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts an index in place of the present one.
    fn put(&self, index: &Path) {
        self.lose();
        copy(index, &self.path().join("side"));
    }

    fn lose(&self) {
        fs::remove_dir_all(self.path().join("side")).expect("removed");
    }

    /// The journal knows its stream, and goes on where it ended.
    fn works(&self) {
        let journal = open(self.path());
        let events = read_stream(&journal, STREAM);
        assert_eq!(numbers(&events), (0..events.len() as u64).collect::<Vec<_>>());
        assert!(events.len() >= 30);
        let stale = fixtures::append(STREAM, Expected::NoStream, &[99]);
        assert!(crate::support::runtime().block_on(journal.append(stale)).is_err(), "the stream is known");
        fill(&journal, STREAM, [events.len() as u64]);
    }
}

#[test]
fn a_lost_or_older_index_is_caught_up() {
    let ages = Ages::new();
    ages.lose();
    ages.works();
    for age in ["0", "10"] {
        ages.put(&ages.copies.path().join(age));
        ages.works();
    }
}

#[test]
fn a_rebuild_shows_its_progress() {
    let ages = Ages::new();
    ages.lose();
    let seen = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&seen);
    let progress: countersign_store::journal::Progress = Arc::new(move |done, of| {
        assert_eq!(of, 30);
        told.store(done, Ordering::Relaxed);
    });
    let options = Options { progress: Some(progress), ..crate::support::options() };
    drop(Journal::open(ages.path(), options).expect("the journal opens"));
    assert_eq!(seen.load(Ordering::Relaxed), 30);
}

#[test]
fn the_index_of_another_log_is_not_used() {
    let ages = Ages::new();
    let other = folder();
    fill(&open(other.path()), "acme.other-1", 0..20);
    ages.put(&other.path().join("side"));
    ages.works();
}

#[test]
fn an_index_left_open_when_the_machine_stopped_is_made_anew() {
    let ages = Ages::new();
    let journal = open(ages.path());
    journal.side().insert("mine", "kept").expect("written");
    drop(journal);
    fs::write(ages.path().join("side.state"), "the boot before").expect("written");
    let journal = open(ages.path());
    assert_eq!(journal.side().get("mine").expect("read"), None, "read models start from nothing, too");
    drop(journal);
    ages.works();
}

#[test]
fn what_others_keep_beside_the_index_is_there_at_the_next_start() {
    let ages = Ages::new();
    let journal = open(ages.path());
    journal.side().insert("mine", "kept").expect("written");
    drop(journal);
    let kept = open(ages.path()).side().get("mine").expect("read");
    assert_eq!(kept.as_deref(), Some(&b"kept"[..]));
}

#[test]
fn a_damaged_index_is_made_anew() {
    let ages = Ages::new();
    let good = ages.copies.path().join("30");
    let size = fs::metadata(good.join("db")).expect("a database").len();
    let damages: [fn(&mut Vec<u8>); 5] = [
        Vec::clear,
        |bytes| bytes.truncate(bytes.len() / 3),
        |bytes| bytes.fill(0),
        |bytes| bytes.fill(0xff),
        |bytes| bytes.reverse(),
    ];
    for damage in damages {
        ages.put(&good);
        let path = ages.path().join("side").join("db");
        let mut bytes = fs::read(&path).expect("a database");
        assert_eq!(bytes.len() as u64, size);
        damage(&mut bytes);
        fs::write(&path, bytes).expect("written");
        ages.works();
    }
    let bytes = fs::read(good.join("db")).expect("a database");
    for start in (0..bytes.len()).step_by(bytes.len() / 24 + 1) {
        ages.put(&good);
        let mut holed = bytes.clone();
        let end = bytes.len().min(start + 4096);
        holed[start..end].fill(0);
        fs::write(ages.path().join("side").join("db"), holed).expect("written");
        ages.works();
    }
    ages.put(&good);
    fs::write(ages.path().join("side").join("conf"), "nonsense").expect("written");
    ages.works();
}

#[test]
fn an_index_that_knows_more_than_the_log_shows_that_the_log_lost_events() {
    let ages = Ages::new();
    let (old, marker) = (folder(), ages.path().join("acknowledged"));
    fill(&open(old.path()), STREAM, 0..10);
    let segment = crate::support::segments(old.path()).remove(0);
    fs::copy(&segment, ages.path().join(crate::support::name(&segment))).expect("copied");
    fs::copy(old.path().join("acknowledged"), marker).expect("copied");
    let refusal = refusal(ages.path());
    assert!(refusal[0].contains("events up to position 30"), "{refusal:?}");
}
