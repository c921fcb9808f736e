//! What catering has to say for itself as a kind of request: all else is the life that every kind shares.

use std::borrow::Cow;
use std::convert::Infallible;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CateringCommand, CateringEvent, Fault, Order, Proposal};
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::request::{Carried, Kind, Life, Never, Nothing, Proposed, Request, RequestEvent, Stage};
use crate::rules::{Part, Question, Resource, Ruling, Value};
use crate::tenant::People;

/// What rules can speak of because of it, and what holds where a tenant's say nothing of it.
pub const RULES: Part = Part {
    schema: include_str!("rules.cedarschema"),
    annotations: &[],
    by_itself: Some(("order_catering", include_str!("default.cedar"))),
};

/// The kitchen feeds no more.
const MOST_GUESTS: u32 = 200;

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
    const LIFE: Life = Life::once("ordering", "ordered");

    fn question<'a>(order: &'a Order, _: Option<&'a Nothing>, people: &'a People) -> Option<Question<'a>> {
        Some(Question {
            asker: people.people.get(&order.requester.id)?,
            action: "order_catering",
            resource: Resource { kind: "Tenant", id: Cow::Borrowed("this"), attributes: vec![] },
            context: vec![("guests", Value::Number(order.guests.into()))],
        })
    }

    fn violations(order: &Order, found: &Nothing, ruling: Option<&Ruling>) -> Vec<Violation> {
        if !(1..=MOST_GUESTS).contains(&order.guests) {
            return vec![Fault::GuestsOutOfRange { asked: order.guests, most: MOST_GUESTS }.into()];
        }
        let unasked = || vec![Violation::ForbiddenByRule { policies: vec![], messages: vec![] }];
        ruling.map_or_else(unasked, |ruling| Self::ruled_out(order, Some(found), ruling))
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
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
}
