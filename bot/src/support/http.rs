//! `/api/v1/tickets`: our own tickets are opened, listed, read with what was said on them, answered, resolved and closed.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use countersign_domain::support::{Ticket, TicketCommand};
use countersign_domain::tenant::Person;
use countersign_projections::help_desk;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::open::open_saying;
use super::tell;
use crate::engine::Failure;
use crate::http::problem::Problem;
use crate::http::query::PAGED;
use crate::http::reads::{Listing, beside, listed, plain};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{JSON, Route, delete, get, post};

/// Their addresses.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/tickets", "Your tickets; all of them for who looks after them", list).takes(PAGED),
        post("/api/v1/tickets", "Opens a ticket of what you say", open).sent(JSON, &["*text"]),
        get("/api/v1/tickets/{number}", "One ticket, with what was said on it", show).tagged(),
        delete("/api/v1/tickets/{number}", "Closes a ticket", close),
        post("/api/v1/tickets/{number}/replies", "Says something on a ticket", reply)
            .sent(JSON, &["*text", "waits"]),
        post("/api/v1/tickets/{number}/resolve", "Says that a ticket is resolved", resolve)
            .sent(JSON, &["*how"]),
        post("/api/v1/tickets/{number}/close", "Says that a ticket is over", close),
    ]
}

/// What a ticket is opened of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
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

async fn list(State(state): State<HttpState>, viewer: Viewer, uri: Uri) -> Result<Json<Value>, Problem> {
    let asked = Listing::of(&state, &uri, (PAGED, help_desk::NAME)).await?;
    beside(move || {
        let sees = |ticket: &Ticket| tell::is_seen(ticket, &viewer.person);
        let page = (asked.after(), asked.limit);
        let page = help_desk::page_of_tickets(&*asked.rows, &viewer.tenant, page, sees)?;
        Ok(listed(page, plain))
    })
    .await
}

async fn open(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(Wanted { text }) = wanted?;
    let help = state.world.help(&viewer.tenant);
    let help = help.ok_or_else(|| Problem::not_found("There is nobody here who looks after tickets."))?;
    let context = viewer.context(&id, text.as_bytes());
    let opened = open_saying(state.chat.requests(), &context, help, &text).await?;
    let opened = opened.map_err(|denied| Problem::denied(&denied))?;
    Ok((StatusCode::CREATED, Json(json!(opened))))
}

fn found(state: &HttpState, viewer: &Viewer, number: &str) -> Result<(u64, Ticket), Problem> {
    let found = tell::ticket(state.chat.requests(), (&viewer.tenant, &viewer.person), number)?;
    found.ok_or_else(|| Problem::not_found("There is no ticket of this number that you may see."))
}

async fn show(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (number, ticket) = found(&state, &viewer, &number)?;
    let rows = state.world.projections.rows(help_desk::NAME);
    let said = help_desk::said_on(&*rows, &viewer.tenant, number).map_err(Failure::from)?;
    let mut told = json!(ticket);
    told["said"] = json!(said);
    Ok(Json(told))
}

async fn reply(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
    said: Result<Json<Reply>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Reply { text, waits }) = said?;
    let reply = |by, zone| TicketCommand::Reply { by, text: text.clone(), waits, zone };
    told(&state, &viewer, (&id, &number, &text), reply).await
}

async fn resolve(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
    said: Result<Json<Resolved>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Resolved { how }) = said?;
    let resolve = |by, zone| TicketCommand::Resolve { by, how: how.clone(), zone };
    told(&state, &viewer, (&id, &number, &how), resolve).await
}

async fn close(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    told(&state, &viewer, (&id, &number, "close"), |by, _| TicketCommand::Close { by }).await
}

async fn told(
    state: &HttpState,
    viewer: &Viewer,
    (id, number, said): (&RequestId, &str, &str),
    command: impl Fn(Box<Person>, TimeZone) -> TicketCommand,
) -> Result<Json<Value>, Problem> {
    let (number, ticket) = found(state, viewer, number)?;
    let context = viewer.context(id, format!("{number} {said}").as_bytes());
    let done = tell::tell(state.chat.requests(), &context, (number, &ticket), command).await?;
    done.map(|ticket| Json(json!(ticket))).map_err(|denied| Problem::denied(&denied))
}
