//! Where a log is, as the command line says it: `journal:<folder>`, or a KurrentDB's connection string.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use countersign_domain::envelope::{Digest, Position};
use countersign_domain::ports::EventStore;
use countersign_store::migrate::MigrateOptions;
use countersign_store::{Journal, JournalReader, Options};

use crate::cli::folder::{FolderLog, LOG, log_folder};

/// The schemes of connection strings, as KurrentDB's client takes them.
const SCHEMES: [&str; 6] = [
    "kurrentdb://",
    "kurrentdb+discover://",
    "kurrent://",
    "kurrent+discover://",
    "esdb://",
    "esdb+discover://",
];
const JOURNAL: &str = "journal:";
const KURRENT: &str = "kurrentdb:";

/// Where a log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// In a data folder, or in the log's own folder.
    Journal(PathBuf),
    /// In the KurrentDB that this connection string leads to.
    Kurrent(String),
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAddress {
    #[error("`journal:` names no folder: write journal:<data folder>, such as journal:countersign-data")]
    NoFolder,
    #[error(
        "`kurrentdb:` names no server: write kurrentdb:<connection string>, such as kurrentdb://localhost:2113?tls=false"
    )]
    NoServer,
    #[error(
        "this is no address of a log: write journal:<data folder>, or kurrentdb:<connection string> (kurrentdb://… and esdb://… do as well)"
    )]
    Unknown,
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        if let Some(folder) = text.strip_prefix(JOURNAL) {
            return if folder.is_empty() {
                Err(NoAddress::NoFolder)
            } else {
                Ok(Self::Journal(folder.into()))
            };
        }
        let has_scheme =
            |text: &str| SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)).map(str::len);
        let named = text.strip_prefix(KURRENT).filter(|rest| !rest.starts_with("//"));
        match (has_scheme(text), named) {
            (Some(0), _) | (None, Some("")) => Err(NoAddress::NoServer),
            (Some(_), _) => Ok(Self::Kurrent(text.to_owned())),
            (None, Some(rest)) => match has_scheme(rest) {
                Some(0) => Err(NoAddress::NoServer),
                Some(_) => Ok(Self::Kurrent(rest.to_owned())),
                None if rest.contains("://") => Err(NoAddress::Unknown),
                None => Ok(Self::Kurrent(format!("kurrentdb://{rest}"))),
            },
            (None, None) => Err(NoAddress::Unknown),
        }
    }
}

/// As it may be shown: without the password that a connection string may hold.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(folder) => write!(f, "{JOURNAL}{}", folder.display()),
            Self::Kurrent(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("kurrentdb", url));
                let servers = rest.rsplit_once('@').map_or(rest, |(_, servers)| servers);
                write!(f, "{scheme}://{servers}")
            }
        }
    }
}

impl Address {
    /// The log to read. A journal is read without its lock, so a bot may be running on it.
    pub(super) fn source(&self) -> anyhow::Result<Arc<dyn EventStore>> {
        match self {
            Self::Journal(data) => Ok(Arc::new(FolderLog::new(reader(data)?))),
            Self::Kurrent(url) => kurrent(url),
        }
    }

    /// The log to append to; a journal is made where there is none. Blocks while a large one is checked.
    pub(super) fn target(&self) -> anyhow::Result<Arc<dyn EventStore>> {
        match self {
            Self::Journal(data) => Ok(Arc::new(Journal::open(target_folder(data), Options::default())?)),
            Self::Kurrent(url) => kurrent(url),
        }
    }

    /// The journal with what is beside it; nobody else may have it open.
    #[cfg(feature = "kurrent")]
    pub(super) fn journal(&self) -> anyhow::Result<Journal> {
        Ok(Journal::open(self.folder()?, Options::default())?)
    }

    /// The folder that a journal's log is in, or will be.
    pub(super) fn folder(&self) -> anyhow::Result<PathBuf> {
        let Self::Journal(data) = self else { bail!("{self} is no journal") };
        Ok(target_folder(data))
    }

    /// How many events there are, where that costs little.
    pub(super) fn events(&self) -> Option<u64> {
        let Self::Journal(data) = self else { return None };
        // A journal's positions count its events.
        reader(data).ok()?.head().ok()?.map(Position::for_store)
    }

    /// Whether somebody writes to it; `None` where that cannot be seen.
    pub(super) fn is_in_use(&self) -> Option<bool> {
        let Self::Journal(data) = self else { return None };
        Some(reader(data).ok()?.is_in_use())
    }

    /// How much it takes at once: a journal takes every append as large as it was.
    pub(super) fn options(&self) -> MigrateOptions {
        match self {
            Self::Journal(_) => MigrateOptions {
                append_bytes: usize::MAX,
                append_events: 100_000,
                ..MigrateOptions::default()
            },
            Self::Kurrent(_) => MigrateOptions::default(),
        }
    }

    /// Whether both are the same log.
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Journal(one), Self::Journal(two)) => {
                let real = |data: &Path| std::fs::canonicalize(target_folder(data)).ok();
                real(one).is_some() && real(one) == real(two)
            }
            (one, two) => one == two,
        }
    }

    /// A name for files about the moving from here to there, which shows nothing of a connection string.
    pub(super) fn name_with(&self, target: &Self) -> String {
        let real = |address: &Self| match address {
            Self::Journal(data) => {
                let folder = std::path::absolute(data).unwrap_or_else(|_| data.clone());
                Self::Journal(folder).to_string()
            }
            Self::Kurrent(_) => address.to_string(),
        };
        Digest::of(format!("{}\n{}", real(self), real(target)).as_bytes()).short()
    }
}

/// Opens a KurrentDB.
#[cfg(feature = "kurrent")]
fn kurrent(url: &str) -> anyhow::Result<Arc<dyn EventStore>> {
    Ok(Arc::new(open_kurrent(url)?))
}

/// The same, for what is beside the log.
#[cfg(feature = "kurrent")]
pub(super) fn open_kurrent(url: &str) -> anyhow::Result<countersign_kurrent::Kurrent> {
    use countersign_kurrent::{Kurrent, Patience};
    Ok(Kurrent::new(url.parse()?, Patience::default())?)
}

#[cfg(not(feature = "kurrent"))]
fn kurrent(_: &str) -> anyhow::Result<Arc<dyn EventStore>> {
    bail!("this program was built without KurrentDB: build it with `--features kurrent`")
}

fn reader(data: &Path) -> anyhow::Result<JournalReader> {
    let folder = log_folder(data);
    if !holds_segments(&folder) {
        bail!("there is no log in {}: name a data folder, as in journal:countersign-data", data.display());
    }
    JournalReader::open(&folder).with_context(|| format!("the log in {} cannot be read", folder.display()))
}

/// Where the log of a data folder is, or is to be.
fn target_folder(data: &Path) -> PathBuf {
    if holds_segments(data) { data.to_owned() } else { data.join(LOG) }
}

fn holds_segments(folder: &Path) -> bool {
    let is_segment = |path: PathBuf| path.extension().is_some_and(|extension| extension == "jsonl");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(is_segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_folder_or_a_connection_string() {
        let kurrent = |url: &str| Ok(Address::Kurrent(url.to_owned()));
        let cases = [
            ("journal:data", Ok(Address::Journal("data".into()))),
            ("journal:/srv/a b", Ok(Address::Journal("/srv/a b".into()))),
            ("kurrentdb://a:2113?tls=false", kurrent("kurrentdb://a:2113?tls=false")),
            ("esdb+discover://a:2113", kurrent("esdb+discover://a:2113")),
            ("kurrentdb:esdb://a,b,c", kurrent("esdb://a,b,c")),
            ("kurrentdb:kurrentdb://a", kurrent("kurrentdb://a")),
            ("kurrentdb:localhost:2113", kurrent("kurrentdb://localhost:2113")),
            ("journal:", Err(NoAddress::NoFolder)),
            ("kurrentdb:", Err(NoAddress::NoServer)),
            ("kurrentdb://", Err(NoAddress::NoServer)),
            ("kurrentdb:esdb://", Err(NoAddress::NoServer)),
            ("kurrentdb:http://a", Err(NoAddress::Unknown)),
            ("postgres://a", Err(NoAddress::Unknown)),
            ("data", Err(NoAddress::Unknown)),
            ("", Err(NoAddress::Unknown)),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Address>(), expected, "{text}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let shown = |text: &str| text.parse::<Address>().unwrap().to_string();
        assert_eq!(shown("esdb://admin:p@ss@a:1,b:2?tls=true"), "esdb://a:1,b:2?tls=true");
        assert_eq!(shown("kurrentdb:a:2113"), "kurrentdb://a:2113");
        assert_eq!(shown("journal:data"), "journal:data");
    }
}
