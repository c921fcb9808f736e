//! The HTTP side: API, web chat, server-sent events, webhooks, health and measures.

mod answers;
mod api;
mod brake;
mod changes;
mod cloudwatch;
mod cors;
mod etag;
mod events;
mod health;
mod heavy;
mod host;
mod layers;
mod metrics;
mod monitor;
mod nobody;
mod observed;
mod once;
pub(crate) mod onward;
mod openapi;
mod origin;
mod pages;
pub(crate) mod problem;
pub(crate) mod query;
mod rate;
pub(crate) mod reads;
mod refusal;
mod rejections;
pub(crate) mod request_id;
mod routes;
mod sessions;
mod sign_in;
mod socket;
pub(crate) mod state;
mod surface;
mod tokens;
pub(crate) mod viewer;
mod watching;
pub(crate) mod web;
mod webhook;

#[cfg(test)]
mod tests;

pub(crate) use routes::{FORM, JSON, Route, delete, get, post};

pub use host::Hosts;
pub use monitor::Monitors;
pub use rate::Quotas;
pub use state::{
    AlarmTopics, Breakers, GithubWebhook, HttpParts, HttpSettings, HttpState, JiraWebhook, SignInChoice,
};

pub use tokens::{Holder, TokenTable};

/// Everything that is served, with all that stands around it.
pub fn router(state: &HttpState) -> axum::Router {
    router_with(state, axum::Router::new())
}

/// The same with what is served beside it: it has its own pages and errors, and is under the same names as everything else.
pub fn router_with(state: &HttpState, beside: axum::Router) -> axum::Router {
    let cors = cors::layer(&state.settings.origins);
    let add = |router: axum::Router<HttpState>, route: routes::Route| {
        let handler = if route.unhurried { route.handler } else { route.handler.layer(layers::in_time()) };
        let handler = match &cors {
            Some(cors) if route.path.starts_with(routes::API) => handler.layer(cors.clone()),
            _ => handler,
        };
        router.route(route.path, handler)
    };
    let router = routes::table().into_iter().fold(axum::Router::new(), add);
    let nothing = async || problem::Problem::of_status(axum::http::StatusCode::NOT_FOUND);
    let router = router.fallback(nothing).with_state(state.clone());
    layers::around(router, beside, state)
}
