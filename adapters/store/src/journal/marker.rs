//! The marker `acknowledged`: a promise that at least so much of the log was acknowledged.
//!
//! It is one line of fixed length, written over after every group was synced and before it is acknowledged, and itself
//! synced only when the journal is closed. So it never says too much; after the end of a process, by whatever means,
//! it says everything; and after a power cut it says what had reached the disk by itself, half a minute ago or less
//! with the usual settings of Linux.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use countersign_domain::envelope::Digest;

use super::damage::Damage;
use super::disk::sync_folder;

/// The marker's file name.
pub(crate) const NAME: &str = "acknowledged";

/// How much of the log is surely acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Marker {
    /// The position of the last acknowledged event.
    pub(crate) pos: u64,
    /// The segment it stands in, by its first position.
    pub(crate) segment: u64,
    /// How many bytes of that segment are acknowledged.
    pub(crate) length: u64,
}

impl Marker {
    fn line(self) -> String {
        let numbers = format!("{:020} {:020} {:020}", self.pos, self.segment, self.length);
        let check = Digest::of(numbers.as_bytes()).short();
        format!("{numbers} {check}\n")
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace().map(str::parse);
        let mut number = || words.next()?.ok();
        let marker = Self { pos: number()?, segment: number()?, length: number()? };
        (marker.line() == line).then_some(marker)
    }

    /// The marker of a folder; `None` where there is no file, as in a copy of the segments alone.
    pub(crate) fn read(folder: &Path) -> io::Result<Result<Option<Self>, Damage>> {
        let bytes = match std::fs::read(folder.join(NAME)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ok(None)),
            Err(error) => return Err(error),
        };
        if bytes.is_empty() {
            // Made a moment before the machine stopped, for the first time: nothing was acknowledged yet.
            return Ok(Ok(None));
        }
        let text = String::from_utf8_lossy(&bytes);
        Ok(Self::parse(&text).map(Some).ok_or_else(|| {
            let found: String = text.chars().take(100).collect();
            Damage::whole(NAME, "a marker as the journal writes it", format!("`{}`", found.escape_debug()))
        }))
    }
}

/// The marker's file, open for writing.
#[derive(Debug)]
pub(crate) struct MarkerFile {
    file: File,
}

impl MarkerFile {
    /// Opens the file and makes it say `marker`, durably.
    pub(crate) fn create(folder: &Path, marker: Marker) -> io::Result<Self> {
        let path = folder.join(NAME);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        let mut created = Self { file };
        created.set(marker)?;
        created.sync()?;
        sync_folder(folder)?;
        Ok(created)
    }

    /// Says `marker` from now on. All of it lies in one sector, so it is never half there.
    pub(crate) fn set(&mut self, marker: Marker) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(marker.line().as_bytes())
    }

    /// Makes what it says durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_marker_is_noticed() {
        let marker = Marker { pos: 7, segment: 1, length: 1234 };
        assert_eq!(Marker::parse(&marker.line()), Some(marker));
        let line = marker.line();
        for bit in 0..line.len() * 8 {
            let mut flipped = line.clone().into_bytes();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let flipped = String::from_utf8_lossy(&flipped).into_owned();
            assert_eq!(Marker::parse(&flipped), None, "bit {bit}");
        }
    }
}
