//! One journal a folder.

use crate::support::{fill, folder, open, options, read_all};
use countersign_store::{Journal, OpenError};

#[test]
fn a_second_opening_is_refused_and_told_who_holds_the_folder() {
    let folder = folder();
    let journal = open(folder.path());
    let refused = Journal::open(folder.path(), options()).expect_err("it is in use");
    assert!(matches!(&refused, OpenError::Locked { pid: Some(pid), .. } if *pid == std::process::id()));
    let told = refused.to_string();
    assert!(told.contains(&folder.path().display().to_string()), "{told}");
    assert!(told.contains(&format!("process {}", std::process::id())), "{told}");
    fill(&journal, crate::support::STREAM, 0..2);
    drop(journal);
    assert_eq!(read_all(&open(folder.path())).len(), 2);
}

#[test]
fn a_reader_needs_no_lock() {
    let folder = folder();
    let journal = open(folder.path());
    fill(&journal, crate::support::STREAM, 0..5);
    let report = crate::support::check(folder.path());
    assert_eq!((report.events, report.streams, report.damages.len()), (5, 1, 0));
    drop(journal);
}
