//! Which generations there are, and which of them serves: one small file, written whole beside itself and renamed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use countersign_domain::digest::Digest;
use countersign_domain::ports::Generation;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

const FILE: &str = "generations.json";

/// Which there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generations {
    pub(crate) serving: Generation,
    /// All of them, in the order in which they were begun.
    pub(crate) begun: Vec<Generation>,
}

impl Generations {
    /// Those of this folder; where there are none yet, this one serves.
    pub(crate) fn read(folder: &Path, first: &Generation) -> Result<Self, Fault> {
        match std::fs::read(folder.join(FILE)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let new = Self { serving: first.clone(), begun: vec![first.clone()] };
                new.write(folder)?;
                Ok(new)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Fault> {
        std::fs::create_dir_all(folder)?;
        let beside = folder.join(format!("{FILE}.new"));
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        std::fs::rename(&beside, folder.join(FILE))?;
        std::fs::File::open(folder)?.sync_all()?;
        Ok(())
    }
}

/// The folder of a generation.
pub(crate) fn folder(root: &Path, generation: &Generation) -> PathBuf {
    let Generation { embedder, chunker, fusion } = generation;
    let digest = Digest::of(format!("{embedder}\0{chunker}\0{fusion}").as_bytes()).to_string();
    root.join(&digest[..16])
}
