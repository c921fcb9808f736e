//! What may be concluded from how a call to Discord ended: pure.

use std::time::Duration;

use countersign_domain::ports::CallErrorKind;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// However long Discord asks us to wait, we look again after this.
const LONGEST: Duration = Duration::from_hours(1);

/// Discord's number for a token of an interaction that is not good any more.
const INTERACTION_OVER: i64 = 50_027;

/// What an answer that is no success says.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) detail: String,
    pub(super) code: Option<i64>,
    pub(super) kind: CallErrorKind,
}

/// No answer, or no whole one.
#[derive(Debug)]
pub(super) enum Lost {
    Http(reqwest::Error),
    TooLarge,
}

impl Lost {
    /// Whether nobody was there to be asked.
    pub(super) fn is_unreached(&self) -> bool {
        matches!(self, Self::Http(error) if error.is_connect())
    }
}

impl From<reqwest::Error> for Lost {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold an interaction's token.
        Self::Http(error.without_url())
    }
}

/// `None` for a success. `reads`: nothing can have changed by the call.
pub(super) fn answer(status: StatusCode, headers: &HeaderMap, body: &Value, reads: bool) -> Option<Refusal> {
    if status.is_success() {
        return None;
    }
    let after = wished(headers, body);
    let kind = match status.as_u16() {
        429 | 503 => CallErrorKind::NotDone { after },
        408 | 500..=599 => unsure(reads, after),
        // The bot's token; that of an interaction has a number of its own, and ends by itself.
        401 if body["code"] != INTERACTION_OVER => CallErrorKind::Barred,
        _ => CallErrorKind::Rejected,
    };
    Some(Refusal { detail: words(status, body), code: body["code"].as_i64(), kind })
}

/// What a call without an answer means.
pub(super) fn lost(lost: &Lost, reads: bool) -> (String, CallErrorKind) {
    let unsure = unsure(reads, None);
    match lost {
        Lost::TooLarge => ("its answer is too large to be read".to_owned(), unsure),
        Lost::Http(error) if error.is_builder() => {
            (format!("the request cannot be made: {}", explain(error)), CallErrorKind::Rejected)
        }
        Lost::Http(error) if error.is_connect() => {
            (format!("it cannot be reached: {}", explain(error)), CallErrorKind::NotDone { after: None })
        }
        Lost::Http(error) if error.is_timeout() => ("it did not answer in time".to_owned(), unsure),
        Lost::Http(error) => (format!("the connection was lost: {}", explain(error)), unsure),
    }
}

/// Whether Discord answered like someone who can serve us, be it with a refusal or "not so fast".
pub(super) fn is_alive(status: StatusCode, kind: CallErrorKind) -> bool {
    matches!(kind, CallErrorKind::Rejected | CallErrorKind::Barred) || status == StatusCode::TOO_MANY_REQUESTS
}

/// One line of at most 500 characters, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(501).collect();
    if clean.chars().count() <= 500 { clean } else { clean.chars().take(499).chain(['…']).collect() }
}

/// Seconds, with a fraction in the body, where the header rounds them.
fn wished(headers: &HeaderMap, body: &Value) -> Option<Duration> {
    let header = || headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.parse().ok();
    seconds(body["retry_after"].as_f64().or_else(header)?)
}

/// A time to wait as Discord writes it.
pub(super) fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(LONGEST))
}

const fn unsure(reads: bool, after: Option<Duration>) -> CallErrorKind {
    if reads { CallErrorKind::NotDone { after } } else { CallErrorKind::Unknown }
}

/// Discord's own words: its message, its number, and what it found at which place of what we sent.
fn words(status: StatusCode, body: &Value) -> String {
    let mut words = format!("status {}", status.as_u16());
    if let Some(message) = body["message"].as_str() {
        words = format!("{words}, {message}");
    }
    if let Some(code) = body["code"].as_i64().filter(|code| *code != 0) {
        words = format!("{words} ({code})");
    }
    let mut faults = Vec::new();
    collect("", &body["errors"], &mut faults);
    if faults.is_empty() { words } else { format!("{words}: {}", faults.join("; ")) }
}

fn collect(place: &str, errors: &Value, faults: &mut Vec<String>) {
    for (name, value) in errors.as_object().into_iter().flatten() {
        if name == "_errors" {
            let messages =
                value.as_array().into_iter().flatten().filter_map(|fault| fault["message"].as_str());
            faults.extend(messages.map(|message| format!("{place}: {message}")));
        } else {
            let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
            collect(&place, value, faults);
        }
    }
}

fn explain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(status: u16, reads: bool) -> CallErrorKind {
        let status = StatusCode::from_u16(status).unwrap();
        answer(status, &HeaderMap::new(), &json!({"retry_after": 1.5}), reads).unwrap().kind
    }

    #[test]
    fn a_status_is_read_as_the_port_says() {
        let after = Some(Duration::from_millis(1500));
        assert_eq!(kind(429, false), CallErrorKind::NotDone { after });
        assert_eq!(kind(503, false), CallErrorKind::NotDone { after });
        for status in [408, 500, 502, 504] {
            assert_eq!(kind(status, false), CallErrorKind::Unknown, "{status}");
            assert_eq!(kind(status, true), CallErrorKind::NotDone { after }, "{status}");
        }
        assert_eq!(kind(401, false), CallErrorKind::Barred);
        for status in [400, 403, 404, 405] {
            assert_eq!(kind(status, false), CallErrorKind::Rejected, "{status}");
        }
    }

    #[test]
    fn discords_own_words_are_told_with_their_place() {
        let body = json!({"code": 50035, "message": "Invalid Form Body", "errors": {"embeds": {"0": {"title":
            {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}]}}}}});
        let refusal = answer(StatusCode::BAD_REQUEST, &HeaderMap::new(), &body, false).unwrap();
        assert_eq!(refusal.code, Some(50035));
        assert_eq!(
            refusal.detail,
            "status 400, Invalid Form Body (50035): embeds.0.title: Must be 256 or fewer in length."
        );
    }

    #[test]
    fn no_wish_is_longer_than_an_hour_or_breaks_anything() {
        assert_eq!(seconds(1e300), None);
        assert_eq!(seconds(1e9), Some(LONGEST));
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
