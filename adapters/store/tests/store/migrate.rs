//! A log that moves from one store to another stays the same, wherever the moving was interrupted.

mod moving;

use std::fs;
use std::path::PathBuf;

use crate::support::{folder, open, runtime};
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::ports::{EventStore, Expected, StoreError};
use countersign_store::contract::fixtures;
use countersign_store::migrate::{MigrateError, MigrateOptions};
use countersign_store::{Journal, MemoryStore};
use moving::{all, flaky, moved, of, places, run, small, story};
use proptest::prelude::*;

#[tokio::test]
async fn migrate_moves_an_empty_log_and_one_event() {
    let (source, target) = (MemoryStore::new(), MemoryStore::new());
    let done = run(&source, &target).await.expect("nothing is easy");
    assert_eq!((done.events, done.copied, done.source_head), (0, 0, None));
    story(&source, &[(0, 1)]).await;
    let done = run(&source, &target).await.expect("one event");
    assert_eq!((done.events, done.copied, done.compared), (1, 1, 0));
    let [event] = &all(&target).await[..] else { panic!("there is one event") };
    assert_eq!(done.root, event.hash, "the root of one leaf is that leaf");
}

#[tokio::test]
async fn migrate_keeps_order_ids_times_causes_data_and_hashes() {
    let (source, target) = (MemoryStore::new(), MemoryStore::new());
    story(&source, &[(0, 1), (1, 3), (0, 2), (2, 1), (1, 1), (0, 5), (2, 2)]).await;
    run(&source, &target).await.expect("moved");
    let json = |event: &Envelope| serde_json::to_string(event).expect("an envelope");
    let [before, after] = [all(&source).await, all(&target).await].map(|all| all.iter().map(json).collect());
    let (before, after): (Vec<_>, Vec<_>) = (before, after);
    assert_eq!(before, after);
}

#[test]
fn migrate_gives_an_append_in_the_pieces_it_came_in_unless_it_is_too_large() {
    let history = [(0, 1), (1, 3), (1, 1), (0, 2), (0, 2)];
    runtime().block_on(async {
        let source = MemoryStore::new();
        story(&source, &history).await;
        for (options, expected) in [
            (small(), vec![1, 3, 1, 2, 2]),
            (MigrateOptions { append_events: 2, ..small() }, vec![1, 2, 1, 1, 2, 2]),
            (MigrateOptions { append_bytes: 1, ..small() }, vec![1; 9]),
            (MigrateOptions { page: 1, ..small() }, vec![1, 3, 1, 2, 2]),
        ] {
            let target = flaky(MemoryStore::new());
            moved(&source, &target, &options, None).await.0.expect("moved");
            assert_eq!(target.appended(), expected, "{options:?}");
        }
    });
}

#[test]
fn migrate_back_to_a_journal_makes_the_same_bytes() {
    let [one, two] = [folder(), folder()];
    {
        let (source, memory, target) = (open(one.path()), MemoryStore::new(), open(two.path()));
        runtime().block_on(async {
            story(&source, &[(0, 2), (1, 1), (2, 4), (0, 1), (1, 3)]).await;
            let there = run(&source, &memory).await.expect("to memory");
            let back = run(&memory, &target).await.expect("and back");
            assert_eq!((there.root, there.events), (back.root, back.events));
        });
    }
    let [one, two] = [one, two].map(|folder| {
        let read =
            |path: &PathBuf| (crate::support::name(path), fs::read_to_string(path).expect("a segment"));
        crate::support::segments(folder.path()).iter().map(read).collect::<Vec<_>>()
    });
    assert_eq!(one, two);
    assert_eq!(one[0].1.lines().count(), 11);
}

#[tokio::test]
async fn migrate_goes_on_where_a_source_has_grown_and_compares_only_what_is_new() {
    let (source, target) = (MemoryStore::new(), MemoryStore::new());
    story(&source, &[(0, 2), (1, 2)]).await;
    let (_, mark) = moved(&source, &target, &small(), None).await;
    story(&source, &[(2, 1)]).await;
    let (done, mark) = moved(&source, &target, &small(), mark).await;
    let done = done.expect("moved");
    assert_eq!((done.events, done.known, done.compared, done.copied), (5, 4, 0, 1));
    let again = moved(&source, &target, &small(), None).await.0.expect("compared");
    assert_eq!((again.known, again.compared, again.copied, again.root), (0, 5, 0, done.root));
    // A mark of other stores is none.
    let other = MemoryStore::new();
    story(&other, &[(3, 3)]).await;
    let done = moved(&other, &MemoryStore::new(), &small(), mark).await.0.expect("moved");
    assert_eq!((done.known, done.copied), (0, 3));
}

#[tokio::test]
async fn migrate_names_the_first_event_that_differs() {
    let (source, target) = (MemoryStore::new(), MemoryStore::new());
    story(&source, &[(0, 2), (1, 2)]).await;
    story(&target, &[(0, 2), (2, 1)]).await;
    let before = places(&all(&target).await);
    let error = run(&source, &target).await.expect_err("the target holds something else");
    assert!(matches!(error, MigrateError::Differs { .. }) && error.is_about_the_logs());
    let said = error.to_string();
    assert!(said.starts_with("event 3 is not the same in both"), "{said}");
    assert!(said.contains("source, position 3: `thing_done`, revision 0 of acme.thing-1"), "{said}");
    assert!(said.contains("target, position 3: `thing_done`, revision 0 of acme.thing-2"), "{said}");
    assert!(said.contains("choose an empty target"), "{said}");
    assert_eq!(places(&all(&target).await), before, "nothing was changed");
}

#[tokio::test]
async fn migrate_refuses_a_target_that_holds_more() {
    let (source, target) = (MemoryStore::new(), MemoryStore::new());
    story(&source, &[(0, 2)]).await;
    story(&target, &[(0, 2), (1, 1)]).await;
    let said = run(&source, &target).await.expect_err("the target is longer").to_string();
    assert!(said.starts_with("the target holds more than the 2 events of the source"), "{said}");
    assert!(said.contains("position 3: `thing_done`, revision 0 of acme.thing-1"), "{said}");
}

#[tokio::test]
async fn migrate_says_who_else_writes_to_the_target_and_what_is_too_large() {
    let source = MemoryStore::new();
    story(&source, &[(0, 1), (1, 1)]).await;
    let stream = of(1);
    let conflict =
        StoreError::Conflict { stream: stream.clone(), expected: Expected::NoStream, actual: Some(4) };
    let invalid = StoreError::Invalid { stream, why: "too large".to_owned() };
    for (error, cure) in
        [(conflict, "somebody else writes to the target"), (invalid, "raise the target's limit")]
    {
        let target = flaky(MemoryStore::new());
        target.fail(1, false, error);
        let said = run(&source, &target).await.expect_err("refused").to_string();
        assert!(said.starts_with("the target did not take event 2.\n  source, position 2"), "{said}");
        assert!(said.contains(cure), "{said}");
    }
}

#[tokio::test]
async fn migrate_takes_an_append_that_is_there_already_but_not_shown_yet() {
    let source = MemoryStore::new();
    story(&source, &[(0, 1), (1, 2), (0, 1)]).await;
    let target = flaky(MemoryStore::new());
    story(&target, &[(0, 1), (1, 2)]).await;
    // Whoever follows is behind who writes: at first it shows one event of the three.
    target.hide_behind(1, 2);
    let done = run(&source, &target).await.expect("moved");
    assert_eq!(done.events, 4);
    assert_eq!(places(&all(&target).await), places(&all(&source).await));
}

#[test]
fn migrate_tells_a_journal_that_somebody_has_open() {
    let folder = folder();
    let reader = || countersign_store::JournalReader::open(folder.path()).expect("a folder");
    assert!(!reader().is_in_use());
    let journal = open(folder.path());
    runtime().block_on(story(&journal, &[(0, 2), (1, 1)]));
    assert!(reader().is_in_use());
    drop(journal);
    assert!(!reader().is_in_use());
    assert_eq!(reader().head().expect("readable").map(Position::for_store), Some(3));
}

/// A history: to which stream, and how many events at once.
fn history() -> impl Strategy<Value = Vec<(usize, u64)>> {
    prop::collection::vec((0..4_usize, 1..4_u64), 1..30)
}

/// Where the moving fails: at which append, and whether after it was done; and whether the mark is lost.
fn failures() -> impl Strategy<Value = Vec<(usize, bool, bool)>> {
    prop::collection::vec((0..12_usize, any::<bool>(), any::<bool>()), 0..5)
}

proptest! {
    #![proptest_config(crate::support::cases())]

    #[test]
    fn migrate_ends_the_same_wherever_it_was_interrupted(
        history in history(), grown in history(), failures in failures(), page in 1..20_usize, most in 1..5_usize,
    ) {
        runtime().block_on(async {
            let (source, target) = (MemoryStore::new(), flaky(MemoryStore::new()));
            let options = MigrateOptions { page, append_events: most, ..small() };
            story(&source, &history).await;
            let mut mark = None;
            for (at, after, lost) in failures {
                target.fail(at, after, StoreError::Unknown("the line went dead".to_owned()));
                let (_, new) = moved(&source, &target, &options, mark).await;
                mark = new.filter(|_| !lost);
            }
            target.mend();
            story(&source, &grown).await;
            let (done, _) = moved(&source, &target, &options, mark).await;
            let done = done.expect("nothing is in the way");
            let [source, target] = [all(&source).await, all(&target).await];
            assert_eq!(places(&target), places(&source));
            assert_eq!((done.events, done.root), (source.len() as u64, moving::root(&source)));
        });
    }
}

#[test]
fn migrate_from_memory_to_a_journal_survives_its_restart() {
    let folder = folder();
    let source = MemoryStore::new();
    runtime().block_on(async {
        story(&source, &[(0, 3), (1, 1), (0, 1)]).await;
        let target = flaky(open(folder.path()));
        target.fail(1, true, StoreError::Unknown("killed".to_owned()));
        run(&source, &target).await.expect_err("it was killed");
    });
    let target: Journal = open(folder.path());
    let done = runtime().block_on(run(&source, &target)).expect("moved");
    assert_eq!((done.compared, done.copied), (4, 1));
    drop(target);
    let report = crate::support::check(folder.path());
    assert_eq!((report.root, report.events), (Some(done.root), done.events));
}

#[tokio::test]
async fn migrate_never_repairs_what_is_not_as_it_was_written() {
    let (source, target) = (MemoryStore::new(), MemoryStore::new());
    story(&source, &[(0, 1)]).await;
    let source = flaky(source);
    source.forge(0);
    let error = run(&source, &target).await.expect_err("somebody changed it");
    assert!(error.to_string().contains("event 1 of the source is not what was written"), "{error}");
    assert_eq!(target.head().await.expect("readable"), None);
    assert_eq!(fixtures::number(&all(&source).await[0]), None, "the test does what it says");
}
