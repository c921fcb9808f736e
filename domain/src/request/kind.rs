//! What a kind of request has to say for itself; all else is the life that every kind shares.

use std::fmt::Debug;
use std::hash::Hash;

use jiff::Timestamp;

use super::content::{Content, Due, Evidence, Plain};
use super::{Leaver, Request, RequestEvent, Review, Stage, Thing};
use crate::aggregate::Event;
use crate::denied::{Denied, Violation};
use crate::names::PrincipalId;
use crate::people::People;
use crate::person::Person;
use crate::rules::{Question, Refusal, Ruling, Terms};

/// One kind of thing that people ask for and others countersign. The value is what came of a request of this kind once it was
/// approved; everything here is pure. What is asked says the rest of itself by [`Content`], what was found by [`Evidence`].
///
/// A kind must say what the rules are asked, what speaks against it, what an approval comes to, and how its own commands and events
/// go on from there. All else has an answer already, which fits a kind that has no need of it.
pub trait Kind: Plain + Default {
    /// The first word of its events' names, for ever: `access`.
    const NAME: &'static str;

    /// What was asked: what the receipt is of.
    type Content: Content;
    /// What looking outside found before anybody was asked; part of the receipt.
    type Evidence: Evidence<Self::Content>;
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
    type Due: Due<Self::Command>;
    /// What those whom it concerns are told once of its own events.
    type News: Plain + Copy + Eq + Hash;
    /// What it does by itself because of what became of what it wished, besides what every kind does.
    type Errand: Clone + Debug + PartialEq + Send + Sync + 'static;

    /// What waits first.
    const FIRST: Self::Proposal;
    /// The phase before anybody is asked.
    const CHECKING: Self::Phase;
    /// What is the same for all its requests.
    const LIFE: Life;
    /// Its words for how a request stands that is not over: in these, requests are counted.
    const OPEN_WORDS: &'static [&'static str] = &["checking", "waiting", Self::LIFE.working, "failed"];

    /// What the rules are asked; nothing where the content is not good enough to ask them, or who asks is gone.
    fn question<'a>(
        asked: &'a Self::Content,
        found: Option<&'a Self::Evidence>,
        people: &'a People,
    ) -> Option<Question<'a>>;

    /// All that speaks against it: the content, what was found, what the rules say.
    fn violations(asked: &Self::Content, found: &Self::Evidence, ruling: Option<&Ruling>) -> Vec<Violation>;

    /// What follows when enough have countersigned, or the rules ask nobody.
    fn carried(&self, proposal: Proposed<'_, Self>, by: Vec<PrincipalId>, now: Timestamp) -> Carried<Self>;

    /// Its own commands.
    fn decide(
        request: &Request<Self>,
        command: Self::Command,
        now: Timestamp,
    ) -> Result<Vec<RequestEvent<Self>>, Denied>;

    /// Its own events. The stage that the request is in from then on, where that changes.
    fn evolve(&mut self, event: &Self::Event, at: Timestamp) -> Option<Stage>;

    /// What its own event means to whoever knows no more of it.
    fn meaning(_: &Self::Event) -> Meaning<'_, Self::News> {
        Meaning::default()
    }

    /// How it stands, in one word for the API and for people.
    fn word(request: &Request<Self>) -> &'static str {
        Self::LIFE.word(request.stage)
    }

    /// What it is about.
    fn things(_: &Request<Self>) -> Vec<Thing> {
        vec![]
    }

    /// By what else it is known to people who do not say its code.
    fn known_by(_: &Request<Self>) -> KnownBy<'_> {
        KnownBy::default()
    }

    /// Whom it concerns besides those whom every request concerns: who ended what came of it, for example.
    fn concerned(&self) -> Vec<&PrincipalId> {
        vec![]
    }

    /// Whether it is this person's own by another name than those of whom it is asked for: nobody countersigns their own.
    fn is_own(_: &Request<Self>, _: &Person) -> bool {
        false
    }

    /// Whose own it is, where they are gone from the tenant.
    fn gone(request: &Request<Self>, people: &People) -> Option<Leaver> {
        let subjects = request.asked.as_ref().map(Self::Content::subjects).unwrap_or_default();
        let gone = subjects.into_iter().find(|subject| !people.people.contains_key(subject))?;
        Some(Leaver::of(gone, people))
    }

    /// Whether it says that there is nothing to ask for: how much more of it would fit is beside the point then.
    fn is_there_already(_: &Violation) -> bool {
        false
    }

    /// What the rules alone say against it.
    fn ruled_out(_: &Self::Content, _: Option<&Self::Evidence>, ruling: &Ruling) -> Vec<Violation> {
        match ruling {
            Ruling::Allowed(_) => vec![],
            Ruling::Forbidden(Refusal { policies, messages, .. }) => {
                vec![Violation::ForbiddenByRule { policies: policies.clone(), messages: messages.clone() }]
            }
        }
    }

    /// What these terms demand and is not so any more. What people may judge for themselves is left to them.
    fn unmet(_: &Self::Content, _: &Self::Evidence, _: &Terms) -> Vec<Violation> {
        vec![]
    }

    /// Whether a difference from what was shown counts for how far the request is.
    fn is_news(_: &Request<Self>, _: &Difference<Self>) -> bool {
        true
    }

    /// Whether the rules say now what they said when it was shown: then no countersignature is lost, whatever the version.
    fn say_the_same(shown: &Terms, now: &Terms) -> bool {
        now.say_the_same(shown)
    }

    /// The limits that a proposal would break, given all that counts against them.
    fn limits(&self, _: Proposed<'_, Self>, _: &Self::Past, _: Timestamp) -> Vec<Violation> {
        vec![]
    }

    /// Whether what was approved has come about, or is being undone: from then on it goes its own way.
    fn has_begun(&self) -> bool {
        *self != Self::default()
    }

    /// Whether it is in the middle of this phase, so that a failure says something new.
    fn is_in(request: &Request<Self>, phase: Self::Phase) -> bool {
        request.stage == if phase == Self::CHECKING { Stage::Checking } else { Stage::Working }
    }

    /// What has to end, or what must be said, because of how the people and the rules are now. Nothing where it may go on.
    fn reviewed(
        _: &Request<Self>,
        _: &Review<Self>,
        _: Option<&Leaver>,
        _: Timestamp,
    ) -> Vec<RequestEvent<Self>> {
        vec![]
    }

    /// What is due when, once it was approved.
    fn deadlines(_: &Request<Self>) -> Vec<(Timestamp, Self::Due)> {
        vec![]
    }

    /// Whether a command of its own takes something away, and so may use the log's reserve of space.
    fn is_urgent(_: &Self::Command) -> bool {
        false
    }

    /// Whether its own event came at once, with nobody to be asked: then the answer to what was said shows it.
    fn is_answer(_: &Request<Self>, _: &Self::Event) -> bool {
        false
    }
}

/// One way in which evidence of a kind can differ from what was shown.
pub type Difference<K> = <<K as Kind>::Evidence as Evidence<<K as Kind>::Content>>::Difference;

/// What is the same for all requests of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// How one stands that is being carried out: `ordering`.
    pub working: &'static str,
    /// One that was carried out: `ordered`.
    pub standing: &'static str,
    /// One of which nothing is left, or never came to anything: `over`.
    pub over: &'static str,
    /// Whether what came of it lasts until something ends it. What does not is over once it is carried out.
    pub lasts: bool,
    /// Whether it is asked for those whose own it is, so that it is theirs to take back; else it is done about them.
    pub is_for_its_subjects: bool,
    /// What speaks against carrying it out without anybody where others were asked before: then it is for a new request to be as easy
    /// as that. Nothing where it may become easier while it waits.
    pub alone_after_others: Option<fn() -> Violation>,
}

impl Life {
    /// Of what is done once, and called so while it is and when it was.
    pub const fn once(working: &'static str, standing: &'static str) -> Self {
        Self {
            working,
            standing,
            over: "over",
            lasts: false,
            is_for_its_subjects: false,
            alone_after_others: None,
        }
    }

    /// The word for a stage.
    pub const fn word(&self, stage: Stage) -> &'static str {
        match stage {
            Stage::New => "new",
            Stage::Checking => "checking",
            Stage::Waiting => "waiting",
            Stage::Working => self.working,
            Stage::Standing => self.standing,
            Stage::Failed => "failed",
            Stage::Denied => "denied",
            Stage::Withdrawn => "withdrawn",
            Stage::Lapsed => "lapsed",
            Stage::Over => self.over,
        }
    }
}

/// What an event of one kind means to whoever knows no more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning<'a, N> {
    /// What those whom it concerns are told of it.
    pub news: Option<N>,
    /// Whether nothing is proposed any more after it.
    pub closes: bool,
    /// Because of whom it came about, where that is somebody who left.
    pub because_of: Option<&'a PrincipalId>,
    /// Whether cards look the same after it.
    pub is_unseen: bool,
}

impl<N> Default for Meaning<'_, N> {
    fn default() -> Self {
        Self { news: None, closes: false, because_of: None, is_unseen: false }
    }
}

/// By what a request is known to people who do not say its code, besides what it is about. It is asked for of every row of a
/// list, so making it costs nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KnownBy<'a> {
    /// The name of somebody, besides who asked, by which others speak of it.
    pub name: Option<&'a str>,
    /// The word for what is wanted, where it has one. Alone it names no request: `write`.
    pub wanted: Option<&'static str>,
    /// Until when it lasts or shall last, where what it is about does not say it by itself.
    pub until: Option<Timestamp>,
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
