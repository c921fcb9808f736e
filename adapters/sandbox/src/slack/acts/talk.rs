//! Messages, reactions, buttons, the slash command and shortcuts.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::pump::Kind;
use super::super::{Shared, SlackChannelKind, SlackMessage, SlackPersonKind, SlackState, shapes};
use super::{SlackActed, interaction, tell, used};

pub(super) fn say(
    shared: &Arc<Shared>,
    user: &str,
    channel: Option<String>,
    text: &str,
    (thread, files): (Option<String>, Vec<Value>),
) -> Result<SlackActed, String> {
    let (id, ts) = shared.change(|state| {
        let person = state.user(user).ok_or("user_not_found")?;
        if person.kind == SlackPersonKind::Deactivated {
            return Err("user_disabled");
        }
        let id = channel.unwrap_or_else(|| state.direct(user));
        let ts = state.ts();
        let message = SlackMessage {
            ts: ts.clone(),
            user: user.to_owned(),
            text: text.to_owned(),
            blocks: vec![],
            thread_ts: thread.clone(),
            files: files.clone(),
            metadata: Value::Null,
            reactions: BTreeMap::new(),
            only: None,
            edited: false,
        };
        let kept = state.channels.get_mut(&id).ok_or("channel_not_found")?;
        if !kept.members.contains(user) {
            return Err("not_in_channel");
        }
        kept.push(message);
        Ok((id, ts))
    })?;
    let state = shared.state();
    let channel = &state.channels[&id];
    let direct = channel.kind == SlackChannelKind::Direct;
    let mentions = text.contains(&format!("<@{}>", state.bot.user));
    if channel.members.contains(&state.bot.user) && (direct || mentions) {
        let mut event = json!({"type": if direct { "message" } else { "app_mention" }, "channel": id, "user": user,
            "text": text, "ts": ts, "event_ts": ts});
        if direct {
            event["channel_type"] = "im".into();
        }
        if !files.is_empty() {
            event["files"] = files.into();
            event["upload"] = false.into();
            if direct {
                event["subtype"] = "file_share".into();
            }
        }
        if let Some(thread) = thread {
            event["thread_ts"] = thread.into();
        }
        say_who(&state, user, channel.shared, &mut event);
        tell(shared, event, channel.shared);
    }
    Ok(SlackActed { ts: Some(ts), channel: Some(id), answer: None })
}

/// Says in an event of which workspace a person is, and whether they are a program.
fn say_who(state: &SlackState, user: &str, shared: bool, event: &mut Value) {
    let Some(person) = state.user(user) else { return };
    let team = shapes::user(state, person)["team_id"].clone();
    event["team"] = team.clone();
    if shared {
        event["user_team"] = team.clone();
        event["source_team"] = team;
    }
    if person.kind == SlackPersonKind::Bot {
        event["bot_id"] = format!("B{user}").into();
    }
}

/// Changes or takes back a message of a person.
pub(super) fn edit(
    shared: &Arc<Shared>,
    channel: &str,
    ts: &str,
    text: Option<String>,
) -> Result<SlackActed, String> {
    let subtype = if text.is_some() { "message_changed" } else { "message_deleted" };
    let (before, direct) = shared.change(|state| {
        let bot = state.bot.user.clone();
        let kept = state.channels.get_mut(channel).ok_or("channel_not_found")?;
        let theirs = |message: &SlackMessage| message.ts == ts && message.user != bot;
        let message = kept.messages.find_mut(theirs).ok_or("message_not_found")?;
        let before = Arc::new(message.clone());
        match text {
            Some(text) => {
                message.text = text;
                message.edited = true;
            }
            None => {
                kept.messages.remove(theirs);
            }
        }
        Ok((before, kept.kind == SlackChannelKind::Direct))
    })?;
    if direct {
        let state = shared.state();
        let after = state.message(channel, ts).map(|message| shapes::message(&state, message, false));
        tell(
            shared,
            json!({"type": "message", "subtype": subtype, "hidden": true, "channel": channel, "channel_type": "im",
                "ts": ts, "message": after, "previous_message": shapes::message(&state, &before, false)}),
            false,
        );
    }
    Ok(SlackActed::default())
}

pub(super) fn react(
    shared: &Arc<Shared>,
    user: &str,
    channel: &str,
    ts: &str,
    name: &str,
    add: bool,
) -> Result<SlackActed, String> {
    let owner = shared.change(|state| {
        let kept = state.channels.get_mut(channel).ok_or("channel_not_found")?;
        let message = kept.message_mut(ts).ok_or("message_not_found")?;
        let users = message.reactions.entry(name.to_owned()).or_default();
        let changed = if add { users.insert(user.to_owned()) } else { users.remove(user) };
        if users.is_empty() {
            message.reactions.remove(name);
        }
        if changed {
            Ok(message.user.clone())
        } else {
            Err(if add { "already_reacted" } else { "no_reaction" })
        }
    })?;
    let kind = if add { "reaction_added" } else { "reaction_removed" };
    let in_shared = shared.state().channels[channel].shared;
    let item = json!({"type": "message", "channel": channel, "ts": ts});
    tell(
        shared,
        json!({"type": kind, "user": user, "reaction": name, "item_user": owner, "item": item}),
        in_shared,
    );
    Ok(SlackActed::default())
}

pub(super) async fn press(
    shared: &Arc<Shared>,
    user: &str,
    on: Option<(String, String)>,
    button: &str,
) -> Result<SlackActed, String> {
    let state = shared.state();
    let mut payload = interaction(shared, &state, "block_actions", user)?;
    let blocks = if let Some((channel, ts)) = &on {
        on_message(&state, user, channel, ts, &mut payload)?
    } else {
        let home = state.homes.get(user).ok_or("view_not_found")?;
        payload["view"] = shapes::view(&state, home);
        payload["container"] = json!({"type": "view", "view_id": home.id});
        home.view["blocks"].as_array().cloned().unwrap_or_default()
    };
    payload["actions"] = json!([pressed(&blocks, button).ok_or("no_such_button")?]);
    used(shared, payload).await
}

/// The blocks of the message that somebody uses, about which Slack says more.
fn on_message(
    state: &SlackState,
    user: &str,
    channel: &str,
    ts: &str,
    payload: &mut Value,
) -> Result<Vec<Value>, String> {
    let message = state.message(channel, ts).ok_or("message_not_found")?;
    let alone = message.only.is_some();
    if message.only.as_ref().is_some_and(|only| only != user) {
        return Err("message_not_found".to_owned());
    }
    payload["channel"] = json!({"id": channel, "name": state.channels[channel].name});
    payload["container"] =
        json!({"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": alone});
    if let Some(thread) = &message.thread_ts {
        payload["container"]["thread_ts"] = thread.clone().into();
    }
    payload["message"] = shapes::message(state, message, false);
    payload["response_url"] = "https://hooks.slack.example/actions/sandbox".into();
    Ok(message.blocks.clone())
}

/// The button with this label or action.
fn pressed(blocks: &[Value], button: &str) -> Option<Value> {
    let buttons = blocks.iter().flat_map(|block| {
        let elements = block["elements"].as_array().into_iter().flatten();
        elements.map(move |element| (block, element)).filter(|(_, element)| element["type"] == "button")
    });
    let mut found =
        buttons.filter(|(_, element)| element["text"]["text"] == button || element["action_id"] == button);
    let (block, element) = found.next()?;
    Some(
        json!({"type": "button", "action_id": element["action_id"], "value": element["value"], "text": element["text"],
        "block_id": block["block_id"].as_str().unwrap_or("b1"), "action_ts": "1548426417.840180"}),
    )
}

pub(super) async fn command(
    shared: &Arc<Shared>,
    user: &str,
    channel: Option<String>,
    text: &str,
) -> Result<SlackActed, String> {
    let (channel, name) = shared.change(|state: &mut SlackState| {
        let name = state.user(user).ok_or("user_not_found")?.name.to_lowercase();
        let id = channel.unwrap_or_else(|| state.direct(user));
        Ok((id, name))
    })?;
    let state = shared.state();
    let payload = json!({
        "token": "sandbox", "team_id": state.team, "team_domain": "acme", "channel_id": channel, "channel_name": "channel",
        "user_id": user, "user_name": name, "command": "/countersign", "text": text, "api_app_id": state.bot.app,
        "is_enterprise_install": "false", "response_url": "https://hooks.slack.example/commands/sandbox",
        "trigger_id": shared.triggers.make(user),
    });
    let answer = shared.pump.deliver(Kind::SlashCommands, payload).await;
    Ok(SlackActed { answer: Some(answer), channel: Some(channel), ts: None })
}

pub(super) async fn shortcut(
    shared: &Arc<Shared>,
    user: &str,
    callback: &str,
    on: Option<(String, String)>,
) -> Result<SlackActed, String> {
    let state = shared.state();
    let kind = if on.is_some() { "message_action" } else { "shortcut" };
    let mut payload = interaction(shared, &state, kind, user)?;
    payload["callback_id"] = callback.into();
    if let Some((channel, ts)) = on {
        let message = state.message(&channel, &ts).ok_or("message_not_found")?;
        payload["channel"] = json!({"id": channel, "name": state.channels[&channel].name});
        payload["message"] = shapes::message(&state, message, false);
        payload["message_ts"] = ts.into();
        payload["response_url"] = "https://hooks.slack.example/actions/sandbox".into();
    }
    used(shared, payload).await
}
