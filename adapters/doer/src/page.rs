//! A pager behind an address: called as actions are, signed and under a key, and no other address than the one it is.

use async_trait::async_trait;
use countersign_domain::ports::{CallError, Doer as _, Doing, Page, Pager};
use serde_json::json;
use uuid::Uuid;

use crate::http::HttpDoer;

/// What wakes people by a call.
#[derive(Debug)]
pub struct WebhookPager {
    doer: HttpDoer,
    url: String,
}

impl WebhookPager {
    /// Calls this address through a doer that may.
    pub const fn new(doer: HttpDoer, url: String) -> Self {
        Self { doer, url }
    }
}

#[async_trait]
impl Pager for WebhookPager {
    async fn page(&self, page: &Page<'_>, key: Uuid) -> Result<(), CallError> {
        let body = json!(page);
        self.doer.call(Doing::Http { method: "POST", url: &self.url, body: Some(&body) }, key).await.map(drop)
    }
}
