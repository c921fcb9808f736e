//! redb: a copy-on-write B-tree.

use std::io;
use std::path::Path;

use redb::{Database, Durability, TableDefinition};

use super::{Engine, Record, failed};

const EVENTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("events");
const STREAMS: TableDefinition<'_, &[u8], u64> = TableDefinition::new("streams");

pub(crate) struct Redb {
    database: Database,
}

impl Engine for Redb {
    fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { database: Database::create(folder.join("redb")).map_err(failed)? })
    }

    fn commit(&mut self, group: &[Record]) -> io::Result<()> {
        let mut write = self.database.begin_write().map_err(failed)?;
        write.set_durability(Durability::Immediate).map_err(failed)?;
        {
            let mut events = write.open_table(EVENTS).map_err(failed)?;
            let mut streams = write.open_table(STREAMS).map_err(failed)?;
            for record in group {
                events.insert(record.pos, record.line.as_slice()).map_err(failed)?;
                streams.insert(record.key.as_slice(), record.pos).map_err(failed)?;
            }
        }
        write.commit().map_err(failed)
    }
}
