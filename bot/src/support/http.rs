//! `/api/v1/tickets`: our own tickets are opened, listed, read with what was said on them, answered, resolved and closed.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use countersign_domain::support::{Priority, Ticket, TicketCommand};
use countersign_domain::tenant::Person;
use countersign_projections::help_desk;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::link::{Linkable, linkable};
use super::open::{desk, open_saying};
use super::tell;
use super::wanted::{Wanted as Which, Whose, status, whose};
use crate::engine::Failure;
use crate::http::problem::Problem;
use crate::http::query::{AFTER, PAGE_LIMIT, Parameter, Query, bad_value};
use crate::http::reads::{Listing, beside, listed, plain};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{JSON, Route, delete, get, post};
use crate::moment::{Here, since};

/// What the list takes.
const PARAMETERS: &[Parameter] = &[
    Parameter { name: "status", about: "`open`, `waiting`, `resolved` or `closed`; any when left out" },
    Parameter { name: "assignee", about: "the id of who looks after them, `me`, or `nobody`" },
    Parameter {
        name: "since",
        about: "opened then or later: an instant, a date in UTC, or how long ago, such as `3 days`",
    },
    AFTER,
    PAGE_LIMIT,
];

/// Their addresses.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/tickets", "Your tickets; all of them for who looks after them", list).takes(PARAMETERS),
        post("/api/v1/tickets", "Opens a ticket of what you say", open).sent(JSON, &["*text"]),
        get("/api/v1/tickets/{number}", "One ticket, with what was said on it", show).tagged(),
        delete("/api/v1/tickets/{number}", "Closes a ticket", close),
        post("/api/v1/tickets/{number}/replies", "Says something on a ticket", reply)
            .sent(JSON, &["*text", "waits"]),
        post("/api/v1/tickets/{number}/resolve", "Says that a ticket is resolved", resolve)
            .sent(JSON, &["*how"]),
        post("/api/v1/tickets/{number}/priority", "Says how much a ticket hurries", triage)
            .sent(JSON, &["*priority"]),
        post("/api/v1/tickets/{number}/assignee", "Hands a ticket to somebody, or to nobody", assign)
            .sent(JSON, &["*to"]),
        post("/api/v1/tickets/{number}/link", "Lets a ticket and one of the tracker be one", link)
            .sent(JSON, &["*key"]),
        post("/api/v1/tickets/{number}/acknowledge", "Says that somebody has heard of a ticket", acknowledge),
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

/// How much a ticket hurries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hurries {
    priority: Priority,
}

/// Whose a ticket is to look after.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assignee {
    to: String,
}

/// What a ticket is linked to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    key: String,
}

/// How a ticket was resolved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resolved {
    how: String,
}

async fn list(State(state): State<HttpState>, viewer: Viewer, uri: Uri) -> Result<Json<Value>, Problem> {
    let asked = Listing::of(&state, &uri, (PARAMETERS, help_desk::NAME)).await?;
    let which = which(&asked.query, &viewer.person, state.world.clock.now())?;
    beside(&state, move || {
        let sees = |ticket: &Ticket| tell::is_seen(ticket, &viewer.person) && which.is_one(ticket);
        let page = (asked.after(), asked.limit);
        let page = help_desk::page_of_tickets(&*asked.rows, &viewer.tenant, page, sees)?;
        Ok(listed(page, |ticket: Ticket| plain(ticket.seen_by(&viewer.person))))
    })
    .await
}

/// Which tickets are asked for.
fn which(query: &Query, speaks: &Person, now: Timestamp) -> Result<Which, Problem> {
    let status = match query.text("status") {
        None => None,
        Some(word) => {
            let cure = || bad_value("status", word, "give open, waiting, resolved or closed");
            Some(status(word).ok_or_else(cure)?)
        }
    };
    let assignee = match query.text("assignee") {
        None => None,
        Some("nobody") => Some(Whose::Nobody),
        Some("me") => Some(Whose::One(speaks.id.clone())),
        Some(id) => {
            let cure = |_| bad_value("assignee", id, "give the id of one of the people, me, or nobody");
            Some(Whose::One(id.parse().map_err(cure)?))
        }
    };
    let since = match query.text("since") {
        None => None,
        Some(word) => {
            let cure = || bad_value("since", word, "give an instant such as 2026-03-01T09:00:00Z, or 3 days");
            Some(since(word, &Here { now, zone: TimeZone::UTC }).ok_or_else(cure)?)
        }
    };
    Ok(Which { status, assignee, since })
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

async fn triage(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
    said: Result<Json<Hurries>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Hurries { priority }) = said?;
    let help = state.world.help(&viewer.tenant);
    let help = help.ok_or_else(|| Problem::not_found("There is nobody here who looks after tickets."))?;
    let desk = Box::new(desk(help));
    let triage = |by, zone| TicketCommand::Triage { by, priority, desk: desk.clone(), zone };
    told(&state, &viewer, (&id, &number, priority.as_str()), triage).await
}

async fn assign(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
    said: Result<Json<Assignee>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Assignee { to: named }) = said?;
    let people = state.chat.requests().directory.present(&viewer.tenant).await?.state;
    let to = match whose(&people, &viewer.person, &named).map_err(Problem::bad_request)? {
        Whose::Nobody => None,
        Whose::One(id) => people.people.get(&id).cloned().map(Box::new),
    };
    let assign = |by, _| TicketCommand::Assign { by, to: to.clone() };
    told(&state, &viewer, (&id, &number, &named), assign).await
}

async fn link(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
    said: Result<Json<Key>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Key { key: named }) = said?;
    let (found, requests) = (found(&state, &viewer, &number)?, state.chat.requests());
    let key = match linkable(requests, (&viewer.tenant, &viewer.person), (found.0, &found.1), &named).await {
        Linkable::Yes(key) => key,
        Linkable::No { next, .. } => return Err(Problem::bad_request(next)),
    };
    let link = |by, _| TicketCommand::Link { key: key.clone(), by: Some(by) };
    told(&state, &viewer, (&id, &number, &named), link).await
}

async fn acknowledge(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    told(&state, &viewer, (&id, &number, "acknowledge"), |by, _| TicketCommand::Acknowledge { by }).await
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
