//! Proposing other rules: what cannot be used is refused at once, line by line; everything else the check that follows finds out.

use countersign_domain::denied::{Denied, Violation};
use countersign_domain::names::Tenant;
use countersign_domain::request::Origin;
use countersign_domain::rule_change::{Draft, Extent, RuleChange, question, tidy};
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::Person;
use countersign_projections::ProjectionError;

use super::{compare, versions};
use crate::aside::aside;
use crate::context::Context;
use crate::directory::Present;
use crate::engine::{Decided, Failure};
use crate::requests::{Requests, Touched, requester};

/// The command's name in the log.
const NAME: &str = "rules propose";

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These rules, whole.
    Rules(String),
    /// Those of an earlier version.
    BackTo(u64),
}

/// What only changes of the rules can be asked.
#[derive(Clone, Copy)]
pub struct Proposals<'a> {
    requests: &'a Requests,
}

impl<'a> Proposals<'a> {
    /// The operations, beside those on every request.
    pub const fn new(requests: &'a Requests) -> Self {
        Self { requests }
    }

    /// Proposes rules in the place of those in force; of version `base`, where whoever proposes says which they have read.
    pub async fn propose(
        self,
        context: &Context,
        wanted: Wanted,
        base: Option<u64>,
        why: Option<&str>,
    ) -> Result<Decided<Touched>, Failure> {
        let (requests, tenant) = (self.requests, &context.tenant);
        let present = requests.directory.present(tenant).await?;
        if !may_propose(&context.person, &present) {
            return requests.refuse(context, NAME, Violation::MayNotChangeRules).await;
        }
        let (base, now) = (base.unwrap_or_else(|| present.rulebook.version()), present.rulebook.version());
        if base != now {
            return requests.refuse(context, NAME, Violation::RulesMovedOn { base, now }).await;
        }
        let why = match requests.reason(context, NAME, why).await? {
            Ok(why) => why,
            Err(denied) => return Ok(Err(denied)),
        };
        let (text, back_to) = match wanted {
            Wanted::Rules(text) => (tidy(&text), None),
            Wanted::BackTo(version) => {
                let Some(text) = self.text_of(tenant, version).await? else {
                    let given = version.to_string();
                    return requests.refuse(context, NAME, Violation::UnknownVersion { given }).await;
                };
                (text, Some(version))
            }
        };
        let cause = context.cause(NAME, requests.world.clock.now());
        let (requester, origin) = (requester(&context.person), Origin::Chat);
        let draft = |code| Draft {
            code,
            requester: requester.clone(),
            origin,
            base,
            text: text.clone(),
            why: why.clone(),
            back_to,
        };
        let faults = faults(draft(countersign_domain::request::Code::candidate(cause.command, 0)), &present);
        let faults = faults.await?;
        if !faults.is_empty() {
            let denied = Denied(faults);
            requests.engine.deny(tenant, &cause, NAME, None, &denied).await?;
            return Ok(Err(denied));
        }
        requests.begin::<RuleChange>(tenant, &cause, NAME, draft).await
    }

    async fn text_of(self, tenant: &Tenant, version: u64) -> Result<Option<String>, Failure> {
        let all = versions::versions(&*self.requests.world.store, tenant).await?;
        Ok(all.into_iter().find(|one| one.version == version).map(|one| one.text))
    }
}

/// What is wrong with a draft by itself. Compiling takes as long as its author likes.
async fn faults(draft: Draft, present: &Present) -> Result<Vec<Violation>, Failure> {
    let in_force = present.rules.clone();
    let faults = aside(async move { draft.faults(in_force.as_ref()) }).await;
    Ok(faults.map_err(|error| ProjectionError::Interrupted(error.to_string()))?)
}

/// Whether the rules let this person propose anything, a small change or a large one: for nobody else a text is even read.
fn may_propose(person: &Person, present: &Present) -> bool {
    let large = Extent { adds: 1, removes: 1, changes: 1 };
    [Extent::default(), large].into_iter().any(|extent| {
        let question = question(person, extent, &present.state);
        let ruling = match &present.rules {
            Some(rules) => rules.rule(&question),
            None => compare::no_rules().rule(&question),
        };
        matches!(ruling, Ruling::Allowed(_))
    })
}
