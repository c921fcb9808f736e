//! Channels, private talks, and what was said in them.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::slack::api::Answer;
use crate::slack::arguments::Arguments;
use crate::slack::{
    Shared, SlackChannel, SlackChannelKind, SlackMessage, SlackPersonKind, SlackState, shapes,
};

pub(in crate::slack) fn open(shared: &Shared, arguments: &Arguments) -> Answer {
    let users = arguments.list("users");
    let [user] = users.as_slice() else { return Err("users_list_not_supplied".to_owned()) };
    shared.change(|state| {
        let kind = &state.user(user).ok_or("user_not_found")?.kind;
        if *kind == SlackPersonKind::Deactivated {
            return Err("user_disabled");
        }
        let id = state.direct(user);
        Ok(json!({"channel": {"id": id}}))
    })
}

pub(in crate::slack) fn info(state: &SlackState, arguments: &Arguments) -> Answer {
    if state.scopes.as_ref().is_some_and(|scopes| !scopes.iter().any(|scope| scope == "channels:read")) {
        return Err("missing_scope".to_owned());
    }
    let id = arguments.needed("channel")?;
    // A public one is shown to everybody, a private one to those who are in it.
    let seen = |channel: &&SlackChannel| {
        channel.kind == SlackChannelKind::Public || channel.members.contains(&state.bot.user)
    };
    let channel = state.channels.get(&id).filter(seen).ok_or("channel_not_found")?;
    Ok(json!({"channel": shapes::channel(&id, channel, state)}))
}

pub(in crate::slack) fn list(state: &SlackState) -> Value {
    let all = state.channels.iter().map(|(id, channel)| shapes::channel(id, channel, state));
    json!({"channels": all.collect::<Vec<_>>(), "response_metadata": {"next_cursor": ""}})
}

pub(in crate::slack) fn members(state: &SlackState, arguments: &Arguments) -> Answer {
    let (_, channel) = visible(state, arguments)?;
    Ok(json!({"members": channel.members, "response_metadata": {"next_cursor": ""}}))
}

/// The messages of a channel, newest first, or of a thread, oldest first; a page at a time.
pub(in crate::slack) fn history(state: &SlackState, arguments: &Arguments, thread: bool) -> Answer {
    let (_, channel) = visible(state, arguments)?;
    let of = if thread { Some(arguments.needed("ts")?) } else { None };
    if of.as_ref().is_some_and(|of| !channel.messages.iter().any(|message| message.ts == *of)) {
        return Err("thread_not_found".to_owned());
    }
    let number = |name: &str| arguments.text(name).and_then(|text| text.parse::<f64>().ok());
    let (oldest, latest) = (number("oldest").unwrap_or(0.0), number("latest").unwrap_or(f64::MAX));
    let limit =
        arguments.text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(100_usize).clamp(1, 999);
    let start: usize = match arguments.text("cursor") {
        Some(cursor) => {
            cursor.strip_prefix("page:").and_then(|at| at.parse().ok()).ok_or("invalid_cursor")?
        }
        None => 0,
    };
    let is_asked = |message: &&Arc<SlackMessage>| {
        let at = message.ts.parse::<f64>().unwrap_or_default();
        let placed = match &of {
            Some(of) => message.ts == *of || message.thread_ts.as_ref() == Some(of),
            None => message.thread_ts.as_ref().is_none_or(|thread| *thread == message.ts),
        };
        placed && message.only.is_none() && at > oldest && at < latest
    };
    let mut found: Vec<&Arc<SlackMessage>> = channel.messages.iter().filter(is_asked).collect();
    if !thread {
        found.reverse();
    }
    let with_metadata =
        arguments.text("include_all_metadata").is_some_and(|value| value == "true" || value == "1");
    let shape = |message: &&Arc<SlackMessage>| {
        let shape = shapes::message(state, message, with_metadata);
        of.as_ref().map_or_else(|| shape.clone(), |of| shapes::in_thread(shape.clone(), channel, of))
    };
    let page: Vec<Value> = found.iter().skip(start).take(limit).map(shape).collect();
    let more = start + page.len() < found.len();
    let next = if more { format!("page:{}", start + page.len()) } else { String::new() };
    Ok(json!({"messages": page, "has_more": more, "response_metadata": {"next_cursor": next}}))
}

fn visible<'a>(
    state: &'a SlackState,
    arguments: &Arguments,
) -> Result<(String, &'a SlackChannel), &'static str> {
    let id = arguments.needed("channel")?;
    let channel = state.channels.get(&id).ok_or("channel_not_found")?;
    if channel.members.contains(&state.bot.user) { Ok((id, channel)) } else { Err("not_in_channel") }
}
