//! What the read models take on disk beside the log, however often they are folded anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use countersign_domain::ports::EventStore as _;
use countersign_projections::{Projections, all};
use countersign_store::MemoryStore;
use support::{History, MANY, life, tenant};

/// So many whole lives of requests, each of somebody else.
const LIVES: u64 = 1200;

/// What one event takes in the log, as JSON.
fn bytes(events: &[countersign_domain::envelope::Envelope]) -> u64 {
    events.iter().map(|event| serde_json::to_vec(event).unwrap().len() as u64).sum()
}

#[tokio::test]
async fn the_disk_beside_the_log_falls_back_after_everything_was_folded_anew() {
    let folder = tempfile::tempdir().unwrap();
    let open = || sled::Config::new().path(folder.path()).cache_capacity(8 << 20).open().unwrap();
    let mut history = History::new(MemoryStore::new());
    for n in MANY..MANY + LIVES {
        for happening in life(&tenant("acme"), n) {
            history.happen(&tenant("acme"), &happening).await;
        }
    }
    let log = bytes(&history.store.read_all(None, usize::MAX).await.unwrap());
    let on_disk = |db: &sled::Db| db.size_on_disk().unwrap();
    let mut sizes = Vec::new();
    for _ in 0..3 {
        let db = open();
        let kept = Projections::open_writing(history.store.clone(), Some(db.clone()), all(), 2048).unwrap();
        kept.catch_up().await.unwrap();
        db.flush().unwrap();
        sizes.push(on_disk(&db));
        for projection in all() {
            kept.rebuild(projection.name()).await.unwrap();
        }
        db.flush().unwrap();
        sizes.push(on_disk(&db));
        drop((kept, db));
    }
    let db = open();
    sizes.push(on_disk(&db));
    panic!("{log} {sizes:?} {:?}", sizes.iter().map(|size| *size as f64 / log as f64).collect::<Vec<_>>());
}
