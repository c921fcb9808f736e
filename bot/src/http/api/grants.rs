//! `GET /api/v1/grants`: the accesses in force, now or at any moment of the past, by the same query.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use countersign_projections::Moment;
use countersign_projections::access::{self, GrantFilter};
use countersign_projections::request;
use serde_json::Value;

use crate::http::problem::Problem;
use crate::http::query::{AFTER, PAGE_LIMIT, Parameter, Query, bad_value};
use crate::http::reads::{listed, past, plain, rows, users};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;

/// What the list takes.
pub(in crate::http) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "at", about: "a moment: 2026-03-01T12:00:00Z, or position:1042; now when left out" },
    Parameter { name: "user", about: "whose: principal, account, address or name" },
    Parameter { name: "repository", about: "on which repository" },
    AFTER,
    PAGE_LIMIT,
];

/// The grants that fit, the latest asked for first: all of the tenant's for who sees all, else what concerns the viewer.
pub(in crate::http) async fn list(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let query = Query::read(&uri, PARAMETERS)?;
    let filter = GrantFilter {
        concerning: (!viewer.sees_all()).then(|| viewer.person.id.clone()),
        users: users(&state, &viewer, &query).await?,
        repository: query.text("repository").map(str::to_owned),
    };
    let limit = query.limit()?;
    let rows = match moment(&query)? {
        Some(moment) => past(&state, &viewer, &id, (request::NAME, moment)).await?,
        None => rows(&state, request::NAME).await?,
    };
    let page = access::grants(&*rows, &viewer.tenant, &filter, query.text("after"), limit)?;
    Ok(listed(page, plain))
}

fn moment(query: &Query) -> Result<Option<Moment>, Problem> {
    let Some(given) = query.text("at") else { return Ok(None) };
    let cure = "give an instant like 2026-03-01T12:00:00Z, or position:1042";
    given
        .strip_prefix("position:")
        .unwrap_or(given)
        .parse()
        .map(Some)
        .map_err(|_| bad_value("at", given, cure))
}
