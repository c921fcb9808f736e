//! `AppendSession`: appends to several streams at once, all of them or none.
use prost::Message;
use serde_json::{Map, Value};
use tonic::{Code, Request, Response, Status, Streaming};
use uuid::Uuid;

use super::{Call, access, status, write};
use crate::log::{Expected, Log, Proposed, Rejected};
use crate::wire::session::{
    AboutStream, AppendRecord, AppendRequest, AppendResponse, AppendSessionResponse, Kind, RevisionConflict,
    TransactionTooLarge,
};
use crate::wire::shared::{Any, RpcStatus};

/// The form of a payload that is JSON.
const JSON: i32 = 1;

pub(super) async fn append_session(
    call: Call,
    request: Request<Streaming<AppendRequest>>,
) -> Result<Response<AppendSessionResponse>, Status> {
    access::user(&call, request.metadata())?;
    let insists = access::insists_on_leader(request.metadata());
    let appends = call.in_time(receive(&call, request.into_inner())).await?;
    let written = write::commit(&call, insists, |log: &mut Log| {
        let written = log.append_all(&appends)?;
        call.shared.counters.add(|counts| {
            for ((stream, ..), appended) in appends.iter().zip(&written) {
                counts.append(stream, *appended);
            }
        });
        Ok(written)
    });
    let written = written.await?.map_err(|(stream, rejected)| refused_by(&stream, &rejected))?;
    let output = appends.iter().zip(&written).map(|((stream, ..), appended)| AppendResponse {
        stream: stream.clone(),
        stream_revision: signed(appended.revision),
        position: Some(appended.position.cast_signed()),
    });
    let position = written.iter().map(|appended| appended.position).max().unwrap_or_default();
    Ok(Response::new(AppendSessionResponse { output: output.collect(), position: position.cast_signed() }))
}

type Appends = Vec<(String, Expected, Vec<Proposed>)>;

async fn receive(call: &Call, mut requests: Streaming<AppendRequest>) -> Result<Appends, Status> {
    let (mut appends, mut size): (Appends, usize) = (Vec::new(), 0);
    let most = call.shared.options.max_append_size;
    while let Some(request) = requests.message().await? {
        let stream = request.stream;
        if appends.iter().any(|(other, ..)| *other == stream) {
            let message = format!("Stream '{stream}' is already part of this append session.");
            return Err(refused(
                Code::Aborted,
                message,
                "StreamAlreadyInAppendSession",
                &AboutStream { stream },
            ));
        }
        if request.records.is_empty() {
            return Err(status::invalid(format!("Write to stream '{stream}' does not have any records")));
        }
        let expected = expected(request.expected_revision)?;
        let events: Vec<_> = request.records.into_iter().map(proposed).collect::<Result<_, _>>()?;
        size += events.iter().map(Proposed::size).sum::<usize>();
        if size > most {
            let number = |bytes: usize| i32::try_from(bytes).unwrap_or(i32::MAX);
            let details = TransactionTooLarge { size: number(size), max_size: number(most) };
            let message = format!("The size of the transaction ({size}) is more than {most}.");
            return Err(refused(Code::Aborted, message, "AppendTransactionSizeExceeded", &details));
        }
        appends.push((stream, expected, events));
    }
    if appends.is_empty() {
        return Err(Status::new(Code::FailedPrecondition, "The append session has no request."));
    }
    Ok(appends)
}

fn expected(revision: Option<i64>) -> Result<Expected, Status> {
    match revision {
        None | Some(-2) => Ok(Expected::Any),
        Some(-1) => Ok(Expected::NoStream),
        Some(-4) => Ok(Expected::StreamExists),
        Some(revision) => u64::try_from(revision)
            .map(Expected::Exactly)
            .map_err(|_| status::invalid(format!("{revision} is no expected revision"))),
    }
}

fn proposed(record: AppendRecord) -> Result<Proposed, Status> {
    let schema = record.schema.ok_or_else(|| status::invalid("a record has no schema"))?;
    let id = match record.record_id {
        None => Uuid::new_v4(),
        Some(id) => id.parse().map_err(|_| status::invalid("a record's id is no UUID"))?,
    };
    // Readers of the first protocol get the properties as JSON.
    let properties: Map<String, Value> =
        record.properties.into_iter().map(|(name, value)| (name, json(value.kind))).collect();
    let metadata = if properties.is_empty() { String::new() } else { Value::Object(properties).to_string() };
    Ok(Proposed {
        id,
        kind: schema.name,
        json: schema.format == JSON,
        data: record.data,
        metadata: metadata.into(),
    })
}

fn json(kind: Option<Kind>) -> Value {
    match kind {
        None | Some(Kind::Null(_)) => Value::Null,
        Some(Kind::Number(number)) => number.into(),
        Some(Kind::Text(text)) => text.into(),
        Some(Kind::Bool(yes)) => yes.into(),
    }
}

fn refused_by(stream: &str, rejected: &Rejected) -> Status {
    match rejected {
        Rejected::Deleted(_) => {
            let message = format!("Stream '{stream}' has been tombstoned.");
            let details = AboutStream { stream: stream.to_owned() };
            refused(Code::FailedPrecondition, message, "StreamTombstoned", &details)
        }
        Rejected::WrongExpectedVersion { expected, current } => {
            let details = RevisionConflict {
                stream: stream.to_owned(),
                expected_revision: match expected {
                    Expected::Any => -2,
                    Expected::NoStream => -1,
                    Expected::StreamExists => -4,
                    Expected::Exactly(revision) => revision.cast_signed(),
                },
                actual_revision: signed(*current),
            };
            let message = format!(
                "Append failed due to a revision conflict on stream '{stream}'. Expected revision: {}. Actual revision: {}.",
                details.expected_revision, details.actual_revision
            );
            refused(Code::FailedPrecondition, message, "StreamRevisionConflict", &details)
        }
    }
}

fn signed(revision: Option<u64>) -> i64 {
    revision.map_or(-1, u64::cast_signed)
}

/// A refusal of the second protocol: what programs read is packed into the trailer `grpc-status-details-bin`.
fn refused(code: Code, message: String, name: &str, details: &impl Message) -> Status {
    let packed = Any::pack(&format!("kurrentdb.protocol.v2.streams.errors.{name}ErrorDetails"), details);
    let status = RpcStatus { code: code as i32, message: message.clone(), details: Some(packed) };
    Status::with_details(code, message, status.encode_to_vec().into())
}
