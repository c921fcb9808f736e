//! Whatever stands in a segment, reading it never panics, and what was changed is never taken for whole.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::support::{STREAM, fill, folder, open, segments};
use countersign_store::JournalReader;
use proptest::prelude::*;

/// A good segment.
static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = folder();
    fill(&open(folder.path()), STREAM, 0..4);
    fs::read(&segments(folder.path())[0]).expect("a segment")
});

#[derive(Debug, Clone)]
enum Change {
    Overwrite(prop::sample::Index, Vec<u8>),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 1..20),
        prop::collection::vec(prop::sample::select(b"{}\",:\n\\0123456789hashpos".to_vec()), 1..20),
        (1..600_usize).prop_map(|length| vec![0; length]),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), bytes()).prop_map(|(at, bytes)| Change::Overwrite(at, bytes)),
        (at(), bytes()).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), 1..600_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (at(), 1..600_usize).prop_map(|(at, length)| Change::Repeat(at, length)),
    ]
}

fn apply(segment: &mut Vec<u8>, change: &Change) {
    let (Change::Overwrite(at, _) | Change::Insert(at, _) | Change::Remove(at, _) | Change::Repeat(at, _)) =
        change;
    let at = at.index(segment.len() + 1);
    let range = |length: usize| at..(at + length).min(segment.len());
    match change {
        Change::Overwrite(_, bytes) => drop(segment.splice(range(bytes.len()), bytes.iter().copied())),
        Change::Insert(_, bytes) => drop(segment.splice(at..at, bytes.iter().copied())),
        Change::Remove(_, length) => drop(segment.drain(range(*length))),
        Change::Repeat(_, length) => segment.extend_from_within(range(*length)),
    }
}

/// Puts `segment` alone into a folder and reads it every way there is.
fn read(segment: &[u8]) -> (u64, bool) {
    let folder = folder();
    let path: PathBuf = folder.path().join("00000000000000000001.jsonl");
    fs::write(&path, segment).expect("written");
    let reader = JournalReader::open(folder.path()).expect("a folder");
    let report = reader.check().expect("readable");
    let events = reader.events(None).expect("readable").take_while(Result::is_ok).count() as u64;
    assert!(events >= report.events, "what is checked as good is read");
    (report.events, report.damages.is_empty())
}

proptest! {
    #![proptest_config(crate::support::cases())]

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let (events, _) = read(&bytes);
        prop_assert_eq!(events, 0);
    }

    #[test]
    fn a_changed_segment_is_damaged_or_torn(changes in prop::collection::vec(change(), 1..4)) {
        let mut segment = GOOD.clone();
        for change in &changes {
            apply(&mut segment, change);
        }
        let (events, undamaged) = read(&segment);
        let whole = segment.split_inclusive(|byte| *byte == b'\n');
        let same = whole.zip(GOOD.split_inclusive(|byte| *byte == b'\n')).take_while(|(a, b)| a == b).count();
        prop_assert_eq!(events, same as u64, "every line up to the first change is good, and none behind it");
        if undamaged {
            let good: usize = segment.split_inclusive(|byte| *byte == b'\n').take(same).map(<[u8]>::len).sum();
            let rest = &segment[good..];
            prop_assert!(rest.contains(&0) || !rest.contains(&b'\n'), "only a tear");
        }
    }
}
