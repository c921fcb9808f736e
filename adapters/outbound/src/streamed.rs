//! An answer that comes bit by bit, for as long as somebody wants it: with patience for its beginning, for the time between two bits,
//! and for all of it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use countersign_domain::ports::CallError;
use http::header::CONTENT_TYPE;
use reqwest::Response;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::exchange::Exchange;
use crate::outbound::{Admitted, explain};
use crate::parts::{Passes, Told};
use crate::{Ask, Vendor};

/// The largest answer, in bytes: what comes bit by bit says much beside its few words.
const LARGEST: usize = 16 * 1024 * 1024;

/// How long to wait for an answer that comes bit by bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Patience {
    /// Until it says anything: `30s`.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub first: Duration,
    /// Until it says more: `15s`.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub between: Duration,
    /// Until it has said all: `5m`.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(30),
            between: Duration::from_secs(15),
            whole: Duration::from_mins(5),
        }
    }
}

/// Why an answer did not begin, or did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamFault {
    /// It did not begin: the vendor could not be asked, or said no.
    #[error(transparent)]
    Refused(CallError),
    /// Nothing came in time.
    #[error("it said nothing in time")]
    Silent,
    /// The connection ended in the middle.
    #[error("the connection was lost: {0}")]
    Cut(String),
    /// There was more than an answer may have.
    #[error("its answer is larger than {0} bytes")]
    TooLarge(usize),
}

/// An answer that has begun. When it is dropped, the connection is closed, and the vendor knows that nobody listens.
#[derive(Debug)]
pub struct Streamed<'v> {
    vendor: &'v Vendor,
    what: String,
    response: Response,
    patience: Patience,
    /// Until when the first bit is to come.
    first: Instant,
    begun: bool,
    left: usize,
    pass: Option<Passes<'v, String>>,
    started: Instant,
}

impl Vendor {
    /// Sends one request and returns when the answer begins. Every status but 200 to 299 is a fault.
    pub async fn stream(&self, ask: Ask<'_>, patience: Patience) -> Result<Streamed<'_>, StreamFault> {
        let started = Instant::now();
        let Admitted { url, presented, pass } = self.admit(&ask).await.map_err(StreamFault::Refused)?;
        let exchange = Exchange { client: &self.client, limits: &self.limits, clock: &*self.clock };
        let header = presented.as_ref().map(|presented| &presented.header);
        let begun = timeout(patience.first, exchange.begin(&ask, url, header, patience.whole)).await;
        let failure = match begun {
            Ok(Ok(response)) => {
                return Ok(Streamed {
                    vendor: self,
                    what: ask.what,
                    response,
                    patience,
                    first: started + patience.first,
                    begun: false,
                    left: LARGEST,
                    pass: Some(pass),
                    started,
                });
            }
            Ok(Err(failure)) => failure,
            Err(_) => {
                pass.tell(Told::Failed, self.clock.now());
                return Err(StreamFault::Silent);
            }
        };
        pass.tell(failure.told(), self.clock.now());
        let error = self.failed(&ask, presented.as_ref(), &failure);
        self.record::<()>(&ask.what, &Err(error.clone()), started);
        Err(StreamFault::Refused(error))
    }
}

impl Streamed<'_> {
    /// What it says that it is: `text/event-stream`, without what stands behind.
    pub fn media(&self) -> String {
        let media = self.response.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
        let media = media.and_then(|media| media.split(';').next()).unwrap_or_default();
        media.trim().to_ascii_lowercase()
    }

    /// The next bit; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StreamFault> {
        let patience = if self.begun {
            self.patience.between
        } else {
            self.first.saturating_duration_since(Instant::now())
        };
        let fault = match timeout(patience, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) if bytes.len() <= self.left => {
                self.left -= bytes.len();
                return Ok(Some(bytes));
            }
            Ok(Ok(None)) => {
                self.tell(Told::Alive);
                self.vendor.record(&self.what, &Ok(()), self.started);
                return Ok(None);
            }
            Ok(Ok(Some(_))) => StreamFault::TooLarge(LARGEST),
            Ok(Err(error)) if error.is_timeout() => StreamFault::Silent,
            Ok(Err(error)) => StreamFault::Cut(explain(&error.without_url())),
            Err(_) => StreamFault::Silent,
        };
        self.tell(Told::Failed);
        Err(fault)
    }

    /// What came was something that was waited for: from now on it is waited for more. Until then, that a connection is kept open
    /// with nothing (as by comments) is no beginning.
    pub const fn has_begun(&mut self) {
        self.begun = true;
    }

    fn tell(&mut self, told: Told) {
        if let Some(pass) = self.pass.take() {
            pass.tell(told, self.vendor.clock.now());
        }
    }
}

impl Drop for Streamed<'_> {
    /// Whoever has heard enough says nothing against the vendor.
    fn drop(&mut self) {
        self.tell(Told::Alive);
    }
}
