//! A dry run: what a plan would do, and all that speaks against it, with nothing written.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::repair::{Plan, Step};
use countersign_domain::request::{Code, Command, RequestEvent};
use countersign_domain::words::could_not;

use super::{Repairs, State, Wish, ruled, wish};
use crate::context::Context;
use crate::engine::Failure;
use crate::perform::look_at_drift;
use crate::requests::requester;

/// What a plan would do.
#[derive(Debug)]
pub struct Dry {
    /// Each step in words.
    pub steps: Vec<Step>,
    /// What speaks against it.
    pub against: Vec<Violation>,
}

impl Repairs {
    /// What a plan would do, as things stand now.
    pub async fn dry_run(&self, context: &Context, wishes: &[Wish]) -> Result<Result<Dry, Denied>, Failure> {
        let tenant = &context.tenant;
        let items = match wish::items(wishes, &self.differences(tenant).await?) {
            Ok(items) => items,
            Err(violations) => return Ok(Err(Denied(violations))),
        };
        let code = Code::candidate(context.interaction, 0);
        let plan = Plan { code: code.clone(), requester: requester(&context.person), items, reason: None };
        let Some(vendors) = self.world.vendors(tenant) else {
            return Ok(Err(Violation::NothingDiffers.into()));
        };
        let drifts: Vec<_> = plan.items.iter().map(|item| item.drift.clone()).collect();
        let found = match look_at_drift(self.hands(), vendors, tenant, &drifts).await? {
            Ok(found) => found,
            Err(error) => {
                let refused = error.kind.is_refusal().then(|| could_not(&error));
                let vendor = error.vendor.to_owned();
                return Ok(Err(Violation::EvidenceUnknown { vendor, refused }.into()));
            }
        };
        let (steps, now) = (plan.steps(Some(&found)), self.world.clock.now());
        let ruling = Some(ruled(&plan, &self.directory.present(tenant).await?));
        let past = self.elsewhere(tenant, &code).await?;
        let mut state = State::default();
        state.evolve(&RequestEvent::Requested { asked: Box::new(plan) }, now);
        let check = Command::Check { findings: Box::new(found), ruling, past };
        let decided = state.decide(check, now).unwrap_or_default();
        let against = decided.into_iter().find_map(|event| match event {
            RequestEvent::Denied { violations, .. } => Some(violations),
            _ => None,
        });
        Ok(Ok(Dry { steps, against: against.unwrap_or_default() }))
    }
}
