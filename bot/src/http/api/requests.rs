//! `GET /api/v1/requests`: requests of every kind, by what they all say alike, as far as the viewer may see them; and the card of one.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use countersign_domain::capabilities::AnyRequest;
use countersign_domain::request::{Code, Requester, Thing};
use countersign_projections::request::{self, RequestFilter, RequestRow, Which};
use serde_json::{Value, json};

use crate::capabilities;
use crate::cards;
use crate::http::problem::Problem;
use crate::http::query::{AFTER, PAGE_LIMIT, Parameter, Query, bad_value};
use crate::http::reads::{Listing, Looking, beside, listed};
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;

/// What the list takes.
pub(in crate::http) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "in", about: "how far they are: `open`, `waiting` or `failed`; all when left out" },
    Parameter { name: "kind", about: "what is asked for: as each says it in its `kind`" },
    Parameter {
        name: "concerning",
        about: "`me`: what you asked for, what is your own, what you decided on",
    },
    AFTER,
    PAGE_LIMIT,
];

/// The requests that fit, newest first.
pub(in crate::http) async fn list(
    State(state): State<HttpState>,
    viewer: Viewer,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let asked = Listing::of(&state, &uri, (PARAMETERS, request::NAME)).await?;
    let filter = RequestFilter {
        which: which(&asked.query)?,
        kind: kind(&asked.query)?,
        concerning: me(&asked.query)?.then(|| viewer.person.id.clone()),
        listed_for: viewer.own_lists(&state).await?,
    };
    let looking = Looking::now(&state, &viewer).await?;
    beside(&state, move || {
        let page = request::list(&*asked.rows, &viewer.tenant, &filter, asked.after(), asked.limit)?;
        Ok(listed(page, |row| shown(&looking, &row)))
    })
    .await
}

/// The card of one, as it stands now: `{cards}`, as an answer to a sentence has them. Where the viewer may not see it, there is none.
pub(in crate::http) async fn card(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    let none = || Problem::not_found("There is no request with this code that you may see.");
    let code: Code = code.parse().map_err(|_| none())?;
    let card = state.chat.request_card(&viewer.tenant, &viewer.person, &code).await?.ok_or_else(none)?;
    Ok(Json(json!({ "cards": [card] })))
}

fn which(query: &Query) -> Result<Which, Problem> {
    match query.text("in") {
        None => Ok(Which::All),
        Some("open") => Ok(Which::Open),
        Some("waiting") => Ok(Which::Waiting),
        Some("failed") => Ok(Which::Failed),
        Some(other) => Err(bad_value("in", other, "give open, waiting or failed")),
    }
}

fn kind(query: &Query) -> Result<Option<String>, Problem> {
    let Some(given) = query.text("kind") else { return Ok(None) };
    if AnyRequest::KINDS.contains(&given) {
        return Ok(Some(given.to_owned()));
    }
    Err(bad_value("kind", given, &format!("give one of {}", AnyRequest::KINDS.join(", "))))
}

fn me(query: &Query) -> Result<bool, Problem> {
    match query.text("concerning") {
        None => Ok(false),
        Some("me") => Ok(true),
        Some(other) => Err(bad_value("concerning", other, "give me, or leave it out")),
    }
}

/// A request as the API shows it to somebody.
fn shown(looking: &Looking, row: &RequestRow) -> Value {
    let RequestRow { code, request, correlation, position, updated, .. } = row;
    let Looking { viewer, people, now, collections } = looking;
    let shown: cards::Shown<'_> = cards::Shown {
        code,
        request,
        viewer: Some(viewer),
        people,
        now: *now,
        beside: None,
        rules: 0,
        collections: collections.as_ref(),
    };
    // What it is about may say what this viewer may not know of it.
    let things = if capabilities::is_told(shown) { request.things() } else { vec![] };
    let (standing, open) = (request.standing(), request.open());
    json!({
        "code": code,
        "kind": request.kind(),
        "what": capabilities::title(shown),
        "status": standing.word,
        "stage": standing.stage,
        "requester": request.requester().map(|Requester { id, .. }| id),
        "subjects": request.subjects(),
        "about": things.iter().map(|Thing { kind, id }| json!({ "kind": kind, "id": id })).collect::<Vec<_>>(),
        "countersigned_by": open.map_or(request.countersigned_by(), |open| open.countersigned),
        "approvers": open.map(|open| open.terms.approver_names()),
        "until": open.map(|open| open.due),
        "yours_to_decide": cards::could_decide(&**request, people, viewer, *now),
        "receipt": request.receipt(),
        "correlation": correlation,
        "position": position,
        "updated": updated,
    })
}
