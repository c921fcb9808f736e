//! What a kind of request is made of: what is asked, what was found of it, and what becomes due by itself.

use std::fmt::Debug;
use std::hash::Hash;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Code, Facts, Origin, Requester};
use crate::names::PrincipalId;

/// Data that stands in the log: compared, copied, written and read.
pub trait Plain: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static> Plain for T {}

/// What was asked: the few things that the life itself has to know of it.
pub trait Content: Plain {
    /// The request's code.
    fn code(&self) -> &Code;
    /// Who asks.
    fn requester(&self) -> &Requester;
    /// Where.
    fn origin(&self) -> Origin;
    /// Whose own it is besides who asked.
    fn subjects(&self) -> Vec<&PrincipalId>;
    /// Why, in the words of who asks.
    fn why(&self) -> Option<&str> {
        None
    }
    /// Whether others had to be asked when it was asked for, where that is known by then.
    fn asked_others(&self) -> bool {
        false
    }
    /// From when on it is no use to anybody, so that nobody need answer any more.
    fn no_use_from(&self) -> Option<Timestamp> {
        None
    }
    /// By what it is found from when it was asked for: whose it is, and on what. By who asked and by whose own it is, it is found
    /// anyway.
    fn facts(&self) -> Facts {
        Facts::default()
    }
}

/// What looking outside found of what was asked.
pub trait Evidence<C>: Plain + Default {
    /// One way in which it can differ from what was shown.
    type Difference: Plain;

    /// What is otherwise than it was shown, by what is found now. `by_us`: what the bot itself has brought about since.
    fn differences(asked: &C, shown: &Self, found: &Self, by_us: &[String]) -> Vec<Self::Difference>;

    /// What was shown first, with what has become otherwise since it was `shown` last and was `told` to nobody, for the bot itself
    /// brought it about: from then on nobody takes that for a change.
    #[must_use]
    fn brought_on(first: Self, _shown: &Self, _found: &Self, _told: &[Self::Difference]) -> Self {
        first
    }

    /// The part of it that an approver decides on: what the receipt is of.
    #[must_use]
    fn decided_on(&self) -> Self {
        self.clone()
    }

    /// The content with everything named as the outside named it: from here on nothing depends on what was typed.
    #[must_use]
    fn resolved(&self, asked: C) -> C {
        asked
    }

    /// The names that the outside has for what the request is found by, from what it answered.
    fn facts(&self) -> Facts {
        Facts::default()
    }
}

/// What becomes due by itself.
pub trait Due<C>: Plain + Copy + Ord + Hash + Into<&'static str> {
    /// The command to send then.
    fn command(self) -> C;
}

/// Nothing: for what a kind has no need of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Nothing {}

impl<C> Evidence<C> for Nothing {
    type Difference = Never;

    fn differences(_: &C, _: &Self, _: &Self, _: &[String]) -> Vec<Never> {
        vec![]
    }
}

/// What there never is: a deadline of a kind that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Never {}

impl<C> Due<C> for Never {
    fn command(self) -> C {
        match self {}
    }
}

impl From<Never> for &'static str {
    fn from(never: Never) -> Self {
        match never {}
    }
}
