//! `POST /webhooks/cloudwatch/{tenant}`: what Amazon tells of the topics that the tenant named, signed by Amazon. A subscription is confirmed
//! at the region's own host, and nothing that the notification says is ever called.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_domain::envelope::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::timeline::Source;
use countersign_observed::sns::{self, Kind, Message, Refusal};
use countersign_outbound::Trouble;
use serde_json::Value;

use super::layers::LARGEST_BODY;
use super::observed::{answered, keep, trouble};
use super::problem::Problem;
use super::request_id::RequestId;
use super::state::{AlarmTopics, HttpState};
use super::webhook::{Read, not_taken, read};

/// Whose it is.
const VENDOR: &str = "cloudwatch";

/// Takes a notification in.
pub(super) async fn deliver(
    State(state): State<HttpState>,
    Path(tenant): Path<String>,
    id: RequestId,
    body: Body,
) -> Result<Response, Problem> {
    let (start, body) = (Instant::now(), read(body).await);
    let known = tenant.parse::<Tenant>().ok().and_then(|tenant| {
        let topics = state.settings.cloudwatch.get(&tenant)?.clone();
        Some((tenant, topics))
    });
    let taken = match (&known, message(&body)) {
        (Some((tenant, topics)), Ok(message)) => {
            take_in(&state, (tenant, topics), &id, (&body, message)).await
        }
        // As of a topic that nobody named: nobody is asked for anything.
        (None, Ok(_)) => Err(Refusal::Unsigned.into()),
        (_, Err(problem)) => Err(problem),
    };
    answered(&state, (VENDOR, known.as_ref().map(|(tenant, _)| tenant)), &id, &body, (taken, start)).await
}

async fn take_in(
    state: &HttpState,
    (tenant, topics): (&Tenant, &AlarmTopics),
    id: &RequestId,
    (body, message): (&Read, Message),
) -> Result<&'static str, Problem> {
    let Some(notary) = &state.settings.notary else {
        return Err(Refusal::NoCertificate("there is no way out".to_owned()).into());
    };
    let now = state.world.clock.now();
    sns::verify(&**notary, &topics.topics, &message, now).await?;
    match (message.kind, &message.token) {
        (Kind::Notification, _) => {}
        (Kind::SubscriptionConfirmation, Some(token)) => {
            let confirmed = notary.confirm(&message.topic, token).await;
            confirmed.map_err(|error| Problem::from(Refusal::NoCertificate(error.detail)))?;
            tracing::info!(%tenant, topic = message.topic.arn(), "the notifications of a topic are wanted, which Amazon was told");
            return Ok("confirmed");
        }
        // Whoever ended it may not have meant to: from now on silence says nothing.
        _ => {
            let topic = message.topic.arn();
            let why =
                format!("The subscription of {topic} was ended at Amazon: no alarm of it comes any more.");
            trouble(state, (VENDOR, tenant), Trouble::Connection, &why);
            return Ok("ignored");
        }
    }
    let (bytes, read) = (body.bytes(), topics.reader.read(&message.text, now));
    let source = Source {
        integration: VENDOR.to_owned(),
        delivery: message.id,
        event: "alarm".to_owned(),
        body: Digest::of(bytes),
        bytes: bytes.len() as u64,
    };
    let said = serde_json::from_str(&message.text).unwrap_or(Value::Null);
    keep(state, (VENDOR, tenant), id, (&source, &read, &said)).await
}

fn message(body: &Read) -> Result<Message, Problem> {
    match body {
        Read::Whole(bytes) => Ok(Message::read(bytes)?),
        Read::TooLarge(_) => Err(Refusal::TooLarge(LARGEST_BODY + 1).into()),
        Read::Broken(_) => Err(Problem::bad_request("The body ended before it was whole: send it again.")),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        not_taken(refusal.status(), &refusal)
    }
}
