//! SQLite with a write-ahead log and `synchronous=FULL`.

use std::io;
use std::path::Path;

use rusqlite::{Connection, params};

use super::{Engine, Record, failed};

pub(crate) struct Sqlite {
    connection: Connection,
}

impl Engine for Sqlite {
    fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let connection = Connection::open(folder.join("sqlite")).map_err(failed)?;
        let set_up = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
            CREATE TABLE events (pos INTEGER PRIMARY KEY, key BLOB NOT NULL, line BLOB NOT NULL);
            CREATE UNIQUE INDEX streams ON events (key);";
        connection.execute_batch(set_up).map_err(failed)?;
        Ok(Self { connection })
    }

    fn commit(&mut self, group: &[Record]) -> io::Result<()> {
        let transaction = self.connection.transaction().map_err(failed)?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3)").map_err(failed)?;
            for record in group {
                let pos = i64::try_from(record.pos).map_err(failed)?;
                insert.execute(params![pos, record.key, record.line]).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)
    }
}
