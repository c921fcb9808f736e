//! What people do in the sandbox: say, press, type, fill in, react, edit, delete.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::shapes::{self, Refused};
use super::state::{DiscordMessage, DiscordState, DiscordUser};
use super::{Shared, files, interactions, limits, messages};
use crate::SharedFile;

/// What somebody does, as `POST /_sandbox/acts` takes it. Without a channel it is done in the private talk with the bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum DiscordAct {
    /// They write a message.
    Say {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        channel: Option<String>,
        /// What; `<@id>` mentions somebody.
        text: String,
    },
    /// They reply to a message, whose author is told so.
    Reply {
        /// Who.
        user: String,
        /// The message.
        message: String,
        /// What; `<@id>` mentions somebody.
        text: String,
    },
    /// They write a message with a file.
    Share {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        channel: Option<String>,
        /// What; `<@id>` mentions somebody.
        text: String,
        /// The file.
        file: SharedFile,
    },
    /// They send the slash command.
    Slash {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        channel: Option<String>,
        /// What they wrote after it, if anything.
        #[serde(default)]
        text: Option<String>,
    },
    /// They send the slash command with a file.
    SlashShare {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        channel: Option<String>,
        /// What they wrote after it.
        text: String,
        /// The file.
        file: SharedFile,
    },
    /// They are typing the slash command and wait for suggestions.
    Type {
        /// Who.
        user: String,
        /// Where.
        #[serde(default)]
        channel: Option<String>,
        /// What they wrote so far.
        text: String,
    },
    /// They press a button.
    Press {
        /// Who.
        user: String,
        /// The message.
        message: String,
        /// What stands on the button, or what it sends back.
        button: String,
    },
    /// They send a form that the bot opened.
    Submit {
        /// Who.
        user: String,
        /// The interaction that the form was the answer to.
        interaction: String,
        /// What they filled in, by the inputs' ids.
        fields: std::collections::BTreeMap<String, String>,
    },
    /// They react to a message.
    React {
        /// Who.
        user: String,
        /// The message.
        message: String,
        /// With what.
        emoji: String,
    },
    /// They take a reaction back.
    Unreact {
        /// Who.
        user: String,
        /// The message.
        message: String,
        /// Which.
        emoji: String,
    },
    /// They edit a message of theirs.
    Edit {
        /// The message.
        message: String,
        /// The new text.
        text: String,
    },
    /// A message is deleted.
    Delete {
        /// The message.
        message: String,
    },
    /// Somebody gets other roles.
    Roles {
        /// Who.
        user: String,
        /// All that they have from now on.
        roles: Vec<String>,
    },
    /// Somebody leaves the server.
    Leave {
        /// Who.
        user: String,
    },
}

/// Does it; returns the id of the message or interaction.
pub(super) fn perform(shared: &Arc<Shared>, act: DiscordAct) -> Result<String, Refused> {
    match act {
        DiscordAct::Say { user, channel, text } => say(shared, &user, channel, text, (None, None)),
        DiscordAct::Reply { user, message, text } => {
            let replied = found(&shared.controlled.state.get(), &message)?;
            if replied.only.is_some() {
                return Err(Refused::unknown(10_008, "Message"));
            }
            say(shared, &user, Some(replied.channel), text, (None, Some(message)))
        }
        DiscordAct::Share { user, channel, text, file } => {
            say(shared, &user, channel, text, (Some(file), None))
        }
        DiscordAct::Slash { user, channel, text } => {
            let option = |text| json!([{"type": 3, "name": "text", "value": text}]);
            let data = command(&text.map_or_else(|| json!([]), option));
            let channel = place(shared, &user, channel)?;
            interactions::begin(shared, 2, &user, &channel, None, Some(&data))
        }
        DiscordAct::SlashShare { user, channel, text, file } => {
            let channel = place(shared, &user, channel)?;
            let base = shared.base();
            let file = shared
                .controlled
                .state
                .change(|state| Ok::<_, Refused>(files::attached(state, &base, &channel, file)))?;
            let id = file["id"].as_str().unwrap_or_default().to_owned();
            let mut data = command(&json!([
                {"type": 3, "name": "text", "value": text}, {"type": 11, "name": "file", "value": id},
            ]));
            data["resolved"] = json!({"attachments": {id: file}});
            interactions::begin(shared, 2, &user, &channel, None, Some(&data))
        }
        DiscordAct::Type { user, channel, text } => {
            let data = command(&json!([{"type": 3, "name": "text", "value": text, "focused": true}]));
            let channel = place(shared, &user, channel)?;
            interactions::begin(shared, 4, &user, &channel, None, Some(&data))
        }
        DiscordAct::Press { user, message, button } => press(shared, &user, &message, &button),
        DiscordAct::Submit { user, interaction, fields } => submit(shared, &user, &interaction, &fields),
        DiscordAct::React { user, message, emoji } => {
            messages::react(shared, &message, &user, &emoji, false).map(|_| message)
        }
        DiscordAct::Unreact { user, message, emoji } => {
            messages::react(shared, &message, &user, &emoji, true).map(|_| message)
        }
        DiscordAct::Edit { message, text } => edit(shared, &message, &text),
        DiscordAct::Delete { message } => {
            let channel = found(&shared.controlled.state.get(), &message)?.channel;
            messages::delete(shared, &channel, &message).map(|_| message)
        }
        DiscordAct::Roles { user, roles } => {
            member(shared, &user, "GUILD_MEMBER_UPDATE", |member| member.roles = roles)
        }
        DiscordAct::Leave { user } => {
            member(shared, &user, "GUILD_MEMBER_REMOVE", |member| member.elsewhere = true)
        }
    }
}

/// Something changes about a member, of which those are told who may know the members.
fn member(
    shared: &Shared,
    user: &str,
    event: &str,
    change: impl FnOnce(&mut DiscordUser),
) -> Result<String, Refused> {
    let shape = shared.controlled.state.change(|state| {
        let found = state.users.iter_mut().find(|found| found.id == user);
        change(found.ok_or_else(|| Refused::unknown(10_013, "User"))?);
        let mut shape = shapes::member(state, user);
        shape["guild_id"] = json!(state.guild);
        Ok::<_, Refused>(shape)
    })?;
    shared.hub.dispatch(event, &shape, 1 << 1);
    Ok(user.to_owned())
}

fn found(state: &DiscordState, id: &str) -> Result<DiscordMessage, Refused> {
    state.message(id).cloned().ok_or_else(|| Refused::unknown(10_008, "Message"))
}

/// The channel named, or the private talk.
fn place(shared: &Shared, user: &str, channel: Option<String>) -> Result<String, Refused> {
    match channel {
        Some(channel) => Ok(channel),
        None => shared.controlled.state.change(|state| Ok(state.talk(user).id)),
    }
}

fn command(options: &Value) -> Value {
    json!({"id": "1", "type": 1, "name": "countersign", "options": options})
}

fn say(
    shared: &Shared,
    user: &str,
    channel: Option<String>,
    text: String,
    (file, replies_to): (Option<SharedFile>, Option<String>),
) -> Result<String, Refused> {
    let channel = place(shared, user, channel)?;
    let message = shared.controlled.state.change(|state| {
        state.user(user).ok_or_else(|| Refused::unknown(10_013, "User"))?;
        state.find_channel(&channel).ok_or_else(|| Refused::unknown(10_003, "Channel"))?;
        let attachments = file.into_iter().map(|file| files::attached(state, &shared.base(), &channel, file));
        let attachments = attachments.collect();
        let message = DiscordMessage {
            id: state.next_id(),
            attachments,
            channel,
            author: user.to_owned(),
            content: text,
            replies_to,
            ..DiscordMessage::default()
        };
        state.keep(Arc::new(message.clone()));
        Ok::<_, Refused>(message)
    })?;
    shared.tell_message("MESSAGE_CREATE", &message);
    Ok(message.id)
}

fn press(shared: &Arc<Shared>, user: &str, message: &str, button: &str) -> Result<String, Refused> {
    let state = shared.controlled.state.get();
    let message = found(&state, message)?;
    if message.only.as_ref().is_some_and(|only| only != user) {
        return Err(Refused::unknown(10_008, "Message"));
    }
    let reference = messages::buttons(&message)
        .find(|found| found["label"] == button || found["custom_id"] == button)
        .map(|found| found["custom_id"].clone())
        .ok_or_else(|| Refused::form("button", "UNKNOWN", "There is no such button under the message."))?;
    let data = json!({"custom_id": reference, "component_type": 2, "id": 2});
    interactions::begin(shared, 3, user, &message.channel, Some(&message.id), Some(&data))
}

fn submit(
    shared: &Arc<Shared>,
    user: &str,
    interaction: &str,
    fields: &std::collections::BTreeMap<String, String>,
) -> Result<String, Refused> {
    let state = shared.controlled.state.get();
    let opened = state.interactions.iter().find(|opened| opened.id == interaction);
    let opened = opened.ok_or_else(|| Refused::unknown(10_062, "interaction"))?;
    let form = opened.answer.clone().filter(|answer| answer["type"] == 9);
    let form =
        form.ok_or_else(|| Refused::form("interaction", "UNKNOWN", "It was not answered with a form."))?;
    let inputs = form["data"]["components"].as_array().cloned().unwrap_or_default();
    let filled = |row: &Value| {
        let input = &row["components"][0];
        let id = input["custom_id"].as_str().unwrap_or_default();
        let value = fields.get(id).map_or("", String::as_str);
        limits::filled(input, value)?;
        Ok(json!({"type": 1, "components": [{"type": 4, "custom_id": id, "value": value}]}))
    };
    let rows: Vec<Value> = inputs.iter().map(filled).collect::<Result<_, Refused>>()?;
    let data = json!({"custom_id": form["data"]["custom_id"], "components": rows});
    interactions::begin(shared, 5, user, &opened.channel, opened.message.as_deref(), Some(&data))
}

fn edit(shared: &Shared, id: &str, text: &str) -> Result<String, Refused> {
    let message = shared.controlled.state.change(|state| {
        let message = state.message_mut(id).ok_or_else(|| Refused::unknown(10_008, "Message"))?;
        text.clone_into(&mut message.content);
        message.edited = Some(Timestamp::now());
        Ok::<_, Refused>(message.clone())
    })?;
    shared.tell_message("MESSAGE_UPDATE", &message);
    Ok(message.id)
}
