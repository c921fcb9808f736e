//! What a kind of request has to say for itself; all else is the life that every kind shares.

use std::fmt::Debug;
use std::hash::Hash;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Code, Facts, Leaver, Origin, Request, RequestEvent, Requester, Review, Stage, Thing};
use crate::aggregate::Event;
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::rules::{Question, Refusal, Ruling, Terms};
use crate::tenant::{People, Person};

/// Data that stands in the log: compared, copied, written and read.
pub trait Plain: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static> Plain for T {}

/// One kind of thing that people ask for and others countersign. The value is what came of a request of this kind once it was
/// approved; everything here is pure.
pub trait Kind: Plain + Default {
    /// The first word of its events' names, for ever: `access`.
    const NAME: &'static str;

    /// What was asked: what the receipt is of.
    type Content: Content;
    /// What looking outside found before anybody was asked; part of the receipt.
    type Evidence: Evidence;
    /// One way in which evidence can differ from what was shown.
    type Difference: Plain;
    /// What a countersignature is asked for: to grant it, to let it last longer.
    type Proposal: Plain + Copy + Eq;
    /// What an approval fixes besides who gave it.
    type Fixed: Plain;
    /// While doing what something outside can fail.
    type Phase: Plain + Copy + Eq;
    /// What else in the log limits it.
    type Past: Clone + Debug + Default + PartialEq + Send + Sync;
    /// What it can be asked to do besides what every request can.
    type Command: Clone + Debug + PartialEq + Send + Sync;
    /// What then can have happened.
    type Event: Event;
    /// What becomes due by itself once it was approved.
    type Due: Plain + Copy + Ord + Hash + Into<&'static str>;
    /// What those whom it concerns are told once of its own events.
    type News: Plain + Copy + Eq + Hash;
    /// What it does by itself because of what became of what it wished, besides what every kind does.
    type Errand: Clone + Debug + PartialEq + Send + Sync + 'static;

    /// What waits first.
    const FIRST: Self::Proposal;
    /// The phase before anybody is asked.
    const CHECKING: Self::Phase;
    /// Its words for how a request stands that is not over: in these, requests are counted.
    const OPEN_WORDS: &'static [&'static str];
    /// Whether what came of it lasts until something ends it. What does not is over once it is carried out.
    const LASTS: bool = false;
    /// Whether it is asked for those whose own it is, so that it is theirs to take back; else it is done about them.
    const IS_FOR_ITS_SUBJECTS: bool = false;

    /// What the rules are asked; nothing where the content is not good enough to ask them, or who asks is gone.
    fn question<'a>(
        asked: &'a Self::Content,
        found: Option<&'a Self::Evidence>,
        people: &'a People,
    ) -> Option<Question<'a>>;

    /// How it stands, in one word for the API and for people.
    fn word(request: &Request<Self>) -> &'static str;

    /// The content with everything named as the outside named it: from here on nothing depends on what was typed.
    fn resolved(asked: Self::Content, _: &Self::Evidence) -> Self::Content {
        asked
    }

    /// Whether it is this person's own, by whatever name it was asked for: nobody countersigns their own.
    fn is_own(request: &Request<Self>, person: &Person) -> bool;

    /// Whose own it is, where they are gone from the tenant.
    fn gone(request: &Request<Self>, people: &People) -> Option<Leaver>;

    /// All that speaks against it: the content, what was found, what the rules say.
    fn violations(asked: &Self::Content, found: &Self::Evidence, ruling: Option<&Ruling>) -> Vec<Violation>;

    /// What the rules alone say against it.
    fn ruled_out(_: &Self::Content, _: Option<&Self::Evidence>, ruling: &Ruling) -> Vec<Violation> {
        match ruling {
            Ruling::Allowed(_) => vec![],
            Ruling::Forbidden(Refusal { policies, messages, .. }) => {
                vec![Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() }]
            }
        }
    }

    /// The same of rules that are tried, and are not in force.
    fn ruled_out_under(
        asked: &Self::Content,
        found: Option<&Self::Evidence>,
        ruling: &Ruling,
    ) -> Vec<Violation> {
        Self::ruled_out(asked, found, ruling)
    }

    /// What these terms demand and is not so any more. What people may judge for themselves is left to them.
    fn unmet(asked: &Self::Content, found: &Self::Evidence, terms: &Terms) -> Vec<Violation>;

    /// What speaks against carrying it out without anybody where others were asked before: then it is for a new request to be as easy
    /// as that. Nothing where it may become easier while it waits.
    fn alone_after_others() -> Option<Violation> {
        None
    }

    /// The limits that a proposal would break, given all that counts against them.
    fn limits(&self, proposal: Proposed<'_, Self>, past: &Self::Past, now: Timestamp) -> Vec<Violation>;

    /// What follows when enough have countersigned, or the rules ask nobody.
    fn carried(&self, proposal: Proposed<'_, Self>, by: Vec<PrincipalId>, now: Timestamp) -> Carried<Self>;

    /// What others changed of what was shown. `by_us`: what the bot itself has brought about since.
    fn differences(
        asked: &Self::Content,
        shown: &Self::Evidence,
        found: &Self::Evidence,
        by_us: &[String],
    ) -> Vec<Self::Difference>;

    /// Whether what was approved has come about, or is being undone: from then on it goes its own way.
    fn has_begun(&self) -> bool;

    /// Whether it is in the middle of this phase, so that a failure says something new.
    fn is_in(request: &Request<Self>, phase: Self::Phase) -> bool;

    /// What has to end, or what must be said, because of how the people and the rules are now. Nothing where it may go on.
    fn reviewed(
        request: &Request<Self>,
        review: &Review<Self>,
        gone: Option<&Leaver>,
        now: Timestamp,
    ) -> Vec<RequestEvent<Self>>;

    /// Its own commands.
    fn decide(
        request: &Request<Self>,
        command: Self::Command,
        now: Timestamp,
    ) -> Result<Vec<RequestEvent<Self>>, Denied>;

    /// Its own events. The stage that the request is in from then on, where that changes.
    fn evolve(&mut self, event: &Self::Event, at: Timestamp) -> Option<Stage>;

    /// Whether nothing is proposed any more after it.
    fn closes(_: &Self::Event) -> bool {
        false
    }

    /// Because of whom it came about, where that is somebody who left.
    fn because_of(_: &Self::Event) -> Option<&PrincipalId> {
        None
    }

    /// What is due when, once it was approved.
    fn deadlines(_: &Request<Self>) -> Vec<(Timestamp, Self::Due)> {
        vec![]
    }

    /// The command to send when it is due.
    fn due(what: Self::Due) -> Self::Command;

    /// Whether a command of its own takes something away, and so may use the log's reserve of space.
    fn is_urgent(_: &Self::Command) -> bool {
        false
    }

    /// What those whom it concerns are told of its own event.
    fn news(_: &Self::Event) -> Option<Self::News> {
        None
    }

    /// Whether its own event came at once, with nobody to be asked: then the answer to what was said shows it.
    fn is_answer(_: &Request<Self>, _: &Self::Event) -> bool {
        false
    }

    /// Whom it concerns besides those whom every request concerns: who ended what came of it, for example.
    fn concerned(&self) -> Vec<&PrincipalId> {
        vec![]
    }

    /// By what it is found from when it was asked for: whose it is, and on what. By who asked and by whose own it is, it is found
    /// anyway.
    fn facts(asked: &Self::Content) -> Facts;

    /// The names that the outside has for these, from what it answered.
    fn facts_found(_: &Self::Evidence) -> Facts {
        Facts::default()
    }

    /// What it is about: what it is meant by.
    fn things(_: &Request<Self>) -> Vec<Thing> {
        vec![]
    }

    /// The names of people, besides that of who asked, by which others speak of it.
    fn names(_: &Request<Self>) -> Vec<&str> {
        vec![]
    }

    /// Until when it lasts or shall last, where what it is about does not say it by itself.
    fn until(_: &Request<Self>) -> Option<Timestamp> {
        None
    }

    /// The word for what is wanted, where it has one. Alone it names no request: `write`.
    fn wanted(_: &Request<Self>) -> Option<&'static str> {
        None
    }

    /// Whether cards look different after its own event.
    fn shows(_: &Self::Event) -> bool {
        true
    }
}

/// What is proposed, with all that it is measured on.
#[derive(Debug)]
pub struct Proposed<'a, K: Kind> {
    /// The request's content.
    pub asked: &'a K::Content,
    /// What a countersignature is asked for.
    pub proposal: K::Proposal,
    /// What was found outside, where that is known.
    pub found: Option<&'a K::Evidence>,
    /// On which terms.
    pub terms: &'a Terms,
}

#[expect(
    clippy::expl_impl_clone_on_copy,
    reason = "deriving it would ask that the kind itself can be copied"
)]
impl<K: Kind> Clone for Proposed<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Kind> Copy for Proposed<'_, K> {}

/// What follows when enough have countersigned.
#[derive(Debug)]
pub enum Carried<K: Kind> {
    /// It is approved, and something has to be done outside.
    Approved(K::Fixed),
    /// Something has happened with that.
    Own(K::Event),
}

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
}

/// What looking outside found.
pub trait Evidence: Plain + Default {
    /// The part of it that an approver decides on: what the receipt is of.
    #[must_use]
    fn decided_on(&self) -> Self {
        self.clone()
    }
}

/// Nothing: for what a kind has no need of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Nothing {}

impl Evidence for Nothing {}

/// What there never is: a deadline of a kind that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Never {}

impl From<Never> for &'static str {
    fn from(never: Never) -> Self {
        match never {}
    }
}
