//! What can have happened to an effect, how it stands then, and what it can be asked to do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Wish;
use crate::aggregate;
use crate::names::PrincipalId;
use crate::tenant::Person;

/// How an effect stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectState {
    /// Not claimed yet.
    #[default]
    New,
    /// Claimed, or requeued: ready for an attempt.
    Claimed,
    /// An attempt is under way; after a restart this means *unknown*.
    Attempted,
    /// Definitely not done; to be tried again.
    Deferred,
    /// Perhaps done: to be looked up before anything is tried again.
    Unknown,
    /// Done, and read back.
    Succeeded,
    /// It waits for a person.
    Parked,
    /// A person has said what shall be.
    Resolved,
}

impl EffectState {
    /// Every state an effect can be seen in.
    pub const ALL: [Self; 7] = [
        Self::Claimed,
        Self::Attempted,
        Self::Deferred,
        Self::Unknown,
        Self::Succeeded,
        Self::Parked,
        Self::Resolved,
    ];

    /// The word in the API and in chat.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Claimed => "claimed",
            Self::Attempted => "attempted",
            Self::Deferred => "deferred",
            Self::Unknown => "unknown",
            Self::Succeeded => "succeeded",
            Self::Parked => "parked",
            Self::Resolved => "resolved",
        }
    }

    /// Whether something is still to be done by the outbox.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Claimed | Self::Attempted | Self::Deferred | Self::Unknown)
    }
}

impl std::str::FromStr for EffectState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// What a person decides about a parked effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It was done by hand.
    Done,
    /// It shall not be done.
    Abandoned,
}

/// A vendor's wish that nobody calls it for a while (`Retry-After`). It holds for every bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The vendor: `bitbucket`, `jira`.
    pub vendor: String,
    /// Until when.
    pub until: Timestamp,
}

/// The events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(tag = "type", content = "data", rename_all = "snake_case", bound = "")]
pub enum EffectEvent<E: Wish> {
    /// A worker took it: whoever appends this first.
    EffectClaimed {
        /// The wish.
        effect: E,
        /// The worker.
        worker: String,
    },
    /// The call goes out now.
    EffectAttempted {
        /// From 1.
        attempt: u32,
        /// What it is about to do.
        plan: E::Plan,
        /// The bot that makes it; empty in events from before there could be several.
        worker: String,
    },
    /// It was done, and read back.
    EffectSucceeded {
        /// The wish again, so that whoever reacts needs nothing else.
        effect: E,
        /// What came of it.
        outcome: E::Outcome,
    },
    /// It was definitely not done and will be tried again.
    EffectDeferred {
        /// What was said.
        why: String,
        /// When.
        retry_at: Timestamp,
        /// What the vendor asked of all who call it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pause: Option<Pause>,
        /// That it waits for something which has to come about, and nothing went wrong.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        waits: bool,
    },
    /// It may have been done: it will be looked up.
    EffectUnknown {
        /// What was said.
        why: String,
        /// When to look.
        look_at: Timestamp,
        /// Whether the bot that made the attempt ended before anybody could say what came of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ended: bool,
    },
    /// It needs a person: refused for good, or tried too often.
    EffectParked {
        /// The wish again.
        effect: E,
        /// What was said.
        why: String,
        /// Whether the vendor refused it, so that trying again will not help by itself.
        rejected: bool,
        /// The same for those whom it concerns: in plain words, with nothing of how the bot is set up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<String>,
    },
    /// It is to be tried again: an operator says so, or what it was for has come about without it.
    EffectRequeued {
        /// Who.
        by: PrincipalId,
    },
    /// An operator says that it was done by hand, and nobody can look now. What takes access away counts on nobody's word: it is
    /// looked at until that is read back.
    EffectVouched {
        /// The wish again.
        effect: E,
        /// Who.
        by: PrincipalId,
        /// Why.
        note: Option<String>,
    },
    /// An operator says how it ends.
    EffectResolved {
        /// The wish again.
        effect: E,
        /// Who.
        by: PrincipalId,
        /// How.
        resolution: Resolution,
        /// Why.
        note: Option<String>,
        /// What the first attempt found before anything was changed, in the word of whose effect it is.
        before: Option<String>,
        /// What was there when the bot looked at what an operator says they have done; nothing where it could not look, so that
        /// it is taken on their word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<E::Outcome>,
    },
}

impl<E: Wish> aggregate::Tagged for EffectEvent<E> {}

impl<E: Wish> EffectEvent<E> {
    /// The wish, where the event says it (again).
    pub const fn effect(&self) -> Option<&E> {
        match self {
            Self::EffectClaimed { effect, .. }
            | Self::EffectSucceeded { effect, .. }
            | Self::EffectParked { effect, .. }
            | Self::EffectVouched { effect, .. }
            | Self::EffectResolved { effect, .. } => Some(effect),
            Self::EffectAttempted { .. }
            | Self::EffectDeferred { .. }
            | Self::EffectUnknown { .. }
            | Self::EffectRequeued { .. } => None,
        }
    }
}

/// The commands.
#[derive(Debug, Clone)]
pub enum EffectCommand<E: Wish> {
    /// Take it.
    Claim {
        /// The wish.
        effect: E,
        /// The worker.
        worker: String,
    },
    /// Record what is about to be done.
    Attempt {
        /// What.
        plan: E::Plan,
        /// By which bot.
        worker: String,
        /// How many attempts it knew of. If there was another one meanwhile, this one is not made.
        seen: u32,
    },
    /// It was done.
    Succeed {
        /// What came of it.
        outcome: E::Outcome,
    },
    /// It was not done; try again then.
    Defer {
        /// What was said.
        why: String,
        /// When.
        retry_at: Timestamp,
        /// What the vendor asked of all who call it.
        pause: Option<Pause>,
    },
    /// Nothing went wrong, and it waits for something that has to come about: look then whether it has.
    Wait {
        /// For what.
        why: String,
        /// When to look.
        until: Timestamp,
    },
    /// It may have been done; look then.
    Doubt {
        /// What was said.
        why: String,
        /// When.
        look_at: Timestamp,
        /// Whether that is because the bot that made the attempt ended.
        ended: bool,
    },
    /// Give it to a person.
    Park {
        /// What was said.
        why: String,
        /// Whether the vendor refused it.
        rejected: bool,
        /// The same in plain words.
        told: Option<String>,
    },
    /// Try again.
    Requeue {
        /// Who says so.
        by: Person,
    },
    /// What it was for has come about without it: it is looked at again, and finds that.
    Revisit {
        /// Whose doing that was, of the bot's own parts.
        by: PrincipalId,
    },
    /// Say how it ends.
    Resolve {
        /// Who says so.
        by: Person,
        /// How.
        resolution: Resolution,
        /// Why.
        note: Option<String>,
        /// What the bot sees of what they say they have done; nothing where it cannot look.
        look: Option<Look<E::Outcome>>,
    },
}

/// What the bot sees of what an operator says they have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look<O> {
    /// It is there.
    Done(O),
    /// It is not.
    Otherwise {
        /// What is there.
        shown: String,
        /// What should be.
        wanted: String,
    },
}

impl<O> Look<O> {
    /// The same with an outcome of another type.
    pub fn lift<P: From<O>>(self) -> Look<P> {
        match self {
            Self::Done(outcome) => Look::Done(outcome.into()),
            Self::Otherwise { shown, wanted } => Look::Otherwise { shown, wanted },
        }
    }
}
