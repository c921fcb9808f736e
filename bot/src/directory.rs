//! The directory: who belongs to a tenant and which rules are in force, always as the log has it now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::aggregate::Aggregate;
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::rules::{Refusal, RuleSet, Ruling};
use countersign_domain::tenant::{People, Person, Rulebook};

use crate::aside::aside;
use crate::engine::Failure;
use crate::folds::Folds;

/// A tenant's people and its compiled rules, each at one revision of its stream.
#[derive(Clone)]
pub struct Present {
    /// The people as events left them.
    pub state: Arc<People>,
    /// The rules as they stand in the log.
    pub rulebook: Arc<Rulebook>,
    /// The rules, ready to be asked; `None` where none were published yet.
    pub rules: Option<RuleSet>,
}

/// Reads only what is new, but that every time: a removal counts at once.
#[derive(Clone)]
pub struct Directory {
    folds: Folds,
    compiled: Arc<Mutex<HashMap<Tenant, RuleSet>>>,
}

impl Directory {
    /// A directory over these folds.
    pub fn new(folds: Folds) -> Self {
        Self { folds, compiled: Arc::default() }
    }

    /// The tenant as it is now.
    pub async fn present(&self, tenant: &Tenant) -> Result<Present, Failure> {
        let stream = |category| StreamName::new(tenant, category, tenant.as_str());
        let (people, rulebook) = (stream(People::CATEGORY)?, stream(Rulebook::CATEGORY)?);
        let reading = (self.folds.now::<People>(&people), self.folds.now::<Rulebook>(&rulebook));
        let (people, rulebook) = futures::future::try_join(reading.0, reading.1).await?;
        let rules = self.compile(tenant, &rulebook.state).await?;
        Ok(Present { state: people.state, rulebook: rulebook.state, rules })
    }

    /// The person with this id, as they are now.
    pub async fn person(&self, tenant: &Tenant, id: &PrincipalId) -> Result<Option<Person>, Failure> {
        Ok(self.present(tenant).await?.state.people.get(id).cloned())
    }

    async fn compile(&self, tenant: &Tenant, rulebook: &Rulebook) -> Result<Option<RuleSet>, Failure> {
        let Some(published) = &rulebook.in_force else { return Ok(None) };
        let known = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        if let Some(known) = known.filter(|known| known.version() == published.version) {
            return Ok(Some(known));
        }
        let cannot = |why: String| Failure::Rules { tenant: tenant.clone(), why };
        let (version, text) = (published.version, published.text.clone());
        let compiled = aside(async move { RuleSet::compile(version, &text) }).await;
        let compiled = compiled.map_err(|error| cannot(error.to_string()))?;
        let compiled = compiled.map_err(|faults| cannot(faults.to_string()))?;
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone(), compiled.clone());
        Ok(Some(compiled))
    }
}

impl Present {
    /// A tenant as it was read elsewhere.
    pub fn of(state: Arc<People>, rules: Option<RuleSet>) -> Self {
        Self { state, rulebook: Arc::default(), rules }
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
