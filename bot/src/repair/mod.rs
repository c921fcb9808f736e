//! Repairs as a capability: plans that put right what is held otherwise than the log wants, how they are looked at, decided on,
//! shown and said.

pub mod card;
mod chat;
pub(crate) mod cli;
pub(crate) mod commands;
mod dry;
pub(crate) mod http;
pub(crate) mod perform;
mod propose;
mod wish;
pub(crate) mod wording;

use countersign_domain::aggregate;
use countersign_domain::capabilities::{AnyEvent, Drift};
use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, OURSELVES};
use countersign_domain::repair::{
    self, Changed, Elsewhere, Found, Plan, Proposal, RepairEvent, RepairNews, RepairRequest, ruling,
};
use countersign_domain::request::{Code, Facets as _, News, RequestEvent};
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::{People, Person};
use countersign_projections::{repair as rows, request};
use jiff::SignedDuration;

pub(crate) use chat::{NAME, a_week};
pub use countersign_domain::capabilities::Repair;
pub use dry::Dry;
pub use propose::Repairs;
pub use wish::{NotAWish, What, Wish};

use crate::capabilities::{Capability, Checked, Fresh, Meant, Shown};
use crate::commands::CommandSpec;
use crate::directory::Present;
use crate::engine::Failure;
use crate::http::Route;
use crate::patience::patiently;
use crate::perform::Hands;
use crate::requests::Requests;

/// What plans change within so long counts as changed at once.
const AT_ONCE: SignedDuration = SignedDuration::from_hours(1);

/// A repair, as the log has it.
pub type State = RepairRequest<Drift>;

impl Capability for Repair {
    const COMMANDS: &'static [CommandSpec] = &[commands::SPEC];

    fn routes() -> Vec<Route> {
        http::routes()
    }

    /// What is held now of all that a plan is about.
    async fn look(
        requests: &Requests,
        tenant: &Tenant,
        repair: &State,
    ) -> Result<Result<Option<Fresh<Self>>, CallError>, Failure> {
        let Requests { world, engine, directory, .. } = requests;
        let (Some(plan), Some(_), Some(vendors)) = (&repair.asked, &repair.findings, world.vendors(tenant))
        else {
            return Ok(Ok(None));
        };
        let drifts: Vec<_> = plan.items.iter().map(|item| item.drift.clone()).collect();
        let hands = Hands { world, engine, directory };
        let looked = async { Ok(perform::look(hands, vendors, tenant, &drifts).await) };
        // Who does not answer is one of those whom these differences call.
        let called = drifts.iter().flat_map(repair::Drift::calls).find_map(|role| vendors.in_role(*role));
        match patiently(called.unwrap_or(OURSELVES), looked).await {
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
        world.folded().await?;
        let since = world.clock.now().checked_sub(AT_ONCE).unwrap_or(jiff::Timestamp::MIN);
        let all = rows::changing_since(&*world.projections.rows(request::NAME), tenant, since)?;
        Ok(Elsewhere::of(all.iter().map(|row| &row.state).filter(|other| other.code() != repair.code())))
    }

    /// What the plans change that were approved before this one. Of several that were approved in the same moment the log says
    /// which was first; so each of them counts on the same order, whichever bot carries it out.
    async fn past_of_approved(
        requests: &Requests,
        tenant: &Tenant,
        repair: &State,
    ) -> Result<Elsewhere, Failure> {
        let world = &requests.world;
        world.folded().await?;
        let since = world.clock.now().checked_sub(AT_ONCE).unwrap_or(jiff::Timestamp::MIN);
        let all = rows::changing_since(&*world.projections.rows(request::NAME), tenant, since)?;
        let others: Vec<_> =
            all.iter().map(|row| &row.state).filter(|other| other.code() != repair.code()).collect();
        let own = match repair.code() {
            Some(own) if !others.is_empty() => approved_at(requests, tenant, own).await?,
            _ => return Ok(Elsewhere::default()),
        };
        let mut before = Vec::new();
        for other in others {
            let Some(code) = other.code() else { continue };
            if approved_at(requests, tenant, code).await? < own {
                before.push(other);
            }
        }
        Ok(Elsewhere::of(before))
    }

    fn changed(differences: &[Changed<Drift>], _: &Found<Drift>, _: (&Person, &People)) -> Violation {
        Violation::PlanChanged { what: repair::changed(differences) }
    }

    fn title(shown: Shown<'_, Self>) -> String {
        card::title(shown)
    }

    fn card(shown: Shown<'_, Self>) -> Card {
        card::repair(shown)
    }

    fn told(shown: Shown<'_, Self>, event: RequestEvent<Self>) -> Vec<String> {
        vec![repair::told(&event, &|id| shown.people.called(id))]
    }

    fn headline(news: News<RepairNews>) -> &'static str {
        wording::repair_news(news)
    }

    fn ended(event: &RepairEvent<Drift>) -> Option<String> {
        matches!(event, RepairEvent::CalledOff { .. }).then(wording::repair_called_off)
    }
}

/// Where in the log a plan was approved last.
async fn approved_at(requests: &Requests, tenant: &Tenant, code: &Code) -> Result<Option<Position>, Failure> {
    let Some((_, history)) = requests.read_with_history(tenant, code).await? else { return Ok(None) };
    for envelope in history.iter().rev() {
        if aggregate::decode::<AnyEvent>(envelope)?.is_approval() {
            return Ok(Some(envelope.pos));
        }
    }
    Ok(None)
}

/// What the rules say to a plan; rules that cannot be asked allow nothing.
fn ruled(plan: &Plan<Drift>, present: &Present) -> Ruling {
    match &present.rules {
        Some(rules) => ruling(plan, &present.state, rules),
        None => present.nothing_allowed(),
    }
}
