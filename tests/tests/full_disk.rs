//! On a full disk nothing is lost, nothing is claimed, and what takes access away still goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_domain::ports::{Append, Appended, EventStore, StoreError};
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::stores::{Behind, Front};
use jiff::SignedDuration;

/// A store whose disk can be filled: then only what takes access away finds room, in the reserve.
#[derive(Default)]
struct Fillable {
    store: MemoryStore,
    full: AtomicBool,
}

#[async_trait]
impl Front for Fillable {
    fn store(&self) -> &dyn EventStore {
        &self.store
    }

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        if self.full.load(Ordering::SeqCst) && !append.urgent {
            return Err(StoreError::Full { place: "here".to_owned(), detail: "no space left".to_owned() });
        }
        self.store.append(append).await
    }
}

#[tokio::test]
async fn a_revocation_goes_through_and_the_ticket_hears_of_it_when_there_is_space_again() {
    let store = Arc::new(Behind(Fillable::default()));
    let stage = Stage::on(store.clone()).await;
    let asked = stage.says("demo-employee", "access write on payments-api for 2 days ticket OPS-17").await;
    let code = asked.code.expect("a request has a code").to_string();
    stage.says("demo-approver", &format!("approve {code}")).await;
    assert_eq!(stage.held("demo-employee", "payments-api").as_deref(), Some("write"));

    store.0.full.store(true, Ordering::SeqCst);
    let refused = stage
        .post("demo-employee", "/api/v1/chat", &serde_json::json!({"text": "access read on infra"}))
        .await;
    assert_eq!(refused["status"], 503, "{refused:#}");
    let mut changed = stage.bot.world.projections.changed();
    stage.says_without_waiting("demo-admin", &format!("revoke {code}")).await;
    let taken_away = async {
        while stage.status(&code).await != "revoked" {
            changed.changed().await.expect("the read models follow");
        }
    };
    // Real time: a bot that does not get there is a fault to be told, not waited for.
    tokio::time::timeout(Duration::from_secs(20), taken_away).await.expect("the access is taken away");
    assert_eq!(stage.held("demo-employee", "payments-api"), None);
    let comments = stage.ticket("OPS-17").1.len();

    store.0.full.store(false, Ordering::SeqCst);
    stage.later(SignedDuration::from_secs(10)).await;
    assert_eq!(stage.ticket("OPS-17").1.len(), comments + 1, "the comment was not lost");
}
