//! What one capability wishes of the outside world, as data. Nothing here knows which capabilities there are.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::envelope::{Envelope, derived_id};
use crate::ports::{SurfaceKind, VendorRole};
use crate::reaction::Reaction;
use crate::request::Code;

/// The effects of one capability. Each is one wish; its id, and so its idempotency key, is derived from the event that caused it.
pub trait Wish: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What an attempt is about to do: recorded before the call goes out. A dry run prints it.
    type Plan: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What came of it.
    type Outcome: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What its capability does about what became of it; of one that does nothing there is none.
    type FollowUp: Clone + Debug + PartialEq + Send + Sync + 'static;

    /// The word for its kind, in the log as everywhere.
    fn kind(&self) -> &'static str;

    /// The request it is for, if for one.
    fn code(&self) -> Option<&Code>;

    /// What must not be touched by two effects at once.
    fn lane(&self) -> String;

    /// Whom it calls: what a pause holds back, and whose places at the outbox it takes.
    fn calls(&self) -> &'static [VendorRole];

    /// The chat it is said in, if in one.
    fn chat(&self) -> Option<SurfaceKind> {
        self.calls().iter().find_map(|role| match role {
            VendorRole::Surface(surface) => Some(*surface),
            _ => None,
        })
    }

    /// Whether it takes access away: it goes first, may use the log's reserve of space, and is done on nobody's word.
    fn is_urgent(&self) -> bool {
        false
    }

    /// Whether an attempt with this plan changes something: one that does not only looks.
    fn changes(_plan: &Self::Plan) -> bool {
        true
    }

    /// How long it is tried.
    fn patience(&self) -> Patience {
        Patience::Usual
    }

    /// Whether one that waits in the same lane and has not begun will do all that this one would.
    fn is_done_by_any_in_its_lane(&self) -> bool {
        false
    }

    /// The request that cannot go on before this is done, and says so while a vendor lets nobody in.
    fn is_awaited_by(&self) -> Option<&Code> {
        None
    }

    /// Its id, where it is the step of this name of what follows from the event `cause`.
    fn id(&self, step: &str, cause: &Envelope) -> Uuid {
        derived_id(cause.id, step)
    }

    /// What a first attempt with this plan found before anything was changed, in the capability's own word: for whoever says
    /// later that it was done by hand.
    fn found(_first: &Self::Plan) -> Option<String> {
        None
    }

    /// What came of it, with what the first attempt of all has found: a later one cannot see that any more.
    fn since(outcome: Self::Outcome, _first: &Self::Plan) -> Self::Outcome {
        outcome
    }

    /// What it is to do, in words, for those who read the log.
    fn in_words(&self) -> String;

    /// What an attempt with this plan sets out to do, in words.
    fn plan_in_words(plan: &Self::Plan) -> String;

    /// What this outcome came to, in words.
    fn outcome_in_words(_outcome: &Self::Outcome) -> String {
        "Done and read back".to_owned()
    }

    /// What its capability does about what became of it.
    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, Self::FollowUp>>;
}

/// How long something is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Until a person has to look.
    Usual,
    /// Until a chat that was away is back, or a tracker that mirrors tickets: it changes nothing but what people see.
    Chat,
}

/// What became of an effect.
#[derive(Debug)]
pub enum Became<'a, E: Wish> {
    /// It was done, and read back.
    Done(&'a E::Outcome),
    /// An operator says that it was done by hand, and nobody could look.
    DoneByHand {
        /// What the first attempt found before anything was changed, where there was one.
        before: Option<&'a str>,
    },
    /// It waits for a person.
    Parked {
        /// What was said, for those who run the bot.
        why: &'a str,
        /// The same in plain words.
        told: &'a str,
        /// Whether the vendor refused it.
        rejected: bool,
    },
    /// An operator says that it was done by hand: it is looked at until that is read back.
    Vouched {
        /// What else they said.
        note: &'a str,
    },
    /// An operator gave it up.
    GivenUp {
        /// Why.
        why: &'a str,
    },
}

impl<'a, E: Wish> Became<'a, E> {
    /// The same for one capability of several; nothing where the outcome is another one's.
    pub fn of<One: Wish>(
        self,
        own: impl FnOnce(&'a E::Outcome) -> Option<&'a One::Outcome>,
    ) -> Option<Became<'a, One>> {
        Some(match self {
            Self::Done(outcome) => Became::Done(own(outcome)?),
            Self::DoneByHand { before } => Became::DoneByHand { before },
            Self::Parked { why, told, rejected } => Became::Parked { why, told, rejected },
            Self::Vouched { note } => Became::Vouched { note },
            Self::GivenUp { why } => Became::GivenUp { why },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Permission;
    use crate::capabilities::{Effect, Outcome};
    use crate::golden::envelope;
    use crate::ports::{Identity, Place};
    use crate::{access, talk, ticket};

    fn code() -> Code {
        Code::candidate(Uuid::from_u128(1), 0)
    }

    fn show(surface: SurfaceKind) -> talk::Effect {
        let place = Place::direct(&Identity::new(surface, "T1", "U1").unwrap());
        talk::Effect::ShowCard { code: code(), place, viewer: None, anew: false, unasked: false }
    }

    fn comment() -> ticket::Effect {
        ticket::Effect::Comment { code: Some(code()), ticket: "OPS-1".to_owned(), paragraphs: vec![] }
    }

    #[test]
    fn only_what_is_said_in_a_chat_has_one() {
        for surface in SurfaceKind::ALL {
            assert_eq!(show(surface).chat(), Some(surface));
        }
        assert_eq!(comment().chat(), None);
    }

    #[test]
    fn of_two_that_wait_in_a_lane_both_are_done_unless_one_says_otherwise() {
        assert!(!comment().is_done_by_any_in_its_lane());
        assert!(show(SurfaceKind::Slack).is_done_by_any_in_its_lane());
    }

    #[test]
    fn its_id_is_of_what_caused_it_and_of_the_step() {
        let cause = envelope(access::AccessEvent::Reminded { times: 1 });
        let id = |step| show(SurfaceKind::Slack).id(step, &cause);
        assert_eq!((id("one"), id("two")), (derived_id(cause.id, "one"), derived_id(cause.id, "two")));
    }

    #[test]
    fn what_is_said_finds_nothing_before_and_is_done_when_it_is_done() {
        assert_eq!(talk::Effect::found(&talk::Plan::Tell), None);
        assert_eq!(talk::Effect::outcome_in_words(&talk::Outcome::Unsaid), "Done and read back");
    }

    #[test]
    fn a_capability_hears_of_its_own_outcome_and_not_of_anothers() {
        let task = access::PermissionTask::Grant { permission: Permission::Write };
        let (account, repository) = ("acc".to_owned(), "infra".to_owned());
        let own =
            access::Effect::SetPermission { code: code(), account, repository, repository_id: None, task };
        let told = |became: Became<'_, Effect>| {
            let reactions: Vec<Reaction<Effect, _>> = Effect::from(own.clone()).outcome(became);
            reactions.into_iter().map(|reaction| reaction.step).collect::<Vec<_>>()
        };
        let is_set = access::Outcome::PermissionIs { now: Some(Permission::Write), before: None };
        assert_eq!(told(Became::Done(&Outcome::Access(is_set))), ["confirm"]);
        assert_eq!(told(Became::Done(&Outcome::Ticket(ticket::Outcome::Commented))), [""; 0]);
        assert_eq!(told(Became::DoneByHand { before: Some("read") }), ["confirm"]);
        assert_eq!(told(Became::Parked { why: "403", told: "no", rejected: true }), ["fail"]);
        assert_eq!(told(Became::GivenUp { why: "too late" }), ["fail"]);
    }
}
