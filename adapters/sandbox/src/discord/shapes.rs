//! Discord's JSON shapes (<https://discord.com/developers/docs/resources/message#message-object> and beside it).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::state::{DiscordChannel, DiscordMessage, DiscordState, DiscordUser, time_of};
use crate::SandboxError;

/// All permissions but to administrate, which nobody could be forbidden anything with.
const EVERYTHING: &str = "562949953421303";
/// To send messages.
const TO_WRITE: &str = "2048";
/// Somebody else than the bot.
const OWNER: &str = "1";
/// Only one person sees the message.
pub(super) const EPHEMERAL: u64 = 64;
const LOADING: u64 = 128;

/// A request that is not carried out: the status, Discord's number for why, and its words.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    code: u32,
    message: String,
    errors: Option<Value>,
}

impl Refused {
    pub(super) fn new(status: u16, code: u32, message: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        Self { status, code, message: message.to_owned(), errors: None }
    }

    pub(super) fn unknown(code: u32, what: &str) -> Self {
        Self::new(404, code, &format!("Unknown {what}"))
    }

    /// Something in what was sent does not fit.
    pub(super) fn form(field: &str, code: &str, message: &str) -> Self {
        let errors = json!({field: {"_errors": [{"code": code, "message": message}]}});
        Self { errors: Some(errors), ..Self::new(400, 50_035, "Invalid Form Body") }
    }

    pub(super) fn words(&self) -> String {
        format!("{} ({})", self.message, self.code)
    }
}

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        Self::new(500, 0, &error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = self.errors {
            body["errors"] = errors;
        }
        (self.status, Json(body)).into_response()
    }
}

pub(super) fn user(user: &DiscordUser) -> Value {
    json!({
        "id": user.id, "username": user.username, "global_name": user.name, "discriminator": "0", "avatar": null,
        "bot": user.bot, "public_flags": 0, "flags": 0, "banner": null, "accent_color": null,
        "avatar_decoration_data": null, "collectibles": null, "primary_guild": null, "clan": null,
    })
}

pub(super) fn user_of(state: &DiscordState, id: &str) -> Value {
    let unknown = DiscordUser { id: id.to_owned(), username: "deleted".to_owned(), ..DiscordUser::default() };
    user(state.user(id).unwrap_or(&unknown))
}

pub(super) fn member(state: &DiscordState, id: &str) -> Value {
    let found = state.user(id).cloned().unwrap_or_default();
    json!({
        "user": user_of(state, id), "nick": found.nick, "roles": found.roles, "pending": found.pending, "avatar": null,
        "banner": null, "joined_at": "2020-01-01T00:00:00.000000+00:00", "premium_since": null, "deaf": false,
        "mute": false, "flags": 0, "communication_disabled_until": null,
    })
}

pub(super) fn role(id: &str, name: &str) -> Value {
    json!({
        "id": id, "name": name, "description": null, "color": 0,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null}, "hoist": false, "icon": null,
        "unicode_emoji": null, "position": 0, "permissions": EVERYTHING, "managed": false, "mentionable": false,
        "flags": 0,
    })
}

/// The role that everybody has comes first, and is called like the server.
pub(super) fn roles(state: &DiscordState) -> Vec<Value> {
    let everybody = role(&state.guild, "@everyone");
    std::iter::once(everybody).chain(state.roles.iter().map(|found| role(&found.id, &found.name))).collect()
}

pub(super) fn channel(state: &DiscordState, channel: &DiscordChannel) -> Value {
    if let Some(with) = &channel.with {
        return json!({
            "id": channel.id, "type": 1, "flags": 0, "last_message_id": null, "recipients": [user_of(state, with)],
        });
    }
    let mut shape = json!({
        "id": channel.id, "type": 0, "guild_id": state.guild, "name": channel.name, "flags": 0, "position": 0,
        "parent_id": null, "nsfw": false, "permission_overwrites": [], "last_message_id": null, "topic": null,
        "rate_limit_per_user": 0,
    });
    if channel.silent {
        let nobody = json!({"id": state.guild, "type": 0, "allow": "0", "deny": TO_WRITE});
        shape["permission_overwrites"] = json!([nobody]);
    }
    if let Some(parent) = &channel.thread_of {
        shape["type"] = json!(11);
        shape["parent_id"] = json!(parent);
        shape["owner_id"] = json!(state.application);
        shape["message_count"] = json!(0);
        shape["member_count"] = json!(0);
        shape["total_message_sent"] = json!(0);
        shape["thread_metadata"] = json!({
            "archived": false, "auto_archive_duration": 1440, "locked": false, "create_timestamp": null,
            "archive_timestamp": "2020-01-01T00:00:00.000000+00:00",
        });
    }
    shape
}

pub(super) fn guild(state: &DiscordState) -> Value {
    let mut shape = json!({
        "id": state.guild, "name": "Countersign sandbox", "owner_id": OWNER, "afk_timeout": 300,
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
        "roles": roles(state), "emojis": [], "features": [], "mfa_level": 0, "system_channel_flags": 0,
        "premium_tier": 0, "preferred_locale": "en-US", "nsfw_level": 0, "nsfw": false, "stickers": [], "region": "us",
        "premium_progress_bar_enabled": false, "widget_enabled": false, "max_members": 500_000,
        "max_video_channel_users": 25, "max_stage_video_channel_users": 50, "premium_subscription_count": 0,
    });
    let nothing = "icon splash discovery_splash afk_channel_id application_id system_channel_id rules_channel_id \
        vanity_url_code description banner public_updates_channel_id safety_alerts_channel_id home_header \
        widget_channel_id max_presences hub_type incidents_data latest_onboarding_question_id";
    for name in nothing.split_whitespace() {
        shape[name] = Value::Null;
    }
    shape
}

pub(super) fn message(state: &DiscordState, message: &DiscordMessage) -> Value {
    let replied = message.replies_to.as_deref().map(|id| state.message(id));
    // A reply tells whoever it replies to.
    let mentioned = state.users.iter().filter(|user| {
        message.content.contains(&format!("<@{}>", user.id))
            || message.content.contains(&format!("<@!{}>", user.id))
            || replied.flatten().is_some_and(|replied| replied.author == user.id)
    });
    let mentions: Vec<Value> = mentioned.map(user).collect();
    let flags = u64::from(message.only.is_some()) * EPHEMERAL + u64::from(message.thinking) * LOADING;
    let mut shape = json!({
        "id": message.id, "type": if message.answers.is_some() { 20 } else { 0 }, "channel_id": message.channel,
        "author": user_of(state, &message.author), "content": message.content, "timestamp": stamp(time_of(&message.id)),
        "edited_timestamp": message.edited.map(stamp), "tts": false, "mention_everyone": false, "mentions": mentions,
        "mention_roles": [], "attachments": message.attachments, "embeds": message.embeds, "pinned": false, "flags": flags,
        "components": message.components,
    });
    if let Some(nonce) = &message.nonce {
        shape["nonce"] = json!(nonce);
    }
    if let Some(replied) = replied {
        shape["type"] = json!(19);
        shape["message_reference"] =
            json!({"type": 0, "message_id": message.replies_to, "channel_id": message.channel});
        // Of what that one replies to, nothing is said again.
        let alone = replied.map(|replied| DiscordMessage { replies_to: None, ..replied.clone() });
        shape["referenced_message"] = alone.map_or(Value::Null, |alone| self::message(state, &alone));
    }
    if message.author == state.application && message.answers.is_some() {
        shape["application_id"] = json!(state.application);
        shape["webhook_id"] = json!(state.application);
    }
    let reactions = reactions(state, message);
    if !reactions.is_empty() {
        shape["reactions"] = json!(reactions);
    }
    shape
}

fn reactions(state: &DiscordState, message: &DiscordMessage) -> Vec<Value> {
    let mut emojis: Vec<&str> = message.reactions.iter().map(|(_, emoji)| emoji.as_str()).collect();
    emojis.sort_unstable();
    emojis.dedup();
    let count = |emoji: &str| message.reactions.iter().filter(|(_, other)| other == emoji).count();
    let me = |emoji: &str| message.reactions.contains(&(state.application.clone(), emoji.to_owned()));
    let shape = |emoji: &str| {
        json!({
            "emoji": {"id": null, "name": emoji}, "count": count(emoji), "me": me(emoji), "me_burst": false,
            "count_details": {"burst": 0, "normal": count(emoji)}, "burst_colors": [],
        })
    };
    emojis.into_iter().map(shape).collect()
}

/// A time as Discord writes it.
pub(super) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string()
}
