//! The table of addresses: what the router serves, and what `/api/openapi.json` says it serves.

use axum::routing::{MethodRouter, get, post, put};

use super::query::Parameter;
use super::state::HttpState;
use super::{api, events, health, metrics, openapi, sign_in, web, webhook};

/// One address and method.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// What it does, in one line.
    pub(super) about: &'static str,
    /// The query parameters it takes.
    pub(super) parameters: &'static [Parameter],
    /// Who may.
    pub(super) door: Door,
    pub(super) handler: MethodRouter<HttpState>,
}

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Everybody.
    Open,
    /// Who shows a token or a session.
    SignedIn,
    /// Who signs the body.
    Signed,
}

/// Every route, by path.
pub(super) fn table() -> Vec<Route> {
    use Door::{Open, Signed, SignedIn};
    let row = |method, path, about, parameters, door, handler| Route {
        method,
        path,
        about,
        parameters,
        door,
        handler,
    };
    vec![
        row("get", "/", "The page", &[], Open, get(web::home)),
        row("get", "/api/openapi.json", "This document", &[], Open, get(openapi::document)),
        row(
            "get",
            "/api/v1/access-requests",
            "Requests, newest first",
            api::access::PARAMETERS,
            SignedIn,
            get(api::access::list),
        ),
        row("get", "/api/v1/access-requests/{code}", "One request", &[], SignedIn, get(api::access::one)),
        row(
            "get",
            "/api/v1/audit",
            "Events, oldest first",
            api::audit::PARAMETERS,
            SignedIn,
            get(api::audit::list),
        ),
        row(
            "post",
            "/api/v1/chat",
            "Says a sentence: {\"text\"} in, {\"cards\"} out",
            &[],
            SignedIn,
            post(api::chat::say),
        ),
        row(
            "get",
            "/api/v1/effects",
            "Effects, newest first",
            api::effects::PARAMETERS,
            SignedIn,
            get(api::effects::list),
        ),
        row(
            "post",
            "/api/v1/effects/{id}/requeue",
            "Tries a parked effect again",
            &[],
            SignedIn,
            post(api::effects::requeue),
        ),
        row(
            "post",
            "/api/v1/effects/{id}/resolve",
            "Says what became of a parked effect: {\"resolution\": done or abandoned, \"note\"}",
            &[],
            SignedIn,
            post(api::effects::resolve),
        ),
        row(
            "get",
            "/api/v1/export",
            "Whole envelopes of the tenant, as JSON Lines",
            api::export::PARAMETERS,
            SignedIn,
            get(api::export::export),
        ),
        row(
            "get",
            "/api/v1/grants",
            "Accesses in force, now or at any moment",
            api::grants::PARAMETERS,
            SignedIn,
            get(api::grants::list),
        ),
        row("get", "/api/v1/me", "Who you are", &[], SignedIn, get(api::me::me)),
        row(
            "get",
            "/api/v1/projections",
            "How the read models stand",
            &[],
            SignedIn,
            get(api::projections::list),
        ),
        row(
            "post",
            "/api/v1/projections/{name}/rebuild",
            "Folds a read model anew, beside the one that is served",
            &[],
            SignedIn,
            post(api::projections::rebuild),
        ),
        row(
            "get",
            "/api/v1/rules",
            "The rules in force: version and text",
            &[],
            SignedIn,
            get(api::rules::show),
        ),
        row(
            "put",
            "/api/v1/rules",
            "Publishes rules: the text is the body",
            &[],
            SignedIn,
            put(api::rules::publish),
        ),
        row("get", "/assets/{file}", "The page's style, script and icon", &[], Open, get(web::asset)),
        row(
            "get",
            "/events",
            "Cards as they change, as server-sent events",
            events::PARAMETERS,
            SignedIn,
            get(events::events),
        ),
        row("get", "/healthz", "Whether it is alive", &[], Open, get(health::alive)),
        row("get", "/metrics", "Prometheus text", &[], Open, get(metrics::metrics)),
        row("get", "/readyz", "Whether it can do its work", &[], Open, get(health::ready)),
        row("post", "/say", "Says a sentence on the page", &[], SignedIn, post(web::say)),
        row("post", "/sign-in", "Opens a session: the form field `token`", &[], Open, post(sign_in::sign_in)),
        row("post", "/sign-out", "Ends the session", &[], Open, post(sign_in::sign_out)),
        row("post", "/webhooks/jira/{tenant}", "Takes a webhook of Jira's", &[], Signed, post(webhook::jira)),
    ]
}
