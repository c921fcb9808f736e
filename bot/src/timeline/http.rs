//! `/api/v1/integrations/parked`: the deliveries that could not be read, and reading one again.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::names::StreamName;
use countersign_domain::timeline::{Delivery, DeliveryCommand, Parked, Reading, Unread};
use countersign_projections::timeline;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::engine::Failure;
use crate::http::problem::Problem;
use crate::http::query::PAGED;
use crate::http::reads::{Listing, listed, plain};
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::http::{Route, get, post};

/// What is wrong where nothing reads such deliveries any more.
const GONE: &str = "the integration it came from is not configured any more";

/// The addresses.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/integrations/parked", "Deliveries that could not be read, newest first", list)
            .takes(PAGED),
        post("/api/v1/integrations/parked/{id}/requeue", "Reads a parked delivery again", requeue),
    ]
}

async fn list(State(state): State<HttpState>, viewer: Viewer, uri: Uri) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let asked = Listing::of(&state, &uri, (PAGED, timeline::NAME)).await?;
    let page = timeline::page_of_parked(&*asked.rows, &viewer.tenant, (asked.after(), asked.limit))?;
    Ok(listed(page, plain))
}

/// Reads it as the program reads today; whether the viewer may is the domain's to say, and kept as an event.
async fn requeue(
    State(state): State<HttpState>,
    viewer: Viewer,
    id: RequestId,
    Path(delivery): Path<String>,
) -> Result<Json<Value>, Problem> {
    let none = || Problem::not_found("There is no delivery with this id.");
    let delivery: Uuid = delivery.parse().map_err(|_| none())?;
    let key = delivery.to_string();
    let stream = StreamName::new(&viewer.tenant, Delivery::CATEGORY, &key).map_err(Failure::from)?;
    let stands = state.engine.load::<Delivery>(&stream, None).await?.state;
    if viewer.sees_all() && !stands.is_taken {
        return Err(none());
    }
    let read = read_again(&state, &viewer, stands.parked.as_ref());
    let context = viewer.context(&id, format!("requeue {delivery}").as_bytes());
    let cause = context.cause("requeue", state.world.clock.now());
    let by = Box::new(viewer.person.clone());
    let again = || DeliveryCommand::Requeue { by: by.clone(), read: read.clone() };
    let done =
        state.engine.execute::<Delivery>(&viewer.tenant, &key, &cause, "requeue a delivery", again).await?;
    done.map_err(|denied| Problem::denied(&denied))?;
    Ok(Json(json!({ "id": delivery, "signals": read.map_or(0, |signals| signals.len()) })))
}

fn read_again(state: &HttpState, viewer: &Viewer, parked: Option<&Parked>) -> Reading {
    let unread = |why: &str| Unread { place: "the body".to_owned(), why: why.to_owned() };
    let Some(Parked { at, source, kept: Some(kept), .. }) = parked else {
        return Err(unread("nothing of it is kept"));
    };
    let (github, cloudwatch) = (&state.settings.github, &state.settings.cloudwatch);
    match source.integration.as_str() {
        "github" => {
            let webhook = github.get(&viewer.tenant).ok_or_else(|| unread(GONE))?;
            let body = serde_json::from_str(kept).map_err(|_| unread("what was kept of it is not JSON"))?;
            webhook.reader.read(&source.event, &body, *at).unwrap_or_else(|| Ok(vec![]))
        }
        _ => cloudwatch.get(&viewer.tenant).ok_or_else(|| unread(GONE))?.reader.read(kept, *at),
    }
}
