//! `GET /api/v1/rules`: the rules in force, as text; `…/versions`: those there were; `…/proposals`: other ones, which are in force
//! only once they were countersigned.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use countersign_domain::capabilities::{Listed as _, violation};
use countersign_domain::denied::Violation;
use countersign_domain::request::{Code, Facets as _};
use countersign_domain::rule_change::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::rule_change::versions::{self, Version};
use crate::rule_change::{Proposals, RuleChange, Wanted, as_told};

/// The rules in force. Everybody may read them: they say who may approve what.
pub(super) async fn show(State(state): State<HttpState>, viewer: Viewer) -> Result<Json<Value>, Problem> {
    let present = state.directory.present(&viewer.tenant).await?;
    let rules = present.rulebook.in_force.as_ref();
    let (version, text) = rules.map_or((0, ""), |rules| (rules.version, rules.text.as_str()));
    Ok(Json(json!({ "version": version, "text": text })))
}

/// Every version there was, the newest first.
pub(super) async fn versions(State(state): State<HttpState>, viewer: Viewer) -> Result<Json<Value>, Problem> {
    let mut items = versions::versions(&*state.world.store, &viewer.tenant).await?;
    items.reverse();
    Ok(Json(json!({ "items": items, "next": null })))
}

/// One of them, with its text.
pub(super) async fn version(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let found = versions::version(&*state.world.store, &viewer.tenant, &number).await?;
    let given = || Violation::from(Fault::UnknownVersion { given: number.chars().take(20).collect() });
    let found: Version = found.ok_or_else(|| Problem::not_found(violation(&given())))?;
    let Version { version, at, by, countersigned_by, request, text } = found;
    Ok(Json(json!({
        "version": version, "at": at, "by": by, "countersigned_by": countersigned_by, "request": request, "text": text,
    })))
}

/// What is wanted: rules, or an earlier version of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proposed {
    /// The rules, whole.
    text: Option<String>,
    /// The earlier version that shall be in force once more.
    back_to: Option<u64>,
    /// The version that was read before these were written: where another is in force by now, nothing is proposed.
    base: Option<u64>,
    /// Why.
    because: Option<String>,
}

/// Proposes rules. They are in force when as many have countersigned as the rules in force say, and not before.
pub(super) async fn propose(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    proposed: Result<Json<Proposed>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(proposed) = proposed?;
    let context = viewer.context(&id, format!("rules {proposed:?}").as_bytes());
    let wanted = match (proposed.text, proposed.back_to) {
        (Some(text), None) => Wanted::Rules(text),
        (None, Some(version)) => Wanted::BackTo(version),
        _ => {
            return Err(Problem::bad_request("Say either `text`, the rules whole, or `back_to`, a version."));
        }
    };
    let proposals = Proposals::new(state.chat.requests());
    let decided = proposals.propose(&context, wanted, proposed.base, proposed.because.as_deref());
    let touched = decided.await?.map_err(|denied| Problem::denied(&denied))?;
    let stands = state.chat.settled(&viewer.tenant, &touched).await?;
    let stands = RuleChange::of(Some(&stands)).cloned().unwrap_or_default();
    let people = state.directory.present(&viewer.tenant).await?.state;
    Ok((StatusCode::ACCEPTED, Json(as_told(&stands, &people, &state.world.console))))
}

/// One proposal, with its text and all that it is decided on. Where the viewer may not see it, there is none.
pub(super) async fn proposal(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    let none = || Problem::not_found("There is no change of the rules with this code that you may see.");
    let code: Code = code.parse().map_err(|_| none())?;
    let found = state.chat.requests().state::<RuleChange>(&viewer.tenant, &code).await?;
    let people = state.directory.present(&viewer.tenant).await?.state;
    let is_seen = found.is_seen_by(&viewer.person, &viewer.absent(&state).await?);
    if is_seen { Ok(Json(as_told(&found, &people, &state.world.console))) } else { Err(none()) }
}
