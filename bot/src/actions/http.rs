//! `/api/v1/actions`: what the catalogue has, and asking for one of it.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use countersign_domain::actions::{Action, ActionRequest, Entry, title, words as said};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::request::Facets as _;
use countersign_projections::Page;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::{self, Wanted};
use crate::http::problem::Problem;
use crate::http::query::{PAGED, Query};
use crate::http::reads::listed;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{JSON, Route, get, post};

/// Their addresses.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/actions", "The actions there are, each with the schema of its arguments", list)
            .takes(PAGED),
        post("/api/v1/actions/{name}", "Asks for an action: done once countersigned", ask_for)
            .sent(JSON, &["*arguments", "because"]),
    ]
}

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    arguments: Value,
    because: Option<String>,
}

async fn list(State(state): State<HttpState>, viewer: Viewer, uri: Uri) -> Result<Json<Value>, Problem> {
    let query = Query::read(&uri, PAGED)?;
    let limit = query.limit()?;
    let catalogue = state.world.help(&viewer.tenant).map(|help| &help.catalogue);
    let entries = catalogue.iter().flat_map(|catalogue| &catalogue.entries).collect();
    let name = |entry: &&Entry| entry.name.clone().into_bytes();
    let page = Page::at_hand('n', entries, name, query.text("after"), limit)?;
    let shown =
        |entry: &Entry| json!({ "name": entry.name, "title": entry.title, "arguments": entry.arguments });
    Ok(listed(page, shown))
}

async fn ask_for(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(name): Path<String>,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(Body { arguments, because }) = body?;
    let said = format!("{name} {arguments} {because:?}");
    let context = viewer.context(&id, said.as_bytes());
    let wanted = Wanted { name: &name, arguments: &arguments, because: because.as_deref(), tainted: false };
    let asked = ask::ask(state.chat.requests(), &context, wanted).await?;
    let touched = asked.map_err(|denied| Problem::denied(&denied))?;
    let stands = state.chat.settled(&viewer.tenant, &touched).await?;
    let stands = Action::of(Some(&stands)).cloned().unwrap_or_default();
    Ok((StatusCode::ACCEPTED, Json(as_told(&stands))))
}

fn as_told(action: &ActionRequest) -> Value {
    let Some(run) = &action.asked else { return json!({}) };
    let denied = action.denial.iter().flat_map(|denial| &denial.violations);
    json!({
        "code": run.code,
        "action": run.entry.name,
        "about": title(run),
        "arguments": run.arguments,
        "planned": run.planned,
        "tainted": run.tainted,
        "status": action.standing().word,
        "receipt": action.receipt(),
        "found": action.findings,
        "lines": said::planned(&run.planned),
        "violations": denied.map(countersign_domain::capabilities::violation).collect::<Vec<_>>(),
    })
}
