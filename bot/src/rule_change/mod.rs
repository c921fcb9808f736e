//! Changing the rules as a capability: how other rules are proposed, compared, decided on, shown and put in force.

pub mod card;
mod chat;
pub(crate) mod cli;
pub(crate) mod commands;
mod compare;
pub(crate) mod http;
pub(crate) mod perform;
mod propose;
pub mod replay;
mod told;
pub mod versions;
pub(crate) mod wording;

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::names::Tenant;
use countersign_domain::ports::CallError;
use countersign_domain::request::{Kind, News, RequestEvent};
pub use countersign_domain::rule_change::RuleChange;
use countersign_domain::rule_change::{
    Compared, Draft, FateEvent, Proposal, RuleChangeNews, RuleChangeRequest as State, words as said,
};
use countersign_domain::rules::{RuleSet, Ruling, Warning};
use countersign_domain::tenant::{People, Person};

pub(crate) use chat::{BACK, PROPOSE};
pub(crate) use propose::may_propose;
pub use propose::{Proposals, Wanted};
pub use told::told as as_told;

use crate::capabilities::{Capability, Checked, Fresh, Meant, Shown};
use crate::commands::CommandSpec;
use crate::directory::Present;
use crate::engine::Failure;
use crate::http::Route;
use crate::requests::Requests;

impl Capability for RuleChange {
    const COMMANDS: &'static [CommandSpec] = commands::ALL;

    fn routes() -> Vec<Route> {
        http::routes()
    }

    /// What there is to look at twice with the people there are now. The days before are what they were.
    async fn look(
        requests: &Requests,
        tenant: &Tenant,
        change: &State,
    ) -> Result<Result<Option<Fresh<Self>>, CallError>, Failure> {
        let (Some(draft), Some(shown)) = (&change.asked, &change.findings) else { return Ok(Ok(None)) };
        let present = requests.directory.present(tenant).await?;
        let (_, compared) = compare::now(tenant, &present, draft).await?;
        let findings = Compared { replayed: shown.replayed.clone(), ..compared };
        Ok(Ok(Some(Fresh { findings, by_us: vec![] })))
    }

    async fn checked(
        requests: &Requests,
        tenant: &Tenant,
        change: &State,
        findings: Compared,
    ) -> Result<Checked<Self>, Failure> {
        let present = requests.directory.present(tenant).await?;
        let ruling = change.asked.as_ref().and_then(|draft| ruled(draft, Some(&findings), &present));
        Ok(Checked { findings, ruling, past: () })
    }

    async fn ruling(
        _: &Requests,
        _: &Tenant,
        present: &Present,
        (change, draft): Meant<'_, Self>,
        _: Proposal,
    ) -> Result<Option<Ruling>, Failure> {
        Ok(ruled(draft, change.findings.as_ref(), present))
    }

    /// What was approved is asked about once more before it is put in force.
    async fn ruling_on_what_stands(
        _: &Requests,
        _: &Tenant,
        present: &Present,
        change: &State,
    ) -> Result<Option<Ruling>, Failure> {
        let approved = change.asked.as_ref().filter(|_| change.is_approved());
        Ok(approved.and_then(|draft| ruled(draft, change.findings.as_ref(), present)))
    }

    fn changed(differences: &[Warning], _: &Compared, (_, people): (&Person, &People)) -> Violation {
        let new = said::warnings(differences, people);
        Violation::PlanChanged { what: wording::is_new(&new) }
    }

    fn title(shown: Shown<'_, Self>) -> String {
        card::title(shown)
    }

    fn card(shown: Shown<'_, Self>) -> Card {
        card::rule_change(shown)
    }

    fn told(shown: Shown<'_, Self>, event: RequestEvent<Self>) -> Vec<String> {
        vec![said::told(&event, &|id| shown.people.called(id))]
    }

    fn headline(news: News<RuleChangeNews>) -> &'static str {
        wording::rules_news(news)
    }

    fn ended(event: &FateEvent) -> Option<String> {
        matches!(event, FateEvent::CalledOff { .. }).then(wording::rules_called_off)
    }
}

/// What the rules in force say to a draft; nothing where who proposed it is gone.
fn ruled(draft: &Draft, found: Option<&Compared>, present: &Present) -> Option<Ruling> {
    Some(in_force(present).rule(&RuleChange::question(draft, found, &present.state)?))
}

/// The rules in force. Where there are none yet, what the program has for their change holds.
fn in_force(present: &Present) -> RuleSet {
    present.rules.clone().unwrap_or_else(RuleSet::none)
}
