//! The smallest kind there can be, to see that the life belongs to no kind: who asks for a lunch, and who pays for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::law::{self, Tried};
use super::{
    Carried, Code, Content, Evidence, Facts, Kind, Leaver, Nothing, Origin, Proposed, Request, RequestEvent,
    Requester, Review, Stage,
};
use crate::aggregate::Tagged;
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::rules::{Question, Ruling, Terms};
use crate::tenant::{People, Person};

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Lunch {
    eaten: bool,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) code: Code,
    pub(super) requester: Requester,
    pub(super) guest: PrincipalId,
}

/// What it costs, as the kitchen says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Price {
    pub(super) cents: u64,
}

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Proposal {
    Lunch,
}

/// What happens then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(super) enum LunchEvent {
    Eaten {},
}

impl Tagged for LunchEvent {}

/// What it can be asked to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum LunchCommand {
    Eat,
}

/// The only thing that becomes due.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
pub(super) enum Due {
    Noon,
}

impl Content for Order {
    fn code(&self) -> &Code {
        &self.code
    }

    fn requester(&self) -> &Requester {
        &self.requester
    }

    fn origin(&self) -> Origin {
        Origin::Chat
    }

    fn subjects(&self) -> Vec<&PrincipalId> {
        vec![&self.guest]
    }
}

impl Evidence for Price {}

impl Kind for Lunch {
    const NAME: &'static str = "lunch";
    type Content = Order;
    type Evidence = Price;
    type Difference = u64;
    type Proposal = Proposal;
    type Fixed = Nothing;
    type Phase = Nothing;
    type Past = ();
    type Command = LunchCommand;
    type Event = LunchEvent;
    type Due = Due;
    type News = Nothing;
    type Errand = Nothing;

    const FIRST: Proposal = Proposal::Lunch;
    const CHECKING: Nothing = Nothing {};
    const OPEN_WORDS: &'static [&'static str] = &["ordered"];

    fn question<'a>(_: &'a Order, _: Option<&'a Price>, _: &'a People) -> Option<Question<'a>> {
        None
    }

    fn word(_: &Request<Self>) -> &'static str {
        "ordered"
    }

    fn is_own(_: &Request<Self>, _: &Person) -> bool {
        false
    }

    fn gone(request: &Request<Self>, people: &People) -> Option<Leaver> {
        let guest = &request.asked.as_ref()?.guest;
        (!people.people.contains_key(guest)).then(|| Leaver::of(guest, people))
    }

    fn violations(asked: &Order, found: &Price, ruling: Option<&Ruling>) -> Vec<Violation> {
        ruling.map_or_else(Vec::new, |ruling| Self::ruled_out(asked, Some(found), ruling))
    }

    fn unmet(_: &Order, _: &Price, _: &Terms) -> Vec<Violation> {
        vec![]
    }

    fn limits(&self, _: Proposed<'_, Self>, (): &(), _: Timestamp) -> Vec<Violation> {
        vec![]
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
    }

    fn differences(_: &Order, shown: &Price, found: &Price, _: &[String]) -> Vec<u64> {
        Some(found.cents).filter(|cents| *cents != shown.cents).into_iter().collect()
    }

    fn has_begun(&self) -> bool {
        self.eaten
    }

    fn is_in(request: &Request<Self>, _: Nothing) -> bool {
        request.stage == Stage::Checking
    }

    fn reviewed(
        _: &Request<Self>,
        _: &Review<Self>,
        _: Option<&Leaver>,
        _: Timestamp,
    ) -> Vec<RequestEvent<Self>> {
        vec![]
    }

    fn decide(
        request: &Request<Self>,
        LunchCommand::Eat: LunchCommand,
        _: Timestamp,
    ) -> Result<Vec<RequestEvent<Self>>, Denied> {
        let event = RequestEvent::Own(LunchEvent::Eaten {});
        Ok(Some(event).filter(|_| request.is_approved()).into_iter().collect())
    }

    fn evolve(&mut self, LunchEvent::Eaten {}: &LunchEvent, _: Timestamp) -> Option<Stage> {
        self.eaten = true;
        Some(Stage::Standing)
    }

    fn due(Due::Noon: Due) -> LunchCommand {
        LunchCommand::Eat
    }

    fn facts(asked: &Order) -> Facts {
        Facts { whose: Some(asked.guest.to_string()), ..Facts::default() }
    }
}

impl Tried for Lunch {
    fn asked(by: &Person, whose: &Person) -> Order {
        let code = Code::candidate(uuid::Uuid::from_u128(1), 0);
        Order { code, requester: law::requester(by), guest: whose.id.clone() }
    }

    fn found(_: &Person, way: u8) -> Price {
        Price { cents: u64::from(way) }
    }

    fn own_events() -> Vec<LunchEvent> {
        vec![LunchEvent::Eaten {}]
    }

    fn carry_out() -> LunchCommand {
        LunchCommand::Eat
    }
}

#[test]
fn a_kind_that_says_nothing_of_itself_takes_nothing_away_and_shows_what_happens() {
    let guest: crate::names::PrincipalId = "erin".parse().expect("an id");
    let eaten = LunchEvent::Eaten {};
    assert!(!Lunch::is_urgent(&LunchCommand::Eat) && Lunch::because_of(&eaten).is_none());
    assert!(Lunch::shows(&eaten) && !Lunch::closes(&eaten));
    let requester = Requester {
        id: guest.clone(),
        kind: crate::envelope::ActorKind::Person,
        name: "Erin".to_owned(),
        known: true,
    };
    let order = Order { code: Code::candidate(uuid::Uuid::from_u128(1), 0), requester, guest };
    assert_eq!(order.no_use_from(), None, "and may wait for as long as anything may");
    let lunch = Request::<Lunch>::default();
    assert!(order.why().is_none() && Lunch::names(&lunch).is_empty());
    assert!(Lunch::until(&lunch).is_none() && Lunch::wanted(&lunch).is_none());
}
