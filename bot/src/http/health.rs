//! `/healthz`: the process answers. `/readyz`: it can do its work; where it cannot, why.

use std::convert::Infallible;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use countersign_domain::names::Tenant;
use countersign_domain::ports::SurfaceKind;
use countersign_outbound::Troubles;
use countersign_projections::{Rows, RowsError, oversight};
use serde_json::{Value, json};

use super::monitor::Monitor;
use super::problem::IS_PAGE;
use super::state::HttpState;
use crate::surfaces::Connection;
use crate::world::Vendors;

/// Read models this many events behind are not ready: what people read would be old.
const BEHIND: usize = 1000;

/// It is alive.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// Whether it is ready, and for who watches the bot the reasons why not. A vendor that does not answer is no reason, and neither is a chat that is
/// not connected: both are shown, and work waits for them.
pub(super) async fn ready(State(state): State<HttpState>, Monitor(monitor): Monitor) -> Response {
    let asked = async { Ok::<_, Infallible>(reasons(&state).await) };
    let reasons = state.not_ready.fresh(asked).await.unwrap_or_else(|never| match never {});
    let mut body = if monitor { details(&state) } else { json!({}) };
    if reasons.is_empty() {
        body["status"] = json!("ready");
        return Json(body).into_response();
    }
    body["status"] = json!("not ready");
    if monitor {
        body["reasons"] = json!(reasons);
    }
    (StatusCode::SERVICE_UNAVAILABLE, [IS_PAGE], Json(body)).into_response()
}

/// What only who watches the bot is shown: it names organisations and machines.
fn details(state: &HttpState) -> Value {
    let mut details = json!({ "breakers": (state.settings.breakers)(), "surfaces": surfaces(state) });
    details["webhooks"] = webhooks(state);
    details["vendors"] = json!(state.world.oversight.doors.seen());
    let (rows, tenants) =
        (state.world.projections.rows(oversight::NAME), state.world.tenants.keys().collect::<Vec<_>>());
    (details["alarms"], details["differences"]) = (alarms(&*rows, &tenants), differences(&*rows, &tenants));
    if let Some(standing) = state.world.duties.standing() {
        details["bots"] = json!(standing);
    }
    details
}

/// How each tenant's chats can reach the bot, and what goes wrong on that way.
fn surfaces(state: &HttpState) -> Vec<Value> {
    let of_tenant = |(tenant, vendors): (&Tenant, &Vendors)| {
        let tenant = tenant.clone();
        let shown = move |(surface, connection): (SurfaceKind, Connection)| {
            let troubles = vendors.talk.sides.troubles(surface).map(Troubles::view).unwrap_or_default();
            json!({ "tenant": tenant, "surface": surface, "connection": connection, "troubles": troubles })
        };
        vendors.talk.sides.connections().map(shown).collect::<Vec<_>>()
    };
    state.world.tenants.iter().flat_map(of_tenant).collect()
}

/// What goes wrong on the way of each vendor's webhooks to the bot.
fn webhooks(state: &HttpState) -> Value {
    let shown = |((tenant, vendor), troubles): (&(Tenant, &'static str), &Troubles)| json!({ "tenant": tenant, "vendor": vendor, "troubles": troubles.view() });
    state.webhook_troubles.iter().map(shown).collect()
}

/// What somebody must look after, in every tenant: no reason not to be ready, for work goes on.
fn alarms(rows: &dyn Rows, tenants: &[&Tenant]) -> Value {
    let of_tenant = |tenant: &&Tenant| match oversight::alarms(rows, tenant) {
        Ok(on) => on
            .into_iter()
            .map(|on| json!({ "tenant": tenant, "about": on.about, "why": on.why, "since": on.since }))
            .collect(),
        Err(error) => vec![unread(tenant, &error)],
    };
    tenants.iter().flat_map(of_tenant).collect()
}

/// What the forge holds beside what the log wants, in every tenant.
fn differences(rows: &dyn Rows, tenants: &[&Tenant]) -> Value {
    let of_tenant = |tenant: &&Tenant| match oversight::comparison(rows, tenant) {
        Ok(known) => {
            let explained = known.explained();
            json!({ "tenant": tenant, "compared": known.last, "not_looked_at": known.unread, "differences": explained })
        }
        Err(error) => unread(tenant, &error),
    };
    tenants.iter().map(of_tenant).collect()
}

/// Of what cannot be read, nobody knows that there is none.
fn unread(tenant: &Tenant, error: &RowsError) -> Value {
    json!({ "tenant": tenant, "cannot_be_read": error.to_string() })
}

async fn reasons(state: &HttpState) -> Vec<String> {
    let mut reasons = Vec::new();
    if state.stopping.is_cancelled() {
        reasons.push("the bot is stopping".to_owned());
    }
    if let Err(error) = state.world.store.head().await {
        reasons.push(format!("the log does not answer: {error}"));
    }
    if let Some(why) = state.world.duties.standing().and_then(|standing| standing.unfit) {
        reasons.push(format!("this bot leaves everything to newer ones: {why}"));
    }
    for projection in state.world.projections.states() {
        if let Some(why) = projection.failed {
            reasons.push(format!("the read model {} has stopped: {why}", projection.name));
            continue;
        }
        match state.world.store.read_all(projection.position, BEHIND).await {
            Ok(page) if page.len() == BEHIND => {
                reasons
                    .push(format!("the read model {} is {BEHIND} events behind, or more", projection.name));
            }
            Ok(_) => {}
            Err(error) => reasons.push(format!("the log cannot be read: {error}")),
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use countersign_projections::{Range, Row};

    use super::*;

    /// Rows of a store that is broken.
    struct Broken;

    impl Rows for Broken {
        fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
            Err(RowsError::Storage("the disk is gone".to_owned()))
        }

        fn scan(&self, _: Range, _: bool, _: usize) -> Result<Vec<Row>, RowsError> {
            Err(RowsError::Storage("the disk is gone".to_owned()))
        }
    }

    #[test]
    fn trust_a7_what_cannot_be_read_is_not_shown_as_nothing() {
        let tenant: Tenant = "acme".parse().unwrap();
        for shown in [alarms(&Broken, &[&tenant]), differences(&Broken, &[&tenant])] {
            let [one] = &shown.as_array().expect("a list")[..] else { panic!("{shown:#}") };
            let why = one["cannot_be_read"].as_str().expect("a reason");
            assert!(one["tenant"] == "acme" && why.contains("the disk is gone"), "{shown:#}");
        }
    }
}
