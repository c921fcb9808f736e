//! Reads a whole segment and checks every line: its form, its hash, and its place among its neighbours.

use std::io;
use std::path::Path;

use countersign_domain::envelope::Digest;

use super::damage::{Damage, Place};
use super::files::{Line, Lines, open_segment, written};
use super::line::{self, Fault, Suffix};
use super::sparse::Sparse;
use super::tail;

const BUFFER: usize = 256 << 10;

/// Gets lines with their suffixes and places.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(&[u8], &Suffix, Place);

/// What a segment holds.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// The position that its first event has or would have.
    pub(crate) first: u64,
    /// How many events stand in whole appends, before any damage.
    pub(crate) events: u64,
    /// The bytes these take.
    pub(crate) good: u64,
    /// The bytes of the file, without what is filled ahead.
    pub(crate) size: u64,
    /// The hash of the last of these events.
    pub(crate) last: Option<Digest>,
    /// Where some of its lines begin.
    pub(crate) sparse: Sparse,
    /// Every place that is not as it was written. What a torn write can leave behind at the end is not among them.
    pub(crate) damages: Vec<Damage>,
}

impl Scan {
    /// The position after its last good event.
    pub(crate) fn next(&self) -> u64 {
        self.first + self.events
    }

    /// How many bytes at the end are a torn write.
    pub(crate) fn torn(&self) -> u64 {
        self.size - self.good
    }
}

/// Scans the segment that starts at `first`. Only in the `last` one a write can have been torn. `visit` gets every
/// good line; of an append that turns out incomplete, it may get the first ones.
pub(crate) fn segment(folder: &Path, first: u64, last: bool, visit: Visit<'_>) -> io::Result<Scan> {
    let (file, length) = open_segment(folder, first)?;
    let size = if last { written(&file, length)? } else { length };
    let mut lines = Lines::new(file, 0, size, BUFFER)?;
    let mut walk = Walk::new(first, size);
    while let Some(line) = lines.next()? {
        if let Some(suffix) = walk.step(line) {
            visit(line.bytes, &suffix, Place { segment: first, line: walk.number, offset: line.offset });
        }
    }
    walk.end();
    let mut scan = walk.scan;
    if last && !scan.damages.is_empty() && tail::is_torn(folder, &scan)? {
        scan.damages.clear();
    }
    Ok(scan)
}

/// Where the scan of a segment is.
struct Walk {
    scan: Scan,
    number: u64,
    /// The position the next line should have; 0 after a line whose position could not be told.
    pos: u64,
    /// How many more lines the append needs.
    more: u32,
}

impl Walk {
    fn new(first: u64, size: u64) -> Self {
        Self { scan: Scan { first, size, ..Scan::default() }, number: 0, pos: first, more: 0 }
    }

    /// Takes one line; its suffix, where all is as it should be so far.
    fn step(&mut self, line: Line<'_>) -> Option<Suffix> {
        self.number += 1;
        let suffix = match check(line, self.pos, self.more) {
            Ok(suffix) => suffix,
            Err(fault) => {
                self.note(line.offset, fault);
                // Go on behind it, so that other damage is found too, without calling every later line wrong.
                let suffix = line::verify(line.bytes).ok();
                self.pos = suffix.map_or(0, |suffix| suffix.pos + 1);
                self.more = suffix.map_or(0, |suffix| suffix.more);
                return None;
            }
        };
        self.pos = suffix.pos + 1;
        self.more = suffix.more;
        if !self.scan.damages.is_empty() {
            return None;
        }
        self.scan.sparse.note(suffix.pos - self.scan.first, line.offset);
        if suffix.more == 0 {
            self.scan.events = self.pos - self.scan.first;
            self.scan.good = line.offset + line.bytes.len() as u64 + 1;
            self.scan.last = Some(suffix.hash);
        }
        Some(suffix)
    }

    fn end(&mut self) {
        if self.more > 0 && self.scan.damages.is_empty() {
            self.number += 1;
            let fault = Fault::new(format!("{} more events of the append", self.more), "the end of the file");
            self.note(self.scan.size, fault);
        }
        let good = self.scan.good;
        self.scan.sparse.cut(good);
    }

    fn note(&mut self, offset: u64, fault: Fault) {
        let place = Place { segment: self.scan.first, line: self.number, offset };
        self.scan.damages.push(place.damage(fault));
    }
}

/// Checks a line by itself and against what came before it.
pub(crate) fn check(line: Line<'_>, pos: u64, more: u32) -> Result<Suffix, Fault> {
    let suffix = line::verify(line.bytes)?;
    if !line.ended {
        return Err(Fault::new("a line break after the event", "the end of the file"));
    }
    if pos != 0 && suffix.pos != pos {
        return Err(Fault::new(format!("position {pos}"), format!("position {}", suffix.pos)));
    }
    if more > 0 && suffix.more != more - 1 {
        let expected = format!("{} more events of the append after this one", more - 1);
        return Err(Fault::new(expected, suffix.more.to_string()));
    }
    Ok(suffix)
}
