//! What remains readable of who was erased: whatever the log holds of them that no key of theirs has sealed.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use countersign_domain::names::{PrincipalId, Tenant};
use serde::Serialize;

use crate::cli::folder::{FolderLog, reader};

/// What the log holds of a person in clear.
#[derive(Debug, Serialize)]
#[serde(tag = "log", rename_all = "snake_case")]
pub(super) enum Remains {
    /// It was read.
    Read {
        /// How many events say what they did, or name them, by type.
        events: BTreeMap<String, usize>,
    },
    /// It could not be.
    Unread {
        /// Why.
        why: String,
    },
}

impl Remains {
    /// Of this person, in the log of a data folder.
    pub(super) fn of(data: &Path, tenant: &Tenant, person: &PrincipalId) -> Self {
        match events(data, tenant, person) {
            Ok(events) => Self::Read { events },
            Err(error) => Self::Unread { why: format!("{error:#}") },
        }
    }
}

fn events(data: &Path, tenant: &Tenant, person: &PrincipalId) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut events = BTreeMap::new();
    // As JSON writes an id: no letter of one is escaped.
    let named = format!("\"{person}\"");
    for envelope in FolderLog::new(reader(data)?).events(None)? {
        let envelope = envelope?;
        let is_theirs = envelope.actor.id == *person || envelope.data.get().contains(&named);
        if envelope.tenant == *tenant && is_theirs {
            *events.entry(envelope.kind).or_insert(0) += 1;
        }
    }
    Ok(events)
}

impl fmt::Display for Remains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { events } if events.is_empty() => {
                write!(f, "What remains readable: no event in the log names them by their id.")
            }
            Self::Read { events } => {
                let all: usize = events.values().sum();
                write!(
                    f,
                    "What remains readable: {all} events in the log that say what they did or name them by their id. What is written \
                     there in clear stays, as do names and texts of theirs that others wrote:"
                )?;
                events.iter().try_for_each(|(kind, times)| write!(f, "\n{times:>8}  {kind}"))
            }
            Self::Unread { why } => {
                write!(f, "What remains readable is not known, because the log could not be read: {why}")
            }
        }
    }
}
