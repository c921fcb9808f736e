//! Browser sessions: everything in a sealed cookie, so that every bot of an installation knows them, also after a restart.
//!
//! A session ends by the clock, with the token it was opened with, with the person, or by signing out. Only the last is
//! not to be seen from the cookie and the configuration, so it is an event in a stream named after the session, and one
//! read of the log says whether it is there. So a copy of a cookie is worth nothing either once its owner has signed out.

use std::time::Duration;

use countersign_domain::envelope::{Actor, ActorKind, Cause, Digest, derived_id};
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::record::Record;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::request_id::RequestId;
use super::state::HttpState;
use super::tokens::Holder;
use crate::engine::Failure;
use crate::seal::Seal;

/// How long a session lasts.
pub(super) const HOURS: i64 = 12;
/// What a session is sealed for.
const PURPOSE: &str = "browser session";

/// One session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    /// The id of the command that signed in.
    id: Uuid,
    tenant: Tenant,
    principal: PrincipalId,
    /// The token it was opened with, which must still be theirs.
    token: Digest,
    until: Timestamp,
}

impl Session {
    /// A session from `now` on.
    pub(super) fn begin(id: Uuid, holder: Holder, token: Digest, now: Timestamp) -> Self {
        let until = now.checked_add(HOURS.hours()).unwrap_or(Timestamp::MAX);
        Self { id, tenant: holder.tenant, principal: holder.principal, token, until }
    }

    /// As the cookie holds it.
    pub(super) fn sealed(&self, seal: &Seal) -> String {
        seal.seal_for(PURPOSE, &serde_json::to_string(self).expect("names and numbers always serialise"))
    }

    /// The session in a cookie, if it counts now.
    pub(super) async fn present(state: &HttpState, cookie: &str) -> Result<Option<Self>, Failure> {
        let Some(session) = Self::open(&state.world.seal, cookie, state.world.clock.now()) else {
            return Ok(None);
        };
        if state.settings.tokens.holder_of(session.token) != Some(&session.holder()) {
            return Ok(None);
        }
        Ok(session.lasts(state).await?.then_some(session))
    }

    /// Whether nobody has signed out of it, and its owner belongs here since before it began without a break: whoever
    /// leaves and comes back begins anew.
    pub(super) async fn lasts(&self, state: &HttpState) -> Result<bool, Failure> {
        let present = state.directory.present(&self.tenant).await?;
        let begun = self.until.checked_sub(HOURS.hours()).unwrap_or(Timestamp::MIN);
        if present.state.since.get(&self.principal).is_none_or(|since| *since > begun) {
            return Ok(false);
        }
        Ok(state.world.store.read_stream(&self.stream()?, 0, 1).await?.is_empty())
    }

    /// The id of the stream in which it ends.
    pub(super) fn id(&self) -> String {
        self.id.to_string()
    }

    /// How long it lasts at most, from `now`.
    pub(super) fn left(&self, now: Timestamp) -> Duration {
        self.until.duration_since(now).try_into().unwrap_or(Duration::ZERO)
    }

    fn open(seal: &Seal, cookie: &str, now: Timestamp) -> Option<Self> {
        let session: Self = serde_json::from_str(&seal.open_for(PURPOSE, cookie)?).ok()?;
        (session.until > now).then_some(session)
    }

    /// Whose it is.
    pub(super) fn holder(&self) -> Holder {
        Holder { tenant: self.tenant.clone(), principal: self.principal.clone() }
    }

    /// Ends it, for every bot and every copy of the cookie.
    pub(super) async fn end(&self, state: &HttpState, id: &RequestId) -> Result<(), Failure> {
        let person = state.directory.person(&self.tenant, &self.principal).await?;
        let kind = person.map_or(ActorKind::Person, |person| person.kind);
        let cause = Cause {
            actor: Actor { id: self.principal.clone(), kind, surface: "web".to_owned(), via: None },
            // The same session ends once, however often and wherever that is asked for.
            command: derived_id(self.id, "sign-out"),
            correlation: id.correlation(&format!("{}/{}", self.tenant, self.principal)),
            causation: self.id,
            at: state.world.clock.now(),
        };
        let record = Record::SignedOut { session: self.id };
        state.engine.record(&self.tenant, &self.id.to_string(), &cause, &record).await.map(drop)
    }

    fn stream(&self) -> Result<StreamName, Failure> {
        Ok(StreamName::new(&self.tenant, Record::SIGN_OUT, &self.id.to_string())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_the_clock_and_opens_with_our_seal_only() {
        let (seal, now) = (Seal::new(&[7; 32]), "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap());
        let erin = Holder { tenant: "acme".parse().unwrap(), principal: "erin".parse().unwrap() };
        let session = Session::begin(Uuid::from_u128(1), erin.clone(), Digest::of(b"token"), now);
        let cookie = session.sealed(&seal);
        assert_eq!(Session::open(&seal, &cookie, now + 11.hours()).unwrap().holder(), erin);
        assert_eq!(Session::open(&seal, &cookie, now + 12.hours()), None);
        assert_eq!(Session::open(&Seal::new(&[8; 32]), &cookie, now), None);
        assert_eq!(Session::open(&seal, "guess", now), None);
        assert_eq!(Session::open(&seal, &seal.seal_for("something else", "{}"), now), None);
        assert!(!cookie.contains("acme") && cookie.len() < 1000, "{cookie}");
    }
}
