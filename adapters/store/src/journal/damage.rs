//! Damage: a place in the log where something else stands than what was written.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::files::segment_name;
use super::line::Fault;

/// One place where the log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The file's name in the store's folder.
    pub file: String,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// The byte at which that line starts, from 0.
    pub offset: u64,
    /// What should stand there.
    pub expected: String,
    /// What does.
    pub found: String,
}

impl Damage {
    /// Damage to a file as a whole.
    pub(crate) fn whole(
        file: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), line: 0, offset: 0, expected: expected.into(), found: found.into() }
    }
}

/// A line's place in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The segment, by its first position.
    pub(crate) segment: u64,
    /// The line, from 1.
    pub(crate) line: u64,
    /// The byte at which it starts.
    pub(crate) offset: u64,
}

impl Place {
    /// Where the event `pos` stands: there is one line for each.
    pub(crate) fn of(segment: u64, pos: u64, offset: u64) -> Self {
        Self { segment, line: pos - segment + 1, offset }
    }

    pub(crate) fn damage(self, Fault { expected, found }: Fault) -> Damage {
        let Self { segment, line, offset } = self;
        Damage { file: segment_name(segment), line, offset, expected, found }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, offset, expected, found } = self;
        match line {
            0 => write!(f, "{file}: expected {expected}, found {found}"),
            _ => write!(f, "{file}, line {line} (byte {offset}): expected {expected}, found {found}"),
        }
    }
}

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another `Journal` in this one, has it open.
    #[error(
        "the store {} is in use by {}: stop that one first, or choose another folder",
        folder.display(),
        pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    Locked {
        /// The store's folder.
        folder: PathBuf,
        /// Who holds it, where known.
        pid: Option<u32>,
    },
    /// The log is not what was written. Nothing was changed: restore the folder from a backup, and keep the damaged
    /// one to look at.
    #[error(
        "the log in {} is damaged, nothing was changed; restore it from a backup:{}",
        folder.display(),
        damages.iter().map(|damage| ["\n  ", &damage.to_string()].concat()).collect::<String>()
    )]
    Damaged {
        /// The store's folder.
        folder: PathBuf,
        /// Every place found, at least one.
        damages: Vec<Damage>,
    },
    /// The folder or a file in it cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The derived index cannot be made anew; its folder may be deleted.
    #[error("the index in {} cannot be used: {error}; delete that folder, it is made anew from the log", path.display())]
    Side {
        /// The index's folder.
        path: PathBuf,
        /// What sled said.
        error: sled::Error,
    },
}

impl OpenError {
    /// Names the place of an IO error.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |error| Self::Io { path, error }
    }
}
