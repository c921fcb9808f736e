//! Rules in the API and in the console.

mod api;
mod page;

use crate::http::{FORM, JSON, Route, get, post};

/// Their addresses.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/rules", "The rules in force: version and text", api::show),
        get("/api/v1/rules/versions", "Every version of the rules, newest first", api::versions),
        get("/api/v1/rules/versions/{version}", "One version of the rules, with its text", api::version),
        post("/api/v1/rules/proposals", "Proposes other rules: in force once countersigned", api::propose)
            .sent(JSON, &["text", "back_to", "base", "because"]),
        get(
            "/api/v1/rules/proposals/{code}",
            "One proposal: text, changes, what would become",
            api::proposal,
        ),
        get("/rules", "The rules, and the form to propose others", page::rules)
            .takes(page::PARAMETERS)
            .page(),
        post("/rules", "Proposes rules, or an earlier version once more", page::propose_rules)
            .sent(FORM, &["text", "because", "base", "back_to"]),
    ]
}
