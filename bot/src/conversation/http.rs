//! `/api/v1/conversations`, `/api/v1/gaps` and `/api/v1/tickets`: questions are asked here as in any chat, and what became of them is
//! read.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use countersign_domain::conversation::{Conversation, ConversationCommand, Turn};
use countersign_domain::denied::Denied;
use countersign_domain::support::{Ticket, TicketCommand};
use countersign_projections::help_desk;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::{Asker, Told};
use crate::engine::Failure;
use crate::help::Help;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{JSON, Route, get, post};

/// How long an answer is waited for, in real time.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
/// So far back what was not answered is listed.
const GAPS: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);

/// Their addresses.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/conversations", "What you have asked here, and what was answered", own),
        post("/api/v1/conversations", "Asks something, and waits for the answer", ask).sent(JSON, &["*text"]),
        post("/api/v1/conversations/stop", "Has no more of the answer that is being given", stop),
        get("/api/v1/gaps", "What could not be answered, or not well, in 90 days", gaps),
        get("/api/v1/tickets", "Your tickets; all of them for who looks after them", tickets),
        get("/api/v1/tickets/{number}", "One ticket", ticket),
        post("/api/v1/tickets/{number}/replies", "Says something on a ticket", reply)
            .sent(JSON, &["*text", "waits"]),
        post("/api/v1/tickets/{number}/resolve", "Says that a ticket is resolved", resolve)
            .sent(JSON, &["*how"]),
    ]
}

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    text: String,
}

/// What is said on a ticket.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    text: String,
    #[serde(default)]
    waits: bool,
}

/// How a ticket was resolved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resolved {
    how: String,
}

fn asker(state: &HttpState) -> Asker<'_> {
    Asker { world: &state.world, engine: state.chat.engine() }
}

fn help<'a>(state: &'a HttpState, viewer: &Viewer) -> Result<&'a Help, Problem> {
    let help = asker(state).help(&viewer.tenant);
    help.ok_or_else(|| Problem::not_found("There is nobody here who answers questions."))
}

fn denied(denied: &Denied) -> Problem {
    Problem::denied(denied)
}

async fn own(State(state): State<HttpState>, viewer: Viewer, id: RequestId) -> Result<Json<Value>, Problem> {
    let context = viewer.context(&id, b"conversations");
    let (conversation, ..) = super::asking::place_of(&context);
    let stands: Conversation = asker(&state).state(&viewer.tenant, conversation).await?;
    let items: Vec<_> = stands.turns.iter().rev().map(|turn| as_told(conversation, turn)).collect();
    Ok(Json(json!({ "items": items, "next": null })))
}

async fn ask(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    question: Result<Json<Question>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(Question { text }) = question?;
    let (help, context) = (help(&state, &viewer)?, viewer.context(&id, text.as_bytes()));
    let asked = asker(&state).ask(&context, help, &text).await?;
    let told = asked.map_err(|no| denied(&no))?;
    let told = asker(&state).settled(&viewer.tenant, told, PATIENCE).await?;
    let status = if told.turn.stage.is_over() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(as_told(told.conversation, &told.turn))))
}

async fn stop(State(state): State<HttpState>, viewer: Viewer, id: RequestId) -> Result<Json<Value>, Problem> {
    let context = viewer.context(&id, b"stop");
    let by = Box::new(viewer.person.clone());
    let stop = ConversationCommand::Stop { by, turn: None, kept: String::new() };
    let done = asker(&state).tell(&context, super::commands::STOP, stop).await?;
    let (conversation, stands) = done.map_err(|no| denied(&no))?;
    let last = stands.turns.iter().rfind(|turn| turn.asked.by == viewer.person.id);
    Ok(Json(last.map_or_else(|| json!({}), |turn| as_told(conversation, turn))))
}

fn as_told(conversation: Uuid, turn: &Turn) -> Value {
    let Told { conversation, turn } = Told { conversation, turn: turn.clone() };
    json!({
        "conversation": conversation,
        "turn": turn.id,
        "at": turn.at,
        "by": turn.asked.by,
        "question": turn.asked.text,
        "stage": turn.stage,
        "answer": turn.answer,
        "failed": turn.failed,
        "ticket": turn.ticket,
    })
}

async fn gaps(State(state): State<HttpState>, viewer: Viewer) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let since = state.world.clock.now().checked_sub(GAPS).unwrap_or(jiff::Timestamp::MIN);
    let rows = state.world.projections.rows(help_desk::NAME);
    let mut all = help_desk::turns_since(&*rows, &viewer.tenant, since).map_err(Failure::from)?;
    all.retain(help_desk::TurnRow::is_a_gap);
    all.reverse();
    Ok(Json(json!({ "items": all, "next": null })))
}

async fn tickets(State(state): State<HttpState>, viewer: Viewer) -> Result<Json<Value>, Problem> {
    let rows = state.world.projections.rows(help_desk::NAME);
    let mut all = help_desk::tickets(&*rows, &viewer.tenant).map_err(Failure::from)?;
    all.retain(|ticket| is_seen(ticket, &viewer));
    Ok(Json(json!({ "items": all, "next": null })))
}

/// By who asked, who looks after tickets, and who sees everything.
fn is_seen(ticket: &Ticket, viewer: &Viewer) -> bool {
    let is_staff = ticket.level.as_ref().is_some_and(|level| level.is_staff(&viewer.person));
    viewer.sees_all() || is_staff || ticket.is_of(&viewer.person.id)
}

async fn read(state: &HttpState, viewer: &Viewer, number: &str) -> Result<(u64, Ticket), Problem> {
    let none = || Problem::not_found("There is no ticket of this number that you may see.");
    let number: u64 = number.parse().map_err(|_| none())?;
    let rows = state.world.projections.rows(help_desk::NAME);
    let found = help_desk::ticket(&*rows, &viewer.tenant, number).map_err(Failure::from)?;
    let found = found.filter(|ticket| is_seen(ticket, viewer)).ok_or_else(none)?;
    Ok((number, found))
}

async fn ticket(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (_, found) = read(&state, &viewer, &number).await?;
    Ok(Json(json!(found)))
}

async fn reply(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
    said: Result<Json<Reply>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Reply { text, waits }) = said?;
    tell(&state, &viewer, &id, &number, &text, |by, zone| TicketCommand::Reply {
        by: Box::new(by),
        text: text.clone(),
        waits,
        zone,
    })
    .await
}

async fn resolve(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
    said: Result<Json<Resolved>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Resolved { how }) = said?;
    tell(&state, &viewer, &id, &number, &how, |by, zone| TicketCommand::Resolve {
        by: Box::new(by),
        how: how.clone(),
        zone,
    })
    .await
}

/// Tells a ticket something, by the rules of its own calendar's zone.
async fn tell(
    state: &HttpState,
    viewer: &Viewer,
    id: &RequestId,
    number: &str,
    said: &str,
    command: impl Fn(countersign_domain::tenant::Person, TimeZone) -> TicketCommand,
) -> Result<Json<Value>, Problem> {
    let (number, found) = read(state, viewer, number).await?;
    let zone = found.level.as_ref().and_then(|level| TimeZone::get(&level.calendar.zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let context = viewer.context(id, format!("{number} {said}").as_bytes());
    let cause = context.cause("tell a ticket", state.world.clock.now());
    let (engine, stream) = (state.chat.engine(), number.to_string());
    let command = || command(viewer.person.clone(), zone.clone());
    let done = engine.execute::<Ticket>(&viewer.tenant, &stream, &cause, "tell a ticket", command).await?;
    let done = done.map_err(|no| denied(&no))?;
    if let Some(position) = done.position {
        state.world.projections.wait_for(position).await.map_err(Failure::from)?;
    }
    Ok(Json(json!(done.state)))
}
