//! The table of addresses: what the router serves, and what `/api/openapi.json` says it serves.

use axum::handler::Handler;
use axum::middleware::from_fn;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::query::Parameter;
use super::state::HttpState;
use super::{
    answers, api, cloudwatch, etag, events, health, metrics, observed, openapi, sign_in, socket, surface,
    web, webhook,
};
use crate::capabilities;
use crate::conversation;
use crate::support;
use crate::timeline;

/// One address and method.
pub(crate) struct Route {
    /// As OpenAPI writes it: `get`.
    pub(crate) method: &'static str,
    /// With its parts in braces.
    pub(crate) path: &'static str,
    /// What it does, in one line.
    pub(crate) about: &'static str,
    /// The query parameters it takes.
    pub(crate) parameters: &'static [Parameter],
    /// What is sent, where something is.
    pub(crate) body: Option<Body>,
    /// Who may come in.
    pub(crate) door: Door,
    /// Whether it may take as long as it takes, for as long as somebody waits.
    pub(crate) unhurried: bool,
    /// Whether it is a page, to which a link may lead.
    pub(crate) is_page: bool,
    /// Whether it is one thing, of which a program may ask whether it still is as it has it.
    pub(crate) is_tagged: bool,
    /// What is spoken there once it is open, where it is a WebSocket.
    pub(crate) spoken: Option<&'static str>,
    /// What answers.
    pub(crate) handler: MethodRouter<HttpState>,
}

/// What is sent: its media type, and its fields, of which those with a star must be there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body(pub(crate) &'static str, pub(crate) &'static [&'static str]);

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Everybody.
    Open,
    /// Who shows a token or a session.
    SignedIn,
    /// Who signs the body.
    Signed,
}

/// Before all addresses that programs call.
pub(super) const API: &str = "/api/v1/";
/// What programs send.
pub(crate) const JSON: &str = "application/json";
/// What a page of the console sends.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Every route: what is the same for all capabilities, and what each has of its own.
pub(crate) fn table() -> Vec<Route> {
    let of_all = api().into_iter().chain(page()).chain(machines());
    let of_the_desk = conversation::http::routes().into_iter().chain(support::http::routes());
    let of_outside = timeline::http::routes();
    of_all.chain(of_the_desk).chain(of_outside).chain(capabilities::routes()).collect()
}

/// For programs, in the name of a person.
fn api() -> Vec<Route> {
    use api::{audit, chat, effects, export, me, projections, requests};
    vec![
        get("/api/v1/audit", "Events, oldest first", audit::list).takes(audit::PARAMETERS),
        post("/api/v1/chat", "Says a sentence: {text} in, {cards} out", chat::say).sent(JSON, &["*text"]),
        get(
            "/api/v1/conversations/{id}/events",
            "Answers as they are given, as server-sent events",
            answers::events,
        ),
        get("/api/v1/effects", "Effects, newest first", effects::list).takes(effects::PARAMETERS),
        post("/api/v1/effects/{id}/requeue", "Tries a parked effect again", effects::requeue),
        post("/api/v1/effects/{id}/resolve", effects::RESOLVE, effects::resolve)
            .sent(JSON, &["*resolution", "note"]),
        get("/api/v1/export", "Whole envelopes, as JSON Lines", export::export).takes(export::PARAMETERS),
        get("/api/v1/me", "Who you are", me::me),
        get("/api/v1/projections", "How the read models stand", projections::list),
        post("/api/v1/projections/{name}/rebuild", "Folds a read model anew", projections::rebuild)
            .unhurried(),
        get("/api/v1/requests", "Requests of every kind, newest first", requests::list)
            .takes(requests::PARAMETERS),
        get("/api/v1/requests/{code}", "The card of one request, as it stands now", requests::card).tagged(),
        get(
            "/api/v1/ws",
            "Opens a WebSocket, over which sentences are said and answers told as they are given",
            socket::connect,
        )
        .speaks(socket::SPOKEN),
    ]
}

/// For browsers.
fn page() -> Vec<Route> {
    vec![
        get("/", "The page", web::home).takes(web::PARAMETERS).through(Door::Open).page(),
        get("/assets/{file}", "The page's style, script and icon", web::asset).through(Door::Open),
        get("/events", "Cards as they change", events::events).takes(events::PARAMETERS),
        get("/me", "What the bot keeps of you, and what you want of it", web::me).page(),
        post("/me", "Changes that: says the sentence of a form of the page", web::change)
            .sent(FORM, &["say", "from", "to", "zone", "until", "deputies"]),
        post("/say", "Says a sentence on the page", web::say).sent(FORM, &["*text"]),
        post("/sign-in", "Opens a session: the form field `token`", sign_in::sign_in)
            .sent(FORM, &["*token", "next"])
            .through(Door::Open),
        post("/sign-out", "Ends the session", sign_in::sign_out).through(Door::Open),
    ]
}

/// For what watches the bot, and for vendors.
fn machines() -> Vec<Route> {
    vec![
        get("/api/openapi.json", "This document", openapi::document).through(Door::Open),
        post("/api/messages", "Takes an activity of the only Teams there is", surface::teams::messages)
            .sent(JSON, &[])
            .through(Door::Signed),
        get("/healthz", "Whether it is alive", health::alive).through(Door::Open),
        get("/metrics", "Prometheus text", metrics::metrics).through(Door::Open),
        get("/readyz", "Whether it can do its work", health::ready).through(Door::Open),
        post("/webhooks/cloudwatch/{tenant}", "Takes a notification of CloudWatch's", cloudwatch::deliver)
            .sent(JSON, &[])
            .through(Door::Signed),
        post("/webhooks/discord/{tenant}", "Takes an interaction of Discord's", surface::discord::deliver)
            .sent(JSON, &[])
            .through(Door::Signed),
        post("/webhooks/github/{tenant}", "Takes a webhook of GitHub's", observed::github)
            .sent(JSON, &[])
            .through(Door::Signed),
        post("/webhooks/jira/{tenant}", "Takes a webhook of Jira's", webhook::jira)
            .sent(JSON, &[])
            .through(Door::Signed),
        post("/webhooks/slack/{tenant}", "Takes a delivery of Slack's", surface::slack::deliver)
            .sent(JSON, &[])
            .through(Door::Signed),
        post("/webhooks/teams/{tenant}", "Takes an activity of Teams'", surface::teams::deliver)
            .sent(JSON, &[])
            .through(Door::Signed),
    ]
}

impl Route {
    /// With these query parameters.
    pub(crate) fn takes(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }

    /// With a body.
    pub(crate) fn sent(self, media: &'static str, fields: &'static [&'static str]) -> Self {
        Self { body: Some(Body(media, fields)), ..self }
    }

    /// As a page.
    pub(crate) fn page(self) -> Self {
        Self { is_page: true, ..self }
    }

    /// As one thing that has a tag.
    pub(crate) fn tagged(self) -> Self {
        Self { is_tagged: true, handler: self.handler.layer(from_fn(etag::tagged)), ..self }
    }

    /// As a WebSocket.
    fn speaks(self, spoken: &'static str) -> Self {
        Self { spoken: Some(spoken), ..self }
    }

    fn unhurried(self) -> Self {
        Self { unhurried: true, ..self }
    }

    fn through(self, door: Door) -> Self {
        Self { door, ..self }
    }
}

/// Something to read there.
pub(crate) fn get<T: 'static>(
    path: &'static str,
    about: &'static str,
    handler: impl Handler<T, HttpState>,
) -> Route {
    route("get", path, about, on(MethodFilter::GET, handler))
}

/// Something to do there.
pub(crate) fn post<T: 'static>(
    path: &'static str,
    about: &'static str,
    handler: impl Handler<T, HttpState>,
) -> Route {
    route("post", path, about, on(MethodFilter::POST, handler))
}

/// Something to end there: what has ended already stays as it is, however often that is asked for.
pub(crate) fn delete<T: 'static>(
    path: &'static str,
    about: &'static str,
    handler: impl Handler<T, HttpState>,
) -> Route {
    route("delete", path, about, on(MethodFilter::DELETE, handler))
}

/// An address for those who are signed in.
const fn route(
    method: &'static str,
    path: &'static str,
    about: &'static str,
    handler: MethodRouter<HttpState>,
) -> Route {
    Route {
        method,
        path,
        about,
        parameters: &[],
        body: None,
        door: Door::SignedIn,
        unhurried: false,
        is_page: false,
        is_tagged: false,
        spoken: None,
        handler,
    }
}
