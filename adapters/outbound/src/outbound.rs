//! The way out: one per process, and from it one [`Vendor`] for each vendor and tenant.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use countersign_domain::names::Tenant;
use countersign_domain::ports::{CURE, CallError, CallErrorKind, Clock, Pauses, Secrets};
use jiff::Timestamp;

use crate::breaker::Closed;
use crate::credential::Presented;
use crate::exchange::{self, Exchange, Limits};
use crate::parts::{Breakers, Passes, Told};
use crate::{Answer, Ask, BaseUrl, BreakerView, Credential, Files, OutboundConfig, classify, install_tls};

/// Why there is no way out.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The file of extra certificate authorities cannot be used.
    #[error(
        "the extra certificate authorities in {path} cannot be used: {why}; it must be a PEM file of certificates"
    )]
    ExtraCa {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// TLS cannot be set up.
    #[error(
        "TLS cannot be set up: {why}; install the system's certificate authorities (on Debian the package ca-certificates) or name them in `extra_ca_file`"
    )]
    Tls {
        /// What the library says.
        why: String,
    },
}

/// What is closed, for every vendor of every tenant.
type BreakersByVendor = BTreeMap<(&'static str, Tenant), Arc<Breakers<String>>>;

/// All calls to the outside go through here: TLS 1.2 or later, no redirects, time-outs, bounded answers, breakers.
pub struct Outbound {
    config: OutboundConfig,
    clock: Arc<dyn Clock>,
    encrypted: Mutex<BTreeMap<Proxied, reqwest::Client>>,
    plain: reqwest::Client,
    breakers: Mutex<BreakersByVendor>,
}

impl Outbound {
    /// The way out of this process. `clock` is what breakers and HTTP dates go by.
    pub fn new(config: OutboundConfig, clock: Arc<dyn Clock>) -> Result<Self, OutboundError> {
        install_tls();
        // Calls to this machine never leave it: no proxy, and no certificate would be accepted.
        let plain = builder(&config).no_proxy().tls_certs_only([]);
        let plain = plain.build().map_err(|error| OutboundError::Tls { why: explain(&error) })?;
        Ok(Self { config, clock, encrypted: Mutex::default(), plain, breakers: Mutex::default() })
    }

    /// The vendor `name` for one tenant. All that is made for the same vendor and tenant share their breakers.
    pub fn vendor(
        &self,
        name: &'static str,
        tenant: &Tenant,
        base: BaseUrl,
        credential: Credential,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Vendor, OutboundError> {
        let client = if base.is_plain() { self.plain.clone() } else { self.encrypted(!base.is_loopback())? };
        Ok(Vendor {
            name,
            tenant: tenant.clone(),
            base,
            credential,
            secrets,
            client,
            limits: Limits { max_body: self.config.max_body },
            clock: Arc::clone(&self.clock),
            breaker: self.breakers_of(name, tenant),
            limits_all: false,
            depth: usize::MAX,
        })
    }

    /// The breakers of the vendor `name` for one tenant: also for a client of its own, so that they are seen and closed with all
    /// others.
    pub fn breakers_of(&self, name: &'static str, tenant: &Tenant) -> Arc<Breakers<String>> {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Breakers::new(self.config.breaker.clone()));
        Arc::clone(breakers.entry((name, tenant.clone())).or_insert_with(new))
    }

    /// The files that a vendor hands out on these hosts, or on this machine where its API is; with this credential, which goes
    /// nowhere else.
    pub fn files(
        &self,
        vendor: &'static str,
        base: BaseUrl,
        hosts: &'static [&'static str],
        credential: Credential,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Files, OutboundError> {
        let client = if base.is_plain() { self.plain.clone() } else { self.encrypted(!base.is_loopback())? };
        Ok(Files { vendor, base, hosts, credential, secrets, client, clock: Arc::clone(&self.clock) })
    }

    /// Reads a document that is there for everybody: no credential goes out with the question. There is no breaker
    /// either, so whoever asks keeps the answer and does not ask again at once.
    pub async fn document(
        &self,
        vendor: &'static str,
        what: &str,
        address: &BaseUrl,
    ) -> Result<Answer, CallError> {
        let error = |detail: &str, status, kind| CallError {
            vendor,
            what: classify::one_line(what),
            detail: classify::one_line(detail),
            status,
            kind,
        };
        let client =
            if address.is_plain() { Ok(self.plain.clone()) } else { self.encrypted(!address.is_loopback()) };
        let client =
            client.map_err(|why| error(&why.to_string(), None, CallErrorKind::NotDone { after: None }))?;
        let limits = Limits { max_body: self.config.max_body };
        let exchange = Exchange { client: &client, limits: &limits, clock: &*self.clock };
        match exchange.run(&Ask::get(what, &[]), address.url(), None).await {
            Ok((status, body, head)) => Ok(Answer { vendor, what: what.to_owned(), status, body, head }),
            Err(failure) => Err(error(&failure.detail, failure.status, failure.kind)),
        }
    }

    /// How calls are made, for a client of its own.
    pub const fn config(&self) -> &OutboundConfig {
        &self.config
    }

    /// What breakers and HTTP dates go by.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// All breakers, for `/readyz` and the console.
    pub fn breakers(&self) -> Vec<BreakerView> {
        let breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let view = |((vendor, tenant), breakers): (&(&'static str, Tenant), &Arc<Breakers<String>>)| {
            let (state, failures, until) = breakers.whole().view(now);
            let (vendor, tenant, parts) =
                ((*vendor).to_owned(), tenant.to_string(), breakers.left_alone(now));
            BreakerView { vendor, tenant, state, failures, until, parts }
        };
        breakers.iter().map(view).collect()
    }

    /// The client for TLS, made when the first vendor needs it: a machine without certificate authorities can still
    /// talk to itself.
    fn encrypted(&self, proxied: Proxied) -> Result<reqwest::Client, OutboundError> {
        let mut kept = self.encrypted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = kept.get(&proxied) {
            return Ok(client.clone());
        }
        let mut builder =
            builder(&self.config).https_only(true).tls_version_min(reqwest::tls::Version::TLS_1_2);
        if !proxied {
            builder = builder.no_proxy();
        }
        if let Some(path) = &self.config.extra_ca_file {
            builder = builder.tls_certs_merge(read_authorities(path)?);
        }
        let client = builder.build().map_err(|error| OutboundError::Tls { why: explain(&error) })?;
        kept.insert(proxied, client.clone());
        Ok(client)
    }
}

/// Whether the system's proxy is used; never for calls to this machine.
type Proxied = bool;

fn builder(config: &OutboundConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(&config.user_agent)
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
}

fn read_authorities(path: &PathBuf) -> Result<Vec<reqwest::Certificate>, OutboundError> {
    let bad = |why: String| OutboundError::ExtraCa { path: path.clone(), why };
    let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let authorities = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| bad(explain(&error)))?;
    if authorities.is_empty() { Err(bad("it holds no certificate".to_owned())) } else { Ok(authorities) }
}

/// An error with all its causes, without the address.
pub(crate) fn explain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// A call that may be made.
pub(crate) struct Admitted<'v> {
    pub(crate) url: reqwest::Url,
    pub(crate) presented: Option<Presented>,
    pub(crate) pass: Passes<'v, String>,
}

/// One vendor as one tenant sees it.
pub struct Vendor {
    pub(crate) name: &'static str,
    tenant: Tenant,
    base: BaseUrl,
    credential: Credential,
    secrets: Arc<dyn Secrets>,
    pub(crate) client: reqwest::Client,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    breaker: Arc<Breakers<String>>,
    limits_all: bool,
    /// How many elements of a path name what a call is about.
    depth: usize,
}

impl Vendor {
    /// The same vendor, of whom a `Retry-After` counts for all calls of this tenant: its limits are for all it does together.
    #[must_use]
    pub fn limiting_all(self) -> Self {
        Self { limits_all: true, ..self }
    }

    /// The same vendor, the first so many elements of whose paths name what a call is about: failures count for that. Without,
    /// the whole path does.
    #[must_use]
    pub fn with_parts(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Sends one request and waits for the answer. Every status but 200 to 299 is an error; see [`crate::found`].
    pub async fn send(&self, ask: Ask<'_>) -> Result<Answer, CallError> {
        let started = Instant::now();
        let what = ask.what.clone();
        let result = self.guarded(ask).await;
        self.record(&what, &result, started);
        result
    }

    /// An error of the adapter's own: the answer was understood, and it means no.
    pub fn rejected(&self, what: impl AsRef<str>, detail: &str) -> CallError {
        self.error(what.as_ref(), detail, None, CallErrorKind::Rejected)
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where the vendor is.
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    async fn guarded(&self, ask: Ask<'_>) -> Result<Answer, CallError> {
        let Admitted { url, presented, pass } = self.admit(&ask).await?;
        let exchange = Exchange { client: &self.client, limits: &self.limits, clock: &*self.clock };
        let outcome = exchange.run(&ask, url, presented.as_ref().map(|presented| &presented.header)).await;
        let told = outcome.as_ref().map_or_else(exchange::Failure::told, |_| Told::Alive);
        pass.tell(told, self.clock.now());
        match outcome {
            Ok((status, body, head)) => Ok(Answer { vendor: self.name, what: ask.what, status, body, head }),
            Err(failure) => Err(self.failed(&ask, presented.as_ref(), &failure)),
        }
    }

    /// What a call needs before it goes out: an address, the credential, and the right to be made.
    pub(crate) async fn admit(&self, ask: &Ask<'_>) -> Result<Admitted<'_>, CallError> {
        let Some(url) = self.base.join(&ask.path) else {
            return Err(self.rejected(&ask.what, "one of the names cannot be part of an address"));
        };
        let presented = self.credential.read(&*self.secrets).await.map_err(|error| {
            let passing = CallErrorKind::NotDone { after: None };
            let kind = if error.passing { passing } else { CallErrorKind::Barred };
            self.error(&ask.what, &error.to_string(), None, kind)
        })?;
        let pass = self.breaker.enter(ask.part(self.depth), self.clock.now());
        let pass = pass.map_err(|closed| self.left_alone(&ask.what, closed))?;
        Ok(Admitted { url, presented, pass })
    }

    /// What is told of a call that failed; and where the vendor wants to be left alone, it is.
    pub(crate) fn failed(
        &self,
        ask: &Ask<'_>,
        presented: Option<&Presented>,
        failure: &exchange::Failure,
    ) -> CallError {
        if let Some(after) = self.wants_a_pause(failure) {
            self.breaker.whole().pause(self.clock.now().saturating_add(after).unwrap_or(Timestamp::MAX));
        }
        let mut detail = ask.redact(&failure.detail);
        if let Some(presented) = presented {
            detail = presented.redact(&detail);
        }
        if let Some(cure) = failure.status.and_then(|status| self.cure(status)) {
            detail = format!("{detail}{CURE}{cure}");
        }
        self.error(&ask.what, &detail, failure.status, failure.kind)
    }

    /// For how long it wants to be left alone altogether.
    fn wants_a_pause(&self, failure: &exchange::Failure) -> Option<Duration> {
        match (failure.status, failure.kind) {
            (Some(403 | 429 | 503), CallErrorKind::NotDone { after })
                if self.limits_all && !failure.partial =>
            {
                after
            }
            _ => None,
        }
    }

    fn cure(&self, status: u16) -> Option<String> {
        classify::cure(http::StatusCode::from_u16(status).ok()?, self.credential.secret_name())
    }

    fn left_alone(&self, what: &str, closed: Closed) -> CallError {
        let (detail, wait) = match closed {
            Closed::Broken(wait) => {
                (format!("it is left alone for {wait:.0?}, for calls failed several times in a row"), wait)
            }
            Closed::Asked(wait) => {
                (format!("{} is left alone for {wait:.0?}, as it asked for", self.name), wait)
            }
        };
        self.error(what, &detail, None, CallErrorKind::NotDone { after: Some(wait) })
    }

    fn error(&self, what: &str, detail: &str, status: Option<u16>, kind: CallErrorKind) -> CallError {
        CallError {
            vendor: self.name,
            what: classify::one_line(what),
            detail: classify::one_line(detail),
            status,
            kind,
        }
    }

    /// Counts a call, and says what came of it.
    pub(crate) fn record<T>(&self, what: &str, result: &Result<T, CallError>, started: Instant) {
        let outcome = result.as_ref().map_or_else(|error| error.kind.as_str(), |_| "ok");
        let seconds = started.elapsed().as_secs_f64();
        let tenant = self.tenant.to_string();
        metrics::counter!("countersign_vendor_calls_total", "vendor" => self.name, "tenant" => tenant, "outcome" => outcome)
            .increment(1);
        metrics::histogram!("countersign_vendor_call_seconds", "vendor" => self.name).record(seconds);
        let open = self.breaker.is_open(self.clock.now());
        metrics::gauge!("countersign_breaker_open", "vendor" => self.name, "tenant" => self.tenant.to_string())
            .set(f64::from(u8::from(open)));
        let correlation = crate::current_correlation();
        let detail = result.as_ref().err().map(|error| error.detail.as_str());
        tracing::info!(vendor = self.name, tenant = %self.tenant, what, outcome, seconds, correlation, detail, "called");
    }
}

impl Pauses for Outbound {
    fn pause(&self, vendor: &str, tenant: &Tenant, until: Timestamp) {
        let breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let its = breakers.iter().filter(|((name, whose), _)| *name == vendor && whose == tenant);
        its.for_each(|(_, breakers)| breakers.whole().pause(until));
    }

    fn paused_until(&self, vendor: &str, tenant: &Tenant) -> Option<Timestamp> {
        let now = self.clock.now();
        let breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut its = breakers.iter().filter(|((name, whose), _)| *name == vendor && whose == tenant);
        its.next()?.1.whole().paused_until(now)
    }
}

impl std::fmt::Debug for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vendor")
            .field("name", &self.name)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("config", &self.config).finish_non_exhaustive()
    }
}
