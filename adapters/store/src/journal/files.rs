//! The segments in a folder, and their lines.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use rustix::buffer::spare_capacity;
use rustix::io::{pread, retry_on_intr};

use super::damage::Damage;

/// The name of the segment whose first event has the position `first`.
pub(crate) fn segment_name(first: u64) -> String {
    format!("{first:020}.jsonl")
}

/// The first positions of all segments, rising, and the files that look like segments but cannot be.
pub(crate) fn list_segments(folder: &Path) -> io::Result<(Vec<u64>, Vec<Damage>)> {
    let (mut segments, mut damages) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Some(number) = name.strip_suffix(".jsonl") else { continue };
        match number.parse() {
            Ok(first) if segment_name(first) == name => segments.push(first),
            _ => damages.push(Damage::whole(name, "a segment's name, 20 digits", "another name")),
        }
    }
    segments.sort_unstable();
    Ok((segments, damages))
}

/// The lines of a file, one after the other, through one buffer.
pub(crate) struct Lines<F> {
    reader: BufReader<io::Take<F>>,
    /// A line that the buffer does not hold in one piece.
    line: Vec<u8>,
    /// How much of the buffer the line last handed out takes.
    used: usize,
    offset: u64,
}

/// One line of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Its bytes without the line break.
    pub(crate) bytes: &'a [u8],
    /// Where it starts in the file.
    pub(crate) offset: u64,
    /// Whether a line break ends it, and not the end of the file.
    pub(crate) ended: bool,
}

/// The lines in bytes that were read from this place of a file on.
pub(crate) fn lines(bytes: &[u8], from: u64) -> impl Iterator<Item = Line<'_>> {
    let (mut rest, mut offset) = (bytes, from);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest);
        let line = Line { bytes: &rest[..end.unwrap_or(rest.len())], offset, ended: end.is_some() };
        let used = end.map_or(rest.len(), |end| end + 1);
        (rest, offset) = (&rest[used..], offset + used as u64);
        Some(line)
    })
}

impl<F: Read + Seek> Lines<F> {
    /// The lines of `file` between the bytes `from`, where a line must start, and `to`.
    pub(crate) fn new(mut file: F, from: u64, to: u64, buffer: usize) -> io::Result<Self> {
        file.seek(SeekFrom::Start(from))?;
        let length = to.saturating_sub(from);
        // A buffer is filled with zeros before it is read into: where little is left, a small one does.
        let buffer = usize::try_from(length).map_or(buffer, |length| length.min(buffer));
        let reader = BufReader::with_capacity(buffer, file.take(length));
        Ok(Self { reader, line: Vec::new(), used: 0, offset: from })
    }

    /// The next line; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.reader.consume(self.used);
        self.used = 0;
        let offset = self.offset;
        if self.reader.buffer().is_empty() {
            // Otherwise the first line of each buffer would be copied, as one that reaches over its end is.
            self.reader.fill_buf()?;
        }
        if let Some(end) = memchr::memchr(b'\n', self.reader.buffer()) {
            self.used = end + 1;
            self.offset += self.used as u64;
            return Ok(Some(Line { bytes: &self.reader.buffer()[..end], offset, ended: true }));
        }
        self.line.clear();
        let read = self.reader.read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.offset += read as u64;
        let (bytes, ended) = match self.line.split_last() {
            Some((b'\n', bytes)) => (bytes, true),
            _ => (self.line.as_slice(), false),
        };
        Ok(Some(Line { bytes, offset, ended }))
    }
}

/// How much of the last segment's file is written. What stands behind are spaces, filled ahead ([`super::disk`]).
pub(crate) fn written(file: &File, length: u64) -> io::Result<u64> {
    let (mut file, mut end, mut bytes) = (file, length, vec![0; 64 << 10]);
    while end > 0 {
        let start = end.saturating_sub(bytes.len() as u64);
        let part = bytes.get_mut(..usize::try_from(end - start).unwrap_or(0)).unwrap_or_default();
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(part)?;
        if let Some(last) = part.iter().rposition(|byte| *byte != b' ') {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// A file that is read at a place of one's own, so that many can read one open file at once.
#[derive(Debug, Clone)]
pub(crate) struct ReadAt {
    file: Arc<File>,
    at: u64,
}

impl ReadAt {
    pub(crate) const fn new(file: Arc<File>) -> Self {
        Self { file, at: 0 }
    }

    /// Appends what stands between these two places, as far as there is anything. The room for it is not filled with zeros before.
    pub(crate) fn append_to(&self, bytes: &mut Vec<u8>, from: u64, to: u64) -> io::Result<()> {
        let start = bytes.len();
        let length = usize::try_from(to.saturating_sub(from)).map_err(io::Error::other)?;
        bytes.reserve(length);
        while bytes.len() < start + length {
            let at = from + (bytes.len() - start) as u64;
            if retry_on_intr(|| pread(&self.file, spare_capacity(bytes), at))? == 0 {
                break;
            }
        }
        bytes.truncate(start + length);
        Ok(())
    }
}

impl Read for ReadAt {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for ReadAt {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let moved = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.at = moved.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Opens a segment for reading and says how long its file is now.
pub(crate) fn open_segment(folder: &Path, first: u64) -> io::Result<(File, u64)> {
    let file = File::open(folder.join(segment_name(first)))?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_with_where_they_begin_and_whether_they_end() {
        let told: Vec<_> =
            lines(b"one\n\ntwo", 7).map(|line| (line.bytes, line.offset, line.ended)).collect();
        assert_eq!(told, [(&b"one"[..], 7, true), (b"", 11, true), (b"two", 12, false)]);
    }
}
