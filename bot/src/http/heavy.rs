//! Reading that costs much: the past folded anew, the whole log, a read model rebuilt. An organisation has one such reading at a
//! time, so that nobody can slow the bot down for others by asking often; each is an event, so that it is known who read what;
//! and each ends when whoever asked for it goes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::record::Record;
use jiff::{SignedDuration, Timestamp};

use super::problem::Problem;
use super::request_id::RequestId;
use super::state::HttpState;
use super::viewer::Viewer;

/// Who takes nothing of what is read for so long has stopped reading.
const STALLED: SignedDuration = SignedDuration::from_mins(2);

/// The readings that are under way, one an organisation at most.
#[derive(Debug, Clone, Default)]
pub(super) struct Heavy(Arc<Mutex<Readings>>);

#[derive(Debug, Default)]
struct Readings {
    last: u64,
    of: BTreeMap<Tenant, Reading>,
}

#[derive(Debug)]
struct Reading {
    number: u64,
    by: PrincipalId,
    /// When it went on last.
    moved: Timestamp,
}

impl Heavy {
    /// The turn of somebody; who reads already where it is not free.
    fn take(&self, tenant: &Tenant, by: &PrincipalId, now: Timestamp) -> Result<Turn, PrincipalId> {
        let mut readings = self.lock();
        let other = readings.of.get(tenant).filter(|other| now.duration_since(other.moved) < STALLED);
        if let Some(other) = other {
            return Err(other.by.clone());
        }
        readings.last += 1;
        let number = readings.last;
        readings.of.insert(tenant.clone(), Reading { number, by: by.clone(), moved: now });
        Ok(Turn { heavy: self.clone(), tenant: tenant.clone(), number })
    }

    fn lock(&self) -> MutexGuard<'_, Readings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody's turn to read, given back when they are done or gone.
#[derive(Debug)]
pub(super) struct Turn {
    heavy: Heavy,
    tenant: Tenant,
    number: u64,
}

impl Turn {
    /// The viewer's turn to read `what`, kept as an event; a problem that says when to come again where it is not free.
    pub(super) async fn take(
        state: &HttpState,
        viewer: &Viewer,
        id: &RequestId,
        what: &str,
    ) -> Result<Self, Problem> {
        let now = state.world.clock.now();
        let turn = state.heavy.take(&viewer.tenant, &viewer.person.id, now).map_err(|other| {
            metrics::counter!("countersign_readings_refused_total").increment(1);
            taken(other == viewer.person.id)
        })?;
        let cause = viewer.context(id, what.as_bytes()).cause("read", now);
        let record = Record::HistoryRead { what: what.to_owned() };
        state.engine.record(&viewer.tenant, &cause.command.to_string(), &cause, &record).await?;
        Ok(turn)
    }

    /// It goes on; false where it had stalled, and somebody else has the turn.
    pub(super) fn goes_on(&self, now: Timestamp) -> bool {
        let mut readings = self.heavy.lock();
        let own = readings.of.get_mut(&self.tenant).filter(|reading| reading.number == self.number);
        own.map(|reading| reading.moved = now).is_some()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut readings = self.heavy.lock();
        if readings.of.get(&self.tenant).is_some_and(|reading| reading.number == self.number) {
            readings.of.remove(&self.tenant);
        }
    }
}

fn taken(by_themselves: bool) -> Problem {
    if by_themselves {
        let detail = "You are reading the past, an export or a rebuild already: wait for its end, or end it, and ask again.";
        return Problem::new(StatusCode::TOO_MANY_REQUESTS, "one-at-a-time", detail);
    }
    let detail = "Somebody else of your organisation reads the past, an export or a rebuild at the moment, and one at a time is read: \
        ask again in a few seconds.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "one-at-a-time", detail)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn trust_b4_one_reads_at_a_time_and_who_stalls_loses_the_turn() {
        let (heavy, now) = (Heavy::default(), "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap());
        let [acme, globex] = ["acme", "globex"].map(|name| name.parse::<Tenant>().unwrap());
        let [rita, olga] = ["rita", "olga"].map(|name| name.parse::<PrincipalId>().unwrap());
        let turn = heavy.take(&acme, &rita, now).unwrap();
        assert_eq!(heavy.take(&acme, &olga, now).unwrap_err(), rita);
        assert_eq!(heavy.take(&acme, &rita, now).unwrap_err(), rita);
        let _elsewhere = heavy.take(&globex, &olga, now).unwrap();
        assert!(turn.goes_on(now + 1.minute()));
        assert!(heavy.take(&acme, &olga, now + 2.minutes()).is_err());
        let second = heavy.take(&acme, &olga, now + 3.minutes()).unwrap();
        assert!(!turn.goes_on(now + 3.minutes()) && second.goes_on(now + 3.minutes()));
        drop(turn);
        assert!(
            heavy.take(&acme, &rita, now + 3.minutes()).is_err(),
            "it was not the first one's to give back"
        );
        drop(second);
        assert!(heavy.take(&acme, &rita, now + 3.minutes()).is_ok());
    }
}
