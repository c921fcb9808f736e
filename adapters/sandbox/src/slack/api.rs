//! The Web API: every method at `/api/<name>`, by GET or POST, answered with 200 and `ok`
//! (<https://docs.slack.dev/apis/web-api>).

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, Uri, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::tokens::Takes;
use super::{Shared, files, methods};
use crate::traffic;

/// What a method answers beside `ok`, or Slack's word for why not.
pub(super) type Answer = Result<Value, String>;

#[derive(Clone)]
struct Api {
    shared: Arc<Shared>,
    socket: SocketAddr,
}

pub(super) fn router(shared: &Arc<Shared>, socket: SocketAddr) -> Router {
    let api = Api { shared: Arc::clone(shared), socket };
    let traffic = Arc::clone(&shared.controlled.traffic);
    Router::new()
        .route("/api/{method}", get(call).post(call))
        .route("/files-pri/{id}/download/{name}", get(download))
        .with_state(api)
        .layer(middleware::from_fn_with_state(traffic, traffic::pass))
}

async fn call(
    State(api): State<Api>,
    Path(method): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (HeaderMap, Json<Value>) {
    let answer = Arguments::read(&uri, &headers, &body)
        .map_err(str::to_owned)
        .and_then(|arguments| run(&api, &method, &headers, &arguments));
    let answer = match answer {
        Ok(mut answer) => {
            answer["ok"] = true.into();
            answer
        }
        Err(word) => json!({"ok": false, "error": word}),
    };
    (scopes(&api), Json(answer))
}

/// What the token may do, as the header of every answer says it.
fn scopes(api: &Api) -> HeaderMap {
    let state = api.shared.state();
    let scopes = state.scopes.as_ref().and_then(|scopes| scopes.join(",").parse().ok());
    scopes.into_iter().map(|scopes| (HeaderName::from_static("x-oauth-scopes"), scopes)).collect()
}

async fn download(
    State(api): State<Api>,
    Path((id, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    files::download(&api.shared, &id, bearer(&headers).as_deref())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    bearer.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned)
}

fn run(api: &Api, method: &str, headers: &HeaderMap, arguments: &Arguments) -> Answer {
    let given = bearer(headers).or_else(|| arguments.text("token"));
    let takes = match method {
        "api.test" | "oauth.v2.access" => Takes::Nothing,
        "apps.connections.open" => Takes::App,
        _ => Takes::Bot,
    };
    api.shared.tokens.check(takes, given.as_deref())?;
    let shared = &api.shared;
    match method {
        "api.test" => Ok(json!({"args": {}})),
        "oauth.v2.access" => methods::auth::access(shared, arguments),
        "auth.test" => Ok(methods::auth::test(&shared.state())),
        "apps.connections.open" => {
            Ok(json!({"url": format!("ws://{}/link/?ticket={}", api.socket, shared.pump.ticket())}))
        }
        "chat.postMessage" => methods::chat::post(shared, arguments),
        "chat.postEphemeral" => methods::chat::post_ephemeral(shared, arguments),
        "chat.update" => methods::chat::update(shared, arguments),
        "chat.delete" => methods::chat::delete(shared, arguments),
        "conversations.open" => methods::conversations::open(shared, arguments),
        "conversations.info" => methods::conversations::info(&shared.state(), arguments),
        "conversations.list" => Ok(methods::conversations::list(&shared.state())),
        "conversations.members" => methods::conversations::members(&shared.state(), arguments),
        "conversations.history" => methods::conversations::history(&shared.state(), arguments, false),
        "conversations.replies" => methods::conversations::history(&shared.state(), arguments, true),
        "reactions.add" => methods::reactions::add(shared, arguments),
        "reactions.get" => methods::reactions::get(&shared.state(), arguments),
        "users.info" => methods::people::info(&shared.state(), arguments),
        "users.list" => Ok(methods::people::list(&shared.state())),
        "usergroups.users.list" => methods::people::group(&shared.state(), arguments),
        "views.open" => methods::views::open(shared, arguments),
        "views.update" => methods::views::update(shared, arguments),
        "views.publish" => methods::views::publish(shared, arguments),
        _ => Err("unknown_method".to_owned()),
    }
}
