//! One request and its answer on the wire, within time and size.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use countersign_domain::ports::{CallErrorKind, Clock};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::{Client, RequestBuilder, Response, Url};

use crate::ask::Body;
use crate::outbound::explain;
use crate::parts::Told;
use crate::{Ask, classify, current_correlation, retry_after};

/// Where Jira says which of its limits was met, and those that are for one operation or one issue alone
/// (<https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>).
const REASON: &str = "ratelimit-reason";
const PARTIAL: [&str; 2] = ["jira-burst-based", "jira-per-issue-on-write"];

/// How many calls are left until the moment at which all are there again, in seconds since 1970
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>).
const REMAINING: &str = "x-ratelimit-remaining";
const RESET: &str = "x-ratelimit-reset";

/// What an answer may be at most.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) max_body: usize,
}

/// What a call needs besides the request itself.
pub(crate) struct Exchange<'a> {
    pub(crate) client: &'a Client,
    pub(crate) limits: &'a Limits,
    pub(crate) clock: &'a dyn Clock,
}

/// How a call went wrong. The detail may still hold what the vendor repeated.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Option<u16>,
    pub(crate) kind: CallErrorKind,
    pub(crate) detail: String,
    /// Whether what was refused for now is of one place only, and everything else goes on.
    pub(crate) partial: bool,
    /// Whether nobody was there to be asked, by the vendor's own word for it at the latest (503).
    pub(crate) unreached: bool,
}

impl Failure {
    /// What it says of the one that was called.
    pub(crate) const fn told(&self) -> Told {
        if self.unreached {
            Told::Unreached
        } else if classify::is_alive(self.status, self.kind) {
            Told::Alive
        } else {
            Told::Failed
        }
    }
}

/// Why a body was not read to its end.
enum Cut {
    TooLarge,
    Lost(reqwest::Error),
}

impl Exchange<'_> {
    /// Sends the request and reads the answer; every status but 200 to 299 is a failure.
    pub(crate) async fn run(
        &self,
        ask: &Ask<'_>,
        url: Url,
        authorization: Option<&HeaderValue>,
    ) -> Result<(StatusCode, Bytes, HeaderMap), Failure> {
        let sent = self.request(ask, url, authorization).send().await;
        let response = sent.map_err(|error| unsent_or_lost(error, ask.reads))?;
        let status = response.status();
        if !status.is_success() && ask.also != Some(status) {
            return Err(self.refused(ask, response).await);
        }
        let headers = response.headers().clone();
        let body = self.read(response).await.map_err(|cut| self.incomplete(status, cut, ask.reads))?;
        Ok((status, body, headers))
    }

    /// Sends the request, and has an answer that has only begun; every status but 200 to 299 is a failure. The answer may take as long
    /// as it is told, in all.
    pub(crate) async fn begin(
        &self,
        ask: &Ask<'_>,
        url: Url,
        authorization: Option<&HeaderValue>,
        whole: Duration,
    ) -> Result<Response, Failure> {
        let sent = self.request(ask, url, authorization).timeout(whole).send().await;
        let response = sent.map_err(|error| unsent_or_lost(error, ask.reads))?;
        if response.status().is_success() { Ok(response) } else { Err(self.refused(ask, response).await) }
    }

    fn request(&self, ask: &Ask<'_>, url: Url, authorization: Option<&HeaderValue>) -> RequestBuilder {
        let mut request = self.client.request(ask.method.clone(), url).header(ACCEPT, ask.accept);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if !ask.query.is_empty() {
            request = request.query(&ask.query);
        }
        if let Some(correlation) = current_correlation().and_then(|id| HeaderValue::from_str(&id).ok()) {
            request = request.header("x-request-id", correlation);
        }
        request = match &ask.body {
            Some(Body::Json(body)) => request.json(body),
            Some(Body::JsonText(body)) => request.header(CONTENT_TYPE, "application/json").body(body.clone()),
            Some(Body::Form(fields)) => request.form(fields),
            None => request,
        };
        // What the question brings along itself goes before what is usual.
        request.headers(ask.headers.clone())
    }

    /// A status that says no, with the vendor's words for it.
    async fn refused(&self, ask: &Ask<'_>, response: Response) -> Failure {
        let status = response.status();
        let (after, limited) = (self.wished(&response), is_a_limit(status, response.headers()));
        let partial =
            response.headers().get(REASON).is_some_and(|reason| PARTIAL.iter().any(|one| reason == one));
        let words = self.read(response).await.map(|body| classify::vendor_words(&body)).unwrap_or_default();
        let detail = if words.is_empty() {
            format!("it answered {status}")
        } else {
            format!("it answered {status}: {words}")
        };
        Failure {
            status: Some(status.as_u16()),
            kind: if limited {
                CallErrorKind::NotDone { after }
            } else {
                classify::by_status(status, ask.reads, after)
            },
            detail,
            partial,
            unreached: status == StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn wished(&self, response: &Response) -> Option<Duration> {
        let said = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let now = self.clock.now();
        let until_reset = || retry_after::until(said(RESET).filter(|_| said(REMAINING) == Some("0"))?, now);
        said(RETRY_AFTER.as_str()).and_then(|header| retry_after::parse(header, now)).or_else(until_reset)
    }

    async fn read(&self, mut response: Response) -> Result<Bytes, Cut> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(Cut::Lost)? {
            if body.len() + chunk.len() > self.limits.max_body {
                return Err(Cut::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    /// The status said success, but the body did not come whole: a change may well have been made.
    fn incomplete(&self, status: StatusCode, cut: Cut, reads: bool) -> Failure {
        let (kind, detail) = match cut {
            Cut::TooLarge if reads => (
                CallErrorKind::Rejected,
                format!(
                    "its answer is larger than {} bytes, which no answer of this kind is",
                    self.limits.max_body
                ),
            ),
            Cut::TooLarge => (CallErrorKind::Unknown, "its answer is too large to be read".to_owned()),
            Cut::Lost(error) => (
                classify::lost(reads, None),
                format!("its answer broke off: {}", explain(&error.without_url())),
            ),
        };
        Failure { status: Some(status.as_u16()), kind, detail, partial: false, unreached: false }
    }
}

/// Whether a refusal only says "not now": GitHub answers 403 to who has asked too much, and says when to ask again.
fn is_a_limit(status: StatusCode, headers: &HeaderMap) -> bool {
    let used_up = headers.get(REMAINING).is_some_and(|left| left == "0");
    status == StatusCode::FORBIDDEN && (used_up || headers.contains_key(RETRY_AFTER))
}

/// No answer at all: not even begun, given up, or lost on the way.
fn unsent_or_lost(error: reqwest::Error, reads: bool) -> Failure {
    let unreached = error.is_connect();
    let error = error.without_url();
    let (kind, detail) = if error.is_builder() {
        (CallErrorKind::Rejected, format!("the request cannot be made: {}", explain(&error)))
    } else if error.is_connect() {
        (CallErrorKind::NotDone { after: None }, format!("it cannot be reached: {}", explain(&error)))
    } else if error.is_timeout() {
        (classify::lost(reads, None), "it did not answer in time".to_owned())
    } else {
        (classify::lost(reads, None), format!("the connection was lost: {}", explain(&error)))
    };
    Failure { status: None, kind, detail, partial: false, unreached }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_403_that_says_when_to_ask_again_is_no_refusal() {
        let with = |name: &'static str, value: &'static str| {
            HeaderMap::from_iter([(http::HeaderName::from_static(name), HeaderValue::from_static(value))])
        };
        assert!(is_a_limit(StatusCode::FORBIDDEN, &with("retry-after", "30")));
        assert!(is_a_limit(StatusCode::FORBIDDEN, &with(REMAINING, "0")));
        assert!(!is_a_limit(StatusCode::FORBIDDEN, &with(REMAINING, "7")));
        assert!(!is_a_limit(StatusCode::NOT_FOUND, &with(REMAINING, "0")));
        assert!(!is_a_limit(StatusCode::FORBIDDEN, &HeaderMap::new()));
    }
}
