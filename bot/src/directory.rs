//! The directory: who belongs to a tenant and which rules are in force, as the log has it now; for one sentence, as it had it when the
//! sentence asked first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::aggregate::Aggregate;
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::rules::{Refusal, RuleSet, Ruling};
use countersign_domain::tenant::{People, Person, Rulebook};

use crate::aside::aside;
use crate::engine::Failure;
use crate::folds::{self, Folds};

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

/// Reads only what is new, but that for every sentence and every event: a removal counts at once.
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

    /// The tenant as it is now; whoever answers a sentence reads it once for that.
    pub async fn present(&self, tenant: &Tenant) -> Result<Present, Failure> {
        let (people, rulebook) = streams(tenant)?;
        let reading = (self.folds.at_hand::<People>(&people), self.folds.at_hand::<Rulebook>(&rulebook));
        let (people, rulebook) = futures::future::try_join(reading.0, reading.1).await?;
        let rules = self.compile(tenant, &rulebook.state).await?;
        Ok(Present { state: people.state, rulebook: rulebook.state, rules })
    }

    /// The tenant for a decision: as the sentence has read it, unless a vendor was turned to since. Seconds may have passed then,
    /// in which somebody has left, or the rules are others.
    pub async fn to_decide(&self, tenant: &Tenant) -> Result<Present, Failure> {
        if folds::may_be_old() { self.anew(tenant).await } else { self.present(tenant).await }
    }

    /// The tenant as it is now, also for whoever has read it for the same sentence and waited for a vendor since.
    pub async fn anew(&self, tenant: &Tenant) -> Result<Present, Failure> {
        let (people, rulebook) = streams(tenant)?;
        folds::written(&people);
        folds::written(&rulebook);
        self.present(tenant).await
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

/// Where its people and its rules stand.
fn streams(tenant: &Tenant) -> Result<(StreamName, StreamName), Failure> {
    let stream = |category| StreamName::new(tenant, category, tenant.as_str());
    Ok((stream(People::CATEGORY)?, stream(Rulebook::CATEGORY)?))
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
