//! One call to Discord's REST API (<https://discord.com/developers/docs/reference>), and what may be concluded from how it ended.
//!
//! The addresses are serenity's routes. Its client is not used: it prints interaction tokens into its tracing spans, sleeps
//! where Discord asks to wait, and goes to discord.com whatever address it was told while its rate limiter is on. Here a call
//! that must wait is one that was not done, with the time to wait, as everywhere in the bot.

mod classify;
mod holds;

use std::sync::Arc;
use std::time::Instant;

use bytes::BytesMut;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind, Clock, SecretError, Secrets};
use countersign_outbound::{BaseUrl, Breakers, Outbound, OutboundConfig, OutboundError, Told, install_tls};
use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serenity::all::Route;

use self::holds::Holds;
use crate::wire;

pub(crate) const VENDOR: &str = "discord";
/// What serenity writes its routes for.
const ORIGIN: &str = "https://discord.com";
/// How Discord wants a bot to introduce itself.
const USER_AGENT: &str = concat!("DiscordBot (https://countersign.example, ", env!("CARGO_PKG_VERSION"), ")");

/// The way to one tenant's Discord.
pub(crate) struct Calls {
    base: BaseUrl,
    tenant: Tenant,
    secret: String,
    secrets: Arc<dyn Secrets>,
    client: reqwest::Client,
    max_body: usize,
    clock: Arc<dyn Clock>,
    holds: Holds,
    /// What Discord limits together also fails together: a method in a channel.
    breakers: Arc<Breakers<String>>,
}

/// What is asked of Discord.
pub(crate) struct Ask<'a> {
    /// A phrase for people.
    pub(crate) what: String,
    pub(crate) method: Method,
    pub(crate) route: Route<'a>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

/// A call that did not succeed, with Discord's own number for why
/// (<https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes>).
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: CallError,
    pub(crate) code: Option<i64>,
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl<'a> Ask<'a> {
    pub(crate) fn new(what: impl Into<String>, method: Method, route: Route<'a>) -> Self {
        Self { what: what.into(), method, route, query: Vec::new(), body: None }
    }

    pub(crate) fn get(what: impl Into<String>, route: Route<'a>) -> Self {
        Self::new(what, Method::GET, route)
    }

    pub(crate) fn query(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        // The bodies are plain data; one that could not be written would be refused as `null`.
        self.body = Some(serde_json::to_value(body).unwrap_or_default());
        self
    }
}

impl Calls {
    pub(crate) fn new(
        base: BaseUrl,
        tenant: &Tenant,
        secret: &str,
        secrets: Arc<dyn Secrets>,
        outbound: &Outbound,
    ) -> Result<Self, OutboundError> {
        install_tls();
        let (config, clock) = (outbound.config(), outbound.clock());
        let client = client(&base, config)?;
        let (holds, breakers) = (Holds::default(), outbound.breakers_of(VENDOR, tenant));
        let (tenant, secret) = (tenant.clone(), secret.to_owned());
        Ok(Self { base, tenant, secret, secrets, client, max_body: config.max_body, clock, holds, breakers })
    }

    /// Where the API is, without `/api/v10`.
    pub(crate) fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The bot's token, for the gateway.
    pub(crate) async fn token(&self) -> Result<SecretString, CallError> {
        self.secrets.get(&self.secret).await.map_err(|error| {
            let kind = CallErrorKind::NotDone { after: None };
            self.failure("read the bot's token", &error.to_string(), None, kind).error
        })
    }

    /// Sends it and reads the answer; `Value::Null` where there is none in it.
    pub(crate) async fn send(&self, ask: Ask<'_>) -> Result<Value, Failure> {
        let started = Instant::now();
        let what = ask.what.clone();
        let result = self.guarded(ask).await;
        self.record(&what, &result, started);
        result
    }

    /// The same, read as what the documentation promises.
    pub(crate) async fn read<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Result<T, Failure> {
        let what = ask.what.clone();
        let value = self.send(ask).await?;
        wire::read(value).map_err(|error| {
            let detail = format!("the answer is not what the documentation promises: {error}");
            self.failure(&what, &detail, None, CallErrorKind::Rejected)
        })
    }

    /// An error of the adapter's own: it will not do.
    pub(crate) fn rejected(&self, what: &str, detail: &str) -> CallError {
        self.failure(what, detail, None, CallErrorKind::Rejected).error
    }

    async fn guarded(&self, ask: Ask<'_>) -> Result<Value, Failure> {
        let not_done =
            |detail: &str| self.failure(&ask.what, detail, None, CallErrorKind::NotDone { after: None });
        let no_token = |error: SecretError| {
            let passing = CallErrorKind::NotDone { after: None };
            let kind = if error.passing { passing } else { CallErrorKind::Barred };
            self.failure(&ask.what, &error.to_string(), None, kind)
        };
        let token = self.secrets.get(&self.secret).await.map_err(no_token)?;
        let mut header = HeaderValue::from_str(&format!("Bot {}", token.expose_secret()))
            .map_err(|_| not_done(&format!("the secret `{}` cannot be sent in a header", self.secret)))?;
        header.set_sensitive(true);
        let bucket = ask.route.ratelimiting_bucket();
        if let Some((wait, why)) = self.holds.wait(bucket, self.clock.now()) {
            let kind = CallErrorKind::NotDone { after: Some(wait) };
            return Err(self.failure(&ask.what, &format!("{why}; again in {wait:.0?}"), None, kind));
        }
        let pass = self.breakers.enter(format!("{bucket:?}"), self.clock.now()).map_err(|closed| {
            let kind = CallErrorKind::NotDone { after: Some(closed.wait()) };
            let why = format!("it failed several times in a row and is left alone for {:.0?}", closed.wait());
            self.failure(&ask.what, &why, None, kind)
        })?;
        let reads = ask.method == Method::GET;
        let outcome = self.exchange(&ask, header).await;
        let now = self.clock.now();
        match outcome {
            Ok((status, headers, body)) => {
                self.holds.learn(bucket, &headers, now);
                let failure = classify::answer(status, &headers, &body, reads);
                let alive = failure.as_ref().is_none_or(|failure| classify::is_alive(status, failure.kind));
                let told = match status {
                    _ if alive => Told::Alive,
                    StatusCode::SERVICE_UNAVAILABLE => Told::Unreached,
                    _ => Told::Failed,
                };
                pass.tell(told, now);
                let Some(failure) = failure else { return Ok(body) };
                if let CallErrorKind::NotDone { after: Some(after) } = failure.kind {
                    self.holds.hold(bucket, &headers, after, now);
                }
                let detail = failure.detail.replace(token.expose_secret(), "[redacted]");
                let mut told = self.failure(&ask.what, &detail, Some(status), failure.kind);
                told.code = failure.code;
                Err(told)
            }
            Err(lost) => {
                pass.tell(if lost.is_unreached() { Told::Unreached } else { Told::Failed }, now);
                let (detail, kind) = classify::lost(&lost, reads);
                Err(self.failure(&ask.what, &detail, None, kind))
            }
        }
    }

    async fn exchange(
        &self,
        ask: &Ask<'_>,
        authorization: HeaderValue,
    ) -> Result<(StatusCode, HeaderMap, Value), classify::Lost> {
        let path = ask.route.path();
        let path = path.strip_prefix(ORIGIN).unwrap_or(&path);
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let mut request = self.client.request(ask.method.clone(), url);
        request = request.header(ACCEPT, "application/json").header(AUTHORIZATION, authorization);
        if !ask.query.is_empty() {
            request = request.query(&ask.query);
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        let mut answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > self.max_body {
                return Err(classify::Lost::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let body =
            if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap_or_default() };
        Ok((status, headers, body))
    }

    fn failure(&self, what: &str, detail: &str, status: Option<StatusCode>, kind: CallErrorKind) -> Failure {
        let cure = match status.map(|status| status.as_u16()) {
            Some(401) => format!("; renew the bot's token and store it as the secret `{}`", self.secret),
            Some(403) => "; give the bot's role that permission on the server".to_owned(),
            _ => String::new(),
        };
        let error = CallError {
            vendor: VENDOR,
            what: classify::one_line(what),
            detail: classify::one_line(&format!("{detail}{cure}")),
            status: status.map(|status| status.as_u16()),
            kind,
        };
        Failure { error, code: None }
    }

    /// Under the names that the other vendors' calls have.
    fn record(&self, what: &str, result: &Result<Value, Failure>, started: Instant) {
        let outcome = result.as_ref().map_or_else(|failure| failure.error.kind.as_str(), |_| "ok");
        let (tenant, seconds) = (self.tenant.to_string(), started.elapsed().as_secs_f64());
        metrics::counter!("countersign_vendor_calls_total", "vendor" => VENDOR, "tenant" => tenant.clone(), "outcome" => outcome)
            .increment(1);
        let open = self.breakers.is_open(self.clock.now());
        metrics::gauge!("countersign_breaker_open", "vendor" => VENDOR, "tenant" => tenant)
            .set(f64::from(u8::from(open)));
        metrics::histogram!("countersign_vendor_call_seconds", "vendor" => VENDOR).record(seconds);
        let correlation = countersign_outbound::current_correlation();
        let detail = result.as_ref().err().map(|failure| failure.error.detail.as_str());
        tracing::info!(vendor = VENDOR, tenant = %self.tenant, what, outcome, seconds, correlation, detail, "called");
    }
}

/// TLS 1.2 or later, no redirects, time-outs; calls to this machine in clear and by no proxy.
fn client(base: &BaseUrl, config: &OutboundConfig) -> Result<reqwest::Client, OutboundError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false);
    if base.is_loopback() {
        builder = builder.no_proxy();
    }
    if base.as_str().starts_with("http:") {
        builder = builder.tls_certs_only([]);
    } else {
        builder = builder.https_only(true).tls_version_min(reqwest::tls::Version::TLS_1_2);
        if let Some(path) = &config.extra_ca_file {
            let bad = |why: String| OutboundError::ExtraCa { path: path.clone(), why };
            let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
            let more = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| bad(error.to_string()))?;
            builder = builder.tls_certs_merge(more);
        }
    }
    builder.build().map_err(|error| OutboundError::Tls { why: error.to_string() })
}
