//! Browser sessions: a random id in a cookie, everything else here, ending by the clock and bounded in number.
//!
//! They live in memory: a restart signs browsers out, and no session outlives the process that knows its person.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use countersign_domain::envelope::Digest;
use jiff::{Timestamp, ToSpan};
use rand::RngExt;

use super::tokens::Holder;

/// How long a session lasts.
pub(super) const HOURS: i64 = 12;
/// More than this many at once, and the one that ends first makes room.
const MOST: usize = 10_000;

/// The sessions, by the digest of their id: a copy of this table opens nothing.
#[derive(Default)]
pub(super) struct Sessions {
    table: Mutex<HashMap<Digest, Session>>,
}

struct Session {
    holder: Holder,
    until: Timestamp,
}

impl Sessions {
    /// Opens a session, and gives its id: 256 random bits, in hexadecimal.
    pub(super) fn open(&self, holder: Holder, now: Timestamp) -> String {
        let id = hex::encode(rand::rng().random::<[u8; 32]>());
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() >= MOST {
            table.retain(|_, session| session.until > now);
        }
        if table.len() >= MOST {
            let first = table.iter().min_by_key(|(_, session)| session.until).map(|(id, _)| *id);
            first.map(|id| table.remove(&id));
        }
        let until = now.checked_add(HOURS.hours()).unwrap_or(Timestamp::MAX);
        table.insert(Digest::of(id.as_bytes()), Session { holder, until });
        id
    }

    /// Whose session this is, while it lasts.
    pub(super) fn holder(&self, id: &str, now: Timestamp) -> Option<Holder> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let session = table.get(&Digest::of(id.as_bytes()))?;
        (session.until > now).then(|| session.holder.clone())
    }

    /// Ends a session.
    pub(super) fn close(&self, id: &str) {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).remove(&Digest::of(id.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_the_clock_or_when_it_is_closed() {
        let (sessions, now) = (Sessions::default(), "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap());
        let erin = Holder { tenant: "acme".parse().unwrap(), principal: "erin".parse().unwrap() };
        let id = sessions.open(erin.clone(), now);
        assert_eq!(sessions.holder(&id, now + 11.hours()), Some(erin.clone()));
        assert_eq!(sessions.holder(&id, now + 12.hours()), None);
        assert_eq!(sessions.holder("guess", now), None);
        sessions.close(&id);
        assert_eq!(sessions.holder(&id, now), None);
    }
}
