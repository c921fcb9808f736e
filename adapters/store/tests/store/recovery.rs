//! What a journal does with a log that is not as it was written: cut what a crash left, name and refuse all else.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::support::{STREAM, check, copy, fill, folder, name, numbers, open, read_all, refusal, segments};
use countersign_domain::ports::{EventStore, Expected};
use countersign_store::contract::fixtures;
use countersign_store::{Journal, Options};

/// A journal of four segments with five events each.
fn four_segments() -> tempfile::TempDir {
    let folder = folder();
    let options = Options { segment_bytes: 2000, ..crate::support::options() };
    let journal = Journal::open(folder.path(), options).expect("the journal opens");
    fill(&journal, STREAM, 0..20);
    drop(journal);
    assert_eq!(segments(folder.path()).len(), 4);
    folder
}

/// A journal whose last append (three events) nobody was told of: its marker is from before.
fn last_append_unacknowledged() -> (tempfile::TempDir, usize) {
    let folder = folder();
    let journal = open(folder.path());
    fill(&journal, STREAM, 0..3);
    let marker = fs::read(folder.path().join("acknowledged")).expect("a marker");
    let before = written(&segments(folder.path())[0]).len();
    let last = fixtures::append(STREAM, Expected::Revision(2), &[3, 4, 5]);
    crate::support::runtime().block_on(journal.append(last)).expect("appended");
    drop(journal);
    fs::write(folder.path().join("acknowledged"), marker).expect("written");
    fs::remove_dir_all(folder.path().join("side")).expect("removed");
    fs::remove_file(folder.path().join("side.state")).expect("removed");
    (folder, before)
}

/// What is written of a segment, without the spaces that are filled ahead while it is open.
fn written(segment: &Path) -> Vec<u8> {
    let mut bytes = fs::read(segment).expect("a segment");
    while bytes.pop_if(|byte| *byte == b' ').is_some() {}
    bytes
}

/// A copy of a journal's folder as the end of its process leaves it, in the middle of its work.
fn killed() -> tempfile::TempDir {
    let (folder, copy) = (folder(), folder());
    let journal = open(folder.path());
    fill(&journal, STREAM, 0..3);
    let segment = segments(folder.path()).remove(0);
    fs::copy(&segment, copy.path().join(name(&segment))).expect("copied");
    copy
}

#[test]
fn what_is_filled_ahead_is_no_damage_and_gone_when_the_journal_is_closed() {
    let folder = killed();
    let segment = segments(folder.path()).remove(0);
    let whole = written(&segment);
    assert!(fs::metadata(&segment).expect("a segment").len() > whole.len() as u64, "nothing is filled ahead");
    let report = check(folder.path());
    assert_eq!((report.events, report.torn_bytes, report.bytes), (3, 0, whole.len() as u64));
    assert!(report.damages.is_empty(), "{:?}", report.damages);
    let events = countersign_store::JournalReader::open(folder.path()).expect("a folder").events(None);
    assert!(events.expect("a log").map(|event| event.is_ok()).eq([true; 3]));
    assert_eq!(numbers(&read_all(&open(folder.path()))), [0, 1, 2]);
    assert_eq!(fs::read(&segment).expect("a segment"), whole);
}

#[test]
fn a_flipped_bit_in_a_log_that_is_filled_ahead_is_named_or_no_events() {
    let folder = killed();
    let segment = segments(folder.path()).remove(0);
    let (written, whole) = (written(&segment).len(), fs::read(&segment).expect("a segment"));
    let file = OpenOptions::new().write(true).open(&segment).expect("a segment");
    for (at, byte) in whole.iter().enumerate().filter(|(at, _)| *at < written || at % 9973 == 0) {
        file.write_all_at(&[byte ^ (1 << (at % 8))], at as u64).expect("written");
        let report = check(folder.path());
        if at < written {
            assert!(!report.damages.is_empty(), "byte {at}: {report:?}");
        } else {
            assert_eq!(report.events, 3, "byte {at}: {report:?}");
        }
        file.write_all_at(&[*byte], at as u64).expect("written");
    }
}

#[test]
fn a_last_append_torn_at_any_byte_is_cut_off_whole() {
    let (folder, before) = last_append_unacknowledged();
    let segment = segments(folder.path()).remove(0);
    let whole = fs::read(&segment).expect("a segment");
    for length in before..whole.len() {
        fs::write(&segment, &whole[..length]).expect("written");
        let report = check(folder.path());
        assert!(report.damages.is_empty(), "{length} bytes: {:?}", report.damages);
        // A space at the very end may as well be one that was filled ahead.
        let torn = (written(&segment).len() - before) as u64;
        assert_eq!((report.events, report.torn_bytes), (3, torn), "{length} bytes");
        if length % 97 == 0 {
            assert_eq!(numbers(&read_all(&open(folder.path()))), [0, 1, 2], "{length} bytes");
            assert_eq!(fs::metadata(&segment).expect("a segment").len(), before as u64);
        }
    }
}

#[test]
fn after_a_torn_tail_was_cut_off_the_log_goes_on() {
    let (folder, before) = last_append_unacknowledged();
    let segment = segments(folder.path()).remove(0);
    fs::write(&segment, &fs::read(&segment).expect("a segment")[..before + 700]).expect("written");
    let journal = open(folder.path());
    fill(&journal, STREAM, 3..6);
    drop(journal);
    assert_eq!(numbers(&read_all(&open(folder.path()))), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn an_append_that_was_durable_but_never_acknowledged_is_kept() {
    let (folder, _) = last_append_unacknowledged();
    assert_eq!(numbers(&read_all(&open(folder.path()))), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn an_acknowledged_byte_is_never_cut_off() {
    let folder = folder();
    fill(&open(folder.path()), STREAM, 0..3);
    let segment = segments(folder.path()).remove(0);
    let whole = fs::read(&segment).expect("a segment");
    for length in 0..whole.len() {
        fs::write(&segment, &whole[..length]).expect("written");
        let damages = check(folder.path()).damages;
        assert_eq!(damages.len(), 1, "{length} bytes");
        let lines_before = whole[..length].split(|byte| *byte == b'\n').count() as u64;
        assert_eq!(damages[0].line, lines_before);
    }
    let refusal = refusal(folder.path());
    assert!(refusal[0].contains("events up to position 3, acknowledged"), "{refusal:?}");
    assert_eq!(
        fs::metadata(&segment).expect("a segment").len(),
        whole.len() as u64 - 1,
        "nothing was changed"
    );
}

#[test]
fn a_flipped_bit_anywhere_is_named_with_its_file_and_line() {
    let folder = four_segments();
    let last = segments(folder.path()).remove(3);
    flip_every_byte(folder.path(), &last);
    // The marker is a help for cut tails; flips are found without it.
    fs::remove_file(folder.path().join("acknowledged")).expect("removed");
    for segment in segments(folder.path()) {
        flip_every_byte(folder.path(), &segment);
    }
    assert!(check(folder.path()).damages.is_empty(), "every flip was taken back");
}

/// Flips one bit of each byte of a segment, a different one each time.
fn flip_every_byte(folder: &Path, segment: &Path) {
    let whole = fs::read(segment).expect("a segment");
    let file = OpenOptions::new().write(true).open(segment).expect("a segment");
    let mut line = 1;
    for (at, byte) in (0_u64..).zip(&whole) {
        let bit = (at + at / 8) % 8;
        file.write_all_at(&[byte ^ (1 << bit)], at).expect("written");
        let damages = check(folder).damages;
        let first = damages.first().unwrap_or_else(|| panic!("{} byte {at} bit {bit}", segment.display()));
        assert_eq!((&first.file, first.line), (&name(segment), line), "byte {at} bit {bit}: {first}");
        if at % 499 == 0 {
            assert!(!refusal(folder).is_empty(), "byte {at} bit {bit}");
        }
        file.write_all_at(&[*byte], at).expect("written");
        line += u64::from(*byte == b'\n');
    }
}

#[test]
fn a_missing_segment_is_named() {
    for missing in 0..4 {
        let folder = four_segments();
        let gone = segments(folder.path()).remove(missing);
        fs::remove_file(&gone).expect("removed");
        let refusal = refusal(folder.path());
        let named = if missing == 3 { name(&segments(folder.path())[2]) } else { name(&gone) };
        assert!(refusal[0].starts_with(&named), "{refusal:?}");
    }
}

#[test]
fn a_segment_with_another_name_is_named() {
    for new_name in ["00000000000000000007.jsonl", "00000000000000000099.jsonl", "copy.jsonl", "6.jsonl"] {
        let folder = four_segments();
        fs::rename(&segments(folder.path())[1], folder.path().join(new_name)).expect("renamed");
        let refusal = refusal(folder.path()).join("\n");
        assert!(refusal.contains("00000000000000000006.jsonl") || refusal.contains(new_name), "{refusal}");
    }
}

#[test]
fn an_extra_segment_is_named() {
    for extra in ["00000000000000000003.jsonl", "00000000000000000021.jsonl"] {
        let folder = four_segments();
        fs::copy(&segments(folder.path())[1], folder.path().join(extra)).expect("copied");
        let refusal = refusal(folder.path()).join("\n");
        assert!(refusal.contains(extra), "{refusal}");
    }
}

#[test]
fn lines_that_were_removed_repeated_or_exchanged_are_named() {
    let folder = four_segments();
    let segment = segments(folder.path()).remove(3);
    let whole = fs::read_to_string(&segment).expect("a segment");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 5);
    let (a, rest, e) = (lines[0], lines[1..].concat(), lines[4]);
    let (b, c_to_e) = (lines[1], lines[2..].concat());
    let [rest, c_to_e] = [&rest, &c_to_e].map(String::as_str);
    for (changed, line) in [
        (vec![a, c_to_e], 2),
        (vec![a, b, b, c_to_e], 3),
        (vec![b, a, c_to_e], 1),
        (vec![a, rest, e], 6),
        (vec![a, b, "\n", c_to_e], 3),
        (vec![a, rest, "{}\n"], 6),
        (vec![a, rest, "x"], 6),
    ] {
        fs::write(&segment, changed.concat()).expect("written");
        let first = check(folder.path()).damages.remove(0);
        assert_eq!((first.file, first.line), (name(&segment), line), "{changed:?}");
        assert!(!refusal(folder.path()).is_empty());
    }
}

#[test]
fn a_check_finds_all_damage_and_changes_nothing() {
    let folder = four_segments();
    for segment in &segments(folder.path())[1..] {
        let mut bytes = fs::read(segment).expect("a segment");
        bytes[50] ^= 1;
        bytes[1800] ^= 1;
        fs::write(segment, bytes).expect("written");
    }
    let before = tempfile::tempdir().expect("a folder");
    copy(folder.path(), before.path());
    let report = check(folder.path());
    let found: Vec<_> = report.damages.iter().map(|damage| (damage.file.as_str(), damage.line)).collect();
    let names: Vec<_> = segments(folder.path()).iter().map(|path| name(path)).collect();
    let wanted: Vec<_> =
        names[1..].iter().flat_map(|name| [(name.as_str(), 1), (name.as_str(), 4)]).collect();
    assert_eq!(found, wanted);
    assert_eq!(report.root, None);
    for (a, b) in segments(folder.path()).iter().zip(segments(before.path())) {
        assert_eq!(fs::read(a).expect("read"), fs::read(b).expect("read"));
    }
}

#[test]
fn a_damaged_marker_is_named() {
    let folder = four_segments();
    fs::write(folder.path().join("acknowledged"), "20 16 9999999").expect("written");
    assert!(refusal(folder.path())[0].starts_with("acknowledged: expected a marker"));
}

#[test]
fn a_copy_of_the_segments_alone_opens() {
    let (folder, copy) = (four_segments(), folder());
    for segment in segments(folder.path()) {
        fs::copy(&segment, copy.path().join(name(&segment))).expect("copied");
    }
    assert_eq!(check(copy.path()).root, check(folder.path()).root);
    assert_eq!(read_all(&open(copy.path())).len(), 20);
}
