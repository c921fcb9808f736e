//! What Slack delivers: over Socket Mode or signed over HTTP, again and again until it is acknowledged.

mod http;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

pub use self::http::SlackTarget;

/// How many deliveries are remembered.
const REMEMBERED: usize = 500;
/// How often an event is tried: at once, and three times more.
const TRIES: u32 = 4;

/// What is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    EventsApi,
    Interactive,
    SlashCommands,
}

/// What the app answered to a delivery.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SlackAnswer {
    /// Whether it acknowledged it.
    pub acknowledged: bool,
    /// What it sent with the acknowledgement.
    pub body: Option<Value>,
}

/// A delivery, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlackDelivery {
    /// When it was made.
    pub at: Timestamp,
    /// `events_api`, `interactive`, `slash_commands`.
    pub kind: String,
    /// What it was about: the event's or the interaction's type.
    pub about: String,
    /// What each try met.
    pub tries: Vec<String>,
    /// Whether it was acknowledged.
    pub acknowledged: bool,
}

/// What goes out over a connection.
#[derive(Debug)]
pub(super) enum Out {
    Text(String),
    Cut,
}

pub(crate) struct Pump {
    inner: Mutex<Inner>,
    http: reqwest::Client,
    patience: Duration,
    /// Changes whenever something did that somebody may wait for.
    pulse: watch::Sender<u64>,
    /// Changes when what was not acknowledged shall go out again at once.
    hurry: watch::Sender<u64>,
}

#[derive(Default)]
struct Inner {
    target: Option<SlackTarget>,
    lines: Vec<(u64, mpsc::UnboundedSender<Out>)>,
    tickets: HashSet<String>,
    waiting: HashMap<String, oneshot::Sender<Option<Value>>>,
    held: Option<Vec<Value>>,
    log: VecDeque<SlackDelivery>,
    twice: u32,
    busy: usize,
    made: u64,
}

impl Pump {
    pub(super) fn new(target: Option<SlackTarget>, patience: Duration) -> Self {
        let inner = Mutex::new(Inner { target, ..Inner::default() });
        Self {
            inner,
            http: http::client(patience),
            patience,
            pulse: watch::Sender::new(0),
            hurry: watch::Sender::new(0),
        }
    }

    pub(super) fn deliver_to(&self, target: Option<SlackTarget>) {
        self.lock().target = target;
    }

    pub(super) fn twice(&self, next: u32) {
        self.lock().twice = next;
    }

    pub(super) fn hold(&self) {
        self.lock().held.get_or_insert_default();
    }

    pub(super) async fn release(&self) {
        let held = self.lock().held.take().unwrap_or_default();
        for payload in held.into_iter().rev() {
            self.deliver(Kind::EventsApi, payload).await;
        }
    }

    pub(super) fn hurry(&self) {
        self.hurry.send_modify(|number| *number += 1);
    }

    pub(super) async fn settled(&self) {
        self.until(|inner| inner.busy == 0).await;
    }

    pub(super) async fn connected(&self, least: usize) {
        self.until(|inner| inner.lines.len() >= least).await;
    }

    pub(super) fn connections(&self) -> usize {
        self.lock().lines.len()
    }

    pub(super) fn deliveries(&self) -> Vec<SlackDelivery> {
        self.lock().log.iter().cloned().collect()
    }

    pub(super) fn disconnect(&self, reason: &str) {
        let text = json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}})
            .to_string();
        self.to_all(|| Out::Text(text.clone()));
    }

    pub(super) fn cut(&self) {
        self.to_all(|| Out::Cut);
    }

    /// A ticket for one connection.
    pub(super) fn ticket(&self) -> String {
        let ticket = Uuid::new_v4().simple().to_string();
        self.lock().tickets.insert(ticket.clone());
        ticket
    }

    /// Takes a connection in, if it has a ticket; its number.
    pub(super) fn join(&self, ticket: &str, out: mpsc::UnboundedSender<Out>) -> Option<(u64, usize)> {
        let joined = {
            let mut inner = self.lock();
            if !inner.tickets.remove(ticket) {
                return None;
            }
            inner.made += 1;
            let number = inner.made;
            inner.lines.push((number, out));
            (number, inner.lines.len())
        };
        self.tick();
        Some(joined)
    }

    pub(super) fn leave(&self, number: u64) {
        self.lock().lines.retain(|(line, _)| *line != number);
        self.tick();
        self.hurry();
    }

    pub(super) fn acknowledged(&self, envelope: &str, payload: Option<Value>) {
        if let Some(waiting) = self.lock().waiting.remove(envelope) {
            // Whoever waited may have given up.
            let _ = waiting.send(payload);
        }
    }

    /// Counts a delivery that is about to go out, so that [`settled`](Self::settled) waits for it.
    pub(super) fn begin(&self) {
        self.lock().busy += 1;
    }

    pub(super) fn end(&self) {
        self.lock().busy -= 1;
        self.tick();
    }

    /// Delivers, until it is acknowledged or given up.
    pub(super) async fn deliver(&self, kind: Kind, payload: Value) -> SlackAnswer {
        let twice = {
            let mut inner = self.lock();
            if kind == Kind::EventsApi
                && let Some(held) = &mut inner.held
            {
                held.push(payload);
                return SlackAnswer::default();
            }
            let twice = inner.twice > 0;
            inner.twice = inner.twice.saturating_sub(1);
            twice
        };
        let answer = self.one(kind, &payload).await;
        if twice {
            self.one(kind, &payload).await;
        }
        answer
    }

    async fn one(&self, kind: Kind, payload: &Value) -> SlackAnswer {
        let about = ["/event/type", "/type", "/command"].iter().find_map(|at| payload.pointer(at)?.as_str());
        let mut delivery = SlackDelivery {
            at: Timestamp::now(),
            kind: word(kind).to_owned(),
            about: about.unwrap_or_default().to_owned(),
            tries: vec![],
            acknowledged: false,
        };
        let envelope = Uuid::new_v4().to_string();
        // What somebody pressed is not tried again: they see that nothing happened.
        let tries = if kind == Kind::EventsApi { TRIES } else { 1 };
        let mut body = None;
        for attempt in 0..tries {
            let target = self.lock().target.clone();
            let met = match target {
                Some(target) => http::post(&self.http, &target, kind, payload, attempt).await,
                None => self.send(kind, payload, attempt, &envelope).await,
            };
            delivery.acknowledged = met.is_ok();
            delivery.tries.push(met.as_ref().map_or_else(Clone::clone, |_| "acknowledged".to_owned()));
            if let Ok(answer) = met {
                body = answer;
                break;
            }
        }
        let acknowledged = delivery.acknowledged;
        let mut inner = self.lock();
        if inner.log.len() == REMEMBERED {
            inner.log.pop_front();
        }
        inner.log.push_back(delivery);
        SlackAnswer { acknowledged, body }
    }

    /// Sends over the newest connection and waits for the acknowledgement.
    async fn send(
        &self,
        kind: Kind,
        payload: &Value,
        attempt: u32,
        envelope: &str,
    ) -> Result<Option<Value>, String> {
        let mut frame = json!({
            "type": word(kind), "envelope_id": envelope, "payload": payload,
            "accepts_response_payload": kind != Kind::EventsApi,
        });
        if kind == Kind::EventsApi {
            frame["retry_attempt"] = attempt.into();
            frame["retry_reason"] = if attempt == 0 { "" } else { "timeout" }.into();
        }
        let mut hurry = self.hurry.subscribe();
        let (waiting, acknowledged) = oneshot::channel();
        let sent = async {
            self.connected(1).await;
            self.go_out(envelope, frame.to_string(), waiting);
            acknowledged.await
        };
        tokio::select! {
            answer = tokio::time::timeout(self.patience, sent) => match answer {
                Ok(Ok(payload)) => Ok(payload),
                _ => Err("not acknowledged in time".to_owned()),
            },
            _ = hurry.changed() => Err("hurried".to_owned()),
        }
    }

    /// Puts a frame on the newest connection.
    fn go_out(&self, envelope: &str, frame: String, waiting: oneshot::Sender<Option<Value>>) {
        let mut inner = self.lock();
        inner.waiting.insert(envelope.to_owned(), waiting);
        if let Some((_, line)) = inner.lines.last() {
            // A connection that just ended is the same as one that does not answer.
            let _ = line.send(Out::Text(frame));
        }
    }

    async fn until(&self, reached: impl Fn(&Inner) -> bool) {
        let mut pulse = self.pulse.subscribe();
        while !reached(&self.lock()) {
            if pulse.changed().await.is_err() {
                return;
            }
        }
    }

    fn to_all(&self, out: impl Fn() -> Out) {
        for (_, line) in &self.lock().lines {
            let _ = line.send(out());
        }
    }

    fn tick(&self) {
        self.pulse.send_modify(|number| *number += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::EventsApi => "events_api",
        Kind::Interactive => "interactive",
        Kind::SlashCommands => "slash_commands",
    }
}
