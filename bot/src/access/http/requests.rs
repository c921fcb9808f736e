//! `GET /api/v1/access-requests` and `/{code}`: requests, as far as the viewer may see them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use countersign_domain::access::Status;
use countersign_domain::request::{Code, Facets as _};
use countersign_projections::access::{self, AccessFilter, AccessRow};
use countersign_projections::request;
use serde_json::{Value, json};

use crate::access::held;
use crate::http::problem::Problem;
use crate::http::query::{AFTER, PAGE_LIMIT, Parameter, Query, bad_value};
use crate::http::reads::{Listing, Looking, beside, listed, rows, users};
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::tickets;

/// What the list takes.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "status", about: "one or more statuses, with commas between: waiting,active" },
    Parameter { name: "user", about: "for whom: principal, account, address or name" },
    Parameter { name: "repository", about: "on which repository" },
    AFTER,
    PAGE_LIMIT,
];

/// The requests that fit, newest first.
pub(super) async fn list(
    State(state): State<HttpState>,
    viewer: Viewer,
    uri: Uri,
) -> Result<Json<Value>, Problem> {
    let asked = Listing::of(&state, &uri, (PARAMETERS, request::NAME)).await?;
    let filter = AccessFilter {
        statuses: statuses(&asked.query)?,
        listed_for: viewer.own_lists(&state).await?,
        users: users(&state, &viewer, &asked.query).await?,
        repository: asked.query.text("repository").map(str::to_owned),
        ..AccessFilter::default()
    };
    let looking = Looking::now(&state, &viewer).await?;
    beside(&state, move || {
        let page = access::list(&*asked.rows, &viewer.tenant, &filter, asked.after(), asked.limit)?;
        Ok(listed(page, |row| shown(&looking, &row)))
    })
    .await
}

/// One request. Where the viewer may not see it, there is none.
pub(super) async fn one(
    State(state): State<HttpState>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    let none = || Problem::not_found("There is no request with this code that you may see.");
    let code: Code = code.parse().map_err(|_| none())?;
    let rows = rows(&state, request::NAME).await?;
    let row = access::find(&*rows, &viewer.tenant, &code)?.ok_or_else(none)?;
    let looking = Looking::now(&state, &viewer).await?;
    let absent = looking.people.absent_for(&looking.viewer, looking.now);
    if !row.access.is_seen_by(&looking.viewer, &absent) {
        return Err(none());
    }
    Ok(Json(shown(&looking, &row)))
}

fn statuses(query: &Query) -> Result<Vec<Status>, Problem> {
    let Some(given) = query.text("status") else { return Ok(vec![]) };
    let known: Vec<_> = Status::ALL.iter().map(|status| status.as_str()).collect();
    let parse = |word: &str| {
        let bad = || bad_value("status", word, &format!("give one of {}", known.join(", ")));
        word.trim().parse().map_err(|()| bad())
    };
    given.split(',').map(parse).collect()
}

/// Whether somebody may know what is held by whom a request is for.
pub(crate) fn sees_held(looking: &Looking, row: &AccessRow) -> bool {
    held::seen_by(&row.access, &looking.people, Some(&looking.viewer), looking.now)
}

/// A request as far as somebody may know it.
fn shown(looking: &Looking, row: &AccessRow) -> Value {
    let mut shown = whole(row);
    tickets::hide(&mut shown, &looking.viewer);
    if !sees_held(looking, row) {
        held::hide(&mut shown);
    }
    shown
}

/// A request as the API shows it: what people ask first, and the aggregate's whole state behind it.
fn whole(row: &AccessRow) -> Value {
    let access = &row.access;
    let asked = access.asked.as_ref();
    let subject = asked.map(|asked| &asked.subject);
    let user = subject.map(|subject| {
        subject.principal.as_ref().map_or_else(|| subject.account.clone(), ToString::to_string)
    });
    json!({
        "code": row.code,
        "status": access.status(),
        "requester": asked.map(|asked| &asked.requester.id),
        "user": user,
        "account": subject.map(|subject| &subject.account),
        "name": subject.map(|subject| &subject.name),
        "permission": asked.and_then(|asked| asked.permission),
        "repository": asked.and_then(|asked| asked.repository.as_ref()),
        "minutes": access.minutes().or(asked.and_then(|asked| asked.minutes)),
        "ticket": asked.and_then(|asked| asked.ticket.as_ref()),
        "reason": asked.and_then(|asked| asked.reason.as_ref()),
        "asked_at": asked.map(|asked| asked.at),
        "countersigned_by": access.open.as_ref().map_or(&access.countersigned_by, |open| &open.countersigned),
        "until": access.own.grant.as_ref().map(|grant| grant.until),
        "receipt": access.receipt(),
        "correlation": row.correlation,
        "position": row.position,
        "updated": row.updated,
        "access": access,
    })
}
