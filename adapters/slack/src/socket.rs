//! Socket Mode: Slack delivers over a WebSocket that the bot opens, so that it needs no public address
//! (<https://docs.slack.dev/apis/events-api/using-socket-mode>).
//!
//! A delivery is acknowledged when it is done, and not before: what was not acknowledged comes again. Slack closes each
//! connection after some hours and says so before; the next one is then open before the old one ends.

mod line;
mod wait;

use std::fmt::Display;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallErrorKind, Clock, Secrets};
use countersign_outbound::{BaseUrl, Credential, Outbound, Trouble, Troubles};
use futures::future::{Either, pending};
use futures::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use self::line::{End, Line};
use crate::answers::ConnectionAnswer;
use crate::api::Api;
use crate::config::{ConnectError, SlackConfig};
use crate::delivery::{Delivery, Unreadable};
use crate::read::Reader;
use crate::trouble::VENDOR;

/// Socket Mode of one app.
pub struct SocketMode {
    api: Api,
    reader: Reader,
    clock: Arc<dyn Clock>,
    connection: watch::Sender<Connection>,
    troubles: Arc<Troubles>,
}

/// How it stands with the connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connection {
    /// Whether Slack can deliver now.
    pub connected: bool,
    /// When it could not any more, the last time that it had been able to. Once connected again, what was said since then
    /// may be missing, and is to be read from the history.
    pub gap_since: Option<Timestamp>,
}

impl SocketMode {
    /// For the app and the workspace that `config` names. Nothing is called yet.
    pub fn new(
        config: &SlackConfig,
        tenant: &Tenant,
        outbound: &Outbound,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, ConnectError> {
        let secret = config.app_token_secret.clone().ok_or(ConnectError::NoAppToken)?;
        let credential = Credential::Bearer { secret: secret.clone() };
        let vendor = outbound.vendor(VENDOR, tenant, BaseUrl::parse(&config.url)?, credential, secrets)?;
        Ok(Self {
            api: Api::new(vendor, secret, None),
            reader: Reader::new(&*config.team),
            clock: outbound.clock(),
            connection: watch::Sender::default(),
            troubles: Arc::new(Troubles::new(VENDOR, tenant, outbound.clock())),
        })
    }

    /// The same, with these troubles: they are the workspace's, wherever they come from.
    #[must_use]
    pub fn telling(self, troubles: Arc<Troubles>) -> Self {
        Self { troubles, ..self }
    }

    /// How it stands with the connection, from now on.
    pub fn connection(&self) -> watch::Receiver<Connection> {
        self.connection.subscribe()
    }

    /// Stays connected until `stop`, and gives every delivery to the handler; also what cannot be read, so that it can be
    /// told of. What the handler answers goes back with the acknowledgement; an error means that Slack shall send it again.
    pub async fn run<H, F, E>(&self, handler: H, stop: impl Future<Output = ()> + Send)
    where
        H: Fn(Result<Delivery, Unreadable>) -> F + Send + Sync,
        F: Future<Output = Result<Option<Value>, E>> + Send,
        E: Display,
    {
        let (ends, mut ended) = mpsc::unbounded_channel::<(u64, End)>();
        let (mut stop, mut lines) = (pin!(stop), FuturesUnordered::new());
        let (mut newest, mut alive, mut failures, mut wanted) = (0_u64, 0_u32, 0_u32, true);
        let mut opening = pin!(Either::Left(self.open(0)));
        loop {
            tokio::select! {
                () = &mut stop => break,
                line = &mut opening => {
                    (newest, alive, wanted) = (newest + 1, alive + 1, false);
                    self.listening(true);
                    self.troubles.over(Trouble::Connection);
                    let ears = (&self.reader, &*self.troubles);
                    lines.push(line.listen(newest, ears, &handler, ends.clone()));
                    opening.set(Either::Right(pending()));
                }
                Some((which, end)) = ended.recv() => {
                    if end != End::Soon {
                        alive -= 1;
                        if alive == 0 {
                            self.listening(false);
                            self.troubles.tell(Trouble::Connection, "it was lost, and is made anew");
                        }
                    }
                    if which == newest && !wanted {
                        wanted = true;
                        failures = if end == (End::Closed { served: false }) { failures + 1 } else { 0 };
                        opening.set(Either::Left(self.open(failures)));
                    }
                }
                Some(()) = lines.next() => {}
            }
        }
        self.listening(false);
    }

    /// Opens a connection, as often as it takes, after so many that failed.
    async fn open(&self, mut failures: u32) -> Line {
        loop {
            if failures > 0 {
                let until = wait::until(self.clock.now(), failures);
                self.clock.sleep_until(until).await;
            }
            let what = "open a connection for Socket Mode";
            let opened =
                match self.api.write::<ConnectionAnswer>(what, "apps.connections.open", &json!({})).await {
                    Ok(answer) => Line::open(answer.url.expose_secret()).await,
                    Err(trouble) => {
                        if let CallErrorKind::NotDone { after: Some(after) } = trouble.error.kind {
                            let now = self.clock.now();
                            self.clock.sleep_until(now.saturating_add(after).unwrap_or(now)).await;
                        }
                        Err(trouble.error.to_string())
                    }
                };
            match opened {
                Ok(line) => return line,
                Err(why) => self.troubles.tell(Trouble::Connection, &why),
            }
            failures = failures.saturating_add(1);
        }
    }

    fn listening(&self, connected: bool) {
        let now = self.clock.now();
        self.connection.send_if_modified(|connection| {
            let changed = connection.connected != connected;
            if changed && !connected {
                connection.gap_since = Some(now);
            }
            connection.connected = connected;
            changed
        });
    }
}

impl std::fmt::Debug for SocketMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SocketMode").field("api", &self.api).finish_non_exhaustive()
    }
}
