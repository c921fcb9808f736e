//! The read model of what somebody must look after: the alarms that go on, and what the forge holds beside what the log wants.

use countersign_domain::access::{Comparison, ComparisonEvent, GrantEvent};
use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::alarm::{Alarm, AlarmEvent, On};
use countersign_domain::capabilities::{AnyEvent, Drift};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::repair::{Drift as _, Place, Remedy, RepairEvent};
use countersign_domain::request::{self, RequestEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::happened::Happened;
use crate::key::{self, Key};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// The projection's name.
pub const NAME: &str = "oversight";

const ALARMS: u8 = b'a';
const DUE: u8 = b'd';
const COMPARISON: u8 = b'c';
const IGNORED: u8 = b'i';

/// The alarms of a tenant that go on.
pub fn alarms(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<On>, RowsError> {
    let all = rows.scan(key::starting_with(&Key::of(tenant, ALARMS)), false, usize::MAX)?;
    all.into_iter()
        .map(|(key, row)| serde_json::from_slice(&row).map_err(|error| RowsError::damaged(&key, error)))
        .collect()
}

/// The alarms of all tenants that are to be told again at `until` or before.
pub fn due(rows: &dyn Rows, until: Timestamp) -> Result<Vec<(Tenant, On)>, RowsError> {
    let mut due = Vec::new();
    for (key, id) in rows.scan(key::due_until(DUE, until), false, usize::MAX)? {
        let (_, tenant, _) = key::due_in(&key).ok_or_else(|| RowsError::damaged(&key, "it names no time"))?;
        let on: Option<On> = load(rows, Key::of(&tenant, ALARMS).bytes(&id))?;
        due.extend(on.map(|on| (tenant, on)));
    }
    Ok(due)
}

/// When the next alarm of any tenant is to be told again.
pub fn next_due(rows: &dyn Rows) -> Result<Option<Timestamp>, RowsError> {
    key::first_due(rows, DUE, Timestamp::MIN)
}

/// What comparing the forge with the log came to so far.
pub fn comparison(rows: &dyn Rows, tenant: &Tenant) -> Result<Comparison, RowsError> {
    Ok(load(rows, Key::of(tenant, COMPARISON))?.unwrap_or_default())
}

/// What nobody is to speak of at this moment, where it is.
pub fn ignored(
    rows: &dyn Rows,
    tenant: &Tenant,
    place: &Place,
    now: Timestamp,
) -> Result<Option<Drift>, RowsError> {
    let ignored: Option<Ignored> = load(rows, ignored_key(tenant, place))?;
    Ok(ignored.filter(|ignored| now < ignored.until).map(|ignored| ignored.drift))
}

/// A difference of which nobody is to speak until some time.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Ignored {
    drift: Drift,
    until: Timestamp,
}

fn ignored_key(tenant: &Tenant, place: &Place) -> Key {
    Key::of(tenant, IGNORED).text(&place.on).text(&place.by)
}

/// What a repair says of a difference: it is ignored, or has been put right and is not any more.
fn repaired(envelope: &Envelope, event: &RepairEvent<Drift>, rows: &mut dyn WriteRows) {
    let Some((remedy, drift)) = event.remedy() else { return };
    let key = ignored_key(&envelope.tenant, &drift.place());
    match remedy {
        Remedy::Ignore { until } => save(rows, key, Ignored { drift: drift.clone(), until }),
        Remedy::Adopt | Remedy::Revert => rows.delete(&key.into_vec()),
    }
}

/// An access has ended: nobody has to look after what was different because of it, though nobody has compared since.
fn ended(envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let mut known = comparison(&*rows, &envelope.tenant)?;
    let Ok(code) = envelope.stream.id().parse() else { return Ok(()) };
    if !known.differences.is_empty() {
        known.ended(&code);
        save(rows, Key::of(&envelope.tenant, COMPARISON), known);
    }
    Ok(())
}

/// Folds alarms and comparisons.
#[derive(Debug, Clone, Copy)]
pub struct Oversight;

impl Projection for Oversight {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        4
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        match envelope.stream.category() {
            Alarm::CATEGORY => Ok(alarm(envelope, &decode(envelope)?, rows)?),
            Comparison::CATEGORY => {
                let event: ComparisonEvent = decode(envelope)?;
                let mut state = comparison(&*rows, &envelope.tenant)?;
                state.evolve(&event, envelope.at);
                save(rows, Key::of(&envelope.tenant, COMPARISON), state);
                Ok(())
            }
            request::CATEGORY => {
                match envelope.request()? {
                    AnyEvent::Repair(RequestEvent::Own(event)) => repaired(envelope, event, rows),
                    AnyEvent::Access(RequestEvent::Own(GrantEvent::Ended { by_hand: false, .. })) => {
                        ended(envelope, rows)?;
                    }
                    _ => {}
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn due_key(tenant: &Tenant, at: Timestamp, id: uuid::Uuid) -> Vec<u8> {
    Key::of_all(DUE).time(at).text(tenant.as_str()).bytes(id.as_bytes()).into_vec()
}

fn alarm(envelope: &Envelope, event: &AlarmEvent, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let (AlarmEvent::AlarmRaised { about, .. }
    | AlarmEvent::AlarmRepeated { about, .. }
    | AlarmEvent::AlarmOver { about }) = event;
    let (tenant, id) = (&envelope.tenant, about.id());
    let key = || Key::of(tenant, ALARMS).bytes(id.as_bytes());
    let due = |on: &On| on.repeat_at().map(|at| due_key(tenant, at, id));
    let mut state = Alarm { on: load(&*rows, key())? };
    if let Some(before) = state.on.as_ref().and_then(due) {
        rows.delete(&before);
    }
    state.evolve(event, envelope.at);
    let Some(on) = state.on else {
        rows.delete(&key().into_vec());
        return Ok(());
    };
    if let Some(due) = due(&on) {
        rows.put(due, id.as_bytes().to_vec());
    }
    save(rows, key(), on);
    Ok(())
}
