//! Problem documents (RFC 9457): every error of the HTTP side, in one shape, never with internals.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use countersign_domain::capabilities;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::effect;
use countersign_domain::ports::StoreError;
use countersign_projections::{ProjectionError, RowsError};
use serde_json::{Value, json};

use super::onward::Onward;
use super::request_id::RequestId;
use super::state::HttpState;
use super::web;
use crate::engine::Failure;

/// On an answer that stays as it is whatever its status: a page, or a report. It is taken off before the answer leaves.
pub(crate) const IS_PAGE: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-countersign-page"), HeaderValue::from_static("1"));

/// What went wrong, for the caller: what, and how to mend it.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    violations: Vec<Value>,
    /// What went wrong and how to mend it in other words, for who looks for a page and has no use of the API's list.
    on_a_page: Option<&'static str>,
    /// In how many seconds to come again, where that is known.
    after: Option<u64>,
}

impl Problem {
    /// A problem of this kind; the kind's words are its title too.
    pub(crate) fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), violations: Vec::new(), on_a_page: None, after: None }
    }

    /// A parameter, a header or a body that cannot be used.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    /// Nobody is signed in.
    pub(crate) fn sign_in_needed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign-in-needed", detail)
    }

    /// After how many seconds it may be tried again, where that is known.
    pub(crate) const fn after(&self) -> Option<u64> {
        self.after
    }

    /// Too much came, and it is known when to come again.
    pub(crate) fn too_many(detail: impl Into<String>, after: u64) -> Self {
        Self { after: Some(after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", detail) }
    }

    /// More was asked than may be, and it is known when there is more again.
    pub(crate) fn quota_exceeded(detail: impl Into<String>, after: u64) -> Self {
        Self { after: Some(after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "quota-exceeded", detail) }
    }

    /// It takes a role.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// There is no such thing, or the viewer may not see it.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    /// A command was denied: every reason, each with its words.
    pub(crate) fn denied(denied: &Denied) -> Self {
        let violations = denied.0.iter().map(|violation| {
            let mut value = serde_json::to_value(violation).unwrap_or_else(|_| json!({}));
            value["text"] = Value::String(capabilities::violation(violation));
            value
        });
        let violations = violations.collect();
        let is = |fits: fn(&Violation) -> bool| denied.0.iter().any(fits);
        let status = if is(capabilities::is_about_who) {
            StatusCode::FORBIDDEN
        } else if is(|violation| violation.own::<effect::Fault>().is_some()) {
            StatusCode::CONFLICT
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        Self { violations, ..Self::new(status, "denied", denied.to_string().replace('\n', " ")) }
    }

    /// The same in words for who uses neither a chat nor its sentences.
    pub(crate) fn in_words(mut self, detail: &str) -> Self {
        detail.clone_into(&mut self.detail);
        for violation in &mut self.violations {
            violation["text"] = Value::from(detail);
        }
        self
    }

    /// The status it is answered with.
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// What kind of problem it is, in kebab case.
    pub(crate) const fn kind(&self) -> &'static str {
        self.kind
    }

    /// Its kind in words.
    pub(crate) fn title(&self) -> String {
        title(self.kind)
    }

    /// What went wrong and how to mend it, for people.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The same for who looks for a page.
    fn for_a_browser(self) -> Self {
        match self.on_a_page {
            Some(words) => self.in_words(words),
            None => self,
        }
    }

    /// What axum says by a status alone.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (kind, detail) = match status {
            StatusCode::NOT_FOUND => ("not-found", NO_ADDRESS),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method-not-allowed",
                "This address does not take this method; the Allow header lists those it takes.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "The body is over the limit of 1 MiB: send less."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("unsupported-media-type", "Send JSON, with the header Content-Type: application/json.")
            }
            StatusCode::GATEWAY_TIMEOUT => {
                ("time-out", "This took too long; with the same X-Request-ID it is safe to send it again.")
            }
            status if status.is_server_error() => {
                ("broken", "Something broke here; it was logged under the instance's id.")
            }
            _ => ("bad-request", "The request cannot be read."),
        };
        let on_a_page = (status == StatusCode::NOT_FOUND).then_some(NO_PAGE);
        Self { on_a_page, ..Self::new(status, kind, detail) }
    }

    /// As it is told, of the request or the message with this id.
    pub(super) fn document(&self, instance: Option<&RequestId>) -> Value {
        let mut document = json!({
            "type": format!("urn:countersign:problem:{}", self.kind),
            "title": self.title(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(id) = instance {
            document["instance"] = Value::String(format!("urn:uuid:{}", id.logged()));
        }
        if !self.violations.is_empty() {
            document["violations"] = Value::Array(self.violations.clone());
        }
        document
    }
}

/// There is no such address, to a program and to a person.
const NO_ADDRESS: &str = "There is nothing at this address; /api/openapi.json lists what there is.";
const NO_PAGE: &str = "There is nothing at this address: the first page leads to all there is.";

fn title(kind: &str) -> String {
    // Surfaces call what they do not take as their logs do.
    let words = kind.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The body follows in [`render`], which knows the request's id.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"countersign\""));
        }
        let usual = match self.status {
            StatusCode::SERVICE_UNAVAILABLE => Some(2),
            StatusCode::TOO_MANY_REQUESTS => Some(5),
            _ => None,
        };
        if let Some(seconds) = self.after.or(usual) {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let busy = |detail: &str| Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        match &failure {
            Failure::Busy { .. } => busy("Many are changing this at once: try again."),
            Failure::Store(StoreError::Full { .. }) => {
                tracing::error!("{failure}");
                busy("The log has no space left, so nothing new can be kept; an operator has to make some.")
            }
            Failure::Store(StoreError::Stopped(_)) => {
                tracing::error!("{failure}");
                busy("The log has stopped after an error; an operator has to start it again.")
            }
            Failure::Store(StoreError::Unavailable(_) | StoreError::Unknown(_)) => {
                tracing::warn!("{failure}");
                busy("The log does not answer at the moment: try again, nothing is done twice.")
            }
            Failure::Decode(_) => {
                tracing::error!("{failure}");
                busy("A newer version of the bot has written this, and takes over: try again in a moment.")
            }
            _ => {
                tracing::error!("{failure}");
                Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Failure::from(error).into()
    }
}

impl From<ProjectionError> for Problem {
    fn from(error: ProjectionError) -> Self {
        Failure::from(error).into()
    }
}

impl From<RowsError> for Problem {
    fn from(error: RowsError) -> Self {
        ProjectionError::from(error).into()
    }
}

/// Writes the body of every error: ours, and those that axum makes by itself. Browsers get a page; who has to sign in for the page
/// that they opened gets the door to it.
pub(crate) async fn render(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let onward = Onward::of(request.uri());
    let id = request.extensions().get::<RequestId>().cloned();
    let is_for_a_browser = web::wants_page(request.headers());
    let mut response = next.run(request).await;
    let status = response.status();
    let problem = response.extensions_mut().remove::<Problem>();
    let written = response.headers_mut().remove(IS_PAGE.0).is_some();
    if written || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = problem.unwrap_or_else(|| Problem::of_status(status));
    let problem = if is_for_a_browser { problem.for_a_browser() } else { problem };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    let page = || match onward.filter(|_| status == StatusCode::UNAUTHORIZED) {
        Some(onward) => web::door_to(&state, &problem, &onward),
        None => web::trouble(&problem, id.as_ref().map(|id| id.logged().to_string())),
    };
    if let Some(page) = is_for_a_browser.then(page).flatten() {
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        return Response::from_parts(parts, page.into());
    }
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    Response::from_parts(parts, problem.document(id.as_ref()).to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_looks_for_a_page_is_not_sent_to_the_list_of_the_api_and_whatever_else_is_missing_is_called_by_its_name()
     {
        let nowhere = Problem::of_status(StatusCode::NOT_FOUND);
        assert_eq!((nowhere.detail(), nowhere.clone().for_a_browser().detail()), (NO_ADDRESS, NO_PAGE));
        for problem in [Problem::not_found(NO_ADDRESS), Problem::not_found("There is no request K7QM2X.")] {
            assert_eq!(problem.clone().for_a_browser().detail(), problem.detail(), "these are its own words");
        }
    }
}
