//! Reading that costs much: the past folded anew, the whole log, a read model rebuilt. An organisation has two such readings at a
//! time, so that nobody can slow the bot down for others by asking often: one of those who see all of it, and one of everybody
//! else, so that no employee keeps an auditor from the past. Whoever came in vain goes first when they come again soon, so that
//! nobody has all the turns. Each reading is an event, so that it is known who read what, and ends when whoever asked for it goes.

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

/// So long somebody who came in vain goes first: long enough to come again as they were told.
const CLAIM: SignedDuration = SignedDuration::from_secs(10);

/// The readings that are under way, one of each lane at most.
#[derive(Debug, Clone, Default)]
pub(super) struct Heavy(Arc<Mutex<Readings>>);

#[derive(Debug, Default)]
struct Readings {
    last: u64,
    of: BTreeMap<Lane, Reading>,
    /// Who came in vain, and when last; who came first goes first.
    claims: BTreeMap<Lane, Vec<(PrincipalId, Timestamp)>>,
}

/// Those who read one after another: of an organisation, whoever sees all of it, or everybody else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Lane {
    tenant: Tenant,
    sees_all: bool,
}

#[derive(Debug)]
struct Reading {
    number: u64,
    by: PrincipalId,
    /// When it went on last.
    moved: Timestamp,
}

impl Heavy {
    /// The turn of somebody; where it is not free, who reads already, or goes first.
    fn take(&self, lane: &Lane, by: &PrincipalId, now: Timestamp) -> Result<Turn, PrincipalId> {
        let mut readings = self.lock();
        let reads = readings.of.get(lane).filter(|other| now.duration_since(other.moved) < STALLED);
        let reads = reads.map(|other| other.by.clone());
        let claims = readings.claims.entry(lane.clone()).or_default();
        claims.retain(|(_, at)| now.duration_since(*at) < CLAIM);
        let first =
            reads.or_else(|| claims.first().map(|(first, _)| first.clone()).filter(|first| first != by));
        if let Some(first) = first {
            match claims.iter_mut().find(|(own, _)| own == by) {
                Some((_, at)) => *at = now,
                // Who reads already has had their turn.
                None if first != *by => claims.push((by.clone(), now)),
                None => {}
            }
            return Err(first);
        }
        claims.retain(|(own, _)| own != by);
        readings.last += 1;
        let number = readings.last;
        readings.of.insert(lane.clone(), Reading { number, by: by.clone(), moved: now });
        Ok(Turn { heavy: self.clone(), lane: lane.clone(), number })
    }

    fn lock(&self) -> MutexGuard<'_, Readings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody's turn to read, given back when they are done or gone.
#[derive(Debug)]
pub(super) struct Turn {
    heavy: Heavy,
    lane: Lane,
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
        let lane = Lane { tenant: viewer.tenant.clone(), sees_all: viewer.sees_all() };
        let turn = state.heavy.take(&lane, &viewer.person.id, now).map_err(|other| {
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
        let own = readings.of.get_mut(&self.lane).filter(|reading| reading.number == self.number);
        own.map(|reading| reading.moved = now).is_some()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut readings = self.heavy.lock();
        if readings.of.get(&self.lane).is_some_and(|reading| reading.number == self.number) {
            readings.of.remove(&self.lane);
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

    fn lane(tenant: &str, sees_all: bool) -> Lane {
        Lane { tenant: tenant.parse().unwrap(), sees_all }
    }

    #[test]
    fn trust_b4_nobody_has_all_the_turns() {
        let (heavy, now) = (Heavy::default(), "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap());
        let [everybody, auditors] = [false, true].map(|sees_all| lane("acme", sees_all));
        let [erin, frank, rita] = ["erin", "frank", "rita"].map(|name| name.parse::<PrincipalId>().unwrap());
        let turn = heavy.take(&everybody, &erin, now).unwrap();
        let _past = heavy.take(&auditors, &rita, now).expect("no employee is in an auditor's way");
        assert_eq!(heavy.take(&everybody, &erin, now).unwrap_err(), erin);
        assert_eq!(heavy.take(&everybody, &frank, now).unwrap_err(), erin);
        drop(turn);
        // However often Erin asks at once: it is Frank's turn.
        assert_eq!(heavy.take(&everybody, &erin, now + 1.second()).unwrap_err(), frank);
        drop(heavy.take(&everybody, &frank, now + 2.seconds()).unwrap());
        // Who does not come again keeps nobody waiting.
        let turn = heavy.take(&everybody, &erin, now + 3.seconds()).unwrap();
        assert!(heavy.take(&everybody, &frank, now + 3.seconds()).is_err());
        drop(turn);
        assert!(heavy.take(&everybody, &erin, now + 4.seconds()).is_err());
        assert!(heavy.take(&everybody, &erin, now + 13.seconds()).is_ok());
    }

    #[test]
    fn trust_b4_one_reads_at_a_time_and_who_stalls_loses_the_turn() {
        let (heavy, now) = (Heavy::default(), "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap());
        let [acme, globex] = ["acme", "globex"].map(|name| lane(name, true));
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
