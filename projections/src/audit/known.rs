//! What the entries of one page have in common, looked up once: most of a page's events are of a few requests and their effects.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{Effect, EffectEvent, Effects};
use countersign_domain::effect::Wish as _;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::StreamName;
use countersign_domain::request::Code;
use serde::Deserialize;

use super::facts::own_facts;
use super::join::{code_of, shown_of};
use crate::happened::Happened;
use crate::projection::ProjectionError;
use crate::rows::Rows;

/// What an event is shown with: of what is kept of its request only this is read, and kept for others who look.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Shown {
    pub(super) user: Option<String>,
    pub(super) repository: Option<String>,
    pub(super) ticket: Option<String>,
}

/// What was looked up for the page so far. A page is of one tenant.
pub(super) struct Known<'a> {
    rows: &'a dyn Rows,
    /// The requests that effects are for.
    effects: HashMap<StreamName, Option<Code>>,
    /// What events of a request are shown with, where anything is known of it.
    requests: HashMap<Code, Option<Shown>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(rows: &'a dyn Rows) -> Self {
        Self { rows, effects: HashMap::new(), requests: HashMap::new() }
    }

    /// The request that an event belongs to.
    pub(super) fn code_of(&mut self, event: &Happened) -> Result<Option<Code>, ProjectionError> {
        if event.stream.category() != Effects::CATEGORY {
            return code_of(self.rows, event);
        }
        if let Some(code) = self.effects.get(&event.stream) {
            return Ok(code.clone());
        }
        // Most events of an effect say themselves what for it is; what cannot be read is shown all the same.
        let said = event.effect().ok().and_then(EffectEvent::effect).and_then(Effect::code);
        let code = said.map_or_else(|| code_of(self.rows, event), |code| Ok(Some(code.clone())))?;
        self.effects.insert(event.stream.clone(), code.clone());
        Ok(code)
    }

    /// What an event is shown with: what is known of its request, or else what it says by itself.
    pub(super) fn shown_with(
        &mut self,
        envelope: &Envelope,
        code: Option<&Code>,
    ) -> Result<Shown, ProjectionError> {
        let of_its_request = match code {
            Some(code) => self.of_request(envelope, code)?,
            None => None,
        };
        if let Some(shown) = of_its_request {
            return Ok(shown);
        }
        let own = own_facts(envelope)?;
        Ok(Shown { user: own.user, repository: own.repository, ticket: own.ticket })
    }

    fn of_request(&mut self, envelope: &Envelope, code: &Code) -> Result<Option<Shown>, ProjectionError> {
        if let Some(known) = self.requests.get(code) {
            return Ok(known.clone());
        }
        let shown = shown_of(self.rows, &envelope.tenant, code)?.map(Arc::unwrap_or_clone);
        self.requests.insert(code.clone(), shown.clone());
        Ok(shown)
    }
}
