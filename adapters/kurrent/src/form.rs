//! How an event stands in KurrentDB: its content as the data, its cause and its leaf hash as the metadata, with the names
//! that KurrentDB's own projections look for.

use countersign_domain::envelope::{Actor, Digest, Envelope, NewEvent, Position};
use countersign_domain::names::StreamName;
use countersign_domain::ports::StoreError;
use eventstore::{EventData, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// The names of our streams: KurrentDB's own begin with `$`, the roster's has no dot.
pub(crate) const STREAMS: &str = r"^[a-z0-9_]+\.[a-z0-9_]+-";

/// What stands beside the content. The tenant is the stream's, the revision and the type are KurrentDB's own.
#[derive(Serialize, Deserialize)]
struct Metadata {
    #[serde(rename = "$correlationId")]
    correlation: Uuid,
    #[serde(rename = "$causationId")]
    causation: Uuid,
    actor: Actor,
    at: Timestamp,
    command: Uuid,
    v: u32,
    hash: Digest,
    /// Which sending wrote it: KurrentDB does not say whether an append was there before.
    sending: Uuid,
}

/// An event on its way, and its leaf hash. `sending` is the append's own.
pub(crate) fn sent(event: &NewEvent, hash: Digest, sending: Uuid) -> serde_json::Result<EventData> {
    let cause = &event.cause;
    let metadata = Metadata {
        correlation: cause.correlation,
        causation: cause.causation,
        actor: cause.actor.clone(),
        at: cause.at,
        command: cause.command,
        v: event.version,
        hash,
        sending,
    };
    EventData::json(&event.kind, &event.data)?.id(event.id).metadata_as_json(&metadata)
}

/// An event as it was read, and by which sending it came.
pub(crate) fn read(recorded: &RecordedEvent) -> Result<(Envelope, Uuid), StoreError> {
    let damaged = |why: String| {
        let (stream, rev) = (recorded.stream_id(), recorded.revision);
        StoreError::Damaged(format!("event {rev} of the stream {stream} in KurrentDB: {why}"))
    };
    let stream: StreamName = recorded.stream_id().parse().map_err(|error| damaged(format!("{error}")))?;
    let metadata: Metadata = serde_json::from_slice(&recorded.custom_metadata).map_err(|error| {
        damaged(format!("Countersign did not write it ({error}); give Countersign a database of its own"))
    })?;
    let data = std::str::from_utf8(&recorded.data)
        .map_err(|error| error.to_string())
        .and_then(|text| RawValue::from_string(text.to_owned()).map_err(|error| error.to_string()))
        .map_err(|error| damaged(format!("its content is no JSON: {error}")))?;
    // What this client writes is committed event by event, so that both are the same place. Only then does one number say it.
    let place = recorded.position;
    if place.commit != place.prepare {
        return Err(damaged("it was written within a transaction, which Countersign never does".to_owned()));
    }
    let envelope = Envelope {
        actor: metadata.actor,
        at: metadata.at,
        causation: metadata.causation,
        command: metadata.command,
        correlation: metadata.correlation,
        data,
        id: recorded.id,
        rev: recorded.revision,
        tenant: stream.tenant().parse().map_err(|error| damaged(format!("{error}")))?,
        stream,
        kind: recorded.event_type.clone(),
        v: metadata.v,
        hash: metadata.hash,
        pos: Position::from_store(place.commit),
    };
    if envelope.expected_hash() != envelope.hash {
        return Err(damaged("its content has another hash than the one it was written with".to_owned()));
    }
    Ok((envelope, metadata.sending))
}
