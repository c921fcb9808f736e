//! How GitHub is called: a token that ended is made anew, a limit is waited for, and an answer of 200 may hold an error.

use std::time::Duration;

use countersign_domain::ports::{CallError, CallErrorKind, Refusal};
use countersign_outbound::{Answer, Ask, Vendor, found};
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Github;

/// Who has met a limit of which no head says when it is over waits for so long at least.
const A_MINUTE: Duration = Duration::from_mins(1);

/// What GraphQL answers: what was asked for, or why not.
#[derive(Deserialize)]
struct Graph<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<GraphError>,
}

#[derive(Deserialize)]
struct GraphError {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
}

impl Github {
    /// The answer. Where an app's token is not taken any more, another one is tried once: it may have been withdrawn before its
    /// time.
    pub(crate) async fn send(&self, ask: Ask<'_>) -> Result<Answer, CallError> {
        self.send_to(&self.vendor, ask).await
    }

    async fn send_to(&self, vendor: &Vendor, ask: Ask<'_>) -> Result<Answer, CallError> {
        let used = self.tokens.as_ref().map(|tokens| (tokens, tokens.renewed.current()));
        let answer = match (vendor.send(ask.clone()).await, used) {
            (Err(error), Some((tokens, used))) if error.status == Some(401) => {
                tokens.renewed.forget(used).await;
                vendor.send(ask).await
            }
            (answer, _) => answer,
        };
        answer.map_err(not_now)
    }

    /// The answer; `None` where GitHub says there is no such thing, be it that the bot may not see it.
    pub(crate) async fn found(&self, ask: Ask<'_>) -> Result<Option<Answer>, CallError> {
        found(self.send(ask).await)
    }

    /// The same for what changes seldom: what has not changed is not sent again, and costs no call.
    pub(crate) async fn look(&self, what: String, path: &[&str]) -> Result<Option<Answer>, CallError> {
        let key = path.join("/");
        let last = self.seen.last(&key);
        let mut ask = Ask::get(what, path);
        if let Some((tag, _)) = &last {
            ask = ask.clone().header("if-none-match", &SecretString::from(tag.clone())).unwrap_or(ask);
            ask = ask.also(StatusCode::NOT_MODIFIED);
        }
        let Some(mut answer) = self.found(ask).await? else { return Ok(None) };
        match last {
            Some((_, body)) if answer.status == StatusCode::NOT_MODIFIED => answer.body = body,
            _ => {
                if let Some(tag) = answer.header("etag") {
                    self.seen.keep(key, tag, &answer.body);
                }
            }
        }
        Ok(Some(answer))
    }

    /// What GraphQL answers to a question about this part of GitHub; `None` where there is no such thing.
    pub(crate) async fn query<T: DeserializeOwned>(
        &self,
        what: &str,
        (query, variables): (&str, &Value),
        about: &str,
    ) -> Result<Option<T>, CallError> {
        let ask = Ask::post(what, &["graphql"]).reads().about(about);
        let ask = ask.json(&json!({"query": query, "variables": variables}));
        let answer = self.send_to(&self.graph, ask).await?;
        let Graph { data, errors } = answer.json::<Graph<T>>()?;
        let Some(error) = errors.first() else {
            return data.map(Some).ok_or_else(|| answer.unexpected("it answered with nothing"));
        };
        let refused = answer.unexpected(&format!("it answered {}: {}", answer.status, error.message));
        match error.kind.as_deref() {
            Some("NOT_FOUND") => Ok(None),
            Some("FORBIDDEN") => Err(meaning(refused, Refusal::NotAllowed)),
            Some("RATE_LIMITED") => Err(CallError { kind: LIMITED, ..refused }),
            _ => Err(refused),
        }
    }
}

const LIMITED: CallErrorKind = CallErrorKind::NotDone { after: Some(A_MINUTE) };

/// A limit of which no head says anything is told in words only: the secondary ones are.
fn not_now(error: CallError) -> CallError {
    let is_limit = matches!(error.status, Some(403 | 429))
        && error.kind.is_refusal()
        && error.detail.to_lowercase().contains("rate limit");
    if is_limit { CallError { kind: LIMITED, ..error } } else { error }
}

/// A refusal with what it means.
pub(crate) fn meaning(error: CallError, refusal: Refusal) -> CallError {
    CallError { kind: CallErrorKind::Refused(refusal), ..error }
}

/// What it means that GitHub refuses to show or change something of a repository: who may do nothing there is told 403, and so is
/// whoever changes what is archived.
pub(crate) fn refused(error: CallError) -> CallError {
    if error.status != Some(403) || error.kind != CallErrorKind::Rejected {
        return error;
    }
    let is_archived = error.detail.to_lowercase().contains("archived");
    meaning(error, if is_archived { Refusal::ReadOnly } else { Refusal::NotAllowed })
}
