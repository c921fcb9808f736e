//! Where something was used, and what a form holds.

use std::collections::BTreeMap;

use countersign_domain::form::Filled;
use countersign_domain::ports::{Identity, Place, Posted, SurfaceKind};
use serde::{Deserialize, Serialize};

use super::Reader;
use super::shape::{Held, Interactive, State};
use crate::delivery::Who;

/// Where something was used.
pub(super) struct At {
    pub(super) place: Place,
    pub(super) message: Option<Posted>,
}

/// What a form remembers, as short as possible: Slack keeps 3,000 characters.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// The channel it was opened from.
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    channel: String,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    /// What the button holds that asked for a reason.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    /// The message that the button stands under, and its channel.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    message: Option<(String, String)>,
}

impl Remembered {
    /// Of a button that asks for a reason.
    pub(crate) fn of(place: &Place, message: Option<&Posted>, reference: &str) -> String {
        let kept = Self {
            channel: place.channel.clone().unwrap_or_default(),
            thread: place.thread.clone(),
            reference: Some(reference.to_owned()),
            message: message.map(|posted| (posted.channel.clone(), posted.message.clone())),
        };
        serde_json::to_string(&kept).unwrap_or_default()
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn message(&self) -> Option<Posted> {
        let (channel, message) = self.message.clone()?;
        Some(Posted { channel, message, via: None })
    }
}

/// The place in the words of a form's `private_metadata`, which only we write and Slack keeps.
pub(crate) fn remembered(place: &Place) -> String {
    let Some(channel) = &place.channel else { return String::new() };
    let place =
        Remembered { channel: channel.clone(), thread: place.thread.clone(), ..Remembered::default() };
    serde_json::to_string(&place).unwrap_or_default()
}

impl Reader {
    /// In a channel what follows is for the one who did it alone. A talk between two is with the bot, or one that it is not
    /// in: what follows belongs to the private talk with it either way.
    pub(super) fn aside(&self, channel: &str, thread: Option<String>, who: &Who) -> Place {
        if is_direct(channel) {
            return Place { thread, ..Place::direct(&who.identity) };
        }
        Place { thread, only: Some(who.identity.user.clone()), ..self.channel(channel) }
    }

    /// Where a button or a message shortcut was used. A message that one person sees alone cannot be found again, so it
    /// is none; without a channel (on the Home tab) the answer belongs to the private talk.
    pub(super) fn at(&self, used: &Interactive, who: &Who) -> At {
        let container = used.container.as_ref();
        let channel = used.channel.as_ref().map(|channel| channel.id.clone());
        let channel = channel.or_else(|| container?.channel_id.clone());
        let Some(channel) = channel else { return At { place: Place::direct(&who.identity), message: None } };
        let shown = used.message.as_ref();
        let thread = shown.and_then(|message| message.thread_ts.clone());
        let thread = thread.or_else(|| container?.thread_ts.clone());
        let alone = container.is_some_and(|container| container.is_ephemeral);
        let message = shown.and_then(|message| message.ts.clone()).or_else(|| container?.message_ts.clone());
        let message = message.filter(|_| !alone);
        At {
            place: self.aside(&channel, thread, who),
            message: message.map(|message| Posted { channel, message, via: None }),
        }
    }

    /// The place that an open form remembers.
    pub(super) fn metadata(&self, text: &str, who: &Who) -> Place {
        match Remembered::read(text) {
            Some(Remembered { channel, thread, .. }) if !channel.is_empty() => {
                self.aside(&channel, thread, who)
            }
            _ => Place::direct(&who.identity),
        }
    }
}

/// Whether a channel is a talk between two, by its id.
pub(crate) fn is_direct(channel: &str) -> bool {
    channel.starts_with('D')
}

/// What the form of this name holds. A chosen person is mentioned.
pub(super) fn filled(name: &str, state: Option<&State>, team: &str) -> Filled {
    let text = |held: &Held| {
        let chosen = held.selected_option.as_ref().map(|choice| choice.value.clone());
        chosen.or_else(|| held.value.clone()).or_else(|| {
            let user = held.selected_user.as_deref()?;
            Identity::new(SurfaceKind::Slack, team, user).ok().map(|identity| identity.mention())
        })
    };
    let fields: BTreeMap<_, _> = state
        .into_iter()
        .flat_map(|state| &state.values)
        .filter_map(|(slot, elements)| {
            let text = text(elements.values().next()?)?.trim().to_owned();
            (!text.is_empty()).then(|| (slot.clone(), text))
        })
        .collect();
    Filled { form: name.to_owned(), fields }
}
