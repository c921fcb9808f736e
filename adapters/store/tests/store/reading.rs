//! Many events are read by several cores at once, and read just as each by itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use crate::support::{STREAM, folder, numbers, options, read_all, runtime, segments};
use countersign_domain::envelope::Position;
use countersign_domain::ports::{EventStore, Expected, StoreError};
use countersign_store::contract::fixtures;
use countersign_store::{Journal, Options};

/// More than are parsed at once, so that the parts' borders and the segments' are crossed.
const EVENTS: u64 = 5000;

fn filled(folder: &std::path::Path) -> Journal {
    let journal = Journal::open(folder, Options { segment_bytes: 400 << 10, ..options() }).unwrap();
    runtime().block_on(async {
        for start in (0..EVENTS).step_by(500) {
            let some: Vec<_> = (start..start + 500).collect();
            let append = fixtures::append(STREAM, Expected::after(start.checked_sub(1)), &some);
            journal.append(append).await.unwrap();
        }
    });
    journal
}

#[test]
fn many_events_are_read_in_their_order_from_any_place_on() {
    let folder = folder();
    let journal = filled(folder.path());
    assert!(segments(folder.path()).len() > 3);
    assert_eq!(numbers(&read_all(&journal)), (0..EVENTS).collect::<Vec<_>>());
    let newest = [(4983, 4096), (4984, 4096), (4985, 4096), (4990, 3), (4999, 7), (5000, 9), (5000, 0)];
    let others = [(0, 4096), (0, 4097), (3, 255), (3, 256), (3, 513), (4000, 1000)];
    for (after, limit) in newest.into_iter().chain(others) {
        let some = runtime().block_on(journal.read_all(Some(Position::from_store(after)), limit)).unwrap();
        let expected: Vec<_> = (after..EVENTS).take(limit).collect();
        assert_eq!(numbers(&some), expected, "{limit} after {after}");
    }
}

#[test]
fn who_may_stand_still_reads_the_same_as_who_hands_it_over() {
    let folder = folder();
    let journal = filled(folder.path());
    let places: Vec<_> = [4000, 7, 8, 1700].map(Position::from_store).to_vec();
    let read = || {
        runtime().block_on(async {
            let some = journal.read_all(Some(Position::from_store(5)), 700).await.unwrap();
            (numbers(&some), numbers(&journal.read_at(&places).await.unwrap()))
        })
    };
    assert_eq!(countersign_store::standing_still(read), read());
}

#[test]
fn of_several_damages_the_first_is_named_whichever_core_meets_it() {
    for (damaged, first) in [(&[4700, 300][..], 300), (&[1700, 900], 900), (&[3333], 3333)] {
        let folder = folder();
        let journal = filled(folder.path());
        for number in damaged {
            let (path, at) = segments(folder.path())
                .into_iter()
                .find_map(|path| {
                    let text = fs::read(&path).unwrap();
                    let wanted = format!("\"number\":{number},");
                    let at = text.windows(wanted.len()).position(|some| some == wanted.as_bytes())?;
                    Some((path, at))
                })
                .unwrap();
            let mut bytes = fs::read(&path).unwrap();
            bytes[at + 9] ^= 1;
            fs::write(&path, bytes).unwrap();
        }
        let read = runtime().block_on(journal.read_all(None, usize::MAX));
        let Err(StoreError::Damaged(why)) = read else { panic!("{read:?}") };
        let position = first + 1;
        let before = runtime().block_on(journal.read_all(None, usize::try_from(first).unwrap())).unwrap();
        assert_eq!(before.len() as u64, first, "what stands before it is read");
        let alone = runtime().block_on(journal.read_at(&[Position::from_store(position)]));
        assert_eq!(alone.unwrap_err().to_string(), StoreError::Damaged(why).to_string(), "{position}");
    }
}
