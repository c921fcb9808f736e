//! A pager: what wakes somebody who is on call.

use async_trait::async_trait;
use serde::Serialize;
use uuid::Uuid;

use super::CallError;
use crate::names::Tenant;

/// What somebody is woken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<'a> {
    /// Whose ticket it is.
    pub tenant: &'a Tenant,
    /// The ticket's number.
    pub ticket: u64,
    /// What it is about, on one line.
    pub subject: &'a str,
    /// What was promised and not kept, as people say it: `an answer`.
    pub promise: &'a str,
    /// How often somebody was woken for it, with this time.
    pub times: u32,
}

/// What wakes people for one tenant.
#[async_trait]
pub trait Pager: Send + Sync {
    /// Wakes them, under a key by which whoever does it knows it again: the same key twice wakes them once.
    async fn page(&self, page: &Page<'_>, key: Uuid) -> Result<(), CallError>;
}
