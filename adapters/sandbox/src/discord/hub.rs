//! The sessions at the gateway: what each is told, in order and again after it resumes; and the trouble that can be ordered.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// How many events are kept for a session that may resume.
const KEPT: usize = 1_000;
/// The content of others' messages is privileged.
const CONTENT: u64 = 1 << 15;

/// What goes down one socket.
#[derive(Debug)]
pub(super) enum Down {
    /// A payload.
    Send(Value),
    /// Closed with a number.
    Close(u16),
    /// The connection breaks, without a word.
    Break,
}

/// Trouble at the gateway, for all that are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "snake_case", deny_unknown_fields)]
pub enum GatewayTrouble {
    /// Discord asks to connect anew and resume (op 7).
    Reconnect,
    /// The session is over (op 9); whether it may be resumed.
    InvalidSession {
        /// Whether it may.
        resumable: bool,
    },
    /// The connections break.
    Break,
    /// They are closed with a number.
    Close {
        /// The number, such as 4000 or 4014.
        code: u16,
    },
    /// Heartbeats are not acknowledged from now on, or again.
    Zombie {
        /// Whether from now on.
        on: bool,
    },
    /// The connections break, and nobody is let in from now on, or is again.
    Away {
        /// Whether from now on.
        on: bool,
    },
    /// The next deliveries come twice.
    Duplicate {
        /// How many.
        times: u32,
    },
    /// The next deliveries are held back, and then come in reverse.
    Reorder {
        /// How many.
        deliveries: usize,
    },
}

#[derive(Debug)]
struct Session {
    intents: u64,
    sequence: u64,
    kept: VecDeque<(u64, Value)>,
    down: Option<(u64, mpsc::UnboundedSender<Down>)>,
}

/// All sessions.
#[derive(Debug, Default)]
pub(super) struct Hub {
    sessions: Mutex<BTreeMap<String, Session>>,
    trouble: Mutex<Trouble>,
    sockets: AtomicU64,
}

#[derive(Debug, Default)]
struct Trouble {
    zombie: bool,
    away: bool,
    duplicate: u32,
    hold: usize,
    held: Vec<(String, Value, u64)>,
}

impl Hub {
    /// A new socket's number.
    pub(super) fn socket(&self) -> u64 {
        self.sockets.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// How many sockets were ever opened.
    pub(super) fn opened(&self) -> u64 {
        self.sockets.load(Ordering::SeqCst)
    }

    /// How many sessions are connected now.
    pub(super) fn connected(&self) -> usize {
        lock(&self.sessions).values().filter(|session| session.down.is_some()).count()
    }

    pub(super) fn is_zombie(&self) -> bool {
        lock(&self.trouble).zombie
    }

    pub(super) fn is_away(&self) -> bool {
        lock(&self.trouble).away
    }

    /// A new session begins, on this socket.
    pub(super) fn begin(&self, id: &str, intents: u64, socket: u64, down: mpsc::UnboundedSender<Down>) {
        let session = Session { intents, sequence: 0, kept: VecDeque::new(), down: Some((socket, down)) };
        lock(&self.sessions).insert(id.to_owned(), session);
    }

    /// A session goes on, on a new socket: what it did not see is told again. `false` where there is none, or not enough is kept.
    pub(super) fn resume(
        &self,
        id: &str,
        seen: u64,
        socket: u64,
        down: &mpsc::UnboundedSender<Down>,
    ) -> bool {
        let mut sessions = lock(&self.sessions);
        let Some(session) = sessions.get_mut(id).filter(|session| seen <= session.sequence) else {
            return false;
        };
        for (_, payload) in session.kept.iter().filter(|(sequence, _)| *sequence > seen) {
            let _ = down.send(Down::Send(payload.clone()));
        }
        session.down = Some((socket, down.clone()));
        session.tell("RESUMED", &json!({}));
        true
    }

    /// The socket is gone; the session may come back on another one.
    pub(super) fn lost(&self, socket: u64) {
        for session in lock(&self.sessions).values_mut() {
            if session.down.as_ref().is_some_and(|(number, _)| *number == socket) {
                session.down = None;
            }
        }
    }

    /// Tells one session.
    pub(super) fn tell(&self, id: &str, event: &str, data: &Value) {
        if let Some(session) = lock(&self.sessions).get_mut(id) {
            session.tell(event, data);
        }
    }

    /// Tells all sessions that want it; `intent` 0 goes to all. Returns whether anybody was told.
    pub(super) fn dispatch(&self, event: &str, data: &Value, intent: u64) -> bool {
        let mut trouble = lock(&self.trouble);
        if trouble.hold > 0 {
            trouble.hold -= 1;
            trouble.held.push((event.to_owned(), data.clone(), intent));
            if trouble.hold > 0 {
                return true;
            }
            let held = std::mem::take(&mut trouble.held);
            for (event, data, intent) in held.iter().rev() {
                self.now(event, data, *intent);
            }
            return true;
        }
        let twice = trouble.duplicate > 0;
        trouble.duplicate = trouble.duplicate.saturating_sub(1);
        drop(trouble);
        let told = self.now(event, data, intent);
        if twice {
            self.now(event, data, intent);
        }
        told
    }

    fn now(&self, event: &str, data: &Value, intent: u64) -> bool {
        let mut told = false;
        for session in lock(&self.sessions).values_mut() {
            if intent == 0 || session.intents & intent != 0 {
                session.tell(event, &session.may_see(event, data));
                told = true;
            }
        }
        told
    }

    pub(super) fn order(&self, order: GatewayTrouble) {
        let mut trouble = lock(&self.trouble);
        match order {
            GatewayTrouble::Reconnect => self.all(|| Down::Send(json!({"op": 7, "d": null}))),
            GatewayTrouble::InvalidSession { resumable } => {
                self.all(|| Down::Send(json!({"op": 9, "d": resumable})));
                if !resumable {
                    lock(&self.sessions).clear();
                }
            }
            GatewayTrouble::Break => self.all(|| Down::Break),
            GatewayTrouble::Close { code } => self.all(|| Down::Close(code)),
            GatewayTrouble::Zombie { on } => trouble.zombie = on,
            GatewayTrouble::Away { on } => {
                trouble.away = on;
                if on {
                    self.all(|| Down::Break);
                }
            }
            GatewayTrouble::Duplicate { times } => trouble.duplicate = times,
            GatewayTrouble::Reorder { deliveries } => trouble.hold = deliveries,
        }
    }

    fn all(&self, down: impl Fn() -> Down) {
        for (_, sender) in lock(&self.sessions).values().filter_map(|session| session.down.as_ref()) {
            let _ = sender.send(down());
        }
    }
}

impl Session {
    fn tell(&mut self, event: &str, data: &Value) {
        self.sequence += 1;
        let payload = json!({"op": 0, "t": event, "s": self.sequence, "d": data});
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((self.sequence, payload.clone()));
        if let Some((_, down)) = &self.down {
            let _ = down.send(Down::Send(payload));
        }
    }

    /// Without the privilege, the content is there only in private, where the bot is mentioned, and in its own messages.
    fn may_see(&self, event: &str, data: &Value) -> Value {
        let mut data = data.clone();
        let about = data["guild_id"].is_null() || data["_bot"] == true;
        if event.starts_with("MESSAGE_")
            && self.intents & CONTENT == 0
            && !about
            && !data["content"].is_null()
        {
            for (name, nothing) in [("content", json!("")), ("embeds", json!([])), ("components", json!([]))]
            {
                data[name] = nothing;
            }
        }
        if let Some(fields) = data.as_object_mut() {
            fields.remove("_bot");
        }
        data
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
