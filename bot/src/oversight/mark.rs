//! How far the log was acknowledged, kept beside the data: not in the folder that is copied and put back, be it the log's alone
//! or all of it, so that a log which is an older copy of itself is noticed.

use std::io;
use std::path::{Path, PathBuf};

use countersign_domain::access::Restored;
use countersign_domain::envelope::{Digest, Position};
use countersign_domain::ports::EventStore;
use serde::{Deserialize, Serialize};

use crate::config::KeysConfig;
use crate::engine::Failure;
use crate::{keys, private};

/// How the file's name ends; before that stands the name of the data folder.
const NAME: &str = "acknowledged.json";

/// The last event of the log, as far as this bot has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its place.
    pub position: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Mark {
    /// Where it is kept for a data folder: in the folder of the bot's own keys, which stands beside.
    pub fn path(keys: &KeysConfig, data: &Path) -> PathBuf {
        let whole = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
        let name = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
        keys::folder(keys, data).join(format!("{name}-{NAME}"))
    }

    /// The one that is kept there; nothing where there is none that can be read.
    pub fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read(path).ok()?;
        serde_json::from_slice(&text).inspect_err(|error| tracing::warn!("{}: {error}", path.display())).ok()
    }

    /// Keeps it there, whole or not at all.
    pub fn write(self, path: &Path) -> io::Result<()> {
        path.parent().map(private::folder).transpose()?;
        let beside = path.with_extension("new");
        std::fs::write(&beside, serde_json::to_vec(&self)?)?;
        std::fs::rename(beside, path)
    }

    /// The mark of the log as it is now; nothing where it is empty.
    pub async fn of(store: &dyn EventStore) -> Result<Option<Self>, Failure> {
        let Some(head) = store.head().await? else { return Ok(None) };
        let last = store.read_at(&[head]).await?;
        Ok(last.first().map(|last| Self { position: head.for_store(), hash: last.hash }))
    }
}

/// Whether the log is an older copy of itself: it ends before what was acknowledged, or went on differently from there. `told`:
/// so it is, whatever is kept.
pub async fn restored(
    store: &dyn EventStore,
    kept: Option<Mark>,
    told: bool,
) -> Result<Option<Restored>, Failure> {
    let Some(head) = store.head().await? else { return Ok(None) };
    let last = store.read_at(&[head]).await?;
    let Some(last) = last.first() else { return Ok(None) };
    let is_older = match kept {
        None => false,
        Some(mark) => {
            let there = store.read_at(&[Position::from_store(mark.position)]).await?;
            there.first().is_none_or(|event| event.hash != mark.hash)
        }
    };
    let acknowledged = kept.map(|mark| mark.position);
    Ok((is_older || told).then(|| Restored { acknowledged, head: head.for_store(), until: last.at }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_kept_and_a_broken_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = Mark::path(&KeysConfig::default(), &folder.path().join("data"));
        assert_eq!(Mark::read(&path), None);
        let mark = Mark { position: 7, hash: Digest::of(b"seven") };
        mark.write(&path).unwrap();
        assert_eq!(Mark::read(&path), Some(mark));
        std::fs::write(&path, "{").unwrap();
        assert_eq!(Mark::read(&path), None);
    }
}
