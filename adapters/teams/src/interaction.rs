//! A delivery as the bot attends to it: the domain's `Interaction`, or what Teams waits for the answer of.
//!
//! Who somebody is are the Entra tenant and object, and so is a place's `only`: the connector begins a private talk by the
//! object as well as by the Teams id (`29:…`), and a place is the same however one came to know of it. The private talk
//! with somebody is a place without a channel; [`Teams::meet`](crate::Teams::meet) keeps what it takes to get there.

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
    /// Somebody wants a form.
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
        /// What for: the list of a place in a form, or [`REQUESTS`](crate::form::REQUESTS).
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
    /// Others came here, or went.
    MembersChanged(Place),
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
            Self::Message { person, place, text, files } => {
                did(&person, &place, None, Act::said(text, files))?
            }
            Self::Press { person, place, card, reference, why } => {
                let act = match why {
                    Some(reason) => Act::Explained { reference, reason },
                    None => Act::Pressed(reference),
                };
                did(&person, &place, card.as_deref(), act)?
            }
            Self::Filled { person, place, card, filled } => {
                did(&person, &place, card.as_deref(), Act::Filled(filled))?
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
            Self::Joined { place, with: Some(person) } => {
                let Asker { identity, place, .. } = asker(&person, &place)?;
                Heard::Joined { place, with: Some(identity) }
            }
            Self::Joined { place, with: None } => Heard::Joined { place: here(&place), with: None },
            Self::Left(place) => Heard::Left(here(&place)),
            Self::MembersChanged(place) => Heard::MembersChanged(here(&place)),
            Self::Ignored => Heard::Ignored,
        })
    }

    /// Who did it, and where.
    pub(crate) const fn met(&self) -> Option<(&Person, &activity::Place)> {
        match self {
            Self::Message { person, place, .. }
            | Self::Press { person, place, .. }
            | Self::Refresh { person, place, .. }
            | Self::Reaction { person, place, .. }
            | Self::FormWanted { person, place, .. }
            | Self::Filled { person, place, .. }
            | Self::Search { person, place, .. }
            | Self::Joined { place, with: Some(person) } => Some((person, place)),
            Self::Joined { with: None, .. } | Self::Left(_) | Self::MembersChanged(_) | Self::Ignored => None,
        }
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
            | Self::Left(place)
            | Self::MembersChanged(place) => Some(place),
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
    let identity = identity(person, place)?;
    let direct = Place { via: Some(place.service_url.clone()), ..Place::direct(&identity) };
    let there = if place.scope == Scope::Personal { direct.clone() } else { here(place) };
    Ok(Asker {
        // The ids of messages are unique in their conversation only.
        delivery: format!("{}|{}", place.conversation, place.activity),
        identity,
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
