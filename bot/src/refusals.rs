//! How many refusals become events. The first of a kind is kept whole, and told in the program's log; those that follow within
//! a minute are counted, and are one event when the minute is over, with how many there were and from where. So a flood of any
//! size is one event a minute and kind, and costs whoever reads the log nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use countersign_domain::envelope::{Cause, Position};
use countersign_domain::names::Tenant;
use countersign_domain::record::Record;
use countersign_domain::words::flat;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::context::system;
use crate::engine::{Engine, Failure};

/// How long refusals are counted before they are told.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// So many different places are named.
const NAMED: usize = 5;

/// A window for each tenant and kind of refusal that there was lately. Kinds are words of ours, and tenants the
/// configuration's, so there are few.
#[derive(Default)]
pub(crate) struct Refusals {
    windows: Mutex<BTreeMap<(Tenant, String), Window>>,
}

struct Window {
    since: Timestamp,
    /// How many more are kept whole.
    whole: u64,
    /// How many were left out.
    times: u64,
    from: BTreeSet<String>,
}

impl Window {
    fn ends(&self) -> Timestamp {
        self.since.checked_add(WINDOW).unwrap_or(Timestamp::MAX)
    }
}

/// Somebody or something that is not taken.
pub(crate) struct Refused<'a> {
    /// Whose door it came to; the installation's, where it is no organisation's.
    pub(crate) tenant: &'a Tenant,
    /// What it is, in words of ours.
    pub(crate) kind: String,
    /// From where, if we know.
    pub(crate) from: Option<String>,
    /// How many of a minute are kept whole.
    pub(crate) whole: u64,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It stands in the log: now, or since before where it came again.
    Whole(Option<Position>),
    /// It was counted.
    Counted,
}

impl Refusals {
    /// Whether this one is kept whole; it is counted where it is not.
    fn admit(&self, refused: &Refused<'_>, now: Timestamp) -> bool {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (refused.tenant.clone(), refused.kind.clone());
        let fresh = || Window { since: now, whole: refused.whole, times: 0, from: BTreeSet::new() };
        let window = windows.entry(key).or_insert_with(fresh);
        if window.times == 0 && window.ends() <= now {
            *window = fresh();
        }
        if window.whole > 0 {
            window.whole -= 1;
            return true;
        }
        window.times += 1;
        if let Some(from) = refused.from.as_ref().filter(|_| window.from.len() < NAMED) {
            window.from.insert(from.clone());
        }
        false
    }

    /// What was counted in the minutes that are over; the next minute is counted from its start.
    fn over(&self, now: Timestamp) -> Vec<(Tenant, Record)> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.retain(|_, window| window.times > 0 || now < window.ends());
        let over = windows.iter_mut().filter(|(_, window)| window.times > 0 && window.ends() <= now);
        let told = |((tenant, kind), window): (&(Tenant, String), &mut Window)| {
            let next = Window { since: now, whole: 0, times: 0, from: BTreeSet::new() };
            let Window { since, times, from, .. } = std::mem::replace(window, next);
            let from = from.into_iter().collect();
            (tenant.clone(), Record::RefusalsCounted { kind: kind.clone(), times, from, since })
        };
        over.map(told).collect()
    }

    fn next(&self) -> Option<Timestamp> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.values().filter(|window| window.times > 0).map(Window::ends).min()
    }
}

impl Engine {
    /// Keeps that something was refused: whole, or counted with others of its kind.
    pub(crate) async fn refused(
        &self,
        refused: Refused<'_>,
        cause: &Cause,
        record: &Record,
    ) -> Result<Kept, Failure> {
        metrics::counter!("countersign_refusals_total", "kind" => refused.kind.clone()).increment(1);
        if !self.refusals().admit(&refused, cause.at) {
            return Ok(Kept::Counted);
        }
        let Refused { tenant, kind, from, .. } = refused;
        let why = why(record);
        tracing::warn!(%tenant, kind, from, "refused: {why}; what follows of this kind is counted for a minute");
        self.record(tenant, &cause.command.to_string(), cause, record).await.map(Kept::Whole)
    }

    /// Keeps what was counted until now, where its minute is over; says how many events that were.
    pub(crate) async fn tell_refusals(&self, now: Timestamp) -> Result<usize, Failure> {
        let over = self.refusals().over(now);
        for (tenant, record) in &over {
            let id = Uuid::new_v4();
            let at = self.clock_now();
            let cause = Cause { actor: system("refusals"), command: id, correlation: id, causation: id, at };
            self.record(tenant, &id.to_string(), &cause, record).await?;
        }
        Ok(over.len())
    }

    /// When something counted is due to be told.
    pub(crate) fn next_refusals(&self) -> Option<Timestamp> {
        self.refusals().next()
    }
}

/// Why something was refused, on one line.
fn why(record: &Record) -> String {
    let (Record::WebhookRejected { why, .. }
    | Record::SignInRefused { why }
    | Record::InteractionRefused { why, .. }) = record
    else {
        return String::new();
    };
    // What there is to know stands in it without its last stop.
    flat(why.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn start() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn times(told: &[(Tenant, Record)]) -> u64 {
        let times = told.iter().map(|(_, record)| match record {
            Record::RefusalsCounted { times, .. } => *times,
            other => panic!("{other:?}"),
        });
        times.sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// However refusals come: each is kept whole or counted, once; of a kind there is at most one event a minute beyond
        /// the first.
        #[test]
        fn trust_b5_no_flood_writes_more_than_one_event_a_minute(
            gaps in prop::collection::vec(0_i64..90, 1..200), whole in 1_u64..4,
        ) {
            let (refusals, acme) = (Refusals::default(), "acme".parse().unwrap());
            let (mut now, mut kept, mut counted, mut told) = (start(), 0, 0, 0);
            for gap in &gaps {
                now += gap.seconds();
                let over = refusals.over(now);
                told += over.len() as u64;
                counted += times(&over);
                let refused = Refused { tenant: &acme, kind: "sign-in".to_owned(), from: None, whole };
                kept += u64::from(refusals.admit(&refused, now));
            }
            counted += times(&refusals.over(Timestamp::MAX));
            prop_assert_eq!(kept + counted, gaps.len() as u64);
            let minutes = now.duration_since(start()).as_mins().unsigned_abs() + 1;
            prop_assert!(told <= minutes, "{told} in {minutes} minutes");
            prop_assert!(kept <= minutes * whole, "{kept} in {minutes} minutes");
        }
    }

    #[test]
    fn trust_d5_why_something_was_refused_stands_on_one_line() {
        let rejected = Record::WebhookRejected {
            vendor: "jira".to_owned(),
            status: 401,
            why: "Not taken: the signature\ndoes not fit.".to_owned(),
            body: countersign_domain::envelope::Digest::of(b""),
        };
        assert_eq!(why(&rejected), "Not taken: the signature does not fit");
    }

    #[test]
    fn trust_b5_what_was_counted_names_some_of_the_places() {
        let (refusals, acme) = (Refusals::default(), "acme".parse().unwrap());
        for last in 0..50 {
            let from = Some(format!("192.0.2.{last}"));
            refusals.admit(&Refused { tenant: &acme, kind: "sign-in".to_owned(), from, whole: 1 }, start());
        }
        assert_eq!(refusals.next(), Some(start() + 1.minute()));
        assert!(refusals.over(start() + 59.seconds()).is_empty());
        let told = refusals.over(start() + 1.minute());
        let [(_, Record::RefusalsCounted { times: 49, from, since, .. })] = &told[..] else {
            panic!("{told:?}")
        };
        assert_eq!((from.len(), *since), (NAMED, start()));
        assert_eq!(refusals.next(), None);
    }
}
