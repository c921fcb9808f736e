//! What the help desk of the stage does outside: a job is restarted, and people are woken.

use async_trait::async_trait;
use countersign::help::Catalogue;
use countersign_domain::ports::{CallError, Came, Doer, Doing, Page, Pager};
use uuid::Uuid;

use super::{Answers, lock};

/// The actions of the stage: a job is restarted.
pub(super) fn catalogue() -> Catalogue {
    let entry = serde_json::json!({
        "name": "restart_job",
        "title": "restart a job",
        "arguments": {
            "type": "object", "additionalProperties": false, "required": ["job", "times"],
            "properties": {
                "job": { "type": "string", "maxLength": 40 },
                "times": { "type": "integer", "minimum": 1, "maximum": 3 },
            },
        },
        "call": {
            "kind": "http", "method": "POST", "url": "https://jobs.example/{job}/restart",
            "body": { "times": "{times}" },
        },
        "read_back": { "url": "https://jobs.example/{job}", "pointer": "/state", "expected": "running" },
    });
    Catalogue { version: 1, entries: vec![serde_json::from_value(entry).expect("it is an entry")] }
}

#[async_trait]
impl Doer for Answers {
    async fn call(&self, doing: Doing<'_>, key: Uuid) -> Result<Came, CallError> {
        let Doing::Http { method, url, body } = doing else { panic!("the stage calls addresses only") };
        let body = body.map(ToString::to_string).unwrap_or_default();
        let mut done = lock(&self.done);
        if !done.iter().any(|(known, _)| *known == key) {
            done.push((key, format!("{method} {url} {body}")));
            *lock(&self.job) = "running".to_owned();
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
