//! Space kept for urgent appends: a file of its own that is given up when the disk is full.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The reserve of a folder.
#[derive(Debug)]
pub(crate) struct Reserve {
    path: PathBuf,
    bytes: u64,
    held: bool,
}

impl Reserve {
    /// The reserve of `bytes` in `folder`, taken if there is space for it.
    pub(crate) fn take(folder: &Path, bytes: u64) -> Self {
        let mut reserve = Self { path: folder.join("reserve"), bytes, held: false };
        if let Err(error) = reserve.restore() {
            tracing::warn!(%error, path = %reserve.path.display(), "no space for the reserve of urgent appends");
        }
        reserve
    }

    /// Whether the space is kept, so that others may use what is left.
    pub(crate) fn is_held(&self) -> bool {
        self.held || self.bytes == 0
    }

    /// Takes the space again, if it was given up.
    pub(crate) fn restore(&mut self) -> io::Result<()> {
        if self.is_held() {
            return Ok(());
        }
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&self.path)?;
        if file.metadata()?.len() != self.bytes {
            let filled = file.set_len(0).and_then(|()| fill(&file, self.bytes));
            if let Err(error) = filled.and_then(|()| file.sync_all()) {
                file.set_len(0)?;
                return Err(error);
            }
        }
        self.held = true;
        Ok(())
    }

    /// Gives the space up; false where there was none.
    pub(crate) fn release(&mut self) -> io::Result<bool> {
        if !self.held {
            return Ok(false);
        }
        let file = OpenOptions::new().write(true).open(&self.path)?;
        file.set_len(0)?;
        // The file system may give out freed blocks only once the freeing itself is durable.
        file.sync_all()?;
        self.held = false;
        Ok(true)
    }
}

/// Takes up space with zeros, where the system cannot just set it aside.
fn fill(mut file: &File, bytes: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, bytes) {
        Err(rustix::io::Errno::OPNOTSUPP) => {}
        done => return done.map_err(io::Error::from),
    }
    let zeros = [0; 8 << 10];
    let mut left = bytes;
    while left > 0 {
        let now = left.min(zeros.len() as u64);
        file.write_all(&zeros[..usize::try_from(now).unwrap_or(zeros.len())])?;
        left -= now;
    }
    Ok(())
}
