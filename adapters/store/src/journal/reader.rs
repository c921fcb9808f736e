//! Reads and checks a journal's folder without opening it: for auditors, on a copy or beside a running bot.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use countersign_domain::envelope::{Digest, Envelope, Position};
use serde::Serialize;

use super::damage::{Damage, Place};
use super::examine;
use super::files::{Lines, list_segments, open_segment, segment_name, written};
use super::line::{self, Fault};
use super::lock;
use super::marker;
use super::reading::LARGE;
use super::revisions::Revisions;
use super::scan;
use crate::merkle::MerkleTree;

/// A journal's folder, to be read only: takes no lock, needs no index, changes nothing. Half-written lines at the very
/// end are not an error, for somebody may just be writing them.
#[derive(Debug, Clone)]
pub struct JournalReader {
    folder: PathBuf,
}

/// What [`JournalReader::check`] found.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// How many events are whole, up to the first damage of each segment.
    pub events: u64,
    /// How many streams they belong to.
    pub streams: u64,
    /// How many segments there are.
    pub segments: u64,
    /// The bytes of all segments.
    pub bytes: u64,
    /// Bytes at the very end that a crash left half-written, or that somebody is just writing; no damage.
    pub torn_bytes: u64,
    /// The position of the last event; `None` in an empty log.
    pub head: Option<Position>,
    /// The RFC 6962 root over the leaf hashes of all events; `None` where there is damage.
    pub root: Option<Digest>,
    /// Every place that is not as it was written; empty means that all is well.
    pub damages: Vec<Damage>,
}

/// Why an event could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The folder or a file cannot be read.
    #[error("the log cannot be read: {0}")]
    Io(#[from] io::Error),
    /// What stands there is not what was written.
    #[error("the log is damaged: {0}")]
    Damaged(Damage),
}

impl JournalReader {
    /// A reader of the journal in `folder`, which must exist.
    pub fn open(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = folder.as_ref().to_owned();
        std::fs::read_dir(&folder)?;
        Ok(Self { folder })
    }

    /// Whether there is anything of a journal in the folder: a segment, what looks like one, or the marker of what was acknowledged. A
    /// folder with nothing of it is whole as anything is that is not there.
    pub fn is_a_log(&self) -> io::Result<bool> {
        let (segments, misnamed) = list_segments(&self.folder)?;
        Ok(!segments.is_empty() || !misnamed.is_empty() || self.folder.join(marker::NAME).exists())
    }

    /// All events after a position (`None`: from the start), each checked against its hash and place. Ends at the last
    /// whole append, and after the first error.
    pub fn events(&self, after: Option<Position>) -> io::Result<Events> {
        let from = after.map_or(1, |position| position.for_store().saturating_add(1));
        let (mut segments, _) = list_segments(&self.folder)?;
        // The first segment is wanted by name, so that it is missed; any other is where to start.
        let at = segments.partition_point(|first| *first <= from).saturating_sub(1);
        let next = if at == 0 { 1 } else { segments[at] };
        let segments = segments.split_off(at).into_iter();
        let (folder, append, ready) = (self.folder.clone(), Vec::new(), Vec::new().into_iter());
        Ok(Events { folder, segments, lines: None, from, next, more: 0, append, ready })
    }

    /// The position of the last event; only the last segment is read for it.
    pub fn head(&self) -> Result<Option<Position>, ReadError> {
        let (segments, _) = list_segments(&self.folder)?;
        let before = segments.last().and_then(|first| first.checked_sub(1)).filter(|before| *before > 0);
        let last = self.events(before.map(Position::from_store))?.last().transpose()?;
        Ok(last.map(|event| event.pos).or(before.map(Position::from_store)))
    }

    /// Whether somebody has the journal open, who may write to it.
    pub fn is_in_use(&self) -> bool {
        lock::is_held(&self.folder)
    }

    /// Checks everything and says all that is wrong, changing nothing.
    pub fn check(&self) -> io::Result<CheckReport> {
        let (mut tree, mut revisions, mut damages) =
            (MerkleTree::default(), Revisions::default(), Vec::new());
        let mut append: Vec<Digest> = Vec::new();
        let examined = examine::in_order(&self.folder, &mut |line, suffix, place| {
            append.push(suffix.hash);
            if let Err(fault) = revisions.check(line) {
                damages.push(place.damage(fault));
            }
            // Only whole appends count: the last one may be torn.
            if suffix.more == 0 {
                append.drain(..).for_each(|hash| tree.push(hash));
            }
        })?;
        let head = examined.head();
        if !examined.damages.is_empty() {
            // Behind events that cannot be read, every revision looks wrong.
            damages = examined.damages;
        }
        Ok(CheckReport {
            events: examined.scans.iter().map(|scan| scan.events).sum(),
            streams: revisions.streams(),
            segments: examined.scans.len() as u64,
            bytes: examined.scans.iter().map(|scan| scan.size).sum(),
            torn_bytes: examined.scans.last().map_or(0, scan::Scan::torn),
            head: (head > 0).then(|| Position::from_store(head)),
            root: damages.is_empty().then(|| tree.root()),
            damages,
        })
    }
}

/// The events of a [`JournalReader`], one after the other.
pub struct Events {
    folder: PathBuf,
    segments: IntoIter<u64>,
    /// The present segment.
    lines: Option<(u64, Lines<File>)>,
    from: u64,
    /// The position of the next line.
    next: u64,
    /// How many more lines the append needs.
    more: u32,
    /// The first events of an append whose other lines are still to come.
    append: Vec<Envelope>,
    /// Events of a whole append.
    ready: IntoIter<Envelope>,
}

impl Iterator for Events {
    type Item = Result<Envelope, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.ready.find(|event| event.pos.for_store() >= self.from) {
                return Some(Ok(event));
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    (self.lines, self.segments) = (None, Vec::new().into_iter());
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Events {
    /// Reads one line, or opens the next segment; false at the end.
    fn advance(&mut self) -> Result<bool, ReadError> {
        let Some((first, lines)) = &mut self.lines else {
            let Some(first) = self.segments.next() else { return Ok(false) };
            if first != self.next {
                let expected = format!("a segment that starts at position {}", self.next);
                let found = format!("{} as the next segment", segment_name(first));
                return Err(ReadError::Damaged(Damage::whole(segment_name(self.next), expected, found)));
            }
            let (file, length) = open_segment(&self.folder, first)?;
            let last = self.segments.len() == 0;
            let length = if last { written(&file, length)? } else { length };
            self.lines = Some((first, Lines::new(file, 0, length, LARGE)?));
            return Ok(true);
        };
        let first = *first;
        let last = self.segments.len() == 0;
        let Some(line) = lines.next()? else {
            self.lines = None;
            return Ok(true);
        };
        if !line.ended && last {
            // The end of the log, where somebody may be writing.
            self.lines = None;
            return Ok(false);
        }
        let place = Place::of(first, self.next, line.offset);
        let damage = |fault| ReadError::Damaged(place.damage(fault));
        let suffix = scan::check(line, self.next, self.more).map_err(damage)?;
        let event =
            line::parse(line.bytes).map_err(|error| damage(Fault::new("an envelope", error.to_string())))?;
        (self.next, self.more) = (self.next + 1, suffix.more);
        self.append.push(event);
        if suffix.more == 0 {
            self.ready = std::mem::take(&mut self.append).into_iter();
        }
        Ok(true)
    }
}
