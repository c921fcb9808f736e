//! Repairs as a capability: plans that put right what is held otherwise than the log wants, how they are looked at, decided on,
//! shown and said.

pub mod card;
mod chat;
mod dry;
pub(crate) mod perform;
mod propose;
mod wish;

use std::collections::BTreeMap;
use std::convert::Infallible;

use countersign_domain::capabilities::Drift;
use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::envelope::{Cause, Envelope};
use countersign_domain::names::Tenant;
use countersign_domain::ports::CallError;
use countersign_domain::repair::{
    self, Changed, Drift as _, Elsewhere, Found, Plan, Proposal, RepairEvent, RepairNews, RepairRequest,
    ruling,
};
use countersign_domain::request::{Facets as _, News, RequestEvent};
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::Person;
use countersign_projections::{repair as rows, request};
use jiff::SignedDuration;

pub(crate) use chat::{NAME, a_week};
pub use countersign_domain::capabilities::Repair;
pub use dry::Dry;
pub use propose::Repairs;
pub use wish::{NotAWish, What, Wish};

use crate::access::evidence;
use crate::capabilities::{Capability, Checked, Fresh, Meant, Shown};
use crate::directory::{Directory, Present};
use crate::engine::{Engine, Failure};
use crate::perform::Hands;
use crate::requests::Requests;
use crate::talk::{Sayings, Talk};
use crate::words;
use crate::world::World;

/// What plans change within so long counts as changed at once.
const AT_ONCE: SignedDuration = SignedDuration::from_hours(1);

/// A repair, as the log has it.
pub type State = RepairRequest<Drift>;

impl Capability for Repair {
    /// What is held now of all that a plan is about.
    async fn look(
        world: &World,
        tenant: &Tenant,
        repair: &State,
    ) -> Result<Result<Option<Fresh<Self>>, CallError>, Failure> {
        let (Some(plan), Some(_), Some(vendors)) = (&repair.asked, &repair.findings, world.vendors(tenant))
        else {
            return Ok(Ok(None));
        };
        let drifts: Vec<_> = plan.items.iter().map(|item| item.drift.clone()).collect();
        let engine = Engine::new(world.clone());
        let directory = Directory::new(engine.folds().clone());
        let hands = Hands { world, engine: &engine, directory: &directory };
        let looked = async { Ok(perform::look(hands, vendors, tenant, &drifts).await) };
        match evidence::patiently(vendors.forge.vendor(), looked).await {
            Ok(looked) => Ok(looked?.map(|findings| Some(Fresh { findings, by_us: vec![] }))),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn checked(
        requests: &Requests,
        tenant: &Tenant,
        repair: &State,
        findings: Found<Drift>,
    ) -> Result<Checked<Self>, Failure> {
        let present = requests.directory.present(tenant).await?;
        let ruling = repair.asked.as_ref().map(|plan| ruled(plan, &present));
        Ok(Checked { findings, ruling, past: Self::past(requests, tenant, repair).await? })
    }

    async fn ruling(
        _: &Requests,
        _: &Tenant,
        present: &Present,
        (_, plan): Meant<'_, Self>,
        _: Proposal,
    ) -> Result<Option<Ruling>, Failure> {
        Ok(Some(ruled(plan, present)))
    }

    /// What other plans change at the same time.
    async fn past(requests: &Requests, tenant: &Tenant, repair: &State) -> Result<Elsewhere, Failure> {
        let world = &requests.world;
        evidence::folded(world).await?;
        let since = world.clock.now().checked_sub(AT_ONCE).unwrap_or(jiff::Timestamp::MIN);
        let mut changed: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows::changing_since(&*world.projections.rows(request::NAME), tenant, since)? {
            let others = row.state.asked.iter().filter(|plan| Some(&plan.code) != repair.code());
            for item in others.flat_map(|plan| &plan.items).filter(|item| item.remedy.changes()) {
                *changed.entry(item.drift.place().on).or_default() += 1;
            }
        }
        Ok(Elsewhere(changed))
    }

    fn changed(differences: &[Changed<Drift>], _: &Found<Drift>, _: &Person) -> Violation {
        Violation::PlanChanged { what: repair::changed(differences) }
    }

    async fn errand(
        _: &Requests,
        _: &Talk,
        _: (&Envelope, &Cause),
        errand: Infallible,
    ) -> Result<Sayings, Failure> {
        match errand {}
    }

    fn card(shown: Shown<'_, Self>) -> Card {
        card::repair(shown)
    }

    fn approvers(shown: Shown<'_, Self>) -> Card {
        card::repair(shown)
    }

    fn standing(repair: &State) -> String {
        countersign_domain::words::spoken(repair.standing().word)
    }

    fn told(shown: Shown<'_, Self>, event: RequestEvent<Self>) -> Vec<String> {
        vec![repair::told(&event, &|id| shown.people.called(id))]
    }

    fn headline(news: News<RepairNews>) -> &'static str {
        words::repair_news(news)
    }

    fn ended(event: &RepairEvent<Drift>) -> Option<String> {
        matches!(event, RepairEvent::CalledOff { .. }).then(words::repair_called_off)
    }
}

/// What the rules say to a plan; rules that cannot be asked allow nothing.
fn ruled(plan: &Plan<Drift>, present: &Present) -> Ruling {
    match &present.rules {
        Some(rules) => ruling(plan, &present.state, rules),
        None => present.nothing_allowed(),
    }
}
