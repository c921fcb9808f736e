//! sled 0.34, with the fdatasync that its own flush leaves out on Linux.

use std::fs::File;
use std::io;
use std::path::Path;

use super::{Engine, Record};

pub(crate) struct Sled {
    database: sled::Db,
    events: sled::Tree,
    streams: sled::Tree,
    file: File,
}

impl Engine for Sled {
    fn open(folder: &Path) -> io::Result<Self> {
        let database =
            sled::Config::new().path(folder).cache_capacity(256 << 20).flush_every_ms(None).open()?;
        let (events, streams) = (database.open_tree("events")?, database.open_tree("streams")?);
        let file = File::open(folder.join("db"))?;
        Ok(Self { database, events, streams, file })
    }

    fn commit(&mut self, group: &[Record]) -> io::Result<()> {
        let (mut events, mut streams) = (sled::Batch::default(), sled::Batch::default());
        for record in group {
            let pos = record.pos.to_be_bytes();
            events.insert(&pos, record.line.as_slice());
            streams.insert(record.key.as_slice(), &pos);
        }
        self.events.apply_batch(events)?;
        self.streams.apply_batch(streams)?;
        self.database.flush()?;
        self.file.sync_data()
    }
}
