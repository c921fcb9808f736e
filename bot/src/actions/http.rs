//! `/api/v1/actions`: what the catalogue has, and asking for one of it.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use countersign_domain::actions::{Action, ActionRequest, Fault, Run, title, words as said};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::request::Facets as _;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{JSON, Route, get, post};
use crate::requests::requester;

/// The command's name in the log.
const NAME: &str = "run action";

/// Their addresses.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/actions", "The actions there are, each with the schema of its arguments", list),
        post("/api/v1/actions/{name}", "Asks for an action: done once countersigned", ask)
            .sent(JSON, &["*arguments", "because"]),
    ]
}

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    arguments: Value,
    because: Option<String>,
}

async fn list(State(state): State<HttpState>, viewer: Viewer) -> Result<Json<Value>, Problem> {
    let catalogue = state.world.help(&viewer.tenant).map(|help| &help.catalogue);
    let items: Vec<_> = catalogue
        .iter()
        .flat_map(|catalogue| &catalogue.entries)
        .map(|entry| json!({ "name": entry.name, "title": entry.title, "arguments": entry.arguments }))
        .collect();
    Ok(Json(json!({ "items": items, "next": null })))
}

async fn ask(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(name): Path<String>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(Wanted { arguments, because }) = wanted?;
    let (requests, said) = (state.chat.requests(), format!("{name} {arguments} {because:?}"));
    let context = viewer.context(&id, said.as_bytes());
    let catalogue = state.world.help(&viewer.tenant).map(|help| &help.catalogue);
    let found = catalogue.and_then(|catalogue| {
        let entry = catalogue.entries.iter().find(|entry| entry.name == name)?;
        Some((catalogue.version, entry))
    });
    let refuse = async |violation: Violation| -> Result<Problem, Problem> {
        let refused = requests.refuse::<()>(&context, NAME, violation).await?;
        Ok(Problem::denied(&refused.err().unwrap_or(Denied(vec![]))))
    };
    let Some((version, entry)) = found else {
        let given = name.chars().take(40).collect();
        return Err(refuse(Fault::UnknownAction { given }.into()).await?);
    };
    let planned = match entry.plan(&arguments) {
        Ok(planned) => planned,
        Err(faults) => return Err(refuse(Fault::BadArguments { faults }.into()).await?),
    };
    let why = requests.reason(&context, NAME, because.as_deref()).await?;
    let why = why.map_err(|denied| Problem::denied(&denied))?;
    let (cause, requester) = (context.cause(NAME, state.world.clock.now()), requester(&context.person));
    let run = |code| Run {
        code,
        requester: requester.clone(),
        catalogue: version,
        entry: Box::new(entry.clone()),
        arguments: arguments.clone(),
        planned: Box::new(planned.clone()),
        tainted: false,
        why: why.clone(),
    };
    let touched = requests.begin::<Action>(&viewer.tenant, &cause, NAME, run).await?;
    let touched = touched.map_err(|denied| Problem::denied(&denied))?;
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
        "status": action.standing().word,
        "receipt": action.receipt(),
        "found": action.findings,
        "lines": said::planned(&run.planned),
        "violations": denied.map(countersign_domain::capabilities::violation).collect::<Vec<_>>(),
    })
}
