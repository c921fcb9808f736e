//! Opening a request: read once for a sentence, and from there on at hand for all that the sentence does with it.

use std::ops::Deref;

use countersign_domain::aggregate::{self, Aggregate as _};
use countersign_domain::capabilities::AnyRequest;
use countersign_domain::denied::Violation;
use countersign_domain::envelope::{Digest, Envelope};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::request::{self, Code, Facets};
use uuid::Uuid;

use super::Requests;
use crate::context::Context;
use crate::directory::Present;
use crate::engine::{Decided, Failure, Loaded};

/// So many events are read at once.
const PAGE: usize = 512;

/// A request as it was read, with the people and the rules there were then.
#[derive(Clone)]
pub struct Opened {
    /// Its code.
    pub code: Code,
    /// How it stands.
    pub request: AnyRequest,
    /// What has happened to it.
    pub history: Vec<Envelope>,
    /// The tenant as it was then.
    pub present: Present,
}

impl Deref for Opened {
    type Target = dyn Facets;

    fn deref(&self) -> &Self::Target {
        &*self.request
    }
}

impl Opened {
    /// What is at hand for the command with this id; nothing where that was carried out before, for then the log answers.
    pub(super) fn at_hand(&self, command: Uuid) -> Option<Loaded<Option<AnyRequest>>> {
        if self.history.iter().any(|event| event.command == command) {
            return None;
        }
        Some(Loaded {
            state: Some(self.request.clone()),
            rev: self.history.last().map(|event| event.rev),
            correlation: self.history.first().map(|event| event.correlation),
            before: vec![],
        })
    }
}

impl Opened {
    /// The receipt that was said: all of it, or its start where it is the present one's, from the eight digits that people
    /// see on. Any other text is a receipt of something that does not stand any more.
    pub fn said_receipt(&self, given: Option<&str>) -> Option<Digest> {
        let given = given?.to_lowercase();
        let present = self.receipt().filter(|present| {
            given.len() >= present.short().len() && present.to_string().starts_with(&given)
        });
        let whole = || Digest::try_from(given.clone()).ok();
        Some(present.or_else(whole).unwrap_or_else(|| Digest::of(given.as_bytes())))
    }
}

impl Requests {
    /// The request that somebody names, where they may see it. To everybody else it is as if there were none.
    pub async fn open(
        &self,
        context: &Context,
        name: &'static str,
        code: &Code,
    ) -> Result<Decided<Opened>, Failure> {
        let now = self.world.clock.now();
        let sees = |opened: &Opened| {
            let absent = opened.present.state.absent_for(&context.person, now);
            opened.is_seen_by(&context.person, &absent)
        };
        match self.read(&context.tenant, code).await?.filter(sees) {
            Some(opened) => Ok(Ok(opened)),
            None => self.refuse(context, name, Violation::UnknownCode { given: code.to_string() }).await,
        }
    }

    /// A request with all that has happened to it, whoever may see it; none where nobody asked.
    pub async fn read(&self, tenant: &Tenant, code: &Code) -> Result<Option<Opened>, Failure> {
        let stream = StreamName::new(tenant, request::CATEGORY, code.stream_id())?;
        let (mut state, mut history) = (None::<AnyRequest>, Vec::<Envelope>::new());
        loop {
            let page = self.world.store.read_stream(&stream, history.len() as u64, PAGE).await?;
            let is_last = page.len() < PAGE;
            for event in page {
                state.evolve(&aggregate::decode(&event)?, event.at);
                history.push(event);
            }
            if is_last {
                break;
            }
        }
        let Some(request) = state else { return Ok(None) };
        let present = self.directory.present(tenant).await?;
        Ok(Some(Opened { code: code.clone(), request, history, present }))
    }
}
