//! What is asked of a vendor, and what came back.

use bytes::Bytes;
use countersign_domain::ports::{CallError, CallErrorKind};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What a request carries.
#[derive(Clone)]
pub(crate) enum Body {
    /// JSON.
    Json(Value),
    /// JSON that is signed, and so is sent as it is written.
    JsonText(String),
    /// Names and values, as a browser sends a form. They may be credentials.
    Form(Vec<(String, String)>),
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json(body) => f.debug_tuple("Json").field(body).finish(),
            Self::JsonText(body) => f.debug_tuple("JsonText").field(body).finish(),
            Self::Form(_) => f.write_str("Form(…)"),
        }
    }
}

/// One request to a vendor.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    pub(crate) what: String,
    pub(crate) method: Method,
    pub(crate) reads: bool,
    pub(crate) path: Vec<&'a str>,
    pub(crate) query: Vec<(&'a str, String)>,
    pub(crate) body: Option<Body>,
    /// What else its head says; what is secret of it shows nowhere.
    pub(crate) headers: HeaderMap,
    pub(crate) about: Option<String>,
    pub(crate) also: Option<StatusCode>,
    /// Which types of content are taken for an answer.
    pub(crate) accept: &'static str,
}

impl<'a> Ask<'a> {
    /// Asks for something; nothing can change by it. `what` is a phrase for people, `path` one element a segment.
    pub fn get(what: impl Into<String>, path: &[&'a str]) -> Self {
        Self { reads: true, ..Self::new(what, Method::GET, path) }
    }

    /// Adds something.
    pub fn post(what: impl Into<String>, path: &[&'a str]) -> Self {
        Self::new(what, Method::POST, path)
    }

    /// Sets something.
    pub fn put(what: impl Into<String>, path: &[&'a str]) -> Self {
        Self::new(what, Method::PUT, path)
    }

    /// Changes something.
    pub fn patch(what: impl Into<String>, path: &[&'a str]) -> Self {
        Self::new(what, Method::PATCH, path)
    }

    /// Removes something.
    pub fn delete(what: impl Into<String>, path: &[&'a str]) -> Self {
        Self::new(what, Method::DELETE, path)
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'a str, value: impl std::fmt::Display) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Sends a JSON body.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        // Our own bodies are plain data; one that cannot be written would be refused by the vendor as `null`.
        self.body = Some(Body::Json(serde_json::to_value(body).unwrap_or_default()));
        self
    }

    /// Sends this text as a JSON body, byte by byte: whoever signs it has signed what arrives.
    #[must_use]
    pub fn json_text(mut self, body: String) -> Self {
        self.body = Some(Body::JsonText(body));
        self
    }

    /// Sends a form's names and values, as token endpoints want them. They never show in logs or errors.
    #[must_use]
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let own = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        self.body = Some(Body::Form(fields.iter().map(own).collect()));
        self
    }

    /// Says what it is about, where the path does not: if it fails, that is left alone, and nothing else.
    #[must_use]
    pub fn about(mut self, part: impl Into<String>) -> Self {
        self.about = Some(part.into());
        self
    }

    /// Takes this status for an answer, too: its body says which of several things it means.
    #[must_use]
    pub const fn also(mut self, status: StatusCode) -> Self {
        self.also = Some(status);
        self
    }

    /// Says something in its head that may hold a secret: it shows in no log and no error. `None` where it cannot be sent.
    pub fn header(mut self, name: &str, value: &SecretString) -> Option<Self> {
        let name: HeaderName = name.parse().ok()?;
        let mut value = HeaderValue::from_str(value.expose_secret()).ok()?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Some(self)
    }

    /// The text without what its head says in secret, should a vendor have repeated it.
    pub(crate) fn redact(&self, text: &str) -> String {
        /// What is shorter is no secret, and may be a word.
        const SHORTEST: usize = 6;
        let said = self
            .headers
            .values()
            .filter(|value| value.is_sensitive())
            .filter_map(|value| value.to_str().ok());
        // Cookies are several in one: each by itself is as secret.
        let parts =
            said.flat_map(|value| std::iter::once(value).chain(value.split([';', ' ', '=']).map(str::trim)));
        let mut secrets: Vec<&str> = parts.filter(|part| part.len() >= SHORTEST).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[redacted]"))
    }

    /// Takes an answer that comes bit by bit, or whole.
    #[must_use]
    pub const fn in_pieces(mut self) -> Self {
        self.accept = "text/event-stream, application/x-ndjson, application/json";
        self
    }

    /// Takes an answer of whatever type: a file.
    #[must_use]
    pub(crate) const fn of_any_type(mut self) -> Self {
        self.accept = "*/*";
        self
    }

    /// What failing counts for.
    pub(crate) fn part(&self, depth: usize) -> String {
        let by_path = || self.path.iter().take(depth).copied().collect::<Vec<_>>().join("/");
        self.about.clone().unwrap_or_else(by_path)
    }

    /// Declares that nothing can change by it although it is a `POST`: a search.
    #[must_use]
    pub const fn reads(mut self) -> Self {
        self.reads = true;
        self
    }

    fn new(what: impl Into<String>, method: Method, path: &[&'a str]) -> Self {
        Self {
            what: what.into(),
            method,
            reads: false,
            path: path.to_vec(),
            query: Vec::new(),
            body: None,
            headers: HeaderMap::new(),
            about: None,
            also: None,
            accept: "application/json",
        }
    }
}

/// A vendor's answer with a status of success, or the one that counts for an answer, too.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) vendor: &'static str,
    pub(crate) what: String,
    /// The status, 200 to 299 but for that one.
    pub status: StatusCode,
    /// The whole body.
    pub body: Bytes,
    pub(crate) head: HeaderMap,
}

impl Answer {
    /// What its head says under this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.get(name)?.to_str().ok()
    }

    /// What the credential may do, where the vendor says so: the header `X-OAuth-Scopes`, taken apart.
    pub fn scopes(&self) -> Option<Vec<String>> {
        let scopes = self.header("x-oauth-scopes")?.split(',').map(|scope| scope.trim().to_owned());
        Some(scopes.filter(|scope| !scope.is_empty()).collect())
    }

    /// The error of an answer that says something else than it should: asking again will not help.
    pub fn unexpected(&self, detail: &str) -> CallError {
        CallError {
            vendor: self.vendor,
            what: self.what.clone(),
            detail: detail.to_owned(),
            status: Some(self.status.as_u16()),
            kind: CallErrorKind::Rejected,
        }
    }

    /// The body as JSON of the wanted shape; anything else is a broken contract, and asking again will not help.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            self.unexpected(&format!(
                "the answer is not what the vendor's documentation promises: {error}; check that the base address leads to {}",
                self.vendor
            ))
        })
    }
}

/// The error of a question that every vendor of this kind answers: whoever says that there is no such thing, or answers
/// something else, is not the vendor, or not this one's address. Nothing else can be done with it either.
pub fn not_the_vendor(error: CallError, what: &str) -> CallError {
    let is_another = match error.status {
        Some(404 | 405 | 410) => true,
        Some(status) => (200..400).contains(&status),
        None => false,
    };
    if error.kind != CallErrorKind::Rejected || !is_another {
        return error;
    }
    let detail =
        format!("{}; what answers there is not {what}: check the address in the configuration", error.detail);
    CallError { detail, kind: CallErrorKind::Barred, ..error }
}

/// Turns "there is none" (404) into `None`.
pub fn found(result: Result<Answer, CallError>) -> Result<Option<Answer>, CallError> {
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.status == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}
