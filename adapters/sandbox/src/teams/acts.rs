//! What people can do in the sandbox's Teams.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{SandboxError, SharedFile};

/// Something that somebody does, as `POST /_sandbox/act` takes it. People are named by Teams id, Entra object or name;
/// talks by id or name; without one it is the private talk with the bot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum TeamsAct {
    /// Adds the bot: to a talk, or to their own apps.
    Install {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        talk: Option<String>,
    },
    /// Goes out of a talk.
    Leave {
        /// Who.
        user: String,
        /// Which talk.
        talk: String,
    },
    /// Says something to the bot; where others are, with its mention.
    Say {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        talk: Option<String>,
        /// In the thread of this message.
        #[serde(default)]
        thread: Option<String>,
        /// What.
        text: String,
    },
    /// Sends a file to the bot, and says something with it.
    Share {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        talk: Option<String>,
        /// What they say.
        text: String,
        /// The file.
        file: SharedFile,
    },
    /// Presses the button with this title on a message.
    Press {
        /// Who.
        user: String,
        /// On which message.
        message: String,
        /// The button's title.
        button: String,
        /// What they write into the fields that the button opens, by their names; the others stay empty.
        #[serde(default)]
        inputs: std::collections::BTreeMap<String, String>,
    },
    /// Looks at a message, so that the client asks for the card as this person may see it.
    Look {
        /// Who.
        user: String,
        /// At which message.
        message: String,
    },
    /// Reacts to a message: `like`.
    React {
        /// Who.
        user: String,
        /// To which message.
        message: String,
        /// How.
        kind: String,
        /// Whether they take it back.
        #[serde(default)]
        back: bool,
    },
    /// Changes what they said.
    Edit {
        /// Who.
        user: String,
        /// Which message.
        message: String,
        /// What it says now.
        text: String,
    },
    /// Takes away what they said.
    Delete {
        /// Who.
        user: String,
        /// Which message.
        message: String,
    },
    /// Opens the form, from the compose box or from a message.
    OpenForm {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        talk: Option<String>,
        /// The message it is to be about.
        #[serde(default)]
        about: Option<String>,
    },
    /// Sends the form.
    SubmitForm {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        talk: Option<String>,
        /// Its inputs by name.
        data: Value,
    },
    /// Types into an input that searches a list.
    Search {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        talk: Option<String>,
        /// Which list.
        list: String,
        /// What they have typed so far.
        text: String,
    },
}

/// Why somebody cannot do that.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// There is nobody or nothing of this name.
    #[error("there is no {what} `{name}`")]
    Unknown {
        /// What was named.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The card does not offer it.
    #[error("the card that {user} sees has no button `{button}`")]
    NoButton {
        /// Who.
        user: String,
        /// What.
        button: String,
    },
    /// The state cannot be kept.
    #[error(transparent)]
    State(#[from] SandboxError),
}
