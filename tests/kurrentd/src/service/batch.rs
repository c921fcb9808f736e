//! `BatchAppend`: many appends over one call; each is answered when it is done, in whatever order.
use std::collections::HashMap;
use std::pin::Pin;

use futures::Stream;
use tokio::sync::mpsc;
use tonic::{Code, Request, Response, Status, Streaming};
use uuid::Uuid;

use super::{Call, access, events, status, write};
use crate::log::{Expected, Proposed, Rejected};
use crate::wire::batch::{BatchAppendReq, BatchAppendResp, BatchResult, BatchSuccess};
use crate::wire::shared::{self, Position, RpcStatus, StreamIdentifier};

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
            error(Code::InvalidArgument, "Maximum Append Size Exceeded.")
        } else {
            one(call, insists, &entry).await?
        };
        let answer = BatchAppendResp {
            correlation_id: Some(shared::Uuid::structured(id)),
            result: Some(answer),
            stream_identifier: Some(StreamIdentifier::new(&entry.stream)),
        };
        if answers.send(Ok(answer)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

async fn one(call: &Call, insists: bool, entry: &Pending) -> Result<BatchResult, Status> {
    let written = write::append(call, insists, &entry.stream, entry.expected, &entry.events).await?;
    Ok(match written {
        Ok(appended) => BatchResult::Success(BatchSuccess {
            current_revision: appended.revision,
            position: Some(Position::at(appended.position)),
        }),
        Err(Rejected::Deleted(_)) => error(Code::FailedPrecondition, "Stream is deleted."),
        Err(Rejected::WrongExpectedVersion { .. }) => error(Code::FailedPrecondition, "WrongExpectedVersion"),
    })
}

fn error(code: Code, message: &str) -> BatchResult {
    BatchResult::Error(RpcStatus { code: code as i32, message: message.to_owned() })
}
