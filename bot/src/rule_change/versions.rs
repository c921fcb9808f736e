//! The versions of the rules there were: each with its text, when it came into force, and by whom.

use countersign_domain::aggregate::{self, Aggregate as _, DecodeError};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::ports::EventStore;
use countersign_domain::request::Code;
use countersign_domain::tenant::{PublishedBy, Rulebook, RulebookEvent};
use jiff::Timestamp;
use serde::Serialize;

use crate::engine::Failure;

/// So many events are read at once.
const PAGE: usize = 500;

/// One version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// From 1.
    pub version: u64,
    /// From when on it was in force.
    pub at: Timestamp,
    /// Who published it: who proposed it, where it was countersigned.
    pub by: PrincipalId,
    /// Who countersigned it.
    pub countersigned_by: Vec<PrincipalId>,
    /// By which request.
    pub request: Option<Code>,
    /// The Cedar text.
    #[serde(skip)]
    pub text: String,
}

impl Version {
    /// The version that an event published; nothing where it did something else.
    pub(crate) fn published(envelope: &Envelope) -> Result<Option<Self>, DecodeError> {
        if envelope.kind != "rules_published" {
            return Ok(None);
        }
        let RulebookEvent::RulesPublished { version, text, change } = aggregate::decode(envelope)?;
        let (at, by) = (envelope.at, envelope.actor.id.clone());
        let alone = Self { version, at, by, countersigned_by: vec![], request: None, text };
        Ok(Some(match change {
            Some(PublishedBy { request, proposed_by, countersigned_by }) => {
                Self { by: proposed_by, countersigned_by, request: Some(request), ..alone }
            }
            None => alone,
        }))
    }
}

/// Every version of a tenant's rules, the first one first.
pub async fn versions(store: &dyn EventStore, tenant: &Tenant) -> Result<Vec<Version>, Failure> {
    let stream = StreamName::new(tenant, Rulebook::CATEGORY, tenant.as_str())?;
    let (mut versions, mut from) = (Vec::new(), 0);
    loop {
        let page = store.read_stream(&stream, from, PAGE).await?;
        for envelope in &page {
            versions.extend(Version::published(envelope)?);
        }
        match page.last().filter(|_| page.len() == PAGE) {
            Some(last) => from = last.rev + 1,
            None => return Ok(versions),
        }
    }
}

/// The version with this number, as somebody writes it; `None` where there never was one.
pub async fn version(
    store: &dyn EventStore,
    tenant: &Tenant,
    number: &str,
) -> Result<Option<Version>, Failure> {
    let all = versions(store, tenant).await?;
    Ok(all.into_iter().find(|version| version.version.to_string() == number))
}
