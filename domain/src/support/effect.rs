//! What a ticket wishes of the outside: to stand in the tracker as well, that what is said and done is told there, that it is looked
//! at there; and that somebody is woken.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{FollowUp, Promise, Sight, There};
use crate::code::Code;
use crate::effect::{Became, Patience, Wish};
use crate::envelope::{Envelope, SIGNED, derived_id};
use crate::names::Tenant;
use crate::ports::{MovePlan, VendorRole};
use crate::reaction::{Reaction, Then};

/// What is wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Make an issue of it.
    MakeThere {
        /// The ticket's number.
        number: u64,
        /// In which project.
        project: String,
        /// The title.
        title: String,
        /// What stands in it.
        paragraphs: Vec<String>,
    },
    /// Say something on its issue.
    SayThere {
        /// The ticket's number.
        number: u64,
        /// The issue's key.
        key: String,
        /// Which of all that was said on the ticket; 0 is that it is linked.
        nth: u32,
        /// What.
        paragraphs: Vec<String>,
    },
    /// Move its issue where it belongs by how the ticket stands then.
    MoveThere {
        /// The ticket's number.
        number: u64,
        /// The issue's key.
        key: String,
    },
    /// Look how its issue stands, and what was said on it.
    LookThere {
        /// The ticket's number.
        number: u64,
        /// The issue's key.
        key: String,
    },
    /// Wake somebody.
    WakeSomebody {
        /// The ticket's number.
        number: u64,
        /// What was not kept.
        promise: Promise,
        /// How often they were woken, with this time.
        times: u32,
    },
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
    /// Make an issue.
    MakeIssue {
        /// In which project.
        project: String,
    },
    /// Write these paragraphs on it.
    WriteOnIssue {
        /// The paragraphs.
        paragraphs: Vec<String>,
    },
    /// Take these steps.
    MoveIssue(MovePlan),
    /// Only look.
    LookAtIssue {},
    /// Call the pager.
    CallPager {},
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// It stands there under this key.
    MadeThere {
        /// The key.
        key: String,
    },
    /// It is said there.
    SaidThere {},
    /// It was moved there, or stood there already.
    MovedThere {
        /// How it stands now.
        there: There,
    },
    /// It was not moved: a person has changed it there, and that is so.
    LeftAsTheyHaveIt(Box<Sight>),
    /// This is seen there.
    SeenThere(Box<Sight>),
    /// There is no such issue any more.
    GoneThere {},
    /// Somebody was woken.
    Woken {},
    /// Nobody wants it any more.
    NotWantedThere {},
}

impl Effect {
    /// The ticket's number.
    pub const fn number(&self) -> u64 {
        match self {
            Self::MakeThere { number, .. }
            | Self::SayThere { number, .. }
            | Self::MoveThere { number, .. }
            | Self::LookThere { number, .. }
            | Self::WakeSomebody { number, .. } => *number,
        }
    }

    /// The id under which the thing that was said before this one is told there: what is said is told in its order.
    pub fn said_before(&self, tenant: &Tenant) -> Option<Uuid> {
        match self {
            Self::SayThere { number, nth, .. } => Some(said(tenant, *number, nth.checked_sub(1)?)),
            _ => None,
        }
    }

    fn follow_up<E>(name: &'static str, follow_up: FollowUp) -> Vec<Reaction<E, FollowUp>> {
        vec![Reaction::new(name, Then::FollowUp(follow_up))]
    }
}

/// The id by which a ticket is made in the tracker once, whatever leads to it, or something is said there once.
fn once(tenant: &Tenant, number: u64, what: &str) -> Uuid {
    derived_id(SIGNED, &format!("{tenant} help desk ticket {number} {what}"))
}

fn said(tenant: &Tenant, number: u64, nth: u32) -> Uuid {
    once(tenant, number, &format!("says {nth}"))
}

impl Wish for Effect {
    type Plan = Plan;
    type Outcome = Outcome;
    type FollowUp = FollowUp;

    fn kind(&self) -> &'static str {
        self.into()
    }

    fn code(&self) -> Option<&Code> {
        None
    }

    /// What is only looked at waits for nothing that is to be said.
    fn lane(&self) -> String {
        match self {
            Self::MakeThere { number, .. }
            | Self::SayThere { number, .. }
            | Self::MoveThere { number, .. } => {
                format!("mirror {number}")
            }
            Self::LookThere { number, .. } => format!("look at {number}"),
            Self::WakeSomebody { number, .. } => format!("wake {number}"),
        }
    }

    fn calls(&self) -> &'static [VendorRole] {
        match self {
            Self::WakeSomebody { .. } => &[],
            _ => &[VendorRole::Tracker],
        }
    }

    fn changes(plan: &Plan) -> bool {
        !matches!(plan, Plan::LookAtIssue {})
    }

    /// A tracker that is away for a day is caught up with when it is back: tickets are made and answered meanwhile.
    fn patience(&self) -> Patience {
        match self {
            Self::WakeSomebody { .. } => Patience::Usual,
            _ => Patience::Chat,
        }
    }

    fn is_done_by_any_in_its_lane(&self) -> bool {
        matches!(self, Self::LookThere { .. })
    }

    fn id(&self, step: &str, cause: &Envelope) -> Uuid {
        match self {
            Self::MakeThere { number, .. } => once(&cause.tenant, *number, "is made"),
            Self::SayThere { number, nth, .. } => said(&cause.tenant, *number, *nth),
            _ => derived_id(cause.id, step),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::MakeThere { number, project, .. } => {
                format!("make an issue of ticket {number} in {project}")
            }
            Self::SayThere { number, key, .. } => format!("say on {key} what was said on ticket {number}"),
            Self::MoveThere { number, key } => format!("move {key} to where ticket {number} is"),
            Self::LookThere { number, key } => format!("look at {key}, which is ticket {number}"),
            Self::WakeSomebody { number, .. } => format!("wake somebody for ticket {number}"),
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        match plan {
            Plan::MakeIssue { project } => format!("make an issue in {project}"),
            Plan::WriteOnIssue { .. } => "write a comment".to_owned(),
            Plan::MoveIssue(_) => "move the issue".to_owned(),
            Plan::LookAtIssue {} => "only look".to_owned(),
            Plan::CallPager {} => "call the pager".to_owned(),
        }
    }

    fn outcome_in_words(outcome: &Outcome) -> String {
        match outcome {
            Outcome::MadeThere { key } => format!("It is {key} there"),
            Outcome::SaidThere {} => "Said there".to_owned(),
            Outcome::MovedThere { there } => format!("It is in “{}” there", crate::text::flat(&there.status)),
            Outcome::LeftAsTheyHaveIt(sight) => {
                format!("Left in “{}”, where a person has put it", crate::text::flat(&sight.there.status))
            }
            Outcome::SeenThere(sight) => format!("Seen, with {} that was new", sight.heard.len()),
            Outcome::GoneThere {} => "There is no such issue any more".to_owned(),
            Outcome::Woken {} => "Somebody was woken".to_owned(),
            Outcome::NotWantedThere {} => "Not done, for nobody wants it any more".to_owned(),
        }
    }

    /// What could not be said there changes nothing here.
    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, FollowUp>> {
        let number = self.number();
        match (became, self) {
            (Became::Done(Outcome::MadeThere { key }), _) => {
                Self::follow_up("made", FollowUp::Made { number, key: key.clone() })
            }
            (Became::Done(Outcome::SeenThere(sight) | Outcome::LeftAsTheyHaveIt(sight)), _) => {
                Self::follow_up("seen", FollowUp::TakeThere { number, sight: sight.clone() })
            }
            (Became::Done(Outcome::MovedThere { there }), Self::MoveThere { key, .. }) => {
                let (key, there) = (key.clone(), there.clone());
                Self::follow_up("moved", FollowUp::TakeMoved { number, key, there })
            }
            _ => vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TicketEvent;
    use super::*;
    use crate::golden::envelope;
    use crate::ports::TicketStage;

    fn key() -> String {
        "OPS-17".to_owned()
    }

    fn say(nth: u32) -> Effect {
        Effect::SayThere { number: 7, key: key(), nth, paragraphs: vec![] }
    }

    fn made() -> Effect {
        Effect::MakeThere { number: 7, project: "OPS".to_owned(), title: String::new(), paragraphs: vec![] }
    }

    fn there(stage: TicketStage) -> There {
        There { status: "Done".to_owned(), stage }
    }

    #[test]
    fn a_ticket_is_made_there_once_and_each_thing_is_said_once_whatever_led_to_it() {
        let [one, other] = ["OPS", "SEC"]
            .map(|project| envelope(TicketEvent::TicketMirrored { project: project.to_owned() }));
        assert_eq!(made().id("make", &one), made().id("again", &other));
        assert_eq!(say(1).id("say", &one), say(1).id("linked", &other));
        assert_ne!(say(1).id("say", &one), say(2).id("say", &one));
        assert_ne!(say(1).id("say", &one), made().id("say", &one));
        assert_eq!(say(2).said_before(&one.tenant), Some(say(1).id("say", &one)));
        assert_eq!((say(0).said_before(&one.tenant), made().said_before(&one.tenant)), (None, None));
        let look = Effect::LookThere { number: 7, key: key() };
        assert_eq!(look.id("look", &one), derived_id(one.id, "look"));
    }

    #[test]
    fn a_tracker_that_is_away_for_an_hour_is_waited_for_and_looking_waits_for_nothing() {
        let look = Effect::LookThere { number: 7, key: key() };
        assert!([made(), say(1), look.clone()].iter().all(|effect| effect.patience() == Patience::Chat));
        assert_eq!(made().lane(), say(1).lane());
        assert_ne!(look.lane(), say(1).lane());
        assert!(look.is_done_by_any_in_its_lane() && !say(1).is_done_by_any_in_its_lane());
        assert_eq!(look.calls(), [VendorRole::Tracker]);
        assert!(!Effect::changes(&Plan::LookAtIssue {}) && Effect::changes(&Plan::CallPager {}));
    }

    #[test]
    fn what_became_of_it_comes_back_to_the_ticket() {
        let follows = |effect: &Effect, outcome: &Outcome| {
            let reactions: Vec<Reaction<Effect, FollowUp>> = effect.outcome(Became::Done(outcome));
            reactions.into_iter().map(|reaction| reaction.then).collect::<Vec<_>>()
        };
        let outcome = Outcome::MadeThere { key: key() };
        let then = FollowUp::Made { number: 7, key: key() };
        assert_eq!(follows(&made(), &outcome), [Then::FollowUp(then)]);
        let moving = Effect::MoveThere { number: 7, key: key() };
        let done = there(TicketStage::Done);
        let then = FollowUp::TakeMoved { number: 7, key: key(), there: done.clone() };
        assert_eq!(follows(&moving, &Outcome::MovedThere { there: done.clone() }), [Then::FollowUp(then)]);
        let sight = Box::new(Sight { key: key(), at: crate::testing::noon(), there: done, heard: vec![] });
        let then = FollowUp::TakeThere { number: 7, sight: sight.clone() };
        assert_eq!(follows(&moving, &Outcome::LeftAsTheyHaveIt(sight)), [Then::FollowUp(then)]);
        assert_eq!(follows(&say(1), &Outcome::SaidThere {}), []);
    }
}
