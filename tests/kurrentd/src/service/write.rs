//! What all writes have in common: the leader, the faults, the commit and the reading of what is proposed.
use tonic::Status;

use super::{Call, status};
use crate::cluster::Role;
use crate::faults::{Stage, WriteFault};
use crate::log::{Appended, Expected, Log, Proposed, Rejected};
use crate::wire::append::{ExpectedRevision, ProposedMessage};
use crate::wire::shared::{StreamIdentifier, Uuid};

/// Brings a write to the log, with whatever is to go wrong on the way.
pub(super) async fn commit<T>(
    call: &Call,
    insists: bool,
    write: impl FnOnce(&mut Log) -> T,
) -> Result<T, Status> {
    let faults = &call.shared.faults;
    let insists = insists || !call.shared.options.forwarding;
    let (done, fault) = call
        .in_time(async {
            faults.pass(Stage::BeforeCommit).await;
            if call.as_leader(insists)? == Role::Deposed {
                return Err(status::timed_out());
            }
            let fault = faults.next_write();
            match fault {
                Some(WriteFault::Refuse(code)) => return Err(Status::new(code, "refused on command")),
                Some(WriteFault::DropBefore) => return call.drop_connection().await,
                _ => {}
            }
            let done = call.shared.change(write);
            faults.pass(Stage::AfterCommit).await;
            Ok((done, fault))
        })
        .await?;
    match fault {
        Some(WriteFault::DropAfter) => call.drop_connection().await,
        Some(WriteFault::Silence) => std::future::pending().await,
        Some(WriteFault::WriteThenRefuse(code)) => Err(Status::new(code, "written, then refused on command")),
        _ => Ok(done),
    }
}

/// Appends, and counts it when it is done, whatever becomes of the answer.
pub(super) async fn append(
    call: &Call,
    insists: bool,
    stream: &str,
    expected: Expected,
    events: &[Proposed],
) -> Result<Result<Appended, Rejected>, Status> {
    let write = |log: &mut Log| {
        let appended = log.append(stream, expected, events)?;
        call.shared.counters.add(|counts| counts.append(stream, appended));
        Ok(appended)
    };
    commit(call, insists, write).await
}

/// Reads a stream's name.
pub(super) fn stream_name(wire: Option<&StreamIdentifier>) -> Result<String, Status> {
    let name = wire.ok_or_else(|| status::invalid("the stream's name is missing"))?;
    String::from_utf8(name.stream_name.to_vec())
        .map_err(|_| status::invalid("the stream's name is not UTF-8"))
}

/// Reads what is expected of the stream.
pub(super) fn expected(wire: Option<ExpectedRevision>) -> Result<Expected, Status> {
    Ok(match wire.ok_or_else(|| status::invalid("the expected revision is missing"))? {
        ExpectedRevision::Revision(revision) => Expected::Exactly(revision),
        ExpectedRevision::NoStream(()) => Expected::NoStream,
        ExpectedRevision::Any(()) => Expected::Any,
        ExpectedRevision::StreamExists(()) => Expected::StreamExists,
    })
}

/// Reads an event.
pub(super) fn proposed(mut wire: ProposedMessage) -> Result<Proposed, Status> {
    let kind = wire.metadata.remove("type").ok_or_else(|| status::metadata_missing("type"))?;
    let content =
        wire.metadata.remove("content-type").ok_or_else(|| status::metadata_missing("content-type"))?;
    let id = Uuid::read(wire.id.as_ref()).map_err(|_| status::invalid("an event's id is no UUID"))?;
    Ok(Proposed {
        id,
        kind,
        json: content == "application/json",
        data: wire.data,
        metadata: wire.custom_metadata,
    })
}
