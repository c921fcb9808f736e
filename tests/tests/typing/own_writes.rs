//! Whoever looks finds what was done before they asked, however far behind the read models are.

use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::ports::{EventStore, StoreError};
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::stores::{Behind, Front};
use countersign_tests::typed::in_december;

use crate::{APPROVER, EMPLOYEE, WRITE};

/// A log that whoever follows it hears of late: everybody else has a turn many times before.
struct Late(MemoryStore);

#[async_trait]
impl Front for Late {
    fn store(&self) -> &dyn EventStore {
        &self.0
    }

    async fn read_all(&self, after: Option<Position>, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        for _ in 0..500 {
            tokio::task::yield_now().await;
        }
        self.0.read_all(after, limit).await
    }
}

#[tokio::test]
async fn trust_c4_what_was_just_done_is_in_every_list_that_is_asked_for_behind_it() {
    let stage = in_december(Stage::on(Arc::new(Behind(Late(MemoryStore::new())))).await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    for _ in 0..8 {
        let card = stage.says_without_waiting(EMPLOYEE, "extend by 1 hour").await;
        assert!(!card.refused, "{}", card.text);
        for looks in ["status", "what waits for me", "is anything waiting for me"] {
            let card = stage.says_without_waiting(APPROVER, looks).await;
            assert!(card.text.contains(&code), "{looks}: {}", card.text);
        }
        let card = stage.says_without_waiting(EMPLOYEE, &format!("withdraw {code}")).await;
        assert!(!card.refused, "{}", card.text);
        let card = stage.says_without_waiting(APPROVER, "status").await;
        assert!(!card.text.contains(&code), "{}", card.text);
    }
}
