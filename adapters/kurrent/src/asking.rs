//! One question, asked until there is an answer: which errors are one, and which are the connection's.

use std::fmt;
use std::time::{Duration, Instant};

use eventstore::{Client, Credentials, Error};

use crate::link::{CallError, NoLink};

pub(crate) use crate::link::Links;

/// Beyond what a call may take, how long until its client is given up: it can hang while it looks for a server.
const GRACE: Duration = Duration::from_secs(2);
/// How often a client may follow a leader elsewhere before another one is built.
const LEADERS: u32 = 2;

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The server says so.
    Answer(Error),
    /// It was tried for as long as patience lasted. `doubtful`: a call may have been carried out.
    GaveUp { doubtful: bool, why: String },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(Error::AccessDenied) => {
                f.write_str("KurrentDB refuses our user: check the user and the password of the store")
            }
            Self::Answer(error) => error.fmt(f),
            Self::GaveUp { why, .. } => f.write_str(why),
        }
    }
}

/// What an error means for what comes next.
enum Verdict {
    /// It is the answer.
    Answer,
    /// Another node is the leader; the client has been told and goes there.
    Elsewhere,
    /// This client is good for nothing. `doubtful`: the call may have been carried out.
    Anew { doubtful: bool },
}

fn verdict(error: &CallError) -> Verdict {
    let CallError::Client(error) = error else { return Verdict::Anew { doubtful: true } };
    match error {
        Error::NotLeaderException(_) => Verdict::Elsewhere,
        Error::ConnectionClosed | Error::GrpcConnectionError(_) | Error::InitializationError(_) => {
            Verdict::Anew { doubtful: false }
        }
        Error::ServerError(_)
        | Error::DeadlineExceeded
        | Error::InternalClientError
        | Error::InternalParsingError(_)
        | Error::IllegalStateError(_) => Verdict::Anew { doubtful: true },
        // By their numbers in gRPC's list of status codes: cancelled, resource exhausted, aborted.
        Error::Grpc { code, .. } if [1, 8, 10].contains(&(*code as i32)) => Verdict::Anew { doubtful: true },
        Error::Grpc { .. }
        | Error::AccessDenied
        | Error::ResourceAlreadyExists
        | Error::ResourceNotFound
        | Error::ResourceDeleted
        | Error::UnsupportedFeature
        | Error::WrongExpectedVersion { .. } => Verdict::Answer,
    }
}

fn told(error: &CallError) -> String {
    match error {
        CallError::Client(Error::NotLeaderException(leader)) => {
            format!("the leader is {}:{}", leader.host, leader.port)
        }
        CallError::Client(error) => error.to_string(),
        CallError::TimedOut => "no answer in time".to_owned(),
        CallError::Broken(why) => format!("the client broke: {why}"),
    }
}

/// Asks, with another client where one fails, each for `call` at most, until `until`.
pub(crate) async fn ask<T: Send + 'static, F>(
    links: &Links,
    call: Duration,
    until: Instant,
    question: impl Fn(Client, Option<Credentials>) -> F + Send + Sync,
) -> Result<T, Refused>
where
    F: Future<Output = eventstore::Result<T>> + Send + 'static,
{
    let (mut doubtful, mut leaders) = (false, 0);
    loop {
        let link = match links.get(until).await {
            Ok(link) => link,
            Err(NoLink(why)) => return Err(Refused::GaveUp { doubtful, why }),
        };
        let credentials = links.address().credentials().cloned();
        let error = match link.call(call + GRACE, |client| question(client, credentials)).await {
            Ok(answer) => {
                links.worked(&link);
                return Ok(answer);
            }
            Err(error) => error,
        };
        let why = told(&error);
        match (verdict(&error), error) {
            (Verdict::Answer, CallError::Client(error)) => {
                links.worked(&link);
                return Err(Refused::Answer(error));
            }
            (Verdict::Elsewhere, _) if leaders < LEADERS => leaders += 1,
            (Verdict::Anew { doubtful: perhaps }, _) => {
                doubtful |= perhaps;
                links.failed(&link, &why);
            }
            _ => {
                leaders = 0;
                links.failed(&link, &why);
            }
        }
        if Instant::now() >= until {
            return Err(Refused::GaveUp { doubtful, why });
        }
    }
}
