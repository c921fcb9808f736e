//! How calls fail: the real server's codes, sentences and trailers, which clients read.
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use crate::cluster::Endpoint;
use crate::log::{Expected, Rejected};

fn with_trailers(
    code: Code,
    message: impl Into<String>,
    exception: &str,
    more: &[(&'static str, &str)],
) -> Status {
    let mut trailers = MetadataMap::new();
    for (name, text) in [("exception", exception)].iter().chain(more) {
        // a stream's name that is no ASCII has no place in a header; the real server leaves it out, too
        if let Ok(value) = text.parse() {
            trailers.insert(*name, value);
        }
    }
    Status::with_metadata(code, message, trailers)
}

pub(super) fn not_leader(leader: &Endpoint) -> Status {
    let port = leader.port.to_string();
    let trailers = [("leader-endpoint-host", leader.host.as_str()), ("leader-endpoint-port", port.as_str())];
    with_trailers(Code::NotFound, "Leader info available", "not-leader", &trailers)
}

pub(super) fn not_ready() -> Status {
    Status::new(Code::Unavailable, "Server Is Not Ready")
}

pub(super) fn timed_out() -> Status {
    Status::new(Code::Aborted, "Operation timed out: Prepare phase timeout.")
}

pub(super) fn deadline() -> Status {
    Status::new(Code::DeadlineExceeded, "Deadline Exceeded")
}

pub(super) fn access_denied() -> Status {
    with_trailers(Code::PermissionDenied, "Access Denied", "access-denied", &[])
}

pub(super) fn unauthenticated() -> Status {
    Status::new(Code::Unauthenticated, "Bad gRPC response. HTTP status code: 401")
}

pub(super) fn stream_deleted(stream: &str) -> Status {
    let message = format!("Event stream '{stream}' is deleted.");
    with_trailers(Code::FailedPrecondition, message, "stream-deleted", &[("stream-name", stream)])
}

pub(super) fn append_too_large(max: usize) -> Status {
    let message = format!("Maximum Append Size of {max} Exceeded.");
    let trailers = [("maximum-append-size", &*max.to_string())];
    with_trailers(Code::InvalidArgument, message, "maximum-append-size-exceeded", &trailers)
}

pub(super) fn metadata_missing(name: &str) -> Status {
    let message = format!("Required Metadata Property '{name}' is missing");
    let trailers = [("required-metadata-properties", "type,content-type")];
    with_trailers(Code::InvalidArgument, message, "missing-required-metadata-property", &trailers)
}

pub(super) fn invalid_position() -> Status {
    Status::new(Code::InvalidArgument, "Trying to read from an invalid position.")
}

pub(super) fn invalid(what: impl Into<String>) -> Status {
    Status::new(Code::InvalidArgument, what)
}

/// How the real server says that a deletion is not as expected; an append has an answer of its own for that.
pub(super) fn deletion_rejected(stream: &str, rejected: &Rejected) -> Status {
    let Rejected::WrongExpectedVersion { expected, current } = rejected else {
        return stream_deleted(stream);
    };
    let number = |revision: Option<u64>| revision.map_or_else(|| "-1".to_owned(), |at| at.to_string());
    let (wanted, found) = (expected_number(*expected), number(*current));
    let message = format!(
        "Delete stream failed due to WrongExpectedVersion. Stream: {stream}, Expected version: {wanted}, Actual version: {found}"
    );
    let trailers = [("stream-name", stream), ("expected-version", &*wanted), ("actual-version", &*found)];
    with_trailers(Code::FailedPrecondition, message, "wrong-expected-version", &trailers)
}

/// An expectation as the number that the real server tells.
pub(super) fn expected_number(expected: Expected) -> String {
    match expected {
        Expected::Any => "-2".to_owned(),
        Expected::NoStream => "-1".to_owned(),
        Expected::StreamExists => "-4".to_owned(),
        Expected::Exactly(revision) => revision.to_string(),
    }
}
