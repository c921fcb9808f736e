//! The read model of the timeline: what happened, by the names that it is found by and by time; the deliveries that could not be read; and
//! the alarms, with where each is shown.

mod alerts;

pub use alerts::{AlertRow, ShownAlert, alert, alerts, shown_alert};

use std::ops::Bound;

use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::capabilities::Effects;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::timeline::{Alert, Delivery, DeliveryEvent, Signal, Source, Unread};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::happened::Happened;
use crate::key::{self, Key};
use crate::page::{Keyed, Page, QueryError};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// The projection's name.
pub const NAME: &str = "timeline";

/// What happened, by each name that it is found by, and by its time.
const HAPPENED: u8 = b'h';
/// Deliveries that are parked, by the time since when.
const PARKED: u8 = b'p';
/// Since when a delivery is parked.
const SINCE: u8 = b's';

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalRow {
    /// The delivery that told of it.
    pub delivery: Uuid,
    /// Which of what that told.
    pub index: u64,
    /// When that was read.
    pub read: Timestamp,
    /// It.
    pub signal: Signal,
}

/// A delivery that is parked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedRow {
    /// The delivery.
    pub id: Uuid,
    /// Since when.
    pub since: Timestamp,
    /// What came.
    pub source: Source,
    /// Why it cannot be read.
    pub unread: Unread,
    /// Whether enough of it is kept to be read again.
    pub is_kept: bool,
}

/// What happened to what is called so, from one moment to another, oldest first: the last `most` of it, and whether there was more.
pub fn happened(
    rows: &dyn Rows,
    tenant: &Tenant,
    name: &str,
    (since, until): (Timestamp, Timestamp),
    most: usize,
) -> Result<(Vec<SignalRow>, bool), RowsError> {
    let named = Key::of(tenant, HAPPENED).folded(name);
    let from = named.clone().time(since).into_vec();
    let range = (Bound::Included(from), Bound::Excluded(key::after(&named.time(until))));
    let mut found = rows.scan(range, true, most.saturating_add(1))?;
    let is_cut = found.len() > most;
    found.truncate(most);
    found.reverse();
    let row = |(key, row): (Vec<u8>, Vec<u8>)| {
        serde_json::from_slice(&row).map_err(|error| RowsError::damaged(&key, error))
    };
    Ok((found.into_iter().map(row).collect::<Result<_, _>>()?, is_cut))
}

/// Whether anything ever happened to what is called so.
pub fn is_known(rows: &dyn Rows, tenant: &Tenant, name: &str) -> Result<bool, RowsError> {
    let named = Key::of(tenant, HAPPENED).folded(name);
    Ok(!rows.scan(key::starting_with(&named), false, 1)?.is_empty())
}

/// The deliveries that are parked, the newest first.
pub fn page_of_parked(
    rows: &dyn Rows,
    tenant: &Tenant,
    page: (Option<&str>, usize),
) -> Result<Page<ParkedRow>, QueryError> {
    Keyed::all('p', Key::of(tenant, PARKED), true).page(rows, page, |_| true)
}

/// Folds what deliveries tell of, and how alarms stand.
#[derive(Debug, Clone, Copy)]
pub struct Timeline;

impl Projection for Timeline {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        match envelope.stream.category() {
            Delivery::CATEGORY => Ok(told(envelope, named(envelope)?, decode(envelope)?, rows)?),
            Alert::CATEGORY => Ok(alerts::fold(envelope, named(envelope)?, &decode(envelope)?, rows)?),
            Effects::CATEGORY => alerts::shown(envelope, rows),
            _ => Ok(()),
        }
    }
}

/// What a stream is named after.
fn named(envelope: &Envelope) -> Result<Uuid, ProjectionError> {
    envelope.stream.id().parse().map_err(|_| ProjectionError::Stream {
        stream: envelope.stream.to_string(),
        why: "it is named by a UUID".to_owned(),
    })
}

fn told(
    envelope: &Envelope,
    delivery: Uuid,
    event: DeliveryEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let (tenant, at) = (&envelope.tenant, envelope.at);
    let since = || Key::of(tenant, SINCE).bytes(delivery.as_bytes());
    let parked = |since: Timestamp| Key::of(tenant, PARKED).time(since).bytes(delivery.as_bytes());
    if let Some(before) = load::<Timestamp>(&*rows, since())? {
        rows.delete(&parked(before).into_vec());
        rows.delete(&since().into_vec());
    }
    match event {
        DeliveryEvent::SignalMapped { signals, .. } => {
            for (index, signal) in (0_u64..).zip(signals) {
                let row = SignalRow { delivery, index, read: at, signal };
                for name in row.signal.found_by() {
                    let key = Key::of(tenant, HAPPENED).folded(&name).time(row.signal.at);
                    save(rows, key.bytes(delivery.as_bytes()).number(index), row.clone());
                }
            }
        }
        DeliveryEvent::SignalParked { source, unread, kept } => {
            save(rows, since(), at);
            let row = ParkedRow { id: delivery, since: at, source, unread, is_kept: kept.is_some() };
            save(rows, parked(at), row);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use countersign_domain::aggregate::encode;
    use countersign_domain::digest::Digest;
    use countersign_domain::envelope::{Actor, ActorKind, Cause, Position};
    use countersign_domain::names::StreamName;
    use countersign_domain::timeline::{SignalKind, Subject, TimeSource};
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;
    use crate::memory::MemoryRows;

    fn at(minutes: i64) -> Timestamp {
        let noon: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        noon + SignedDuration::from_mins(minutes)
    }

    fn signal(repository: &str, minutes: i64) -> Signal {
        Signal {
            kind: SignalKind::ChangePushed,
            at: at(minutes),
            time_source: TimeSource::Payload,
            subject: Subject { kind: "branch".to_owned(), name: "main".to_owned(), link: None },
            repository: Some(repository.to_owned()),
            service: None,
            environment: None,
            actor: None,
            status: None,
            change: None,
            symptom: None,
        }
    }

    fn source() -> Source {
        Source {
            integration: "github".to_owned(),
            delivery: "d1".to_owned(),
            event: "push".to_owned(),
            body: Digest::of(b"{}"),
            bytes: 2,
        }
    }

    fn happens(rows: &mut MemoryRows, tenant: &str, delivery: u128, event: DeliveryEvent) {
        let id = Uuid::from_u128(delivery);
        let cause = Cause {
            actor: Actor {
                id: "countersign".parse().unwrap(),
                kind: ActorKind::System,
                surface: "github".to_owned(),
                via: None,
            },
            command: id,
            correlation: id,
            causation: id,
            at: at(0),
        };
        let new = encode(&[event], &cause).remove(0);
        let tenant: Tenant = tenant.parse().unwrap();
        let envelope = Envelope {
            actor: cause.actor.clone(),
            at: cause.at,
            causation: id,
            command: id,
            correlation: id,
            data: new.data,
            id: new.id,
            rev: 0,
            stream: StreamName::new(&tenant, Delivery::CATEGORY, &id.to_string()).unwrap(),
            tenant,
            kind: new.kind,
            v: new.version,
            hash: Digest::of(b""),
            pos: Position::from_store(1),
        };
        let event = decode(&envelope).unwrap();
        told(&envelope, id, event, rows).unwrap();
    }

    fn mapped(signals: Vec<Signal>) -> DeliveryEvent {
        DeliveryEvent::SignalMapped { source: source(), signals }
    }

    #[test]
    fn what_is_parked_is_listed_until_it_is_read() {
        let (mut rows, acme) = (MemoryRows::default(), "acme".parse().unwrap());
        let unread = Unread { place: "ref".to_owned(), why: "it is missing".to_owned() };
        let parked = DeliveryEvent::SignalParked { source: source(), unread, kept: Some("{}".to_owned()) };
        happens(&mut rows, "acme", 1, parked);
        let listed = |rows: &MemoryRows| page_of_parked(rows, &acme, (None, 10)).unwrap().items;
        assert_eq!(listed(&rows).iter().map(|row| row.is_kept).collect::<Vec<_>>(), [true]);
        happens(&mut rows, "acme", 1, mapped(vec![signal("acme/infra", 0)]));
        assert!(listed(&rows).is_empty());
        assert!(is_known(&rows, &acme, "INFRA").unwrap());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Two tenants whose repositories are called alike, in any order: neither reads anything of the other.
        #[test]
        fn e02_no_tenant_sees_what_happened_at_another(
            all in prop::collection::vec((any::<bool>(), 0..3_usize, -600..600_i64), 1..30), since in -700..700_i64,
        ) {
            const NAMES: [&str; 3] = ["acme/infra", "acme/infra-2", "globex/infra"];
            let mut rows = MemoryRows::default();
            for (number, (is_acme, name, minutes)) in (0_u128..).zip(&all) {
                let tenant = if *is_acme { "acme" } else { "acme2" };
                happens(&mut rows, tenant, number, mapped(vec![signal(NAMES[*name], *minutes)]));
            }
            for (tenant, wanted) in [("acme", true), ("acme2", false)] {
                let (found, is_cut) =
                    happened(&rows, &tenant.parse().unwrap(), "infra", (at(since), at(700)), 100).unwrap();
                let own = all.iter().filter(|(is_acme, name, minutes)| *is_acme == wanted && *name != 1 && *minutes >= since);
                prop_assert_eq!((found.len(), is_cut), (own.count(), false));
                prop_assert!(found.is_sorted_by_key(|row| row.signal.at));
            }
        }
    }
}
