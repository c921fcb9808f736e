//! What the help desk of the stage does outside: a job is restarted, and people are woken.

use async_trait::async_trait;
use countersign_domain::ports::{CallError, Came, Doer, Doing, Page, Pager};
use uuid::Uuid;

use super::{Answers, lock};

#[async_trait]
impl Doer for Answers {
    async fn call(&self, doing: Doing<'_>, key: Uuid) -> Result<Came, CallError> {
        let Doing::Http { method, url, body } = doing else { panic!("the stage calls addresses only") };
        let body = body.map(ToString::to_string).unwrap_or_default();
        let mut done = lock(&self.done);
        if !done.iter().any(|(known, _)| *known == key) {
            done.push((key, format!("{method} {url} {body}")));
            "running".clone_into(&mut lock(&self.job));
        }
        Ok(Came { status: Some(202), said: serde_json::json!({ "queued": true }) })
    }

    async fn look(&self, _: &str) -> Result<Came, CallError> {
        Ok(Came { status: Some(200), said: serde_json::json!({ "state": *lock(&self.job) }) })
    }
}

#[async_trait]
impl Pager for Answers {
    async fn page(&self, page: &Page<'_>, key: Uuid) -> Result<(), CallError> {
        lock(&self.woken).push((key, page.ticket, page.times));
        Ok(())
    }
}
