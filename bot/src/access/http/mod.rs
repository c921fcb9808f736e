//! Access in the API: the requests, who has what, and what differs between forge and log.

mod compare;
mod grants;
mod requests;

pub(crate) use requests::sees_held;

use crate::http::{Route, get, post};

/// Its addresses.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/access/compare", "What is known to differ between forge and log", compare::known),
        post("/api/v1/access/compare", "Compares the forge with the log", compare::compare),
        get("/api/v1/access-requests", "Requests, newest first", requests::list).takes(requests::PARAMETERS),
        get("/api/v1/access-requests/{code}", "One request", requests::one).tagged(),
        get("/api/v1/grants", "Accesses in force, at any moment", grants::list).takes(grants::PARAMETERS),
    ]
}
