//! The disk by itself: how long an fdatasync takes, and how fast the journal's own groups could be written at best.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::bench::median;
use crate::journal::disk::{Disk, OsDisk, Tail};

/// The real disk, noting the size of every group that is written.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    groups: Arc<Mutex<Vec<usize>>>,
}

impl Recording {
    pub(crate) fn groups(&self) -> Arc<Mutex<Vec<usize>>> {
        Arc::clone(&self.groups)
    }
}

struct RecordingTail {
    tail: Box<dyn Tail>,
    groups: Arc<Mutex<Vec<usize>>>,
}

impl Disk for Recording {
    fn open(&self, path: &Path, length: u64) -> io::Result<Box<dyn Tail>> {
        Ok(Box::new(RecordingTail { tail: OsDisk.open(path, length)?, groups: self.groups() }))
    }
}

impl Tail for RecordingTail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner).push(bytes.len());
        self.tail.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.tail.sync()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.tail.cut(length)
    }
}

/// Writes groups of these sizes, each with an fdatasync of its own, and says how many seconds that took.
pub(crate) fn write_groups(folder: &Path, groups: &[usize]) -> io::Result<f64> {
    let path = folder.join("raw");
    let mut file = File::create(&path)?;
    let largest = groups.iter().max().copied().unwrap_or(0);
    let bytes: Vec<u8> = super::event_line().into_iter().cycle().take(largest).collect();
    let start = Instant::now();
    for size in groups {
        file.write_all(&bytes[..*size])?;
        file.sync_data()?;
    }
    let seconds = start.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(seconds)
}

/// How long appending 4 KiB with an fdatasync takes: the median of 200, in microseconds.
pub fn probe(folder: &Path) -> io::Result<f64> {
    let path = folder.join("probe");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        file.write_all(&[b'x'; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    std::fs::remove_file(path)?;
    Ok(median(&mut times))
}
