//! `Append`: the options first, then the events, then one answer.
use tonic::{Request, Response, Status, Streaming};

use super::{Call, access, status, write};
use crate::log::{Appended, Expected, Proposed, Rejected};
use crate::wire::append::{
    AppendContent, AppendReq, AppendResp, AppendResult, CurrentRevision, FoundRevision, RefusedExpectation,
    Success, WriteOptions, WrittenAt, WrongExpectedVersion,
};
use crate::wire::shared::Position;

pub(super) async fn append(
    call: Call,
    request: Request<Streaming<AppendReq>>,
) -> Result<Response<AppendResp>, Status> {
    access::user(&call, request.metadata())?;
    let insists = access::insists_on_leader(request.metadata());
    let (options, events) = call.in_time(receive(&call, request.into_inner())).await?;
    let stream = write::stream_name(options.stream_identifier.as_ref())?;
    let expected = write::expected(options.expected)?;
    let result = match write::append(&call, insists, &stream, expected, &events).await? {
        Ok(appended) => AppendResult::Success(success(appended)),
        Err(Rejected::Deleted(stream)) => return Err(status::stream_deleted(&stream)),
        Err(Rejected::WrongExpectedVersion { expected, current }) => {
            AppendResult::WrongExpectedVersion(conflict(expected, current))
        }
    };
    Ok(Response::new(AppendResp { result: Some(result) }))
}

async fn receive(
    call: &Call,
    mut messages: Streaming<AppendReq>,
) -> Result<(WriteOptions, Vec<Proposed>), Status> {
    let first = messages.message().await?.and_then(|message| message.content);
    let Some(AppendContent::Options(options)) = first else {
        return Err(status::invalid("an append begins with its options"));
    };
    let (mut events, mut size) = (Vec::new(), 0);
    while let Some(message) = messages.message().await? {
        let Some(AppendContent::Proposed(event)) = message.content else {
            return Err(status::invalid("after its options an append has only events"));
        };
        let event = write::proposed(event)?;
        size += event.size();
        if size > call.shared.options.max_append_size {
            return Err(status::append_too_large(call.shared.options.max_append_size));
        }
        events.push(event);
    }
    Ok((options, events))
}

fn success(appended: Appended) -> Success {
    let revision = appended.revision.map_or(CurrentRevision::NoStream(()), CurrentRevision::Revision);
    let position = WrittenAt::Position(Position::at(appended.position));
    Success { current_revision: Some(revision), position: Some(position) }
}

fn conflict(expected: Expected, current: Option<u64>) -> WrongExpectedVersion {
    let expected = match expected {
        Expected::Any => RefusedExpectation::Any(()),
        Expected::StreamExists => RefusedExpectation::StreamExists(()),
        Expected::NoStream => RefusedExpectation::NoStream(()),
        Expected::Exactly(revision) => RefusedExpectation::Revision(revision),
    };
    WrongExpectedVersion {
        current_for_old_clients: Some(
            current.map_or(CurrentRevision::NoStream(()), CurrentRevision::Revision),
        ),
        current: Some(current.map_or(FoundRevision::NoStream(()), FoundRevision::Revision)),
        expected: Some(expected),
    }
}
