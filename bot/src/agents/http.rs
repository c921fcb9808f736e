//! `/api/v1/agents`: who answers questions, as it is defined; agents are asked for here, changed and retired.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use countersign_domain::agents::{Agent, AgentRequest, Definition, Kept, Version, title, words as said};
use countersign_domain::capabilities::{Listed as _, violation};
use countersign_domain::request::{Code, Facets as _};
use countersign_projections::Page;
use serde::Deserialize;
use serde_json::{Value, json};

use super::propose::{RETIRE, Wanted, propose, retire, unknown};
use super::read::tidy;
use super::standing::book;
use crate::http::problem::Problem;
use crate::http::query::{PAGED, Parameter, Query};
use crate::http::reads::listed;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{JSON, Route, delete, get, post};
use crate::requests::Touched;

/// What retiring one takes.
const REASON: &[Parameter] = &[Parameter { name: "because", about: "why" }];

/// Their addresses.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/agents", "The agents there are, each in the version in force", list).takes(PAGED),
        post("/api/v1/agents", "Asks for a new agent: in force once countersigned", create)
            .sent(JSON, &["*agent", "because"]),
        get("/api/v1/agents/{name}", "One agent, whole, with the versions there were", show).tagged(),
        post("/api/v1/agents/{name}", "Asks for another version of an agent, or an earlier one", change)
            .sent(JSON, &["agent", "back_to", "base", "because"]),
        delete("/api/v1/agents/{name}", "Lets an agent answer nobody any more", take_out).takes(REASON),
        get("/api/v1/agents/{name}/versions/{version}", "One version of an agent, whole", version).tagged(),
        get("/api/v1/agents/proposals/{code}", "A proposed agent, with all that it is decided on", proposal),
    ]
}

/// A new agent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Created {
    agent: Definition,
    because: Option<String>,
}

/// An agent as it shall be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    /// Whole.
    agent: Option<Definition>,
    /// The earlier version that shall be in force once more.
    back_to: Option<u32>,
    /// The version that was read before this was written: where another is there by now, nothing is asked for.
    base: Option<u32>,
    because: Option<String>,
}

async fn list(State(state): State<HttpState>, viewer: Viewer, uri: Uri) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let query = Query::read(&uri, PAGED)?;
    let limit = query.limit()?;
    let book = book(state.chat.engine(), &viewer.tenant).await?;
    let now: Vec<_> = book.agents.values().filter_map(|kept| kept.now().cloned()).collect();
    let name = |now: &Arc<Version>| now.definition.name.clone().into_bytes();
    let page = Page::at_hand('a', now, name, query.text("after"), limit)?;
    Ok(listed(page, |now| as_listed(&now)))
}

fn as_listed(version: &Version) -> Value {
    json!({
        "name": version.definition.name, "version": version.version, "at": version.at,
        "agent": version.definition, "change": version.change, "provisioned": version.provisioned,
    })
}

async fn show(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let book = book(state.chat.engine(), &viewer.tenant).await?;
    let kept = book.agents.get(&name).ok_or_else(|| none(&name))?;
    let last = kept.versions.last().ok_or_else(|| none(&name))?;
    Ok(Json(whole(kept, last)))
}

async fn version(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path((name, version)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let book = book(state.chat.engine(), &viewer.tenant).await?;
    let kept = book.agents.get(&name).ok_or_else(|| none(&name))?;
    let found = version.parse().ok().and_then(|number| book.version(&name, number));
    let given = || version.chars().take(20).collect();
    let found = found.ok_or_else(|| Problem::not_found(violation(&unknown(&name, Some(given())))))?;
    Ok(Json(whole(kept, found)))
}

fn whole(kept: &Kept, shown: &Version) -> Value {
    let mut told = as_listed(shown);
    told["in_force"] = json!(kept.now().is_some_and(|now| now.version == shown.version));
    told["latest"] = json!(kept.latest());
    told["lines"] = json!(said::lines(&shown.definition));
    told["versions"] = kept
        .versions
        .iter()
        .rev()
        .map(|version| json!({ "version": version.version, "at": version.at, "change": version.change }))
        .collect();
    told
}

async fn create(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    created: Result<Json<Created>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(Created { agent, because }) = created?;
    // A new one takes no place: where there was one of its name, it is changed, and not created.
    let base = Some(0);
    wanted(&state, &viewer, &id, (Wanted::Agent(Box::new(agent)), base, because)).await
}

async fn change(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(name): Path<String>,
    changed: Result<Json<Changed>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(Changed { agent, back_to, base, because }) = changed?;
    let what = match (agent, back_to) {
        (Some(agent), None) if agent.name == name || agent.name.is_empty() => {
            Wanted::Agent(Box::new(Definition { name, ..agent }))
        }
        (None, Some(version)) => Wanted::BackTo { agent: name, version },
        (Some(_), None) => {
            return Err(Problem::bad_request(
                "An agent keeps its name: ask for a new one, and retire this one.",
            ));
        }
        _ => {
            return Err(Problem::bad_request(
                "Say either `agent`, the agent whole, or `back_to`, a version.",
            ));
        }
    };
    wanted(&state, &viewer, &id, (what, base, because)).await
}

async fn wanted(
    state: &HttpState,
    viewer: &Viewer,
    id: &RequestId,
    (mut what, base, because): (Wanted, Option<u32>, Option<String>),
) -> Result<(StatusCode, Json<Value>), Problem> {
    if state.world.help(&viewer.tenant).is_none() {
        return Err(Problem::not_found("There is nobody here who answers questions."));
    }
    if let Wanted::Agent(agent) = &mut what {
        tidy(agent);
    }
    let context = viewer.context(id, format!("agent {what:?} {base:?} {because:?}").as_bytes());
    let asked = propose(state.chat.requests(), &context, what, (base, because.as_deref())).await?;
    let touched = asked.map_err(|denied| Problem::denied(&denied))?;
    Ok((StatusCode::ACCEPTED, Json(settled(state, viewer, &touched).await?)))
}

/// Nobody is answered by it any more.
async fn take_out(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let query = Query::read(&uri, REASON)?;
    let because = query.text("because");
    let context = viewer.context(&id, format!("{RETIRE} {name} {because:?}").as_bytes());
    let done = retire(state.chat.requests(), &context, &name, because).await?;
    match done.map_err(|denied| Problem::denied(&denied))? {
        Some(touched) => Ok(Json(settled(&state, &viewer, &touched).await?)),
        None => Ok(Json(json!({ "name": name, "status": "retired" }))),
    }
}

async fn settled(state: &HttpState, viewer: &Viewer, touched: &Touched) -> Result<Value, Problem> {
    let stands = state.chat.settled(&viewer.tenant, touched).await?;
    Ok(as_told(&Agent::of(Some(&stands)).cloned().unwrap_or_default()))
}

/// One that was asked for. Where the viewer may not see it, there is none.
async fn proposal(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    let none = || Problem::not_found("There is no agent that was asked for with this code that you may see.");
    let code: Code = code.parse().map_err(|_| none())?;
    let found = state.chat.requests().state::<Agent>(&viewer.tenant, &code).await?;
    let is_seen = found.is_seen_by(&viewer.person, &viewer.absent(&state).await?);
    if is_seen { Ok(Json(as_told(&found))) } else { Err(none()) }
}

fn none(name: &str) -> Problem {
    Problem::not_found(violation(&unknown(name, None)))
}

fn as_told(agent: &AgentRequest) -> Value {
    let Some(draft) = &agent.asked else { return json!({}) };
    let denied = agent.denial.iter().flat_map(|denial| &denial.violations);
    let changes: Vec<_> = said::changes(draft).iter().map(ToString::to_string).collect();
    json!({
        "code": draft.code,
        "about": title(draft),
        "name": draft.definition.name,
        "agent": draft.definition,
        "before": draft.before,
        "base": draft.base,
        "back_to": draft.back_to,
        "version": agent.own.version,
        "drift": agent.own.drift,
        "status": agent.standing().word,
        "receipt": agent.receipt(),
        "found": agent.findings,
        "changes": changes,
        "violations": denied.map(violation).collect::<Vec<_>>(),
    })
}
