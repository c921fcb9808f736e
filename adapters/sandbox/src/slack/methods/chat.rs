//! Messages.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::slack::api::Answer;
use crate::slack::arguments::Arguments;
use crate::slack::{Shared, SlackChannelKind, SlackMessage, SlackState, blocks, shapes};

/// The longest text of a message, after which Slack cuts it off.
const TEXT: usize = 40_000;

/// What a message is made of.
struct Content {
    text: String,
    blocks: Vec<Value>,
    metadata: Value,
}

pub(in crate::slack) fn post(shared: &Shared, arguments: &Arguments) -> Answer {
    let (channel, content) = (arguments.needed("channel")?, content(arguments)?);
    let thread = arguments.text("thread_ts");
    shared.change(|state| {
        let channel = place(state, &channel)?;
        if let Some(thread) = &thread
            && state.message(&channel, thread).is_none()
        {
            return Err("thread_not_found");
        }
        let message = written(state, content, thread, None);
        let shape = shapes::message(state, &message, true);
        let ts = message.ts.clone();
        state.channels.get_mut(&channel).ok_or("channel_not_found")?.push(message);
        Ok(json!({"channel": channel, "ts": ts, "message": shape}))
    })
}

pub(in crate::slack) fn post_ephemeral(shared: &Shared, arguments: &Arguments) -> Answer {
    let (channel, user) = (arguments.needed("channel")?, arguments.needed("user")?);
    let (content, thread) = (content(arguments)?, arguments.text("thread_ts"));
    shared.change(|state| {
        let channel = place(state, &channel)?;
        if !state.channels[&channel].members.contains(&user) {
            return Err("user_not_in_channel");
        }
        let message = written(state, content, thread, Some(user));
        let ts = message.ts.clone();
        state.channels.get_mut(&channel).ok_or("channel_not_found")?.push(message);
        Ok(json!({"message_ts": ts}))
    })
}

pub(in crate::slack) fn update(shared: &Shared, arguments: &Arguments) -> Answer {
    let (channel, ts) = (arguments.needed("channel")?, arguments.needed("ts")?);
    let content = content(arguments)?;
    shared.change(|state| {
        let bot = state.bot.user.clone();
        let kept = state.channels.get_mut(&channel).ok_or("channel_not_found")?;
        let message = kept.message_mut(&ts).filter(|message| message.only.is_none());
        let message = message.ok_or("message_not_found")?;
        if message.user != bot {
            return Err("cant_update_message");
        }
        message.text = content.text;
        message.blocks = content.blocks;
        if !content.metadata.is_null() {
            message.metadata = content.metadata;
        }
        message.edited = true;
        let message = message.clone();
        Ok(json!({"channel": channel, "ts": ts, "text": message.text, "message": shapes::message(state, &message, true)}))
    })
}

pub(in crate::slack) fn delete(shared: &Shared, arguments: &Arguments) -> Answer {
    let (channel, ts) = (arguments.needed("channel")?, arguments.needed("ts")?);
    shared.change(|state| {
        let bot = state.bot.user.clone();
        let kept = state.channels.get_mut(&channel).ok_or("channel_not_found")?;
        let found = kept.messages.find(|message| message.ts == ts && message.only.is_none());
        if found.ok_or("message_not_found")?.user != bot {
            return Err("cant_delete_message");
        }
        kept.messages.remove(|message| message.ts == ts);
        Ok(json!({"channel": channel, "ts": ts}))
    })
}

/// The channel that is meant: by id, or a person's private talk. The app must be in it.
fn place(state: &mut SlackState, channel: &str) -> Result<String, &'static str> {
    if state.user(channel).is_some() {
        return Ok(state.direct(channel));
    }
    let found = state.channels.get(channel).ok_or("channel_not_found")?;
    match found.members.contains(&state.bot.user) {
        true => Ok(channel.to_owned()),
        // A private channel that one is not in does not exist for one.
        false if found.kind == SlackChannelKind::Private => Err("channel_not_found"),
        false => Err("not_in_channel"),
    }
}

fn content(arguments: &Arguments) -> Result<Content, &'static str> {
    let parts = match arguments.json("blocks")? {
        Some(Value::Array(parts)) => parts,
        Some(_) => return Err("invalid_blocks_format"),
        None => vec![],
    };
    blocks::message(&parts)?;
    let text = arguments.text("text").unwrap_or_default();
    if text.is_empty() && parts.is_empty() {
        return Err("no_text");
    }
    let metadata = arguments.json("metadata")?.unwrap_or_default();
    if !metadata.is_null() && (!metadata["event_type"].is_string() || !metadata["event_payload"].is_object())
    {
        return Err("invalid_metadata_format");
    }
    Ok(Content { text: text.chars().take(TEXT).collect(), blocks: parts, metadata })
}

fn written(
    state: &mut SlackState,
    content: Content,
    thread: Option<String>,
    only: Option<String>,
) -> SlackMessage {
    SlackMessage {
        ts: state.ts(),
        user: state.bot.user.clone(),
        text: content.text,
        blocks: content.blocks,
        thread_ts: thread,
        files: vec![],
        metadata: content.metadata,
        reactions: BTreeMap::new(),
        only,
        edited: false,
    }
}
