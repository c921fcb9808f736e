//! What the tests of the journal share: opening, filling, copying and looking at a folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use countersign_domain::envelope::Envelope;
use countersign_domain::ports::{EventStore, Expected};
use countersign_store::contract::fixtures;
use countersign_store::{CheckReport, Journal, JournalReader, OpenError, Options};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The stream that most tests write to.
pub(crate) const STREAM: &str = "acme.thing-1";

/// Says that this machine cannot run a test, and why. The reason is kept in the file `TESTS_SKIPPED` where that is
/// named, so that nobody takes silence for success; with `TESTS_NO_SKIPS` it is a failure.
pub(crate) fn skipped(why: &str) {
    assert!(std::env::var_os("TESTS_NO_SKIPS").is_none(), "skipped: {why}");
    let Some(file) = std::env::var_os("TESTS_SKIPPED") else { return eprintln!("skipped: {why}") };
    let mut file = fs::OpenOptions::new().append(true).create(true).open(file).expect("the list of skips");
    writeln!(file, "cargo test: {why}").expect("the list of skips");
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Options without a reserve, which only costs time here.
pub(crate) fn options() -> Options {
    Options { reserve_bytes: 0, ..Options::default() }
}

pub(crate) fn open(folder: &Path) -> Journal {
    Journal::open(folder, options()).expect("the journal opens")
}

pub(crate) fn check(folder: &Path) -> CheckReport {
    JournalReader::open(folder).and_then(|reader| reader.check()).expect("the folder can be read")
}

/// The damages that opening reports.
pub(crate) fn refusal(folder: &Path) -> Vec<String> {
    match Journal::open(folder, options()) {
        Err(OpenError::Damaged { damages, .. }) => damages.iter().map(ToString::to_string).collect(),
        Err(other) => vec![format!("another error: {other}")],
        Ok(_) => Vec::new(),
    }
}

/// Appends one event for each number to a stream, each by itself.
pub(crate) fn fill(journal: &Journal, stream: &str, numbers: impl IntoIterator<Item = u64>) {
    runtime().block_on(async {
        for number in numbers {
            let append = fixtures::append(stream, Expected::after(number.checked_sub(1)), &[number]);
            journal.append(append).await.expect("appended");
        }
    });
}

pub(crate) fn read_all(journal: &Journal) -> Vec<Envelope> {
    runtime().block_on(journal.read_all(None, usize::MAX)).expect("the log can be read")
}

pub(crate) fn read_stream(journal: &Journal, stream: &str) -> Vec<Envelope> {
    let stream = stream.parse().expect("a stream");
    runtime().block_on(journal.read_stream(&stream, 0, usize::MAX)).expect("the stream can be read")
}

pub(crate) fn numbers(events: &[Envelope]) -> Vec<u64> {
    events.iter().filter_map(fixtures::number).collect()
}

/// The segments of a folder, in order.
pub(crate) fn segments(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut segments: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|it| it == "jsonl")).collect();
    segments.sort();
    segments
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).expect("a copy") }
    }
}

/// The name of a path as text.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// How property tests run here: 256 cases, and no file of failures, which would not be found again.
pub(crate) fn cases() -> proptest::test_runner::Config {
    proptest::test_runner::Config { cases: 256, failure_persistence: None, ..Default::default() }
}
