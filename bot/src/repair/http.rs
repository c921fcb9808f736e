//! `GET /api/v1/repairs` and `/{code}`: the plans that are open, and one; `POST`: what a plan would do, or its proposal.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::repair::{Fault, IGNORED_DAYS};
use countersign_domain::request::{Code, Facets as _};
use countersign_projections::{repair, request};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Dry, NotAWish, Repair, Repairs, State as Stands, Wish};
use crate::http::problem::Problem;
use crate::http::reads::rows;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{JSON, Route, get, post};
use crate::requests::Requests;

/// Its addresses in the API.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/repairs", "Repairs that are not over", list),
        post("/api/v1/repairs", "Proposes a repair, or says what it would do", propose)
            .sent(JSON, &["*plan", "until", "because", "dry_run"]),
        get("/api/v1/repairs/{code}", "One repair, step by step", one),
    ]
}

/// What a plan that is none should have been.
const SAY: &str = "Say what to do about which difference: `revert all`, `adopt K7QM2, revert rest`, or `ignore all` with `until`.";

/// The plans that are not over, as far as the viewer may see them.
async fn list(State(state): State<HttpState>, viewer: Viewer) -> Result<Json<Value>, Problem> {
    let rows = rows(&state, request::NAME).await?;
    let open = repair::open(&*rows, &viewer.tenant)?;
    let absent = viewer.absent(&state).await?;
    let seen = open.iter().filter(|row| row.state.is_seen_by(&viewer.person, &absent));
    let items: Vec<_> = seen.map(|row| shown(&row.state)).collect();
    Ok(Json(json!({ "items": items, "next": null })))
}

/// One plan. Where the viewer may not see it, there is none.
async fn one(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    let none = || Problem::not_found("There is no repair with this code that you may see.");
    let code: Code = code.parse().map_err(|_| none())?;
    let found = requests(&state).state::<Repair>(&viewer.tenant, &code).await?;
    let is_seen = found.is_seen_by(&viewer.person, &viewer.absent(&state).await?);
    if is_seen { Ok(Json(shown(&found))) } else { Err(none()) }
}

/// What is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// As it is said: `revert all`, `adopt K7QM2, revert rest`.
    plan: String,
    /// Until when what is ignored is ignored.
    until: Option<Timestamp>,
    /// Why.
    because: Option<String>,
    /// Only say what it would do.
    #[serde(default)]
    dry_run: bool,
}

/// Proposes a plan, or says what it would do.
async fn propose(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(wanted) = wanted?;
    let context = viewer.context(&id, format!("repair {wanted:?}").as_bytes());
    let wishes = Wish::read(&wanted.plan, wanted.until);
    let wishes = wishes.map_err(|wrong| match wrong {
        NotAWish::NoEnd => Problem::denied(&Fault::IgnoredUntilWhen.into()).in_words(&until_when()),
        NotAWish::NoRemedy(_) | NotAWish::NoDifference(_) => Problem::bad_request(SAY),
    })?;
    let requests = requests(&state);
    let repairs = Repairs::new(&requests);
    if wanted.dry_run {
        let Dry { steps, against } =
            repairs.dry_run(&context, &wishes).await?.map_err(|denied| Problem::denied(&denied))?;
        let against: Vec<_> = against.iter().map(countersign_domain::capabilities::violation).collect();
        return Ok(Json(json!({ "dry_run": true, "steps": steps, "against": against })));
    }
    let proposed = repairs.propose(&context, &wishes, wanted.because.as_deref()).await?;
    let touched = proposed.map_err(|denied| Problem::denied(&denied))?;
    let stands = state.chat.settled(&viewer.tenant, &touched).await?;
    let stands = Repair::of(Some(&stands)).cloned().unwrap_or_default();
    Ok(Json(shown(&stands)))
}

/// How it is said until when something is ignored, for who uses neither a chat nor its sentences.
fn until_when() -> String {
    format!(
        "Say until when it is to be ignored: `until` beside the plan, or `--until` in the terminal, as in `--until 2026-12-04T18:00:00Z`. Nothing is ignored for ever, and nothing for longer than {IGNORED_DAYS} days."
    )
}

fn requests(state: &HttpState) -> Requests {
    Requests::new(state.world.clone(), state.engine.clone(), state.directory.clone())
}

fn shown(repair: &Stands) -> Value {
    let asked = repair.asked.as_ref();
    json!({
        "code": asked.map(|plan| &plan.code),
        "status": repair.standing().word,
        "requester": asked.map(|plan| &plan.requester.id),
        "reason": asked.and_then(|plan| plan.reason.as_ref()),
        "steps": repair.steps(),
        "countersigned_by": repair.open.as_ref().map_or(&repair.countersigned_by, |open| &open.countersigned),
        "receipt": repair.receipt(),
        "denied": repair.denial.as_ref().map(|denial| {
            denial.violations.iter().map(countersign_domain::capabilities::violation).collect::<Vec<_>>()
        }),
        "repair": repair,
    })
}
