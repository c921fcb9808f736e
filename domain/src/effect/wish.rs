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

    /// Whether it takes access away: it goes first, and may use the log's reserve of space.
    fn is_urgent(&self) -> bool {
        false
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
    /// Until a chat that was away is back: it changes nothing but what people see.
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
            Self::GivenUp { why } => Became::GivenUp { why },
        })
    }
}
