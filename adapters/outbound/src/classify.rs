//! What may be concluded from how a call ended: pure, and the heart of "harmless twice on the wire".

use std::time::Duration;

use countersign_domain::ports::CallErrorKind;
use http::StatusCode;
use serde_json::Value;

/// What a status that is no success means. `reads`: nothing can have changed by the call.
pub(crate) fn by_status(status: StatusCode, reads: bool, after: Option<Duration>) -> CallErrorKind {
    match status.as_u16() {
        429 | 503 => CallErrorKind::NotDone { after },
        408 | 500..=599 => lost(reads, after),
        401 => CallErrorKind::Barred,
        _ => CallErrorKind::Rejected,
    }
}

/// What a time-out or a lost connection after sending means.
pub(crate) const fn lost(reads: bool, after: Option<Duration>) -> CallErrorKind {
    if reads { CallErrorKind::NotDone { after } } else { CallErrorKind::Unknown }
}

/// Whether the vendor answered like someone who can serve us, be it with a refusal or "not so fast".
pub(crate) const fn is_alive(status: Option<u16>, kind: CallErrorKind) -> bool {
    matches!(kind, CallErrorKind::Rejected | CallErrorKind::Barred) || matches!(status, Some(403 | 429))
}

/// What to mend, where the status says it.
pub(crate) fn cure(status: StatusCode, secret: Option<&str>) -> Option<String> {
    match (status.as_u16(), secret) {
        (300..=399, _) => Some("redirects are not followed: check the base address".to_owned()),
        (401, Some(secret)) => {
            Some(format!("the credential was not accepted: renew it and store it as the secret `{secret}`"))
        }
        (403, Some(secret)) => {
            Some(format!("the account behind the secret `{secret}` may not do this: give it the permission"))
        }
        _ => None,
    }
}

/// The vendor's own words from an error's body, in the shapes that vendors use; empty where there are none.
pub(crate) fn vendor_words(body: &[u8]) -> String {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let mut words: Vec<String> = Vec::new();
    for place in ["/error/message", "/error/detail", "/error_description", "/message", "/title", "/detail"] {
        words.extend(body.pointer(place).and_then(Value::as_str).map(str::to_owned));
    }
    let scopes = body.pointer("/error/detail/required").and_then(Value::as_array);
    let scopes: Vec<_> = scopes.into_iter().flatten().filter_map(Value::as_str).collect();
    if !scopes.is_empty() {
        words.push(format!("it takes the scope {}", scopes.join(", ")));
    }
    for message in body["errorMessages"].as_array().into_iter().flatten() {
        words.extend(message.as_str().map(str::to_owned));
    }
    for (field, message) in body["errors"].as_object().into_iter().flatten() {
        words.extend(message.as_str().map(|message| format!("{field}: {message}")));
    }
    words.join("; ")
}

/// One line of at most 500 characters, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(501).collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= 500 { words } else { words.chars().take(499).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Option<Duration> = Some(Duration::from_secs(7));

    #[test]
    fn a_status_is_read_as_the_port_says() {
        let kind = |status: u16, reads| by_status(StatusCode::from_u16(status).unwrap(), reads, AFTER);
        for status in [429, 503] {
            assert_eq!(kind(status, false), CallErrorKind::NotDone { after: AFTER }, "{status}");
        }
        for status in [408, 500, 502, 504, 520] {
            assert_eq!(kind(status, false), CallErrorKind::Unknown, "{status}");
            assert_eq!(kind(status, true), CallErrorKind::NotDone { after: AFTER }, "{status}");
        }
        assert_eq!(kind(401, false), CallErrorKind::Barred);
        for status in [301, 307, 400, 402, 403, 404, 409, 413, 422] {
            assert_eq!(kind(status, false), CallErrorKind::Rejected, "{status}");
        }
    }

    #[test]
    fn only_a_sick_vendor_counts_for_the_breaker() {
        assert!(is_alive(Some(403), CallErrorKind::Rejected));
        assert!(is_alive(Some(429), CallErrorKind::NotDone { after: None }));
        assert!(!is_alive(Some(503), CallErrorKind::NotDone { after: None }));
        assert!(!is_alive(None, CallErrorKind::Unknown));
    }

    #[test]
    fn both_vendors_error_shapes_are_read() {
        let bitbucket = br#"{"type":"error","error":{"message":"No such user","detail":"erin"}}"#;
        assert_eq!(vendor_words(bitbucket), "No such user; erin");
        let jira = br#"{"errorMessages":["Issue does not exist"],"errors":{"summary":"is required"}}"#;
        assert_eq!(vendor_words(jira), "Issue does not exist; summary: is required");
        assert_eq!(vendor_words(b"<html>"), "");
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_vendor_says_becomes_one_short_line(text in "(?s).{0,900}") {
            let line = one_line(&text);
            proptest::prop_assert!(line.chars().count() <= 500);
            proptest::prop_assert!(!line.chars().any(char::is_control));
        }
    }
}
