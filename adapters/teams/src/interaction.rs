//! A delivery as the bot attends to it: the domain's `Interaction`, or what Teams waits for the answer of.
//!
//! Who somebody is are the Entra tenant and object. A place's `only` is the Teams id (`29:…`) where one is known; the
//! connector begins a private talk by either.

use countersign_domain::names::BadName;
use countersign_domain::ports::{Act, Feeling, Identity, Interaction, Place, Posted, Stranger, SurfaceKind};
use uuid::Uuid;

use crate::activity::{self, Delivery, Person, Scope};
use crate::conversation::{posted, split};

/// What the bot attends to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// What somebody did; more than one thing only where they changed one reaction into another. Teams shows the answer
    /// to a press or a form, see [`answer`](crate::answer); everything else is answered by messages.
    Did(Vec<Interaction>),
    /// Somebody's client asks for the card as they may see it.
    Refresh {
        /// Who, and where.
        asker: Asker,
        /// The message with the card.
        message: Option<Posted>,
        /// What the card holds.
        reference: String,
    },
    /// Somebody wants the form of a request.
    FormWanted {
        /// Who, and where.
        asker: Asker,
        /// What the message says that it is to be about.
        about: Option<String>,
    },
    /// Somebody searches.
    Search {
        /// Who, and where.
        asker: Asker,
        /// What for: [`REPOSITORIES`](crate::form::REPOSITORIES), [`REQUESTS`](crate::form::REQUESTS).
        list: String,
        /// What they have typed so far.
        text: String,
        /// How many results are shown.
        most: usize,
    },
    /// The bot can speak here from now on: to be kept.
    Joined {
        /// Where.
        place: Place,
        /// With whom, where it is a private talk.
        with: Option<Identity>,
    },
    /// The bot can no longer speak here.
    Left(Place),
    /// Nothing that the bot attends to.
    Ignored,
}

/// Who asks for an answer at once, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The vendor's id of the asking.
    pub delivery: String,
    /// Who.
    pub identity: Identity,
    /// Why the bot does not work for them, where the activity says so.
    pub stranger: Option<Stranger>,
    /// Where.
    pub place: Place,
    /// The private talk with them.
    pub direct: Place,
    /// Their id in Teams, by which cards are refreshed.
    pub teams: String,
}

/// Why a delivery is not attended to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// It is of another Entra tenant than the configured one.
    #[error("the activity is of another Entra tenant than the configured one")]
    OtherWorkspace,
    /// An id that is none.
    #[error(transparent)]
    BadName(#[from] BadName),
}

impl Delivery {
    /// What the bot attends to, for the people of this Entra tenant.
    pub fn heard(self, tenant: Uuid) -> Result<Heard, Unheard> {
        if self.place().is_some_and(|place| place.tenant != tenant) {
            return Err(Unheard::OtherWorkspace);
        }
        Ok(match self {
            Self::Message { person, place, text } => did(&person, &place, None, Act::Said(text))?,
            Self::Press { person, place, card, reference } => {
                did(&person, &place, card.as_deref(), Act::Pressed(reference))?
            }
            Self::Filled { person, place, card, form } => {
                did(&person, &place, card.as_deref(), Act::Filled(form))?
            }
            Self::Reaction { person, place, message, added, removed } => {
                reacted(&person, &place, &message, &added, &removed)?
            }
            Self::Refresh { person, place, card, reference } => {
                let message = card.map(|card| posted(&place.conversation, &card, &place.service_url));
                Heard::Refresh { asker: asker(&person, &place)?, message, reference }
            }
            Self::FormWanted { person, place, about } => {
                Heard::FormWanted { asker: asker(&person, &place)?, about }
            }
            Self::Search { person, place, list, text, most } => {
                Heard::Search { asker: asker(&person, &place)?, list, text, most }
            }
            Self::Joined { place, with } => {
                let with = with.map(|person| identity(&person, &place)).transpose()?;
                Heard::Joined { place: here(&place), with }
            }
            Self::Left(place) => Heard::Left(here(&place)),
            Self::Ignored => Heard::Ignored,
        })
    }

    const fn place(&self) -> Option<&activity::Place> {
        match self {
            Self::Message { place, .. }
            | Self::Press { place, .. }
            | Self::Refresh { place, .. }
            | Self::Reaction { place, .. }
            | Self::FormWanted { place, .. }
            | Self::Filled { place, .. }
            | Self::Search { place, .. }
            | Self::Joined { place, .. }
            | Self::Left(place) => Some(place),
            Self::Ignored => None,
        }
    }
}

fn did(person: &Person, place: &activity::Place, message: Option<&str>, act: Act) -> Result<Heard, BadName> {
    Ok(Heard::Did(vec![interaction(person, place, message, act)?]))
}

fn reacted(
    person: &Person,
    place: &activity::Place,
    message: &str,
    added: &[String],
    removed: &[String],
) -> Result<Heard, BadName> {
    let mut all = Vec::new();
    // What was taken back comes first, as it happened.
    for (kinds, taken_back) in [(removed, true), (added, false)] {
        for feeling in kinds.iter().filter_map(|kind| feeling(kind)) {
            let act = Act::Reacted { feeling, taken_back };
            let mut one = interaction(person, place, Some(message), act)?;
            if !all.is_empty() {
                one.delivery = format!("{}#{}", one.delivery, all.len());
            }
            all.push(one);
        }
    }
    Ok(if all.is_empty() { Heard::Ignored } else { Heard::Did(all) })
}

/// What a reaction of Teams means: `like`, or an emoji by its code point and name, `2705_whiteheavycheckmark`.
fn feeling(kind: &str) -> Option<Feeling> {
    let by_code = || {
        let code = u32::from_str_radix(kind.split(['_', '-']).next()?, 16).ok()?;
        Feeling::of(&char::from_u32(code)?.to_string())
    };
    Feeling::of(kind).or_else(by_code)
}

fn interaction(
    person: &Person,
    place: &activity::Place,
    message: Option<&str>,
    act: Act,
) -> Result<Interaction, BadName> {
    let Asker { delivery, identity, stranger, place: there, direct, .. } = asker(person, place)?;
    let message = message.map(|message| posted(&place.conversation, message, &place.service_url));
    Ok(Interaction { delivery, identity, stranger, place: there, direct, message, act })
}

fn asker(person: &Person, place: &activity::Place) -> Result<Asker, BadName> {
    let there = here(place);
    let direct = match place.scope {
        Scope::Personal => there.clone(),
        Scope::GroupChat | Scope::Channel => {
            Place { channel: None, thread: None, only: Some(person.teams.clone()), ..there.clone() }
        }
    };
    Ok(Asker {
        // The ids of messages are unique in their conversation only.
        delivery: format!("{}|{}", place.conversation, place.activity),
        identity: identity(person, place)?,
        stranger: person.stranger,
        place: there,
        direct,
        teams: person.teams.clone(),
    })
}

fn identity(person: &Person, place: &activity::Place) -> Result<Identity, BadName> {
    Identity::new(SurfaceKind::Teams, place.tenant.to_string(), person.object.to_string())
}

fn here(place: &activity::Place) -> Place {
    let (channel, thread) = split(&place.conversation);
    Place {
        surface: SurfaceKind::Teams,
        workspace: place.tenant.to_string(),
        channel: Some(channel.to_owned()),
        thread: thread.map(str::to_owned),
        only: None,
        via: Some(place.service_url.clone()),
    }
}

#[cfg(test)]
mod tests;
