//! `GET /api/v1/effects`, and what an admin decides about a parked one: requeue or resolve.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use countersign_domain::capabilities::{EffectCommand, Effects};
use countersign_domain::effect::{EffectState, Resolution, Wish};
use countersign_domain::names::Tenant;
use countersign_projections::effect::{self, EffectRow};
use countersign_projections::{Rows, request};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::capabilities;
use crate::http::problem::Problem;
use crate::http::query::{AFTER, PAGE_LIMIT, Parameter, Query, bad_value};
use crate::http::reads::{Looking, beside, listed, rows};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::perform::{self, Hands};
use crate::words;

/// What the list takes.
pub(in crate::http) const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "state",
        about: "claimed, attempted, deferred, unknown, succeeded, parked or resolved",
    },
    AFTER,
    PAGE_LIMIT,
];

/// What resolving one is, in one line.
pub(in crate::http) const RESOLVE: &str =
    "Says what became of a parked effect: {resolution: done or abandoned, note}";

/// Every state an effect can be seen in.
pub(in crate::http) const STATES: [EffectState; 7] = [
    EffectState::Claimed,
    EffectState::Attempted,
    EffectState::Deferred,
    EffectState::Unknown,
    EffectState::Succeeded,
    EffectState::Parked,
    EffectState::Resolved,
];

/// The effects that fit, newest first.
pub(in crate::http) async fn list(
    State(state): State<HttpState>,
    viewer: Viewer,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let query = Query::read(&uri, PARAMETERS)?;
    let wanted = wanted(&query)?;
    let limit = query.limit()?;
    let (rows, requests) = (rows(&state, effect::NAME).await?, rows(&state, request::NAME).await?);
    let looking = Looking::now(&state, &viewer).await?;
    beside(&state, move || {
        let page = effect::list(&*rows, &viewer.tenant, wanted, query.text("after"), limit)?;
        Ok(listed(page, |row| view(&row, &looking, (&*requests, &viewer.tenant))))
    })
    .await
}

/// Tries a parked effect again.
pub(in crate::http) async fn requeue(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(effect): Path<String>,
) -> Result<Json<Value>, Problem> {
    let by = viewer.person.clone();
    decide(&state, &viewer, &id, &effect, "requeue", || EffectCommand::Requeue { by: by.clone() }).await
}

/// What is sent to resolve one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Resolved {
    /// `done` (by hand) or `abandoned`.
    resolution: Resolution,
    #[serde(default)]
    note: Option<String>,
}

/// Says what became of a parked effect.
pub(in crate::http) async fn resolve(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(effect): Path<String>,
    resolved: Result<Json<Resolved>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Resolved { resolution, note }) = resolved?;
    let id_of_it = effect.parse().map_err(|_| none())?;
    let by = viewer.person.clone();
    let hands = Hands { world: &state.world, engine: &state.engine, directory: &state.directory };
    let look = match resolution {
        Resolution::Done => perform::look(hands, &by, &viewer.tenant, id_of_it).await?,
        Resolution::Abandoned => None,
    };
    let command =
        || EffectCommand::Resolve { by: by.clone(), resolution, note: note.clone(), look: look.clone() };
    decide(&state, &viewer, &id, &effect, "resolve", command).await
}

/// Gives the command to an effect that there is; whether the viewer may is the domain's to say, and kept as an event.
async fn decide(
    state: &HttpState,
    viewer: &Viewer,
    id: &RequestId,
    effect: &str,
    name: &'static str,
    command: impl Fn() -> EffectCommand,
) -> Result<Json<Value>, Problem> {
    let effect: Uuid = effect.parse().map_err(|_| none())?;
    if viewer.sees_all() {
        let rows = rows(state, effect::NAME).await?;
        effect::find(&*rows, &viewer.tenant, effect)?.ok_or_else(none)?;
    }
    let context = viewer.context(id, format!("{name} {effect}").as_bytes());
    let cause = context.cause(name, state.world.clock.now());
    let key = effect.to_string();
    let done = state.engine.execute::<Effects>(&viewer.tenant, &key, &cause, name, command).await?;
    let done = done.map_err(|denied| Problem::denied(&denied))?;
    let told = done.state.is_vouched_for().then(|| words::is_looked_at(&key));
    Ok(Json(json!({ "id": effect, "state": done.state.state, "told": told })))
}

fn none() -> Problem {
    Problem::not_found("There is no effect with this id.")
}

fn wanted(query: &Query) -> Result<Option<EffectState>, Problem> {
    let Some(given) = query.text("state") else { return Ok(None) };
    let known = STATES.map(EffectState::as_str).join(", ");
    let found = STATES.into_iter().find(|state| state.as_str() == given);
    found.map(Some).ok_or_else(|| bad_value("state", given, &format!("give one of {known}")))
}

/// An effect; without what the viewer may not know of the request that it is of, or of those that it tells of.
fn view(row: &EffectRow, looking: &Looking, requests: (&dyn Rows, &Tenant)) -> Value {
    let effects = &row.effects;
    let mut effect = json!(effects.effect);
    let code = effects.effect.as_ref().and_then(Wish::code);
    if let Some(untold) = looking.untold(requests, code, &effect.to_string()) {
        capabilities::hide(&untold.request, &mut effect);
    }
    json!({
        "id": row.id,
        "state": effects.state,
        "kind": effects.effect.as_ref().map(Wish::kind),
        "code": effects.effect.as_ref().map(Wish::code),
        "effect": effect,
        "attempts": effects.attempts,
        "why": effects.why,
        "vouched_by": effects.vouched,
        "due": effects.due,
        "claimed_at": row.claimed_at,
        "updated": row.updated,
        "correlation": row.correlation,
        "position": row.position,
    })
}
