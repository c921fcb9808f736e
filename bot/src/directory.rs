//! The directory: who belongs to a tenant and which rules are in force, always as the log has it now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::access::{self, Asked};
use countersign_domain::aggregate::{self, Aggregate};
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::ports::EventStore;
use countersign_domain::rules::{Refusal, RuleSet, Ruling};
use countersign_domain::tenant::{Person, TenantState};

use crate::aside::aside;
use crate::engine::Failure;

/// So many events are read at once.
const PAGE: usize = 500;

/// A tenant's people and its compiled rules at one revision of its stream.
#[derive(Clone)]
pub struct Present {
    /// People and rules as events left them.
    pub state: Arc<TenantState>,
    /// The rules, ready to be asked; `None` where none were published yet.
    pub rules: Option<RuleSet>,
    rev: Option<u64>,
}

/// Keeps what it read, and reads only what is new: a removal counts at once.
#[derive(Clone)]
pub struct Directory {
    store: Arc<dyn EventStore>,
    known: Arc<Mutex<HashMap<Tenant, Present>>>,
}

impl Directory {
    /// A directory over this log.
    pub fn new(store: Arc<dyn EventStore>) -> Self {
        Self { store, known: Arc::default() }
    }

    /// The tenant as it is now.
    pub async fn present(&self, tenant: &Tenant) -> Result<Present, Failure> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        let mut present = known.unwrap_or(Present { state: Arc::default(), rules: None, rev: None });
        let stream = StreamName::new(tenant, TenantState::CATEGORY, tenant.as_str())?;
        let next = |rev: Option<u64>| rev.map_or(0, |rev| rev + 1);
        let mut page = self.store.read_stream(&stream, next(present.rev), PAGE).await?;
        if page.is_empty() {
            return Ok(present);
        }
        let mut state = TenantState::clone(&present.state);
        while !page.is_empty() {
            for envelope in &page {
                state.evolve(&aggregate::decode(envelope)?, envelope.at);
                present.rev = Some(envelope.rev);
            }
            page = self.store.read_stream(&stream, next(present.rev), PAGE).await?;
        }
        present.rules = compile(tenant, &state, present.rules).await?;
        present.state = Arc::new(state);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone(), present.clone());
        Ok(present)
    }

    /// The person with this id, as they are now.
    pub async fn person(&self, tenant: &Tenant, id: &PrincipalId) -> Result<Option<Person>, Failure> {
        Ok(self.present(tenant).await?.state.people.get(id).cloned())
    }
}

async fn compile(
    tenant: &Tenant,
    state: &TenantState,
    known: Option<RuleSet>,
) -> Result<Option<RuleSet>, Failure> {
    let Some(published) = &state.rules else { return Ok(None) };
    if let Some(known) = known.filter(|known| known.version() == published.version) {
        return Ok(Some(known));
    }
    let cannot = |why: String| Failure::Rules { tenant: tenant.clone(), why };
    let (version, text) = (published.version, published.text.clone());
    let compiled = aside(async move { RuleSet::compile(version, &text) }).await;
    let compiled = compiled.map_err(|error| cannot(error.to_string()))?;
    compiled.map(Some).map_err(|faults| cannot(faults.to_string()))
}

impl Present {
    /// A tenant as it was read elsewhere.
    pub const fn of(state: Arc<TenantState>, rules: Option<RuleSet>) -> Self {
        Self { state, rules, rev: None }
    }

    /// What the rules say to a request, for `minutes` if that differs from what was asked; `None` where its content
    /// is not good enough to ask them, or where there are none.
    pub fn rule(&self, asked: &Asked, minutes: Option<u64>) -> Option<Ruling> {
        let rules = self.rules.as_ref()?;
        Some(rules.rule(&access::question(asked, minutes, &self.state)?))
    }

    /// The answer of rules that cannot be asked.
    pub fn nothing_allowed(&self) -> Ruling {
        Ruling::Forbidden(Refusal { version: self.rules_version(), policies: vec![], messages: vec![] })
    }

    /// The version of the rules in force; 0 where there are none.
    pub fn rules_version(&self) -> u64 {
        self.rules.as_ref().map_or(0, RuleSet::version)
    }
}
