//! Agents as a capability: how one is asked for, looked at, shown and put in force; and who answers a question, as it is defined.

mod answering;
mod card;
mod commands;
mod drift;
mod http;
pub(crate) mod perform;
mod propose;
mod read;
mod seeded;
mod standing;

use std::sync::Arc;

pub use countersign_domain::agents::Agent;
use countersign_domain::agents::{
    AgentNews, AgentRequest, AgentRequestEvent, Draft, Found, Otherwise, Proposal, told,
};
use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::names::Tenant;
use countersign_domain::ports::CallError;
use countersign_domain::request::{Kind as _, News};
use countersign_domain::rules::{RuleSet, Ruling};
use countersign_domain::tenant::{People, Person};
use tokio_util::sync::CancellationToken;

pub(crate) use answering::{Wish, addressed, answering, of_turn};
pub(crate) use seeded::begin;

use crate::capabilities::{Capability, Checked, Fresh, Meant, Shown};
use crate::commands::CommandSpec;
use crate::desk::Desk;
use crate::directory::Present;
use crate::engine::Failure;
use crate::http::Route;
use crate::requests::Requests;

impl Capability for Agent {
    const COMMANDS: &'static [CommandSpec] = commands::ALL;

    fn routes() -> Vec<Route> {
        http::routes()
    }

    async fn tend(desk: Arc<Desk>, requests: Requests, tenant: Tenant, stop: CancellationToken) {
        Box::pin(drift::watch(desk, requests, tenant, stop)).await;
    }

    /// Whether it can take its place, and run there, as that is now.
    async fn look(
        requests: &Requests,
        tenant: &Tenant,
        agent: &AgentRequest,
    ) -> Result<Result<Option<Fresh<Self>>, CallError>, Failure> {
        let (Some(draft), Some(_)) = (&agent.asked, &agent.findings) else { return Ok(Ok(None)) };
        let findings = standing::found(&requests.world, &requests.engine, tenant, &draft.definition).await?;
        Ok(Ok(Some(Fresh { findings, by_us: vec![] })))
    }

    async fn checked(
        requests: &Requests,
        tenant: &Tenant,
        agent: &AgentRequest,
        findings: Found,
    ) -> Result<Checked<Self>, Failure> {
        let present = requests.directory.present(tenant).await?;
        let ruling = agent.asked.as_ref().and_then(|draft| ruled(draft, &present));
        Ok(Checked { findings, ruling, past: () })
    }

    async fn ruling(
        _: &Requests,
        _: &Tenant,
        present: &Present,
        (_, draft): Meant<'_, Self>,
        _: Proposal,
    ) -> Result<Option<Ruling>, Failure> {
        Ok(ruled(draft, present))
    }

    fn changed(_: &[Otherwise], _: &Found, _: (&Person, &People)) -> Violation {
        Violation::PlanChanged { what: "the agent would run otherwise than was shown".to_owned() }
    }

    /// What an agent is told is for those who see its request, each alone, and for nobody who only reads along in a channel.
    fn is_told(shown: Shown<'_, Self>) -> bool {
        shown.viewer.is_some()
    }

    fn title(shown: Shown<'_, Self>) -> String {
        card::title(shown)
    }

    fn card(shown: Shown<'_, Self>) -> Card {
        card::agent(shown)
    }

    fn told(shown: Shown<'_, Self>, event: AgentRequestEvent) -> Vec<String> {
        vec![told(&event, &|id| shown.people.called(id))]
    }

    fn headline(news: News<AgentNews>) -> &'static str {
        match news {
            News::Denied => "The agent was denied",
            News::Lapsed => "Nobody answered in time, so the agent lapsed",
            News::Closed => "The agent was closed, because somebody left",
            News::Failed => "The agent could not be put in force",
            News::WaitsAgain => "The agent waits again",
            News::Own(AgentNews::Published) => "The agent is in force",
            News::Own(AgentNews::Overtaken) => "Another version of the agent was first",
            News::Own(AgentNews::Drifted) => {
                "The agent is otherwise where it is run than it was countersigned"
            }
            News::Own(AgentNews::Retired) => "The agent was retired",
        }
    }
}

/// What the rules in force say to an agent; nothing where who asks is gone. Where there are none yet, what the program has for agents
/// holds.
fn ruled(draft: &Draft, present: &Present) -> Option<Ruling> {
    let rules = present.rules.clone().unwrap_or_else(RuleSet::none);
    Some(rules.rule(&Agent::question(draft, None, &present.state)?))
}
