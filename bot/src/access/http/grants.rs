//! `GET /api/v1/grants`: the accesses in force, now or at any moment of the past, by the same query.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use countersign_projections::access::{self, GrantFilter};
use countersign_projections::{Moment, Page, request};
use jiff::Timestamp;
use serde_json::Value;

use crate::http::problem::Problem;
use crate::http::query::{AFTER, PAGE_LIMIT, Parameter, Query, bad_value};
use crate::http::reads::{begins, beside, listed_with, past, plain, rows, users};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::instant;
use crate::words::{Empty, why_empty};

/// What the list takes.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "at", about: "a moment: 2026-03-01T12:00:00Z, or position:1042; now when left out" },
    Parameter { name: "user", about: "whose: principal, account, address or name" },
    Parameter { name: "repository", about: "on which repository" },
    AFTER,
    PAGE_LIMIT,
];

/// What somebody is told who sees only what is their affair, and finds nothing.
const ONLY_YOURS: &str = "This list holds what concerns you. Who has what on a repository, you can ask in chat: “who has write on …”.";

/// The grants that fit, the latest asked for first: all of the tenant's for who sees all, else what concerns the viewer.
pub(super) async fn list(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let query = Query::read(&uri, PARAMETERS)?;
    let filter = GrantFilter {
        concerning: viewer.limited().map(|person| person.id.clone()),
        users: users(&state, &viewer, &query).await?,
        repository: query.text("repository").map(str::to_owned),
    };
    let limit = query.limit()?;
    let at = moment(&query, state.world.clock.now())?;
    let rows = match at {
        Some(moment) => past(&state, &viewer, &id, (request::NAME, moment)).await?,
        None => rows(&state, request::NAME).await?,
    };
    let (tenant, after) = (viewer.tenant.clone(), query.text("after").map(str::to_owned));
    let page = beside(&state, move || {
        let Page { items, next } = access::grants(&*rows, &tenant, &filter, after.as_deref(), limit)?;
        Ok(Page { items: items.into_iter().map(plain).collect(), next })
    });
    let page = page.await?;
    // Whoever does not see all is not told who and what there is.
    let is_told = page.items.is_empty() && viewer.sees_all();
    let is_about_others = query.text("user").is_some() || query.text("repository").is_some();
    let notes = if is_told {
        why_none(&state, &viewer, &query, at).await?
    } else if page.items.is_empty() && is_about_others {
        vec![ONLY_YOURS.to_owned()]
    } else {
        vec![]
    };
    Ok(listed_with(page, |item| item, &notes))
}

async fn why_none(
    state: &HttpState,
    viewer: &Viewer,
    query: &Query,
    at: Option<Moment>,
) -> Result<Vec<String>, Problem> {
    let rows = rows(state, request::NAME).await?;
    let people = state.directory.present(&viewer.tenant).await?.state;
    let (user, repository) = (query.text("user"), query.text("repository"));
    let [nobody, nowhere] = access::unknown(&*rows, &people, &viewer.tenant, user, repository)?;
    let at = if let Some(Moment::Time(at)) = at { Some(at) } else { None };
    Ok(why_empty(&Empty { nobody, nowhere, at, begins: begins(state, viewer).await? }, &people))
}

/// The moment, written as in the terminal; a bare number is a position.
fn moment(query: &Query, now: Timestamp) -> Result<Option<Moment>, Problem> {
    let Some(given) = query.text("at") else { return Ok(None) };
    let cure = "give an instant like 2026-03-01T12:00:00Z or 2026-03-01, or position:1042";
    let position = given.parse().ok().map(Moment::Position);
    let moment = position.or_else(|| instant::moment(given, now).ok());
    moment.map(Some).ok_or_else(|| bad_value("at", given, cure))
}
