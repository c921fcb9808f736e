//! A bot that is told to stop finishes what it is doing, even while its read models lag behind the log.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::ports::{EventStore, StoreError};
use countersign_projections::Projections;
use countersign_store::MemoryStore;
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::stores::{Behind, Front};
use countersign_tests::until::until_seen;
use tokio::sync::RwLock;

/// A stop that takes longer than this never ends.
const PATIENCE: Duration = Duration::from_secs(10);
/// More turns of the runtime than anything needs that waits for nothing.
const TURNS: usize = 1000;

#[tokio::test]
async fn an_effect_that_waits_for_the_read_models_is_finished_before_the_bot_stops() {
    let (store, gate) = (Arc::new(MemoryStore::new()), Arc::new(RwLock::new(())));
    let lagging: Arc<dyn EventStore> = Arc::new(Behind(Gated { store: store.clone(), gate: gate.clone() }));
    let lag = |world: &mut countersign::world::World| {
        world.projections = Projections::open(lagging, None).expect("read models");
    };
    let stage = Stage::arranged(store.clone(), |_| {}, lag).await;
    let code = stage.ask("demo-employee", &form("write", "payments-api", "2 days", "OPS-17")).await;
    let ada = stage.context("demo-approver").await;
    let opened = stage.opened(&code).await;
    let lag = gate.write().await;
    let approved = stage.bot.requests.countersign(&ada, &opened, None).await;
    assert!(approved.expect("the log can be written").is_ok());
    until_seen("the permission is to be set", async || of_setting(&store, "effect_claimed").await == 1).await;
    turn().await;
    let stopped = tokio::spawn(stage.bot.stop());
    turn().await;
    drop(lag);
    let stopped = tokio::time::timeout(PATIENCE, stopped).await;
    stopped.expect("it does not end when it is stopped").expect("it stops in good order");
    assert_eq!(of_setting(&store, "effect_succeeded").await, 1, "what was begun is recorded");
}

/// How many events of this type there are about setting a permission.
async fn of_setting(store: &MemoryStore, kind: &str) -> usize {
    let events = store.read_all(None, usize::MAX).await.expect("the log can be read");
    let of_setting = |data: &str| data.contains(r#""kind":"set_permission""#);
    events.iter().filter(|event| event.kind == kind && of_setting(event.data.get())).count()
}

async fn turn() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}

/// A log that cannot be followed while the gate is held.
struct Gated {
    store: Arc<MemoryStore>,
    gate: Arc<RwLock<()>>,
}

#[async_trait]
impl Front for Gated {
    fn store(&self) -> &dyn EventStore {
        &*self.store
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        let _open = self.gate.read().await;
        self.store.read_all(after, limit).await
    }
}
