//! The smallest kind there can be, to see that the life belongs to no kind: who asks for a lunch, and who pays for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::law::{self, Tried};
use super::{
    Carried, Code, Content, Due, Evidence, Facts, Kind, KnownBy, Life, Meaning, Nothing, Origin, Proposed,
    Request, RequestEvent, Requester, Stage,
};
use crate::aggregate::Tagged;
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::person::Person;
use crate::rules::{Question, Ruling};
use crate::tenant::People;

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
pub(super) enum Noon {
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

    fn facts(&self) -> Facts {
        Facts { whose: Some(self.guest.to_string()), ..Facts::default() }
    }
}

impl Evidence<Order> for Price {
    type Difference = u64;

    fn differences(_: &Order, shown: &Self, found: &Self, _: &[String]) -> Vec<u64> {
        Some(found.cents).filter(|cents| *cents != shown.cents).into_iter().collect()
    }
}

impl Due<LunchCommand> for Noon {
    fn command(self) -> LunchCommand {
        LunchCommand::Eat
    }
}

impl Kind for Lunch {
    const NAME: &'static str = "lunch";
    type Content = Order;
    type Evidence = Price;
    type Proposal = Proposal;
    type Fixed = Nothing;
    type Phase = Nothing;
    type Past = ();
    type Command = LunchCommand;
    type Event = LunchEvent;
    type Due = Noon;
    type News = Nothing;
    type Errand = Nothing;

    const FIRST: Proposal = Proposal::Lunch;
    const CHECKING: Nothing = Nothing {};
    const LIFE: Life = Life::once("ordered", "eaten");

    fn question<'a>(_: &'a Order, _: Option<&'a Price>, _: &'a People) -> Option<Question<'a>> {
        None
    }

    fn violations(asked: &Order, found: &Price, ruling: Option<&Ruling>) -> Vec<Violation> {
        ruling.map_or_else(Vec::new, |ruling| Self::ruled_out(asked, Some(found), ruling))
    }

    fn carried(&self, _: Proposed<'_, Self>, _: Vec<PrincipalId>, _: Timestamp) -> Carried<Self> {
        Carried::Approved(Nothing {})
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
    assert!(!Lunch::is_urgent(&LunchCommand::Eat));
    let meaning = Lunch::meaning(&LunchEvent::Eaten {});
    assert_eq!(meaning, Meaning { news: None, closes: false, because_of: None, is_unseen: false });
    let requester = Requester {
        id: guest.clone(),
        kind: crate::envelope::ActorKind::Person,
        name: "Erin".to_owned(),
        known: true,
    };
    let order = Order { code: Code::candidate(uuid::Uuid::from_u128(1), 0), requester, guest };
    assert_eq!(order.no_use_from(), None, "and may wait for as long as anything may");
    assert!(order.why().is_none());
    assert_eq!(Lunch::things(&Request::default()), []);
    assert_eq!(Lunch::known_by(&Request::default()), KnownBy::default());
    let words = [Stage::Working, Stage::Standing, Stage::Over].map(|stage| Lunch::LIFE.word(stage));
    assert_eq!(words, ["ordered", "eaten", "over"]);
    assert_eq!(Lunch::OPEN_WORDS, ["checking", "waiting", "ordered", "failed"]);
}
