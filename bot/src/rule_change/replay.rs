//! The time machine's way through a log: a page at a time, with how far it is.

use countersign_domain::aggregate::DecodeError;
use countersign_domain::capabilities::TimeMachine;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{EventStore, StoreError};
use countersign_domain::rule_change::{Judge, Replayed};
use countersign_domain::tenant::People;

use super::versions::Version;

/// So many events are read at once.
const PAGE: usize = 1024;

/// A log that could not be gone through.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be understood.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// The rules in force at the end of a log, and how many events there are in it.
pub async fn in_force(
    store: &dyn EventStore,
    tenant: &Tenant,
) -> Result<(Option<Version>, u64), ReplayError> {
    let (mut found, mut count, mut after) = (None, 0, None);
    loop {
        let page = store.read_all(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok((found, count)) };
        after = Some(last.pos);
        count += page.len() as u64;
        for envelope in page.iter().filter(|event| event.tenant == *tenant) {
            found = Version::published(envelope)?.or(found);
        }
    }
}

/// Decides every request of a tenant's again that the log tells of; with the people there are at its end. `progress` is told now and then how many events are behind.
pub async fn replay(
    store: &dyn EventStore,
    tenant: &Tenant,
    judge: Judge,
    mut progress: impl FnMut(u64),
) -> Result<(Replayed, People), ReplayError> {
    let (mut machine, mut count, mut after) = (TimeMachine::new(judge), 0, None);
    loop {
        let page = store.read_all(after, PAGE).await?;
        let Some(last) = page.last() else {
            let people = machine.people().clone();
            return Ok((machine.replayed(), people));
        };
        after = Some(last.pos);
        for envelope in page.iter().filter(|event| event.tenant == *tenant) {
            machine.take(envelope)?;
        }
        count += page.len() as u64;
        progress(count);
    }
}
