//! The connector: what the bot posts, changes, takes away and asks, as the Bot Framework answers it for Teams.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Shared, Talk, TeamsMessage, TeamsState, TeamsUser};
use crate::SandboxError;

/// The largest message, in bytes of UTF-16.
const LARGEST: usize = 28 * 1024;
const THREAD: &str = ";messageid=";

pub(super) fn router() -> Router<Arc<Shared>> {
    let one = put(change).delete(remove).post(reply);
    Router::new()
        .route("/v3/conversations", post(open))
        .route("/v3/conversations/{talk}/activities", post(say))
        .route("/v3/conversations/{talk}/activities/{message}", one)
        .route("/v3/conversations/{talk}/members", get(members))
        .route("/v3/conversations/{talk}/members/{user}", get(member))
        .route("/v3/conversations/{talk}/pagedmembers", get(paged))
}

pub(super) async fn check(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/v3/") || shared.permits(request.headers()) {
        return next.run(request).await;
    }
    Refused(StatusCode::UNAUTHORIZED, "Unauthorized", "Authorization has been denied for this request.")
        .into_response()
}

/// The connector's way of saying no.
pub(super) struct Refused(StatusCode, &'static str, &'static str);

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        tracing::error!(%error, "the sandbox's state cannot be kept");
        Self(StatusCode::INTERNAL_SERVER_ERROR, "ServiceError", "The state cannot be kept.")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": { "code": self.1, "message": self.2 } }))).into_response()
    }
}

const NO_TALK: Refused = Refused(StatusCode::NOT_FOUND, "ConversationNotFound", "Conversation not found.");
const NO_MESSAGE: Refused =
    Refused(StatusCode::NOT_FOUND, "ActivityNotFoundInConversation", "Activity not found.");
const NO_MEMBER: Refused =
    Refused(StatusCode::NOT_FOUND, "MemberNotFoundInConversation", "Member not found.");

type Made = Result<(StatusCode, Json<Value>), Refused>;

async fn open(State(shared): State<Arc<Shared>>, Json(body): Json<Value>) -> Made {
    let who = body.pointer("/members/0/id").and_then(Value::as_str).unwrap_or_default();
    shared.controlled.state.change(|state| {
        if body["tenantId"] != state.tenant.as_str() || body["isGroup"] == true {
            return Err(Refused(
                StatusCode::BAD_REQUEST,
                "BadSyntax",
                "Bad format of conversation parameters.",
            ));
        }
        let user = state.user(who).cloned().ok_or(NO_MEMBER)?;
        let talk = state.personal(&user);
        let answer = json!({ "id": talk.id, "serviceUrl": shared.service_url(), "activityId": null });
        Ok((StatusCode::CREATED, Json(answer)))
    })
}

async fn say(State(shared): State<Arc<Shared>>, Path(talk): Path<String>, body: Bytes) -> Made {
    shared.post(&talk, None, &body)
}

async fn reply(
    State(shared): State<Arc<Shared>>,
    Path((talk, message)): Path<(String, String)>,
    body: Bytes,
) -> Made {
    shared.post(&talk, Some(&message), &body)
}

async fn change(
    State(shared): State<Arc<Shared>>,
    Path((talk, message)): Path<(String, String)>,
    body: Bytes,
) -> Made {
    let activity = read(&body)?;
    shared.controlled.state.change(|state| {
        let bot = state.bot();
        let kept = own(state, &talk, &message)?;
        if kept.from != bot {
            return Err(Refused(StatusCode::FORBIDDEN, "Forbidden", "The message is not the bot's."));
        }
        put_content(kept, &activity);
        kept.edited = true;
        Ok((StatusCode::OK, Json(json!({ "id": message }))))
    })
}

async fn remove(
    State(shared): State<Arc<Shared>>,
    Path((talk, message)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    shared.controlled.state.change(|state| {
        own(state, &talk, &message)?;
        state.messages.remove(|other| other.id == message);
        Ok(StatusCode::OK)
    })
}

impl Shared {
    fn post(&self, conversation: &str, reply: Option<&str>, body: &Bytes) -> Made {
        let activity = read(body)?;
        self.controlled.state.change(|state| {
            let (talk, thread) = split(conversation);
            let talk = state.talk(talk).cloned().ok_or(NO_TALK)?;
            let answered = reply.map(|reply| own(state, conversation, reply).cloned()).transpose()?;
            let thread = thread.map(str::to_owned);
            let thread = thread.or(answered.map(|message| message.thread.unwrap_or(message.id)));
            let id = state.next();
            let mut message = TeamsMessage {
                id: id.clone(),
                thread: thread.filter(|_| talk.kind == super::TalkKind::Channel),
                talk: talk.id,
                from: state.bot(),
                ..TeamsMessage::default()
            };
            put_content(&mut message, &activity);
            state.keep(message);
            Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
        })
    }
}

fn read(body: &Bytes) -> Result<Value, Refused> {
    let bad = |why| Refused(StatusCode::BAD_REQUEST, "BadSyntax", why);
    let text = std::str::from_utf8(body).map_err(|_| bad("The activity is not UTF-8."))?;
    if 2 * text.encode_utf16().count() > LARGEST {
        return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, "MessageSizeTooBig", "Message size too large."));
    }
    let activity: Value = serde_json::from_str(text).map_err(|_| bad("The activity is not JSON."))?;
    if activity["type"] != "message" {
        return Err(bad("Unknown activity type."));
    }
    Ok(activity)
}

fn put_content(message: &mut TeamsMessage, activity: &Value) {
    activity["text"]
        .as_str()
        .or(activity["summary"].as_str())
        .unwrap_or_default()
        .clone_into(&mut message.text);
    message.card = activity.pointer("/attachments/0/content").cloned();
    message.seen.clear();
}

/// The channel and the thread of a conversation's name.
pub(super) fn split(conversation: &str) -> (&str, Option<&str>) {
    conversation.split_once(THREAD).map_or((conversation, None), |(talk, thread)| (talk, Some(thread)))
}

/// The conversation of a message, as deliveries name it.
pub(super) fn join(talk: &Talk, thread: Option<&str>) -> String {
    thread.map_or_else(|| talk.id.clone(), |thread| format!("{}{THREAD}{thread}", talk.id))
}

fn own<'a>(state: &'a mut TeamsState, conversation: &str, id: &str) -> Result<&'a mut TeamsMessage, Refused> {
    let talk = split(conversation).0;
    state.talk(talk).ok_or(NO_TALK)?;
    state.message_mut(id).filter(|message| message.talk == talk).ok_or(NO_MESSAGE)
}

async fn members(
    State(shared): State<Arc<Shared>>,
    Path(talk): Path<String>,
) -> Result<Json<Value>, Refused> {
    let state = shared.controlled.state.get();
    let talk = state.talk(split(&talk).0).ok_or(NO_TALK)?;
    Ok(Json(here(&state, talk).map(|user| account(&state, user)).collect()))
}

async fn member(
    State(shared): State<Arc<Shared>>,
    Path((talk, user)): Path<(String, String)>,
) -> Result<Json<Value>, Refused> {
    let state = shared.controlled.state.get();
    let talk = state.talk(split(&talk).0).ok_or(NO_TALK)?;
    let user = here(&state, talk).find(|one| one.id == user || one.object == user || one.principal == user);
    Ok(Json(account(&state, user.ok_or(NO_MEMBER)?)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    page_size: Option<usize>,
    continuation_token: Option<usize>,
}

async fn paged(
    State(shared): State<Arc<Shared>>,
    Path(talk): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Value>, Refused> {
    let state = shared.controlled.state.get();
    let talk = state.talk(split(&talk).0).ok_or(NO_TALK)?;
    let size = paging.page_size.unwrap_or(50).clamp(50, 500);
    let from = paging.continuation_token.unwrap_or_default();
    let all: Vec<Value> = here(&state, talk).map(|user| account(&state, user)).collect();
    let page: Vec<&Value> = all.iter().skip(from).take(size).collect();
    let next = (from + size < all.len()).then(|| (from + size).to_string());
    Ok(Json(json!({ "members": page, "continuationToken": next })))
}

fn here<'a>(state: &'a TeamsState, talk: &'a Talk) -> impl Iterator<Item = &'a TeamsUser> {
    talk.members.iter().filter_map(|id| state.user(id))
}

fn account(state: &TeamsState, user: &TeamsUser) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "objectId": user.object,
        "aadObjectId": user.object,
        "givenName": user.name,
        "email": user.principal,
        "userPrincipalName": user.principal,
        "tenantId": state.tenant,
        "userRole": if user.guest { "guest" } else { "user" },
    })
}
