//! A folder of a tenant whose files are brought as documents by themselves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_domain::audience::Acl;
use countersign_domain::names::PrincipalId;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::section::Section;
use crate::help::FolderSettings;

/// So often and so seldom it is looked at at most, so many files are looked at, and so long is the name of a collection.
const OFTENEST: Duration = Duration::from_secs(5);
const SELDOMEST: Duration = Duration::from_hours(24);
const MOST_FILES: usize = 10_000;
const MOST_COLLECTION: usize = 40;
/// The name of everybody, where groups stand.
const EVERYBODY: &str = "*";

/// A folder whose files are brought as documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderConfig {
    /// Where it is: beside the configuration, where it is no whole path.
    pub path: PathBuf,
    /// The id of the person in whose name its files are brought: they are asked and told what becomes of them.
    pub owner: String,
    /// The groups whose members may read them; `*` is everybody.
    pub readers: BTreeSet<String>,
    /// The collection that new ones belong to.
    #[serde(default = "collection")]
    pub collection: String,
    /// So often it is looked at.
    #[serde(default = "every", with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub every: Duration,
    /// So many of its files are looked at, by the order of their names.
    #[serde(default = "most_files")]
    pub most_files: usize,
}

fn collection() -> String {
    "general".to_owned()
}

const fn every() -> Duration {
    Duration::from_mins(1)
}

const fn most_files() -> usize {
    1_000
}

impl FolderConfig {
    /// Looks whether it can be used, and makes a whole path of where it is. Whether it is there is no question yet: a disk that is away
    /// keeps no bot from starting.
    pub(super) fn check(&mut self, section: &Section<'_>, beside: &Path) {
        let fault = |fits: bool, what: &str| {
            if !fits {
                section.fault("folder", what);
            }
        };
        fault(!self.path.as_os_str().is_empty(), "`path` is empty: write where the folder is");
        fault(
            self.owner.parse::<PrincipalId>().is_ok(),
            "`owner` is nobody's id: write one, such as \"ada\"",
        );
        fault(
            !self.readers.is_empty(),
            "`readers` names nobody: write groups, such as [\"hr\"], or [\"*\"] for everybody",
        );
        fault(
            !self.readers.iter().any(|group| group.trim().is_empty()),
            "`readers` names a group without a name",
        );
        let length = self.collection.trim().chars().count();
        fault(
            (1..=MOST_COLLECTION).contains(&length),
            "`collection` does not fit: write a name of 1 to 40 characters",
        );
        fault(
            (OFTENEST..=SELDOMEST).contains(&self.every),
            "`every` does not fit: write a duration from \"5s\" to \"24h\"",
        );
        fault(
            (1..=MOST_FILES).contains(&self.most_files),
            "`most_files` does not fit: write a number from 1 to 10000",
        );
        self.path = beside.join(&self.path);
    }

    /// What the help desk is told of it; nothing where it was never checked.
    pub(crate) fn settings(&self) -> Option<FolderSettings> {
        Some(FolderSettings {
            path: self.path.clone(),
            owner: self.owner.parse().ok()?,
            collection: self.collection.trim().to_owned(),
            readers: readers(&self.readers),
            every: SignedDuration::try_from(self.every).unwrap_or(SignedDuration::MAX),
            most_files: self.most_files,
        })
    }
}

/// Those who may read something, as they are written.
pub(super) fn readers(groups: &BTreeSet<String>) -> Acl {
    let named = groups.iter().filter(|group| *group != EVERYBODY).cloned();
    Acl { everybody: groups.contains(EVERYBODY), ..Acl::of(named) }
}
