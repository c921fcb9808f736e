//! `BatchAppend`: many appends over one call; each is answered when it is done, in whatever order.
use std::collections::HashMap;
use std::pin::Pin;

use futures::Stream;
use prost::Message;
use tokio::sync::mpsc;
use tonic::{Code, Request, Response, Status, Streaming};
use uuid::Uuid;

use super::{Call, access, events, status, write};
use crate::log::{Expected, Proposed, Rejected, ticks_now};
use crate::wire::batch::{
    BatchAppendReq, BatchAppendResp, BatchOptions, BatchResult, BatchSuccess, Conflict, ConflictExpected,
    ConflictFound, Deadline, Deleted, TooLarge,
};
use crate::wire::shared::{self, Any, Position, RpcStatus, StreamIdentifier, Timestamp};

type Answers = Pin<Box<dyn Stream<Item = Result<BatchAppendResp, Status>> + Send>>;

pub(super) fn batch_append(
    call: Call,
    request: Request<Streaming<BatchAppendReq>>,
) -> Result<Response<Answers>, Status> {
    access::user(&call, request.metadata())?;
    let insists = access::insists_on_leader(request.metadata());
    let (answers, answered) = mpsc::channel(64);
    let work = async move {
        if let Err(status) = take_in(&call, insists, request.into_inner(), &answers).await {
            // nobody listens any more if this fails
            let _gone = answers.send(Err(status)).await;
        }
    };
    Ok(Response::new(Box::pin(events::worked_by(work, answered))))
}

struct Pending {
    stream: String,
    expected: Expected,
    events: Vec<Proposed>,
}

async fn take_in(
    call: &Call,
    insists: bool,
    mut requests: Streaming<BatchAppendReq>,
    answers: &mpsc::Sender<Result<BatchAppendResp, Status>>,
) -> Result<(), Status> {
    let mut pending: HashMap<Uuid, Pending> = HashMap::new();
    while let Some(request) = requests.message().await? {
        let id = shared::Uuid::read(request.correlation_id.as_ref())
            .map_err(|_| status::invalid("a correlation id is no UUID"))?;
        if let Some(options) = request.options {
            if is_over(&options) {
                let answer = refused(Code::DeadlineExceeded, "Timeout", &());
                if answers.send(Ok(answered(id, options.stream_identifier, answer))).await.is_err() {
                    return Ok(());
                }
                continue;
            }
            let stream = write::stream_name(options.stream_identifier.as_ref())?;
            let expected = write::expected(options.expected)?;
            pending.insert(id, Pending { stream, expected, events: Vec::new() });
        }
        let Some(entry) = pending.get_mut(&id) else { continue };
        for event in request.proposed_messages {
            entry.events.push(write::proposed(event)?);
        }
        let too_large =
            entry.events.iter().map(Proposed::size).sum::<usize>() > call.shared.options.max_append_size;
        if !request.is_final && !too_large {
            continue;
        }
        let Some(entry) = pending.remove(&id) else { continue };
        let answer = if too_large {
            let most = u32::try_from(call.shared.options.max_append_size).unwrap_or(u32::MAX);
            let details = TooLarge { max_append_size: most };
            refused(Code::InvalidArgument, "MaximumAppendSizeExceeded", &details)
        } else {
            one(call, insists, &entry).await?
        };
        let stream = StreamIdentifier::new(&entry.stream);
        if answers.send(Ok(answered(id, Some(stream), answer))).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

fn answered(id: Uuid, stream_identifier: Option<StreamIdentifier>, result: BatchResult) -> BatchAppendResp {
    let correlation_id = Some(shared::Uuid::structured(id));
    BatchAppendResp { correlation_id, result: Some(result), stream_identifier }
}

/// Whether the client's time for this append has run out before it began.
fn is_over(options: &BatchOptions) -> bool {
    let ticks = |time: Timestamp| i128::from(time.seconds) * 10_000_000 + i128::from(time.nanos) / 100;
    match options.deadline {
        None => false,
        Some(Deadline::At(moment)) => ticks(moment) <= i128::from(ticks_now()),
        Some(Deadline::Within(duration)) => ticks(duration) <= 0,
    }
}

async fn one(call: &Call, insists: bool, entry: &Pending) -> Result<BatchResult, Status> {
    let written = write::append(call, insists, &entry.stream, entry.expected, &entry.events).await?;
    Ok(match written {
        Ok(appended) => BatchResult::Success(BatchSuccess {
            current_revision: appended.revision,
            position: Some(Position::at(appended.position)),
        }),
        Err(Rejected::Deleted(stream)) => {
            let details = Deleted { stream_identifier: Some(StreamIdentifier::new(&stream)) };
            refused(Code::NotFound, "StreamDeleted", &details)
        }
        Err(Rejected::WrongExpectedVersion { expected, current }) => {
            refused(Code::AlreadyExists, "WrongExpectedVersion", &conflict(expected, current))
        }
    })
}

fn conflict(expected: Expected, current: Option<u64>) -> Conflict {
    Conflict {
        current: Some(current.map_or(ConflictFound::NoStream(()), ConflictFound::Revision)),
        expected: Some(match expected {
            Expected::Any => ConflictExpected::Any(()),
            Expected::StreamExists => ConflictExpected::StreamExists(()),
            Expected::NoStream => ConflictExpected::NoStream(()),
            Expected::Exactly(revision) => ConflictExpected::Revision(revision),
        }),
    }
}

/// A refusal as the real server says it: the name of the message is the sentence, and the message itself is packed beside
/// it. Without that, the official Node client fails inside its own error handling.
fn refused(code: Code, name: &str, details: &impl Message) -> BatchResult {
    let details = Some(Any::pack(&format!("event_store.client.{name}"), details));
    BatchResult::Error(RpcStatus { code: code as i32, message: name.to_owned(), details })
}
