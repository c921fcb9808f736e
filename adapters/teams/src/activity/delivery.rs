//! What an activity comes to: who, where, and what was said, pressed, felt or asked.

use countersign_domain::form::Filled;
use countersign_domain::ports::{Attached, Stranger};
use serde::Deserialize;
use uuid::Uuid;

/// One thing that happened in Teams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// A person said something to the bot.
    Message {
        /// Who.
        person: Person,
        /// Where.
        place: Place,
        /// What, without the mention of the bot.
        text: String,
        /// The files that came with it.
        files: Vec<Attached>,
    },
    /// A person pressed a button.
    Press {
        /// Who.
        person: Person,
        /// Where.
        place: Place,
        /// The message with the card.
        card: Option<String>,
        /// What the button holds.
        reference: String,
        /// The reason that the button asks for, where it asks for one.
        why: Option<String>,
    },
    /// A person's client asks for the card as this person may see it.
    Refresh {
        /// Who.
        person: Person,
        /// Where.
        place: Place,
        /// The message with the card.
        card: Option<String>,
        /// What the card holds.
        reference: String,
    },
    /// A person reacted to a message of the bot, or took a reaction back.
    Reaction {
        /// Who.
        person: Person,
        /// Where.
        place: Place,
        /// The message.
        message: String,
        /// What was added: `like`.
        added: Vec<String>,
        /// What was taken back.
        removed: Vec<String>,
    },
    /// A person wants a form.
    FormWanted {
        /// Who.
        person: Person,
        /// Where.
        place: Place,
        /// What the message says that it is to be about.
        about: Option<String>,
    },
    /// A person sent a form.
    Filled {
        /// Who.
        person: Person,
        /// Where.
        place: Place,
        /// The message with the card that the form was opened from.
        card: Option<String>,
        /// What it holds.
        filled: Filled,
    },
    /// A person searches.
    Search {
        /// Who.
        person: Person,
        /// Where.
        place: Place,
        /// What for: the name of a list.
        list: String,
        /// What they have typed so far.
        text: String,
        /// How many results are shown.
        most: usize,
    },
    /// The bot can speak here from now on.
    Joined {
        /// Where.
        place: Place,
        /// With whom, where it is a private talk.
        with: Option<Person>,
    },
    /// The bot can no longer speak here.
    Left(Place),
    /// Others came, or went.
    MembersChanged(Place),
    /// Nothing that the bot attends to.
    Ignored,
}

/// A person, by ids that never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The Microsoft Entra object id.
    pub object: Uuid,
    /// The id in Teams (`29:…`), by which cards are refreshed and chats begun.
    pub teams: String,
    /// Why the bot does not work for them, where the activity says so.
    pub stranger: Option<Stranger>,
}

/// Where something happened, and where an answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The Microsoft Entra tenant.
    pub tenant: Uuid,
    /// The conversation; in a channel, the thread.
    pub conversation: String,
    /// Who else is there.
    pub scope: Scope,
    /// The id of what happened: the same when it is sent again.
    pub activity: String,
    /// The service to answer to.
    pub service_url: String,
}

/// Who else is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// Nobody.
    Personal,
    /// The members of a chat.
    GroupChat,
    /// The members of a team.
    Channel,
}
