//! The REST API (<https://discord.com/developers/docs/reference>), as far as bots like ours use it: one table of methods and paths.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

use super::messages::Answered;
use super::shapes::{self, Refused};
use super::state::DiscordState;
use super::{Shared, files, interactions, messages};
use crate::traffic;

pub(super) fn router(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/api/{*path}", axum::routing::any(serve))
        .route("/attachments/{channel}/{id}/{name}", axum::routing::get(files::download))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared.controlled.traffic), traffic::pass))
        .with_state(Arc::clone(shared))
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut response = match route(&shared, &method, &uri, &headers, &body) {
        Ok((status, Value::Null)) => status.into_response(),
        Ok((status, body)) => (status, Json(body)).into_response(),
        Err(refused) => refused.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-ratelimit-limit", "1000"),
        ("x-ratelimit-remaining", "999"),
        ("x-ratelimit-reset-after", "1.000"),
        ("x-ratelimit-bucket", "sandbox"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn route(shared: &Arc<Shared>, method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Answered {
    let path = uri.path().trim_start_matches("/api/");
    let path = path.strip_prefix("v10/").unwrap_or(path);
    let segments: Vec<String> = path.split('/').map(decoded).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let query = pairs(uri.query().unwrap_or_default());
    let body: Value = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(body)
            .map_err(|_| Refused::new(400, 50_109, "The request body contains invalid JSON."))?
    };
    // What carries an interaction's token needs no other.
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["interactions", id, token, "callback"]) => {
            return interactions::answer(shared, id, token, &body);
        }
        ("POST", ["webhooks", _, token]) => return interactions::follow_up(shared, token, &body),
        (method, ["webhooks", _, token, "messages", id]) => {
            return interactions::answered(shared, method, token, id, &body);
        }
        ("GET", ["gateway"]) => return ok(json!({"url": shared.gateway_url()})),
        _ => {}
    }
    let expected = format!("Bot {}", shared.token);
    if headers.get(AUTHORIZATION).is_none_or(|given| given.as_bytes() != expected.as_bytes()) {
        return Err(Refused::new(401, 0, "401: Unauthorized"));
    }
    match segments.as_slice() {
        ["channels", ..] => channels(shared, method, &segments, &query, &body),
        _ => others(shared, method, &segments, &query, &body),
    }
}

fn channels(
    shared: &Arc<Shared>,
    method: &Method,
    segments: &[&str],
    query: &[(String, String)],
    body: &Value,
) -> Answered {
    match (method.as_str(), segments) {
        ("GET", ["channels", id]) => {
            let state = shared.controlled.state.get();
            let channel = state.find_channel(id).ok_or_else(|| Refused::unknown(10_003, "Channel"))?;
            ok(shapes::channel(&state, channel))
        }
        ("GET", ["channels", id, "messages"]) => messages::list(shared, id, query),
        ("POST", ["channels", id, "messages"]) => messages::post(shared, id, body),
        ("GET", ["channels", channel, "messages", id]) => messages::get(shared, channel, id),
        ("PATCH", ["channels", channel, "messages", id]) => messages::edit(shared, channel, id, body),
        ("DELETE", ["channels", channel, "messages", id]) => messages::delete(shared, channel, id),
        ("PUT" | "DELETE", ["channels", _, "messages", id, "reactions", emoji, "@me"]) => {
            let bot = shared.controlled.state.look(|state| state.application.clone());
            messages::react(shared, id, &bot, emoji, method == Method::DELETE)
        }
        ("GET", ["channels", _, "messages", id, "reactions", emoji]) => {
            let state = shared.controlled.state.get();
            let message = state.message(id).ok_or_else(|| Refused::unknown(10_008, "Message"))?;
            let who = message.reactions.iter().filter(|(_, other)| other == emoji);
            ok(who.map(|(user, _)| shapes::user_of(&state, user)).collect())
        }
        ("POST", ["channels", _, "typing"]) => Ok((StatusCode::NO_CONTENT, Value::Null)),
        _ => Err(Refused::new(404, 0, "404: Not Found")),
    }
}

fn others(
    shared: &Arc<Shared>,
    method: &Method,
    segments: &[&str],
    query: &[(String, String)],
    body: &Value,
) -> Answered {
    let state = shared.controlled.state.get();
    match (method.as_str(), segments) {
        ("GET", ["gateway", "bot"]) => ok(json!({
            "url": shared.gateway_url(), "shards": 1,
            "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1},
        })),
        ("GET", ["users", "@me"]) => {
            let mut bot = shapes::user_of(&state, &state.application);
            (bot["mfa_enabled"], bot["locale"]) = (json!(false), json!("en-US"));
            ok(bot)
        }
        ("POST", ["users", "@me", "channels"]) => talk(shared, body),
        ("GET", ["users", id]) => {
            let user = state.user(id).ok_or_else(|| Refused::unknown(10_013, "User"))?;
            ok(shapes::user(user))
        }
        (_, ["guilds", guild, ..]) if *guild != state.guild => Err(Refused::unknown(10_004, "Guild")),
        ("GET", ["guilds", _]) => ok(shapes::guild(&state)),
        ("GET", ["guilds", _, "roles"]) => ok(json!(shapes::roles(&state))),
        ("GET", ["guilds", _, "channels"]) => {
            let server = state.channels.iter().filter(|channel| channel.with.is_none());
            ok(server.map(|channel| shapes::channel(&state, channel)).collect())
        }
        ("GET", ["guilds", _, "members"]) => members(&state, query),
        ("GET", ["guilds", _, "members", id]) => match state.user(id) {
            Some(user) if !user.elsewhere => ok(shapes::member(&state, id)),
            _ => Err(Refused::unknown(10_007, "Member")),
        },
        (_, ["applications", application, ..]) if *application != state.application => {
            Err(Refused::unknown(10_002, "Application"))
        }
        ("GET", ["applications", _, "guilds", _, "commands"]) => ok(json!(state.commands)),
        ("PUT", ["applications", _, "guilds", _, "commands"]) => commands(shared, body),
        _ => Err(Refused::new(404, 0, "404: Not Found")),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it ends the arms of tables whose other arms refuse")]
fn ok(body: Value) -> Answered {
    Ok((StatusCode::OK, body))
}

fn talk(shared: &Shared, body: &Value) -> Answered {
    shared.controlled.state.change(|state| {
        let user = body["recipient_id"].as_str().unwrap_or_default();
        match state.user(user) {
            Some(found) if found.bot => Err(Refused::new(400, 50_007, "Cannot send messages to this user")),
            Some(_) => {
                let channel = state.talk(user);
                ok(shapes::channel(state, &channel))
            }
            None => Err(Refused::form("recipient_id", "CHANNEL_RECIPIENT_REQUIRED", "Unknown recipient.")),
        }
    })
}

fn members(state: &DiscordState, query: &[(String, String)]) -> Answered {
    let number = |name: &str| {
        query.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let limit = usize::try_from(number("limit").unwrap_or(1)).unwrap_or(1).clamp(1, 1_000);
    let after = number("after").unwrap_or_default();
    let mut here: Vec<(u64, &str)> = state
        .users
        .iter()
        .filter(|user| !user.elsewhere)
        .map(|user| (user.id.parse().unwrap_or_default(), user.id.as_str()))
        .filter(|(id, _)| *id > after)
        .collect();
    here.sort_unstable();
    ok(here.into_iter().take(limit).map(|(_, id)| shapes::member(state, id)).collect())
}

fn commands(shared: &Shared, body: &Value) -> Answered {
    let Some(given) = body.as_array() else {
        return Err(Refused::form("_", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"));
    };
    shared.controlled.state.change(|state| {
        let mut commands = given.clone();
        for command in &mut commands {
            for option in command["options"].as_array_mut().into_iter().flatten() {
                plain(option);
            }
            let standing = [
                ("id", json!(state.next_id())),
                ("application_id", json!(state.application)),
                ("guild_id", json!(state.guild)),
                ("version", json!(state.next_id())),
                ("default_member_permissions", Value::Null),
            ];
            for (name, value) in standing {
                command[name] = value;
            }
            for (name, value) in [("type", json!(1)), ("nsfw", json!(false)), ("dm_permission", json!(true))]
            {
                if command[name].is_null() {
                    command[name] = value;
                }
            }
        }
        state.commands.clone_from(&commands);
        ok(json!(commands))
    })
}

/// An option as Discord shows it: without what is empty, or no.
fn plain(option: &mut Value) {
    if let Some(fields) = option.as_object_mut() {
        let empty = |value: &Value| value.is_null() || *value == json!([]) || *value == json!(false);
        fields.retain(|_, value| !empty(value));
    }
}

/// A segment of a path without its percent signs.
fn decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = segment.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            plain.push(byte);
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter_map(|pair| pair.split_once('='));
    parts.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}
