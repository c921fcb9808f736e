//! Catering as a capability: how it is asked for, looked at again, shown and said.

mod commands;

use countersign_domain::card::Card;
pub use countersign_domain::catering::Catering;
use countersign_domain::catering::{Order, Proposal, title, told};
use countersign_domain::denied::Violation;
use countersign_domain::names::Tenant;
use countersign_domain::ports::CallError;
use countersign_domain::request::{Kind as _, Never, News, Nothing, Request, RequestEvent};
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::{People, Person};

use crate::capabilities::{Capability, Checked, Fresh, Meant, Shown};
use crate::commands::CommandSpec;
use crate::directory::Present;
use crate::engine::Failure;
use crate::requests::Requests;

impl Capability for Catering {
    const COMMANDS: &'static [CommandSpec] = &[commands::SPEC];

    /// Nothing outside is looked at, so nothing can have changed.
    async fn look(
        _: &Requests,
        _: &Tenant,
        _: &Request<Self>,
    ) -> Result<Result<Option<Fresh<Self>>, CallError>, Failure> {
        Ok(Ok(None))
    }

    async fn checked(
        requests: &Requests,
        tenant: &Tenant,
        catering: &Request<Self>,
        findings: Nothing,
    ) -> Result<Checked<Self>, Failure> {
        let present = requests.directory.present(tenant).await?;
        let ruling = catering.asked.as_ref().and_then(|order| ruled(order, &present));
        Ok(Checked { findings, ruling, past: () })
    }

    async fn ruling(
        _: &Requests,
        _: &Tenant,
        present: &Present,
        (_, order): Meant<'_, Self>,
        _: Proposal,
    ) -> Result<Option<Ruling>, Failure> {
        Ok(ruled(order, present))
    }

    fn changed(_: &[Never], _: &Nothing, _: (&Person, &People)) -> Violation {
        Violation::PlanChanged { what: "something else is ordered".to_owned() }
    }

    fn title(shown: Shown<'_, Self>) -> String {
        let what = shown.request.asked.as_ref().map(title).unwrap_or_default();
        format!("Catering {}: {what}", shown.code)
    }

    fn card(shown: Shown<'_, Self>) -> Card {
        let asked = shown.request.asked.as_ref();
        let (by, why) = (asked.map(|order| &order.requester), asked.and_then(|order| order.why.as_deref()));
        shown
            .proposal(shown.head(&Self::title(shown), by, why))
            .lines(shown.denial())
            .lines(shown.in_the_console())
            .buttons(shown.proposal_buttons())
            .card()
    }

    fn told(shown: Shown<'_, Self>, event: RequestEvent<Self>) -> Vec<String> {
        vec![told(&event, &|id| shown.people.called(id))]
    }

    fn headline(news: News<Nothing>) -> &'static str {
        match news {
            News::Denied => "The order was denied",
            News::Lapsed => "Nobody answered in time, so the order lapsed",
            News::Closed => "The order was closed, because somebody left",
            News::Failed => "The order failed",
            News::WaitsAgain => "The order waits again",
            News::Own(Nothing {}) => "There is news of the order",
        }
    }
}

/// What the rules in force say to an order; nothing where they cannot be asked, or who asked is gone.
fn ruled(order: &Order, present: &Present) -> Option<Ruling> {
    Some(present.rules.as_ref()?.rule(&Catering::question(order, None, &present.state)?))
}
