//! A dry run: what a plan would do, and all that speaks against it, with nothing written.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::repair::{Fault, Plan, Step};
use countersign_domain::request::{Code, Command, RequestEvent};

use super::{Repair, Repairs, State, Wish, perform, wish};
use crate::capabilities::{Capability as _, Checked};
use crate::context::Context;
use crate::engine::Failure;
use crate::requests::{requester, unknown};

/// What a plan would do.
#[derive(Debug)]
pub struct Dry {
    /// Each step in words.
    pub steps: Vec<Step>,
    /// What speaks against it.
    pub against: Vec<Violation>,
}

impl Repairs<'_> {
    /// What a plan would do, as things stand now.
    pub async fn dry_run(self, context: &Context, wishes: &[Wish]) -> Result<Result<Dry, Denied>, Failure> {
        let (world, tenant) = (&self.requests.world, &context.tenant);
        let theirs = self.theirs(context).await?;
        let items = match theirs.and_then(|theirs| wish::items(wishes, &theirs).map_err(Denied)) {
            Ok(items) => items,
            Err(denied) => return Ok(Err(denied)),
        };
        let code = Code::candidate(context.interaction, 0);
        let plan = Plan { code, requester: requester(&context.person), items, reason: None };
        let Some(vendors) = world.vendors(tenant) else { return Ok(Err(Fault::NothingDiffers.into())) };
        let drifts: Vec<_> = plan.items.iter().map(|item| item.drift.clone()).collect();
        let found = match perform::look(self.hands(), vendors, tenant, &drifts).await? {
            Ok(found) => found,
            Err(error) => return Ok(Err(unknown(&error).into())),
        };
        let (steps, now) = (plan.steps(Some(&found)), world.clock.now());
        let mut state = State::default();
        state.evolve(&RequestEvent::Requested { asked: Box::new(plan) }, now);
        let Checked { findings, ruling, past } =
            Repair::checked(self.requests, tenant, &state, found).await?;
        let decided = state.decide(Command::Check { findings: Box::new(findings), ruling, past }, now);
        let against = decided.unwrap_or_default().into_iter().find_map(|event| match event {
            RequestEvent::Denied { violations, .. } => Some(violations),
            _ => None,
        });
        Ok(Ok(Dry { steps, against: against.unwrap_or_default() }))
    }
}
