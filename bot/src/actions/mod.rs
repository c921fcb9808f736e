//! Safe actions as a capability: how one is asked for, rehearsed, shown, looked at again, and done.

mod ask;
mod commands;
mod fitting;
mod http;
mod offer;
pub(crate) mod perform;

use countersign_domain::actions::{
    ActionNews, ActionRequest, ActionRequestEvent, Otherwise, Proposal, Rehearsed, Run, title, told,
    words as said,
};
use countersign_domain::card::Card;
use countersign_domain::conversation::{Known, Offer};
use countersign_domain::denied::Violation;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, OURSELVES, Tool, ToolCall};
use countersign_domain::request::{Kind as _, News};
use countersign_domain::rules::{RuleSet, Ruling};
use countersign_domain::tenant::{People, Person};

pub use countersign_domain::actions::Action;

use crate::capabilities::{Capability, Checked, Fresh, Meant, Shown};
use crate::commands::CommandSpec;
use crate::directory::Present;
use crate::engine::Failure;
use crate::help::Catalogue;
use crate::http::Route;
use crate::patience::patiently;
use crate::requests::Requests;
use crate::words;

impl Capability for Action {
    const COMMANDS: &'static [CommandSpec] = commands::ALL;

    fn routes() -> Vec<Route> {
        http::routes()
    }

    fn offered_tools(catalogue: &Catalogue) -> Vec<Tool> {
        offer::tools(catalogue).collect()
    }

    fn offered_call(catalogue: &Catalogue, call: &ToolCall) -> Option<Known> {
        offer::known(catalogue, call)
    }

    fn fitting_calls(catalogue: &Catalogue, text: &str) -> Vec<ToolCall> {
        fitting::calls(catalogue, text)
    }

    fn pressed(offered: &Offer) -> Option<String> {
        offer::pressed(offered)
    }

    /// How it stands now, where that can be looked at. What a rehearsal said is kept: it is not asked for again at every glance.
    async fn look(
        requests: &Requests,
        tenant: &Tenant,
        action: &ActionRequest,
    ) -> Result<Result<Option<Fresh<Self>>, CallError>, Failure> {
        let (Some(run), Some(shown)) = (&action.asked, &action.findings) else { return Ok(Ok(None)) };
        let help = requests.world.help(tenant);
        let Some(doer) = help.and_then(|help| help.doer.as_deref()) else { return Ok(Ok(None)) };
        Ok(patiently(OURSELVES, perform::stands(doer, &run.planned)).await.map(|before| {
            let findings = Rehearsed { before, ..shown.clone() };
            Some(Fresh { findings, by_us: vec![] })
        }))
    }

    async fn checked(
        requests: &Requests,
        tenant: &Tenant,
        action: &ActionRequest,
        findings: Rehearsed,
    ) -> Result<Checked<Self>, Failure> {
        let present = requests.directory.present(tenant).await?;
        let ruling = action.asked.as_ref().and_then(|run| ruled(run, Some(&findings), &present));
        Ok(Checked { findings, ruling, past: () })
    }

    async fn ruling(
        _: &Requests,
        _: &Tenant,
        present: &Present,
        (action, run): Meant<'_, Self>,
        _: Proposal,
    ) -> Result<Option<Ruling>, Failure> {
        Ok(ruled(run, action.findings.as_ref(), present))
    }

    fn changed(_: &[Otherwise], _: &Rehearsed, _: (&Person, &People)) -> Violation {
        Violation::PlanChanged { what: "it stands otherwise than was shown".to_owned() }
    }

    fn title(shown: Shown<'_, Self>) -> String {
        let what = shown.request.asked.as_ref().map(title).unwrap_or_default();
        format!("Action {}: {what}", shown.code)
    }

    fn card(shown: Shown<'_, Self>) -> Card {
        let asked = shown.request.asked.as_ref();
        let (by, why) = (asked.map(|run| &run.requester), asked.and_then(|run| run.why.as_deref()));
        let offered = asked.filter(|run| run.tainted).map(|_| said::OFFERED);
        let planned = asked.iter().flat_map(|run| said::planned(&run.planned));
        let found = said::found(shown.request);
        let mut head = shown.head(&Self::title(shown), by, why);
        // A chat cuts what it has no room for at the end; the console does not.
        if asked.is_some_and(|run| said::is_long(&run.planned)) {
            head = head.on_a_page(words::ALL_OF_IT, "The console", &format!("/?request={}", shown.code));
        }
        shown
            .proposal(head)
            .lines(offered.map(str::to_owned))
            .lines(shown.denial().chain(shown.failure()))
            .lines(planned)
            .lines(found)
            .lines(shown.in_the_console())
            .buttons(shown.proposal_buttons())
            .card()
    }

    fn told(shown: Shown<'_, Self>, event: ActionRequestEvent) -> Vec<String> {
        vec![told(&event, &|id| shown.people.called(id))]
    }

    fn headline(news: News<ActionNews>) -> &'static str {
        match news {
            News::Denied => "The action was denied",
            News::Lapsed => "Nobody answered in time, so the action lapsed",
            News::Closed => "The action was closed, because somebody left",
            News::Failed => "The action failed",
            News::WaitsAgain => "The action waits again",
            News::Own(ActionNews::Done) => "The action is done",
        }
    }
}

/// What the rules in force say to an action; nothing where who asks is gone. Where there are none yet, what the program has for actions
/// holds.
fn ruled(run: &Run, found: Option<&Rehearsed>, present: &Present) -> Option<Ruling> {
    let rules = present.rules.clone().unwrap_or_else(RuleSet::none);
    Some(rules.rule(&Action::question(run, found, &present.state)?))
}
