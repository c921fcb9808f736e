//! That somebody wants no more of an answer: the log says so, and whoever is answering hears of it at once.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use countersign_domain::names::Tenant;
use countersign_domain::ports::Stop;
use uuid::Uuid;

use super::asking::Asker;

/// The end of a turn that is being answered.
pub(super) struct TurnOver<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) tenant: &'a Tenant,
    pub(super) conversation: Uuid,
    pub(super) turn: Uuid,
    pub(super) heard: AtomicBool,
}

#[async_trait]
impl Stop for TurnOver<'_> {
    fn is_wanted(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }

    async fn wanted(&self) {
        // Where the log cannot be read, nobody can have stopped anything that it says.
        if self.asker.over(self.tenant, self.conversation, self.turn).await.is_err() {
            std::future::pending::<()>().await;
        }
        self.heard.store(true, Ordering::Relaxed);
    }
}
