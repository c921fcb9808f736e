//! Messages: posted, read, edited, deleted, reacted to.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::shapes::{self, Refused};
use super::state::{DiscordMessage, DiscordState};
use super::{Shared, limits};

/// How far back the nonces are looked at. Discord says "the past few minutes".
const SAME: i64 = 5 * 60;

/// What is answered: a status and a body.
pub(super) type Answered = Result<(StatusCode, Value), Refused>;

/// What a message shows, taken from a request.
pub(super) fn fill(message: &mut DiscordMessage, body: &Value) -> Result<(), Refused> {
    if let Some(content) = body.get("content") {
        content.as_str().unwrap_or_default().clone_into(&mut message.content);
    }
    let list = |name: &str| body[name].as_array().cloned();
    if let Some(embeds) = list("embeds") {
        message.embeds = embeds;
        for embed in &mut message.embeds {
            embed["type"] = json!("rich");
        }
    }
    if let Some(components) = list("components") {
        message.components = components;
        number(&mut message.components, &mut 0);
    }
    fits(message)
}

/// Discord numbers the components of a message.
fn number(components: &mut [Value], next: &mut u64) {
    for component in components {
        *next += 1;
        component["id"] = json!(*next);
        if let Some(inner) = component["components"].as_array_mut() {
            number(inner, next);
        }
    }
}

fn fits(message: &DiscordMessage) -> Result<(), Refused> {
    if message.content.trim().is_empty() && message.embeds.is_empty() && !message.thinking {
        return Err(Refused::new(400, 50_006, "Cannot send an empty message"));
    }
    limits::message(&message.content, &message.embeds, &message.components)
}

/// The buttons under a message.
pub(super) fn buttons(message: &DiscordMessage) -> impl Iterator<Item = &Value> {
    message.components.iter().flat_map(|row| row["components"].as_array().into_iter().flatten())
}

/// The bot posts.
pub(super) fn post(shared: &Shared, channel: &str, body: &Value) -> Answered {
    let (shape, message, new) = shared.controlled.state.change(|state| {
        let found = state.find_channel(channel).ok_or_else(|| Refused::unknown(10_003, "Channel"))?;
        if found.silent {
            return Err(Refused::new(403, 50_013, "Missing Permissions"));
        }
        let nonce = body["nonce"].as_str().map(str::to_owned);
        if nonce.as_ref().is_some_and(|nonce| nonce.chars().count() > 25) {
            let words = "Must be 25 or fewer in length.";
            return Err(Refused::form("nonce", "NONCE_TYPE_TOO_LONG", words));
        }
        if body["enforce_nonce"] == true
            && let Some(same) = same(state, channel, nonce.as_deref())
        {
            return Ok((shapes::message(state, &same), same, false));
        }
        let mut message = DiscordMessage {
            id: state.next_id(),
            channel: channel.to_owned(),
            author: state.application.clone(),
            nonce,
            ..DiscordMessage::default()
        };
        fill(&mut message, body)?;
        let message = Arc::new(message);
        state.keep(Arc::clone(&message));
        Ok::<_, Refused>((shapes::message(state, &message), message, true))
    })?;
    if new {
        shared.tell_message("MESSAGE_CREATE", &message);
    }
    Ok((StatusCode::OK, shape))
}

fn same(state: &DiscordState, channel: &str, nonce: Option<&str>) -> Option<Arc<DiscordMessage>> {
    let lately = |message: &&Arc<DiscordMessage>| {
        let at = super::state::time_of(&message.id);
        Timestamp::now().as_second() - at.as_second() < SAME
    };
    let same =
        |message: &&Arc<DiscordMessage>| message.channel == channel && message.nonce.as_deref() == nonce;
    nonce.and_then(|_| state.messages.iter().rev().take_while(lately).find(same).cloned())
}

/// The newest first, as Discord lists them.
pub(super) fn list(shared: &Shared, channel: &str, query: &[(String, String)]) -> Answered {
    let state = shared.controlled.state.get();
    state.find_channel(channel).ok_or_else(|| Refused::unknown(10_003, "Channel"))?;
    let number = |name: &str| {
        query.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let limit = usize::try_from(number("limit").unwrap_or(50)).unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Refused::form(
            "limit",
            "NUMBER_TYPE_MAX",
            "int value should be less than or equal to 100.",
        ));
    }
    let id = |message: &DiscordMessage| message.id.parse::<u64>().unwrap_or_default();
    let (after, before) = (number("after"), number("before"));
    let fits = |message: &&DiscordMessage| {
        message.channel == channel
            && message.only.is_none()
            && after.is_none_or(|after| id(message) > after)
            && before.is_none_or(|before| id(message) < before)
    };
    let found: Vec<&DiscordMessage> = state.messages.iter().map(Arc::as_ref).filter(fits).collect();
    // After an id, the oldest ones; else the newest. Shown newest first in both cases.
    let page: Vec<&DiscordMessage> = if after.is_some() {
        found.into_iter().take(limit).rev().collect()
    } else {
        found.into_iter().rev().take(limit).collect()
    };
    let page: Vec<Value> = page.into_iter().map(|message| shapes::message(&state, message)).collect();
    Ok((StatusCode::OK, json!(page)))
}

pub(super) fn get(shared: &Shared, channel: &str, id: &str) -> Answered {
    let state = shared.controlled.state.get();
    let message = state.message(id).filter(|message| message.channel == channel && message.only.is_none());
    let message = message.ok_or_else(|| Refused::unknown(10_008, "Message"))?;
    Ok((StatusCode::OK, shapes::message(&state, message)))
}

pub(super) fn edit(shared: &Shared, channel: &str, id: &str, body: &Value) -> Answered {
    let (shape, message) = shared.controlled.state.change(|state| {
        let bot = state.application.clone();
        let message =
            state.message_mut(id).filter(|message| message.channel == channel && message.only.is_none());
        let message = message.ok_or_else(|| Refused::unknown(10_008, "Message"))?;
        if message.author != bot {
            return Err(Refused::new(403, 50_005, "Cannot edit a message authored by another user"));
        }
        fill(message, body)?;
        message.edited = Some(Timestamp::now());
        let message = message.clone();
        Ok((shapes::message(state, &message), message))
    })?;
    shared.tell_message("MESSAGE_UPDATE", &message);
    Ok((StatusCode::OK, shape))
}

/// Whoever did it, the message is gone.
pub(super) fn delete(shared: &Shared, channel: &str, id: &str) -> Answered {
    let guild = shared.controlled.state.change(|state| {
        if !state.messages.remove(|message| message.id == id && message.channel == channel) {
            return Err(Refused::unknown(10_008, "Message"));
        }
        let server = state.find_channel(channel).is_some_and(|channel| channel.with.is_none());
        Ok(server.then(|| state.guild.clone()))
    })?;
    let mut event = json!({"id": id, "channel_id": channel});
    if let Some(guild) = &guild {
        event["guild_id"] = json!(guild);
    }
    shared.hub.dispatch("MESSAGE_DELETE", &event, if guild.is_some() { 1 << 9 } else { 1 << 12 });
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

/// Somebody reacts, or takes it back.
pub(super) fn react(shared: &Shared, id: &str, user: &str, emoji: &str, taken_back: bool) -> Answered {
    let (event, server) = shared.controlled.state.change(|state| {
        state.user(user).ok_or_else(|| Refused::unknown(10_013, "User"))?;
        let message = state.message_mut(id).ok_or_else(|| Refused::unknown(10_008, "Message"))?;
        let reaction = (user.to_owned(), emoji.to_owned());
        message.reactions.retain(|other| *other != reaction);
        if !taken_back {
            message.reactions.push(reaction);
        }
        let message = message.clone();
        let server = state.find_channel(&message.channel).is_some_and(|channel| channel.with.is_none());
        let mut event = json!({
            "user_id": user, "channel_id": message.channel, "message_id": id, "burst": false, "type": 0,
            "emoji": {"id": null, "name": emoji},
        });
        if server {
            event["guild_id"] = json!(state.guild);
        }
        if !taken_back {
            event["message_author_id"] = json!(message.author);
            if server {
                event["member"] = shapes::member(state, user);
            }
        }
        Ok::<_, Refused>((event, server))
    })?;
    let name = if taken_back { "MESSAGE_REACTION_REMOVE" } else { "MESSAGE_REACTION_ADD" };
    shared.hub.dispatch(name, &event, if server { 1 << 10 } else { 1 << 13 });
    Ok((StatusCode::NO_CONTENT, Value::Null))
}
