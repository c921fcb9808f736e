//! Access as a capability: how it is looked up, decided on, shown and said.

mod asking;
mod buttons;
pub mod card;
pub(crate) mod cli;
pub(crate) mod commands;
pub(crate) mod drift;
mod earlier;
pub mod evidence;
mod form;
mod granted;
pub mod held;
pub(crate) mod http;
pub(crate) mod leaving;
mod others;
pub(crate) mod perform;
mod same;
mod standing;
mod title;
pub(crate) mod wording;

use countersign_domain::access::{
    self, AccessEvent, AccessRequest, Asked, Comparison, ComparisonCommand, ComparisonEvent, Difference,
    Errand, Fault, Findings, GrantEvent, News, Proposal, Span, Spot, WhyCompared,
};
use countersign_domain::capabilities::{Effect, EffectCommand, Effects};
use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::effect::EffectState;
use countersign_domain::envelope::{Cause, Envelope, derived_id};
use countersign_domain::names::Tenant;
use countersign_domain::ports::CallError;
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::{People, Person};
use countersign_projections::effect;
use uuid::Uuid;

pub use countersign_domain::access::Access;
use form::Wanted;

use crate::capabilities::{self, Capability, Checked, Fresh, Meant, Shown};
use crate::cards;
use crate::commands::CommandSpec;
use crate::directory::Present;
use crate::engine::Failure;
use crate::forms;
use crate::http::Route;
use crate::requests::Requests;
use crate::talk::{Sayings, Talk};
use crate::tickets;
use crate::world::World;

impl Present {
    /// What the rules say to an access, for `minutes` if that differs from what was asked; `None` where its content is not good
    /// enough to ask them, or where there are none.
    pub fn rule(&self, asked: &Asked, minutes: Option<u64>) -> Option<Ruling> {
        let rules = self.rules.as_ref()?;
        Some(rules.rule(&access::question(asked, minutes, &self.state)?))
    }
}

/// Has those ends looked at again that wait for an operator, or on one's word, where a comparison has put things right, and there is
/// nothing left to do for them; or where it has found that they are still to be done.
async fn revisit(requests: &Requests, tenant: &Tenant, cause: &Cause, spot: &Spot) -> Result<(), Failure> {
    let rows = requests.world.projections.rows(effect::NAME);
    let mut waiting = Vec::new();
    for state in [EffectState::Parked, EffectState::Unknown, EffectState::Deferred] {
        let all = effect::list(&*rows, tenant, Some(state), None, usize::MAX)?.items;
        waiting.extend(all.into_iter().filter(|row| row.effects.is_an_operators()));
    }
    for row in waiting {
        let is_there = matches!(
            &row.effects.effect,
            Some(Effect::Access(own @ access::Effect::SetPermission { account, task, .. }))
                if task.is_an_end() && *account == spot.account && own.repository_key() == Some(spot.repository.as_str())
        );
        if is_there {
            let id = row.id.to_string();
            let cause = Cause { command: derived_id(cause.command, &id), ..cause.clone() };
            let by = || EffectCommand::Revisit { by: cause.actor.id.clone() };
            requests.engine.execute::<Effects>(tenant, &id, &cause, "revisit", by).await?.ok();
        }
    }
    Ok(())
}

impl Capability for Access {
    const COMMANDS: &'static [CommandSpec] = commands::ALL;
    const FORMS: &'static [forms::Row] = &[(&access::FORM, &Wanted)];

    fn routes() -> Vec<Route> {
        http::routes()
    }

    fn minutes(request: &AccessRequest) -> Option<u64> {
        request.asked.as_ref().and_then(|asked| asked.minutes)
    }

    fn beside(world: &World, tenant: &Tenant, shown: Shown<'_, Self>) -> Result<Option<String>, Failure> {
        others::said(world, tenant, shown)
    }

    async fn look(
        requests: &Requests,
        tenant: &Tenant,
        access: &AccessRequest,
    ) -> Result<Result<Option<Fresh<Self>>, CallError>, Failure> {
        evidence::look(&requests.world, tenant, access).await
    }

    async fn checked(
        requests: &Requests,
        tenant: &Tenant,
        access: &AccessRequest,
        found: Findings,
    ) -> Result<Checked<Self>, Failure> {
        let Some(asked) = &access.asked else {
            return Ok(Checked { findings: found, ruling: None, past: vec![] });
        };
        let present = requests.directory.present(tenant).await?;
        let mut findings = tickets::found_for(asked, found, &present.state);
        let forge = requests.world.forge(tenant);
        let settled = findings.user.as_ref().map(|user| asked.subject.settled(user, forge, &present.state));
        match settled {
            Some(Ok(subject)) => findings.subject = Some(subject),
            Some(Err(fault)) => findings.faults.push(fault),
            None => {}
        }
        // The rules are asked about what is there, under its own names, and about nothing else.
        let asked = asked.clone().resolved(&findings);
        let (mut ruling, mut past) = (None, vec![]);
        if let Some(repository) = &findings.repository {
            let on = findings.user.as_ref().map(|user| (user.account.as_str(), repository.key()));
            let whole = requests.whole(tenant, &asked, on).await?;
            ruling = present.rule(&asked, Some(whole));
            past = requests.earlier(tenant, &asked, on).await?;
            if let Some(user) = &findings.user {
                let on = (user.account.as_str(), repository);
                let held = requests.held_through(tenant, &asked, on).await?;
                findings.faults.extend(held);
            }
        }
        Ok(Checked { findings, ruling, past })
    }

    async fn ruling(
        requests: &Requests,
        tenant: &Tenant,
        present: &Present,
        meant: Meant<'_, Self>,
        proposal: Proposal,
    ) -> Result<Option<Ruling>, Failure> {
        granted::rule_anew(requests, tenant, present, meant, proposal).await
    }

    async fn ruling_on_what_stands(
        requests: &Requests,
        tenant: &Tenant,
        present: &Present,
        access: &AccessRequest,
    ) -> Result<Option<Ruling>, Failure> {
        if !access.is_for_members() {
            return Ok(None);
        }
        // What it was granted on is not what it is called today, perhaps.
        let now = evidence::named_now(&requests.world, tenant, access).await;
        Ok(now.and_then(|asked| present.rule(&asked, Some(access.minutes_granted_for()))))
    }

    async fn past(
        requests: &Requests,
        tenant: &Tenant,
        access: &AccessRequest,
    ) -> Result<Vec<Span>, Failure> {
        match &access.asked {
            Some(asked) => requests.earlier(tenant, asked, access.held_on()).await,
            None => Ok(vec![]),
        }
    }

    fn changed(differences: &[Difference], found: &Findings, (viewer, _): (&Person, &People)) -> Violation {
        let differences = tickets::told(differences, found.ticket.as_ref(), Some(viewer));
        Violation::from(Fault::EvidenceChanged { differences })
    }

    fn title(shown: Shown<'_, Self>) -> String {
        card::title(shown)
    }

    fn card(shown: Shown<'_, Self>) -> Card {
        card::request(shown)
    }

    fn approvers(shown: Shown<'_, Self>) -> Card {
        card::approvers(shown)
    }

    fn standing(access: &AccessRequest) -> String {
        standing::standing(access)
    }

    fn told(shown: Shown<'_, Self>, event: AccessEvent) -> Vec<String> {
        let Shown { request, viewer, people, now, .. } = shown;
        let sees_held = held::seen_by(request, people, viewer, now);
        let event = tickets::told_of(event, viewer);
        let event = if sees_held { event } else { held::without_in(event) };
        wording::happened(&event, request.asked.as_ref(), &|id| people.called(id), sees_held)
    }

    fn headline(news: News) -> &'static str {
        standing::news(news)
    }

    fn listed(shown: Shown<'_, Self>) -> String {
        shown
            .request
            .asked
            .as_ref()
            .map_or_else(String::new, |asked| leaving::listed_request(shown.code, asked))
    }

    fn ended(event: &GrantEvent) -> Option<String> {
        leaving::access_ended(event)
    }
}

impl capabilities::Errand for Errand {
    async fn run(
        self,
        requests: &Requests,
        talk: &Talk,
        (event, cause): (&Envelope, &Cause),
    ) -> Result<Sayings, Failure> {
        match self {
            Self::TellOfComparison(compared) => tell_of(talk, event, &compared, cause.command).await,
            Self::TakenAway { spot, left, code, by } => {
                let taken = drift::TakenAway { spot, left, repair: code, by };
                drift::taken_away(requests, &event.tenant, cause, taken).await?;
                Ok(vec![])
            }
            Self::Beside(code) => others::show(requests, talk, (event, cause), &code).await,
            Self::Revisit(spots) => {
                for spot in &spots {
                    revisit(requests, &event.tenant, cause, spot).await?;
                }
                Ok(vec![])
            }
            Self::Settle(spot) => {
                let settle = || ComparisonCommand::Settle(spot.clone());
                let (engine, tenant) = (&requests.engine, &event.tenant);
                engine.execute::<Comparison>(tenant, tenant.as_str(), cause, "settle", settle).await?.ok();
                revisit(requests, tenant, cause, &spot).await?;
                Ok(vec![])
            }
        }
    }
}

/// Tells every administrator what a comparison came to; whoever wanted it has the answer to what they said.
async fn tell_of(
    talk: &Talk,
    event: &Envelope,
    compared: &ComparisonEvent,
    id: Uuid,
) -> Result<Sayings, Failure> {
    let ComparisonEvent::AccessCompared { why, found, lowered, .. } = compared;
    let asked = match why {
        WhyCompared::Asked { .. } if found.is_empty() && lowered.is_empty() => return Ok(vec![]),
        WhyCompared::Asked { by } => Some(by),
        _ => None,
    };
    talk.show_administrators(event, &cards::compared(compared), asked, id).await
}
