//! `POST /api/v1/access/compare`: has the forge compared with the log; `GET`: what is known to be different.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use countersign_domain::access::words::deviation;
use countersign_domain::access::{Comparison, Deviation, WhyCompared};
use countersign_domain::capabilities::Drift;
use countersign_domain::repair::mark;
use countersign_domain::tenant::Role;
use countersign_projections::oversight;
use serde_json::{Value, json};

use crate::engine::Failure;
use crate::http::problem::Problem;
use crate::http::reads::rows;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;
use crate::oversight::{Comparer, Report};

/// For so long the answer waits for the comparison; after that it goes on by itself.
const PATIENCE: Duration = Duration::from_secs(45);

/// What is known to be different.
pub(super) async fn known(State(state): State<HttpState>, viewer: Viewer) -> Result<Json<Value>, Problem> {
    viewer.must_see_all()?;
    let rows = rows(&state, oversight::NAME).await?;
    let Comparison { differences, unread, last, .. } = oversight::comparison(&*rows, &viewer.tenant)?;
    Ok(Json(json!({
        "compared": last,
        "running": state.world.oversight.is_comparing(&viewer.tenant),
        "unread": unread,
        "differences": listed(&differences),
    })))
}

/// Compares now.
pub(super) async fn compare(State(state): State<HttpState>, viewer: Viewer) -> Result<Json<Value>, Problem> {
    if !viewer.person.is(Role::Admin) {
        return Err(Problem::forbidden("This takes an admin."));
    }
    let why = WhyCompared::Asked { by: viewer.person.id.clone() };
    let begun = Comparer::new(state.world.clone(), state.engine.clone()).begin(&viewer.tenant, why);
    let report = match tokio::time::timeout(PATIENCE, begun).await {
        Ok(report) => report.map_err(Failure::from)??,
        Err(_) => return Ok(Json(json!({ "running": true }))),
    };
    let none = || Problem::not_found("The configuration names no forge for this tenant.");
    let Report { repositories, accounts, unread, differences, lowered, .. } = report.ok_or_else(none)?;
    Ok(Json(json!({
        "running": false,
        "repositories": repositories,
        "accounts": accounts,
        "unread": unread,
        "differences": listed(&differences),
        "lowered": lowered.iter().map(countersign_domain::access::words::lowered).collect::<Vec<_>>(),
    })))
}

fn listed(differences: &[Deviation]) -> Vec<Value> {
    let one = |found: &Deviation| {
        let mut value = json!(found);
        value["explanation"] = deviation(found).into();
        value["difference"] = mark(&Drift::from(found.clone())).into();
        value
    };
    differences.iter().map(one).collect()
}
