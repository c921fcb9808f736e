//! fjall: a log-structured merge tree.

use std::io;
use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::{Engine, Record, failed};

pub(crate) struct Fjall {
    database: Database,
    events: Keyspace,
    streams: Keyspace,
}

impl Engine for Fjall {
    fn open(folder: &Path) -> io::Result<Self> {
        let database = Database::builder(folder).open().map_err(failed)?;
        let events = database.keyspace("events", KeyspaceCreateOptions::default).map_err(failed)?;
        let streams = database.keyspace("streams", KeyspaceCreateOptions::default).map_err(failed)?;
        Ok(Self { database, events, streams })
    }

    fn commit(&mut self, group: &[Record]) -> io::Result<()> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for record in group {
            let pos = record.pos.to_be_bytes();
            batch.insert(&self.events, pos, record.line.as_slice());
            batch.insert(&self.streams, record.key.as_slice(), pos);
        }
        batch.commit().map_err(failed)
    }
}
