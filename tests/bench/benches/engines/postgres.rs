//! PostgreSQL: one prepared INSERT an append, each by itself, on a connection for each writer.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::ports::Append;
use countersign_store::Prepared;
use countersign_store::bench::Target;
use postgres::{Client, NoTls, Statement};

use super::failed;

/// Its usual limit is 100 connections, some of them kept for others.
const MOST_CONNECTIONS: usize = 64;

struct Connection {
    client: Client,
    insert: Statement,
}

/// Connections that are free.
pub(crate) struct Postgres {
    free: Arc<Mutex<Vec<Connection>>>,
    permits: tokio::sync::Semaphore,
}

impl Postgres {
    /// Connects to the server that `address` describes, and makes a new table there.
    pub(crate) fn open(address: &str, writers: usize) -> io::Result<Self> {
        let mut client = Client::connect(address, NoTls).map_err(failed)?;
        let set_up = "DROP TABLE IF EXISTS countersign_bench;
            CREATE TABLE countersign_bench (pos bigserial PRIMARY KEY, stream text NOT NULL, rev bigint NOT NULL,
                line bytea NOT NULL, UNIQUE (stream, rev));";
        client.batch_execute(set_up).map_err(failed)?;
        let connections: io::Result<Vec<_>> =
            (0..writers.min(MOST_CONNECTIONS)).map(|_| connect(address)).collect();
        let connections = connections?;
        let permits = tokio::sync::Semaphore::new(connections.len());
        Ok(Self { free: Arc::new(Mutex::new(connections)), permits })
    }
}

fn connect(address: &str) -> io::Result<Connection> {
    let mut client = Client::connect(address, NoTls).map_err(failed)?;
    let insert = "INSERT INTO countersign_bench (stream, rev, line) VALUES ($1, $2, $3) RETURNING pos";
    let insert = client.prepare(insert).map_err(failed)?;
    Ok(Connection { client, insert })
}

impl Target for Postgres {
    async fn append(&self, append: Append) -> io::Result<()> {
        let prepared = Prepared::new(&append).map_err(failed)?;
        let _permit = self.permits.acquire().await.map_err(failed)?;
        let free = Arc::clone(&self.free);
        let take = move || {
            let lock = || free.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(mut connection) = lock().pop() else {
                return Err(io::Error::other("no connection is free"));
            };
            let Connection { client, insert } = &mut connection;
            let rev = i64::try_from(prepared.last_rev()).map_err(failed)?;
            let (stream, line) = (prepared.stream.as_str(), prepared.events[0].canonical.as_slice());
            let done = client.query_one(insert, &[&stream, &rev, &line]).map(drop).map_err(failed);
            lock().push(connection);
            done
        };
        tokio::task::spawn_blocking(take).await.map_err(failed)?
    }
}
