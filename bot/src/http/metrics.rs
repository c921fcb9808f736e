//! `/metrics`: what is measured as it happens, and what is counted when somebody looks.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::IntoResponse;
use countersign_domain::alarm::About;
use countersign_domain::envelope::Position;
use countersign_projections::{effect, oversight, request, tenant};

use super::api::effects::STATES;
use super::monitor::Monitor;
use super::problem::Problem;
use super::request_id::RequestId;
use super::state::HttpState;
use super::viewer;

/// The Prometheus text.
pub(super) async fn metrics(
    State(state): State<HttpState>,
    Monitor(monitor): Monitor,
    id: RequestId,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    if !monitor {
        if headers.contains_key(AUTHORIZATION) {
            viewer::braked(&state, &id)?;
        }
        return Err(Problem::sign_in_needed(
            "The measures are for who watches this bot: send the token of `http.monitor_sha256`, or ask from its own machine.",
        ));
    }
    let Some(handle) = &state.settings.metrics else {
        return Err(Problem::not_found("Nothing is measured: the bot runs without a recorder."));
    };
    count(&state).await?;
    handle.run_upkeep();
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()))
}

/// Sets the gauges of what the read models know.
async fn count(state: &HttpState) -> Result<(), Problem> {
    let projections = &state.world.projections;
    let head = state.world.store.head().await?.map_or(0, Position::for_store);
    gauge("countersign_log_position", head, &[]);
    for projection in projections.states() {
        let position = projection.position.map_or(0, Position::for_store);
        // Positions are only ordered, so this is a count of events in the journal and an upper bound elsewhere.
        gauge(
            "countersign_projection_lag_events",
            head.saturating_sub(position),
            &[("projection", projection.name)],
        );
        gauge(
            "countersign_projection_failed",
            u64::from(projection.failed.is_some()),
            &[("projection", projection.name)],
        );
    }
    let (requests, effects) = (projections.rows(request::NAME), projections.rows(effect::NAME));
    let watched = projections.rows(oversight::NAME);
    for name in tenant::all(&*projections.rows(tenant::NAME))? {
        let label = ("tenant", name.as_str());
        for ((kind, status), count) in request::open_counts(&*requests, &name)? {
            gauge("countersign_requests_open", count, &[label, ("kind", kind), ("status", status)]);
        }
        let in_force = request::in_force_count(&*requests, &name)? as u64;
        gauge("countersign_grants_active", in_force, &[label]);
        gauge("countersign_endings_open", request::not_undone(&*requests, &name)? as u64, &[label]);
        let alarms = oversight::alarms(&*watched, &name)?;
        for kind in About::KINDS {
            let on = alarms.iter().filter(|on| on.about.kind() == kind).count() as u64;
            gauge("countersign_alarms", on, &[label, ("kind", kind)]);
        }
        let differences = oversight::comparison(&*watched, &name)?.differences.len() as u64;
        gauge("countersign_access_differences", differences, &[label]);
        let counts = effect::counts(&*effects, &name)?;
        for state in STATES {
            let labels = [label, ("state", state.as_str())];
            gauge("countersign_effects", counts.get(&state).copied().unwrap_or(0), &labels);
        }
    }
    Ok(())
}

fn gauge(name: &'static str, value: u64, labels: &[(&'static str, &str)]) {
    let labels: Vec<_> =
        labels.iter().map(|(name, value)| metrics::Label::new(*name, (*value).to_owned())).collect();
    // A gauge is a float; counts of this size are exact in it.
    #[expect(clippy::cast_precision_loss, reason = "no count here is near 2^53")]
    metrics::gauge!(name, labels).set(value as f64);
}
