//! What catering has to say for itself as a kind of request: all else is the life that every kind shares.

use std::borrow::Cow;
use std::convert::Infallible;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CateringCommand, CateringEvent, Order, Proposal};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::request::{
    Carried, Facts, Kind, Leaver, Never, Nothing, Proposed, Request, RequestEvent, Review, Stage,
};
use crate::rules::{Question, Resource, Ruling, Terms, Value};
use crate::tenant::{People, Person};

/// What came of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catering {
    ordered: bool,
}

impl Kind for Catering {
    const NAME: &'static str = "catering";
    type Content = Order;
    /// Nothing outside is looked at.
    type Evidence = Nothing;
    type Difference = Never;
    type Proposal = Proposal;
    type Fixed = Nothing;
    type Phase = Nothing;
    type Past = ();
    type Command = CateringCommand;
    type Event = CateringEvent;
    type Due = Never;
    type News = Nothing;
    type Errand = Infallible;

    const FIRST: Proposal = Proposal::Order;
    const CHECKING: Nothing = Nothing {};
    const OPEN_WORDS: &'static [&'static str] = &["checking", "waiting", "ordering", "failed"];

    fn question<'a>(order: &'a Order, _: Option<&'a Nothing>, people: &'a People) -> Option<Question<'a>> {
        Some(Question {
            asker: people.people.get(&order.requester.id)?,
            action: "order_catering",
            resource: Resource { kind: "Tenant", id: Cow::Borrowed("this"), attributes: vec![] },
            context: vec![("guests", Value::Number(order.guests.into()))],
        })
    }

    fn word(catering: &Request<Self>) -> &'static str {
        match catering.stage {
            Stage::New => "new",
            Stage::Checking => "checking",
            Stage::Waiting => "waiting",
            Stage::Working => "ordering",
            Stage::Standing => "ordered",
            Stage::Over => "over",
            Stage::Failed => "failed",
            Stage::Denied => "denied",
            Stage::Withdrawn => "withdrawn",
            Stage::Lapsed => "lapsed",
        }
    }

    /// Whoever asked cannot countersign it anyway, and it is nobody else's.
    fn is_own(_: &Request<Self>, _: &Person) -> bool {
        false
    }

    fn gone(_: &Request<Self>, _: &People) -> Option<Leaver> {
        None
    }

    fn violations(order: &Order, found: &Nothing, ruling: Option<&Ruling>) -> Vec<Violation> {
        let unasked = || vec![Violation::ForbiddenByRule { policies: vec![], messages: vec![] }];
        ruling.map_or_else(unasked, |ruling| Self::ruled_out(order, Some(found), ruling))
    }

    fn unmet(_: &Order, _: &Nothing, _: &Terms) -> Vec<Violation> {
        vec![]
    }

    fn limits(&self, _: Proposed<'_, Self>, (): &(), _: Timestamp) -> Vec<Violation> {
        vec![]
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
    }

    fn differences(_: &Order, _: &Nothing, _: &Nothing, _: &[String]) -> Vec<Never> {
        vec![]
    }

    fn has_begun(&self) -> bool {
        self.ordered
    }

    fn is_in(catering: &Request<Self>, _: Nothing) -> bool {
        catering.stage == Stage::Checking
    }

    /// It is ordered as soon as it was countersigned, so nothing can come between.
    fn reviewed(
        _: &Request<Self>,
        _: &Review<Self>,
        _: Option<&Leaver>,
        _: Timestamp,
    ) -> Vec<RequestEvent<Self>> {
        vec![]
    }

    fn decide(
        catering: &Request<Self>,
        CateringCommand::Order: CateringCommand,
        _: Timestamp,
    ) -> Result<Vec<RequestEvent<Self>>, Denied> {
        let ordered = RequestEvent::Own(CateringEvent::Ordered {});
        Ok(if catering.is_approved() { vec![ordered] } else { vec![] })
    }

    fn evolve(&mut self, CateringEvent::Ordered {}: &CateringEvent, _: Timestamp) -> Option<Stage> {
        self.ordered = true;
        Some(Stage::Standing)
    }

    fn due(what: Never) -> CateringCommand {
        match what {}
    }

    fn facts(_: &Order) -> Facts {
        Facts::default()
    }
}
