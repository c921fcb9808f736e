//! What a capability has to say of a difference between what it wants and what is held outside, so that plans can put it right.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::Remedy;
use crate::names::PrincipalId;
use crate::ports::VendorRole;
use crate::request::{Code, Plain, Thing};
use crate::rules::{Question, Resource};
use crate::tenant::Person;

/// A difference between what a capability wants and what is held outside, as it was found.
pub trait Drift: Plain + Eq {
    /// What is done outside to make it as the log wants it.
    type Change: Plain + Eq;
    /// What its capability goes on with once it is put right.
    type FollowUp: Clone + Debug + PartialEq + Send + Sync + 'static;

    /// Where it is.
    fn place(&self) -> Place;

    /// Where it is, as people say it: `Erin on payments-api`.
    fn title(&self) -> String;

    /// What the place is on, as people say it: `payments-api`.
    fn on(&self) -> &str;

    /// What it is about, for who searches.
    fn things(&self) -> Vec<Thing>;

    /// What is held there: `write`, `nothing`.
    fn held(&self) -> String;

    /// What the log wants there.
    fn wanted(&self) -> String;

    /// Which event is missing, or what else is behind it, in a sentence.
    fn missing(&self) -> String;

    /// What it means for the log to take over what is held, as the end of "the log …".
    fn adopting(&self) -> String;

    /// Whether another one says the same, so that who has decided on one has decided on the other.
    fn is_same(&self, other: &Self) -> bool;

    /// Whether what is held there is this person's.
    fn is_of(&self, person: &Person) -> bool;

    /// Whether somebody loses something where it is set back.
    fn takes_away(&self) -> bool;

    /// What the rules are asked of it: the action, and with what.
    fn asked(&self) -> (&'static str, Resource<'_>);

    /// Whether something else may be asked for there, by the capability's word for it: who countersigns that may be let in, too.
    fn asked_of<'a>(&'a self, what: &str, asker: &'a Person) -> Option<Question<'a>>;

    /// What must not be touched by two effects at once.
    fn lane(&self) -> String;

    /// Whom putting it right calls.
    fn calls(&self) -> &'static [VendorRole];

    /// What is done outside, in words, for those who read the log.
    fn change_in_words(change: &Self::Change) -> String;

    /// What follows once it is put right: each with the name of its step.
    fn repaired(&self, repaired: Repaired<'_>) -> Vec<(&'static str, Self::FollowUp)>;
}

/// Where a difference is, by identities: who holds something on what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// On what. What is held on the same is counted together.
    pub on: String,
    /// By whom.
    pub by: String,
}

/// That a difference is put right, and how.
#[derive(Debug, Clone, Copy)]
pub struct Repaired<'a> {
    /// By which request.
    pub code: &'a Code,
    /// How.
    pub remedy: Remedy,
    /// Who countersigned it.
    pub by: &'a [PrincipalId],
}
