//! What Slack's error words mean. Slack answers 200 with `"ok": false` and one word for nearly everything that goes wrong
//! (<https://docs.slack.dev/apis/web-api/#evaluating_responses>).

use countersign_domain::ports::{CallError, CallErrorKind};

use crate::answers::Outcome;

pub(crate) const VENDOR: &str = "slack";

/// A call that did not succeed, with Slack's word for it where Slack had one.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) word: Option<String>,
    pub(crate) error: CallError,
}

impl Trouble {
    /// Slack refused, for one of these reasons.
    pub(crate) fn is_one_of(&self, words: &[&str]) -> bool {
        self.word.as_deref().is_some_and(|word| words.contains(&word))
    }
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        Self { word: None, error }
    }
}

impl From<Trouble> for CallError {
    fn from(trouble: Trouble) -> Self {
        trouble.error
    }
}

/// What an answer with `"ok": false` means. `reads`: nothing can have changed by the call.
pub(crate) fn read(what: &str, outcome: &Outcome, reads: bool, secret: &str) -> Trouble {
    let word = plain(outcome.error.as_deref().unwrap_or("no_reason_given"));
    let mut detail = format!("it answered {word}");
    for message in outcome.messages().take(2) {
        detail = format!("{detail}: {}", plain(message));
    }
    if let Some(cure) = cure(&word, outcome, secret) {
        detail = format!("{detail}; {cure}");
    }
    let error = CallError {
        vendor: VENDOR,
        what: plain(what),
        detail: detail.chars().take(500).collect(),
        status: Some(200),
        kind: kind(&word, reads),
    };
    Trouble { word: Some(word), error }
}

fn kind(word: &str, reads: bool) -> CallErrorKind {
    match word {
        // "some aspect of the operation may have succeeded before the error was raised"
        "internal_error" | "fatal_error" if !reads => CallErrorKind::Unknown,
        // The token itself is at fault: nothing else will be done with it.
        "not_authed"
        | "invalid_auth"
        | "token_revoked"
        | "token_expired"
        | "account_inactive"
        | "not_allowed_token_type" => CallErrorKind::Barred,
        "ratelimited"
        | "rate_limited"
        | "service_unavailable"
        | "request_timeout"
        | "team_added_to_org"
        | "internal_error"
        | "fatal_error" => CallErrorKind::NotDone { after: None },
        _ => CallErrorKind::Rejected,
    }
}

/// What to mend, where the word says it.
fn cure(word: &str, outcome: &Outcome, secret: &str) -> Option<String> {
    Some(match word {
        "missing_scope" => {
            let needed = outcome.needed.as_deref().map_or_else(|| "it needs".to_owned(), plain);
            format!("give the app the scope {needed}, and install it in the workspace again")
        }
        "not_authed" | "invalid_auth" | "token_revoked" | "account_inactive" => {
            format!(
                "install the app in the workspace again and store its token as the secret `{}`",
                plain(secret)
            )
        }
        "token_expired" => format!(
            "the token `{}` has ended: the app has token rotation, so `refresh` must be configured",
            plain(secret)
        ),
        "not_allowed_token_type" => {
            format!("the secret `{}` holds a token of another kind than this call takes", plain(secret))
        }
        "no_permission" | "ekm_access_denied" | "restricted_action" | "access_denied" => {
            "an administrator of the workspace must allow it to the app".to_owned()
        }
        "not_in_channel" | "channel_not_found" => "invite the app to the channel".to_owned(),
        _ => return None,
    })
}

/// At most 200 characters on one line, of what somebody else wrote.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(json: &str, reads: bool) -> Trouble {
        read("post a card", &serde_json::from_str(json).unwrap(), reads, "slack-bot")
    }

    #[test]
    fn a_refusal_says_what_to_mend() {
        let error = trouble(r#"{"ok":false,"error":"missing_scope","needed":"chat:write"}"#, false).error;
        assert_eq!(error.kind, CallErrorKind::Rejected);
        assert!(error.detail.contains("give the app the scope chat:write"), "{error}");
        let error = trouble(r#"{"ok":false,"error":"invalid_auth"}"#, false).error;
        assert_eq!(error.kind, CallErrorKind::Barred);
        assert!(error.detail.contains("the secret `slack-bot`"), "{error}");
    }

    #[test]
    fn only_what_is_surely_undone_is_called_so() {
        let kind =
            |word: &str, reads| trouble(&format!(r#"{{"ok":false,"error":"{word}"}}"#), reads).error.kind;
        assert_eq!(kind("ratelimited", false), CallErrorKind::NotDone { after: None });
        assert_eq!(kind("fatal_error", false), CallErrorKind::Unknown);
        assert_eq!(kind("fatal_error", true), CallErrorKind::NotDone { after: None });
        assert_eq!(kind("something_new", false), CallErrorKind::Rejected);
    }
}
