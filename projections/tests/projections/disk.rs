//! What the read models take on disk beside the log, however often they are folded anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::support::{History, MANY, life, tenant};
use countersign_domain::envelope::Envelope;
use countersign_domain::ports::EventStore as _;
use countersign_projections::{Projections, all};
use countersign_store::MemoryStore;

/// So many whole lives of requests, each of somebody else.
const LIVES: u64 = 400;

/// What one event takes in the log, as JSON.
fn bytes(events: &[Envelope]) -> u64 {
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
    let mut sizes = Vec::new();
    for _ in 0..4 {
        let db = open();
        let kept = Projections::open_writing(history.store.clone(), Some(db.clone()), all(), 2048).unwrap();
        kept.catch_up().await.unwrap();
        db.flush().unwrap();
        // As it is after a start: what the folding before has left is written over.
        sizes.push(db.size_on_disk().unwrap());
        for projection in all() {
            kept.rebuild(projection.name()).await.unwrap();
        }
        db.flush().unwrap();
        sizes.push(db.size_on_disk().unwrap());
    }
    assert!(sizes.iter().all(|size| size * 2 <= log * 3), "{sizes:?} beside a log of {log}");
    // However often everything is written beside what is there, it takes no more than the first time, by half at most.
    assert!(sizes.iter().all(|size| size * 2 <= sizes[1] * 3), "{sizes:?}");
}
