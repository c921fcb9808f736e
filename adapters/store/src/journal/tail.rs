//! Tells a torn write from damage, at the end of the last segment.
//!
//! When the power fails before a group of lines was synced, every sector (512 bytes) of it is there as it was written,
//! or still holds what was there before: nothing, which reads as zeros where the file was already made longer, or the
//! spaces that were filled ahead. So a torn group is whole lines in order, up to a place where either the file ends or
//! a gap begins: sectors of nothing but zeros or spaces, or what the group takes of them at its start and end.
//!
//! A line that is whole but wrong is never explained by that, nor is a single flipped bit: one flip cannot empty a sector,
//! cut a line short, or turn a line break into something that could be the start of a line's end.

use std::io;
use std::ops::Range;
use std::path::Path;

use serde::de::IgnoredAny;

use super::files::{Line, open_segment};
use super::line;
use super::scan::{Scan, check};

const SECTOR: u64 = 512;

/// Whether a torn write explains all that stands behind the good part of the last segment.
pub(crate) fn is_torn(folder: &Path, scan: &Scan) -> io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let (mut file, _) = open_segment(folder, scan.first)?;
    file.seek(SeekFrom::Start(scan.good))?;
    let mut bytes = Vec::new();
    file.take(scan.torn()).read_to_end(&mut bytes)?;
    Ok(explains(&bytes, scan.good, scan.next()))
}

/// Whether `bytes`, which start at `offset` where the event `pos` should be, can be a torn group.
fn explains(bytes: &[u8], offset: u64, pos: u64) -> bool {
    let mut texts = texts_between_gaps(bytes, offset);
    begins_whole_and_ends_early(&bytes[texts.next().unwrap_or_default()], offset, pos)
        && texts.all(|text| is_middle_of_a_group(&bytes[text]))
}

/// What is there between missing sectors; the first one may be empty.
fn texts_between_gaps(bytes: &[u8], offset: u64) -> impl Iterator<Item = Range<usize>> {
    let mut texts = Vec::from([Range::default()]);
    let mut end = 0;
    while end < bytes.len() {
        let start = end;
        let into_sector = (offset + start as u64) % SECTOR;
        end = bytes.len().min(start + usize::try_from(SECTOR - into_sector).unwrap_or(1));
        let is_gap = [0, b' '].iter().any(|nothing| bytes[start..end].iter().all(|byte| byte == nothing));
        match texts.last_mut() {
            _ if is_gap => {}
            Some(text) if text.end == start => text.end = end,
            _ => texts.push(start..end),
        }
    }
    texts.into_iter()
}

/// Whole lines in order, then perhaps the start of one more.
fn begins_whole_and_ends_early(bytes: &[u8], mut offset: u64, mut pos: u64) -> bool {
    let mut more = 0;
    for text in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(text) = text.strip_suffix(b"\n") else { return is_start_of_a_line(text) };
        let Ok(suffix) = check(Line { bytes: text, offset, ended: true }, pos, more) else { return false };
        (pos, more) = (suffix.pos + 1, suffix.more);
        offset += text.len() as u64 + 1;
    }
    true
}

/// The end of a line, whole lines, the start of a line.
fn is_middle_of_a_group(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').skip(1).peekable();
    while let Some(line) = lines.next() {
        let whole = lines.peek().is_some();
        if !(if whole { line::verify(line).is_ok() } else { is_start_of_a_line(line) }) {
            return false;
        }
    }
    true
}

/// Whether JSON that is fine so far just ends too early, or only lacks its line break.
fn is_start_of_a_line(text: &[u8]) -> bool {
    match serde_json::from_slice::<IgnoredAny>(text) {
        Ok(_) => line::verify(text).is_ok(),
        Err(error) => text.is_empty() || error.is_eof(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::fixtures;
    use countersign_domain::ports::Expected;

    /// Three lines of one append, to stand at `pos`.
    fn group(pos: u64) -> Vec<u8> {
        let append = fixtures::append("acme.thing-1", Expected::NoStream, &[1, 2, 3]);
        let prepared = crate::Prepared::new(&append).unwrap();
        let mut bytes = Vec::new();
        for (more, event) in [2, 1, 0].into_iter().zip(&prepared.events) {
            line::write(event, more, pos + 2 - u64::from(more), &mut bytes);
        }
        bytes
    }

    #[test]
    fn a_group_cut_short_anywhere_is_torn() {
        let bytes = group(7);
        for length in 0..bytes.len() {
            assert!(explains(&bytes[..length], 100, 7), "{length} bytes");
        }
    }

    #[test]
    fn a_group_whose_sectors_are_missing_is_torn() {
        let bytes = group(7);
        for (offset, nothing) in (600..600 + 512).flat_map(|offset| [(offset, 0), (offset, b' ')]) {
            let first = offset / 512;
            let sectors = (offset + bytes.len()) / 512 - first;
            for missing in 1_u32..(2 << sectors) {
                let mut torn = bytes.clone();
                for sector in (0..=sectors).filter(|sector| missing >> sector & 1 == 1) {
                    let start = (512 * (first + sector)).saturating_sub(offset);
                    let end = (512 * (first + sector + 1)).saturating_sub(offset).min(torn.len());
                    torn[start..end].fill(nothing);
                }
                // Read as far as it is written.
                while torn.pop_if(|byte| *byte == b' ').is_some() {}
                assert!(explains(&torn, offset as u64, 7), "sectors {missing:b} at {offset}");
            }
        }
    }

    #[test]
    fn one_flipped_bit_is_never_torn() {
        let bytes = group(7);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!explains(&flipped, 100, 7), "bit {bit}");
        }
    }
}
