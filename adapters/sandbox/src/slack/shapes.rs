//! Slack's JSON shapes (<https://docs.slack.dev/reference/objects>).

use serde_json::{Value, json};

use super::state::{
    SlackChannel, SlackChannelKind, SlackMessage, SlackPerson, SlackPersonKind, SlackState, SlackView,
};

pub(super) fn user(state: &SlackState, person: &SlackPerson) -> Value {
    let team = match &person.kind {
        SlackPersonKind::External(team) => team,
        _ => &state.team,
    };
    let is = |kind: &SlackPersonKind| person.kind == *kind;
    json!({
        "id": person.id, "team_id": team, "name": person.name.to_lowercase().replace(' ', "."),
        "real_name": person.name, "deleted": is(&SlackPersonKind::Deactivated), "tz": "Europe/Berlin",
        "is_bot": is(&SlackPersonKind::Bot), "is_app_user": false, "is_admin": false, "is_owner": false,
        "is_restricted": is(&SlackPersonKind::Guest), "is_ultra_restricted": false,
        "is_stranger": matches!(person.kind, SlackPersonKind::External(_)),
        "is_email_confirmed": person.email_confirmed, "updated": 1_700_000_000,
        "profile": {"real_name": person.name, "display_name": person.name, "email": person.email, "team": team},
    })
}

/// The app's own user.
pub(super) fn bot(state: &SlackState) -> Value {
    json!({
        "id": state.bot.user, "team_id": state.team, "name": state.bot.name, "real_name": state.bot.name,
        "deleted": false, "is_bot": true, "updated": 1_700_000_000,
        "profile": {"real_name": state.bot.name, "display_name": state.bot.name, "bot_id": state.bot.id,
            "api_app_id": state.bot.app, "team": state.team},
    })
}

pub(super) fn channel(id: &str, channel: &SlackChannel, state: &SlackState) -> Value {
    let mut shape = json!({
        "id": id, "created": 1_700_000_000, "is_archived": false, "is_ext_shared": channel.shared,
        "is_member": channel.members.contains(&state.bot.user), "num_members": channel.members.len(),
    });
    if channel.kind == SlackChannelKind::Direct {
        shape["is_im"] = true.into();
        shape["user"] = channel.name.clone().into();
    } else {
        shape["name"] = channel.name.clone().into();
        shape["is_channel"] = true.into();
        shape["is_private"] = (channel.kind == SlackChannelKind::Private).into();
    }
    shape
}

pub(super) fn message(state: &SlackState, message: &SlackMessage, with_metadata: bool) -> Value {
    let mut shape = json!({"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "team": state.team});
    if message.user == state.bot.user {
        shape["bot_id"] = state.bot.id.clone().into();
        shape["app_id"] = state.bot.app.clone().into();
    }
    if !message.blocks.is_empty() {
        shape["blocks"] = message.blocks.clone().into();
    }
    if !message.files.is_empty() {
        shape["files"] = message.files.clone().into();
        shape["subtype"] = "file_share".into();
    }
    if let Some(thread) = &message.thread_ts {
        shape["thread_ts"] = thread.clone().into();
    }
    if with_metadata && !message.metadata.is_null() {
        shape["metadata"] = message.metadata.clone();
    }
    if !message.reactions.is_empty() {
        let reactions = message.reactions.iter();
        let reactions =
            reactions.map(|(name, users)| json!({"name": name, "users": users, "count": users.len()}));
        shape["reactions"] = reactions.collect();
    }
    if message.edited {
        shape["edited"] = json!({"user": message.user, "ts": message.ts});
    }
    shape
}

/// A message of the thread under `first`, as the thread is read: the first one knows of the others, and they who wrote it.
pub(super) fn in_thread(mut shape: Value, channel: &SlackChannel, first: &str) -> Value {
    shape["thread_ts"] = first.into();
    if shape["ts"] != first {
        let author = channel.messages.iter().find(|message| message.ts == first);
        shape["parent_user_id"] = author.map(|message| message.user.clone()).into();
        return shape;
    }
    let is_reply = |message: &&std::sync::Arc<SlackMessage>| {
        message.thread_ts.as_deref() == Some(first) && message.ts != first && message.only.is_none()
    };
    let replies: Vec<_> = channel.messages.iter().filter(is_reply).collect();
    let users: std::collections::BTreeSet<_> = replies.iter().map(|message| &message.user).collect();
    shape["reply_count"] = replies.len().into();
    shape["reply_users_count"] = users.len().into();
    shape["reply_users"] = json!(users);
    shape["subscribed"] = false.into();
    if let Some(latest) = replies.last() {
        shape["latest_reply"] = latest.ts.clone().into();
    }
    shape
}

/// A form or a Home tab, with what is filled in.
pub(super) fn view(state: &SlackState, view: &SlackView) -> Value {
    let mut shape = view.view.clone();
    for (name, value) in
        [("private_metadata", json!("")), ("callback_id", json!("")), ("external_id", json!(""))]
    {
        if shape[name].is_null() {
            shape[name] = value;
        }
    }
    shape["id"] = view.id.clone().into();
    shape["team_id"] = state.team.clone().into();
    shape["hash"] = view.hash.clone().into();
    shape["root_view_id"] = view.id.clone().into();
    shape["app_id"] = state.bot.app.clone().into();
    shape["bot_id"] = state.bot.id.clone().into();
    shape["state"] = json!({"values": values(view)});
    shape
}

/// What a form holds, by block and element.
fn values(view: &SlackView) -> Value {
    let mut values = serde_json::Map::new();
    for block in view.view["blocks"].as_array().into_iter().flatten() {
        let (Some(id), Some(action)) = (block["block_id"].as_str(), block["element"]["action_id"].as_str())
        else {
            continue;
        };
        let element = &block["element"];
        let filled = view.filled.get(id);
        let kind = element["type"].as_str().unwrap_or_default();
        let held = match kind {
            "static_select" | "external_select" => {
                let chosen =
                    |value: &String| json!({"text": {"type": "plain_text", "text": value}, "value": value});
                json!({"type": kind, "selected_option": filled.map_or_else(|| element["initial_option"].clone(), chosen)})
            }
            "users_select" => {
                let chosen =
                    filled.map_or_else(|| element["initial_user"].clone(), |user| user.clone().into());
                json!({"type": kind, "selected_user": chosen})
            }
            _ => {
                let written =
                    filled.map_or_else(|| element["initial_value"].clone(), |text| text.clone().into());
                json!({"type": kind, "value": written})
            }
        };
        values.insert(id.to_owned(), json!({action: held}));
    }
    values.into()
}
