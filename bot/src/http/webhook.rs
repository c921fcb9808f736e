//! `POST /webhooks/jira/{tenant}`: checked over the raw body, kept as an event, answered. The request itself follows from
//! the event, so what was answered with "accepted" is never lost.
//!
//! Each refusal is kept or counted ([`crate::refusals`]): for the tenant, or for the installation where there is no such
//! tenant. Its body is read up to its limit even then, and checked against a secret that nobody has, so that neither the answer
//! nor the time it takes says anything about which tenants there are.

use std::fmt::Display;
use std::time::Instant;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use countersign_atlassian::webhook::{self, Delivered, TicketForm, Verified, WebhookRefusal};
use countersign_domain::denied::Violation;
use countersign_domain::envelope::{Cause, Digest, derived_id};
use countersign_domain::heard::Form;
use countersign_domain::hidden::hidden;
use countersign_domain::names::Tenant;
use countersign_domain::record::{Record, TicketNews, TicketRequest};
use countersign_domain::ticket::Fault;
use futures::StreamExt as _;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::layers::LARGEST_BODY;
use super::problem::Problem;
use super::refusal;
use super::request_id::RequestId;
use super::state::{HttpState, JiraWebhook};
use crate::chat::LONGEST;
use crate::context::system;
use crate::tickets::summary::Known;
use crate::vault;

/// What the ids of deliveries are derived in.
pub(super) const DELIVERIES: Uuid = Uuid::from_u128(0x1f2b_7d3a_90c4_4e51_8f0e_c011_7e25_16a1);

/// Takes a delivery in.
pub(super) async fn jira(
    State(state): State<HttpState>,
    Path(tenant): Path<String>,
    id: RequestId,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = read(body).await;
    let known = tenant.parse::<Tenant>().ok().and_then(|tenant| {
        let webhook = state.settings.webhooks.get(&tenant)?.clone();
        Some((tenant, webhook))
    });
    let Some((tenant, webhook)) = known else {
        let problem = match verified(&state.nobody.webhooks, &headers, &body) {
            Err(problem) => problem,
            Ok(_) => WebhookRefusal::WrongSignature.into(),
        };
        refusal::of_webhook(&state, "jira", None, &id, &problem, body.bytes()).await?;
        return Err(problem);
    };
    let start = Instant::now();
    let taken = take_in(&state, &tenant, &webhook, &id, &headers, &body).await;
    let (vendor, outcome) = ("jira", *taken.as_ref().unwrap_or(&"rejected"));
    metrics::histogram!("countersign_webhook_seconds").record(start.elapsed().as_secs_f64());
    metrics::counter!("countersign_webhooks_total", "vendor" => vendor, "tenant" => tenant.to_string(), "outcome" => outcome)
        .increment(1);
    match taken {
        Ok(status) => Ok((StatusCode::ACCEPTED, Json(json!({ "status": status }))).into_response()),
        Err(problem) => {
            if let Some(troubles) = state.webhook_troubles.get(&(tenant.clone(), "jira")) {
                troubles.tell(refusal::trouble(&problem), problem.detail());
            }
            if problem.status().is_client_error() {
                refusal::of_webhook(&state, "jira", Some(&tenant), &id, &problem, body.bytes()).await?;
            }
            Err(problem)
        }
    }
}

async fn take_in(
    state: &HttpState,
    tenant: &Tenant,
    webhook: &JiraWebhook,
    id: &RequestId,
    headers: &HeaderMap,
    body: &Read,
) -> Result<&'static str, Problem> {
    let secret = state.world.secrets.get(&vault::scoped(tenant, &webhook.secret)).await.map_err(|error| {
        tracing::error!(%tenant, "{error}");
        Problem::from(WebhookRefusal::NoSecret)
    })?;
    let verified = verified(&secret, headers, body)?;
    // Whatever it says of which ticket, what was known of tickets may be old.
    state.world.looked.forget_tickets(tenant);
    let body = body.bytes();
    let delivered = webhook::parse(body, &webhook.fields, &webhook.requests)?;
    let title = match &delivered {
        Delivered::Asks(ticket) if misleading(&ticket.title).is_none() => Some(ticket.title.clone()),
        _ => None,
    };
    let (mut request, news) = told(delivered);
    if let (Some(request), Some(title)) = (&mut request, title) {
        let unread = unread_title(state, tenant, request, &title).await?;
        request.faults.extend(unread);
    }
    let asks = request.is_some();
    let command = derived_id(DELIVERIES, &format!("{tenant} jira {}", verified.delivery));
    let at = state.world.clock.now();
    let correlation = id.correlation(&format!("{tenant} jira"));
    let cause = Cause { actor: system("jira"), command, correlation, causation: command, at };
    let (vendor, delivery) = ("jira".to_owned(), verified.delivery);
    let record = Record::WebhookReceived { vendor, delivery, body: Digest::of(body), request, news };
    let new = state.engine.record(tenant, &command.to_string(), &cause, &record).await?;
    Ok(match (new.is_some(), asks) {
        (false, _) => "repeated",
        (true, true) => "accepted",
        (true, false) => "ignored",
    })
}

/// The proof that the whole body is signed with this secret.
fn verified(secret: &SecretString, headers: &HeaderMap, body: &Read) -> Result<Verified, Problem> {
    match body {
        Read::Whole(bytes) => Ok(webhook::verify(secret, headers, bytes)?),
        Read::TooLarge(_) => Err(WebhookRefusal::TooLarge(LARGEST_BODY + 1).into()),
        Read::Broken(_) => Err(Problem::bad_request("The body ended before it was whole: send it again.")),
    }
}

/// What a delivery asks for, and what else it says that matters here.
fn told(delivered: Delivered) -> (Option<TicketRequest>, Option<TicketNews>) {
    match delivered {
        Delivered::Nothing => (None, None),
        Delivered::Asks(ticket) => (Some(request(ticket)), None),
        Delivered::Unreadable(ticket) => {
            let (key, several) = (ticket.key.clone(), ticket.several.clone());
            let TicketRequest { form, edited, at, .. } = request(ticket);
            (None, Some(TicketNews::Unreadable { ticket: key, form, edited, several, at }))
        }
        Delivered::AsksNothing { key, at } => (None, Some(TicketNews::AsksNothing { ticket: key, at })),
        Delivered::Touched { key } => (None, Some(TicketNews::Touched { ticket: key })),
        Delivered::Gone { key } => (None, Some(TicketNews::Gone { ticket: key })),
        Delivered::Moved { key, to } => (None, Some(TicketNews::Moved { ticket: key, to })),
    }
}

/// That a ticket's title says more than the form. What it says stands on the ticket, where it is told, and in no event.
async fn unread_title(
    state: &HttpState,
    tenant: &Tenant,
    request: &TicketRequest,
    title: &str,
) -> Result<Option<Violation>, Problem> {
    let people = state.directory.present(tenant).await?.state;
    let customs = state.world.customs(tenant);
    Ok(Known { request, people: &people, customs: &customs }.unread(title))
}

/// The request that a ticket is. Its title is no reason: whoever can see the ticket reads it there, and nobody else is told it.
fn request(ticket: TicketForm) -> TicketRequest {
    let form = ticket.form;
    TicketRequest {
        reporter: ticket.reporter_account,
        reporter_name: ticket.reporter_name,
        // One character more than anything may have is enough to say that it is too long.
        form: Form {
            permission: form.permission,
            repository: form.repository,
            user: form.user,
            duration: form.duration,
            ticket: Some(ticket.key),
            reason: form.reason,
        }
        .cut(LONGEST + 1),
        faults: misleading(&ticket.title).into_iter().chain(ticket.unread).collect(),
        beside: ticket.harmless,
        edited: ticket.edited,
        at: ticket.at,
    }
}

/// What is wrong with a title that shows something else than it holds.
fn misleading(title: &str) -> Option<Violation> {
    let (at, character) = hidden(title)?;
    let place = title[..at].chars().count();
    let character = format!("U+{:04X}", u32::from(character));
    Some(Fault::MisleadingTitle { character, place: place + 1 }.into())
}

/// A body, as far as it was read.
pub(super) enum Read {
    Whole(Vec<u8>),
    TooLarge(Vec<u8>),
    Broken(Vec<u8>),
}

impl Read {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) | Self::TooLarge(bytes) | Self::Broken(bytes) => bytes,
        }
    }
}

pub(super) async fn read(body: Body) -> Read {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else { return Read::Broken(bytes) };
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST_BODY {
            return Read::TooLarge(bytes);
        }
    }
    Read::Whole(bytes)
}

impl From<WebhookRefusal> for Problem {
    fn from(refusal: WebhookRefusal) -> Self {
        let status = match &refusal {
            // Jira may not repeat what is not JSON either way: a shape it never sends is malformed too.
            WebhookRefusal::WrongShape(_) => StatusCode::BAD_REQUEST,
            other => other.status(),
        };
        not_taken(status, &refusal)
    }
}

/// What is answered to a delivery that is not taken, whoever's it is.
pub(super) fn not_taken(status: StatusCode, why: &impl Display) -> Problem {
    let kind = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::UNAUTHORIZED => "signature-refused",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        _ => "bad-request",
    };
    let detail = if status == StatusCode::PAYLOAD_TOO_LARGE {
        "The body is over the limit of 1 MiB.".to_owned()
    } else {
        format!("Not taken: {why}.")
    };
    Problem::new(status, kind, detail)
}
