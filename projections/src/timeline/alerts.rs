//! Alarms as they stand, and the messages that show them.

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::{Effect, EffectEvent, Outcome};
use countersign_domain::digest::Digest;
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::ports::Posted;
use countersign_domain::talk::{self, alert_placement};
use countersign_domain::timeline::{Alert, AlertEvent};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::happened::Happened;
use crate::key::{self, Key};
use crate::projection::ProjectionError;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// Alarms, by what they are known by.
const ALERTS: u8 = b'a';
/// The messages that show them.
const SHOWN: u8 = b'm';

/// An alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRow {
    /// What it is known by.
    pub fingerprint: Uuid,
    /// How it stands.
    pub alert: Alert,
}

/// The message that shows an alarm at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownAlert {
    /// Where it is.
    pub message: Posted,
    /// The digest of what it showed last.
    pub look: Digest,
}

/// One alarm.
pub fn alert(rows: &dyn Rows, tenant: &Tenant, fingerprint: Uuid) -> Result<Option<AlertRow>, RowsError> {
    load(rows, alert_key(tenant, fingerprint))
}

/// Every alarm that was ever told of.
pub fn alerts(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<AlertRow>, RowsError> {
    let all = rows.scan(key::starting_with(&Key::of(tenant, ALERTS)), false, usize::MAX)?;
    let row = |(key, row): (Vec<u8>, Vec<u8>)| {
        serde_json::from_slice(&row).map_err(|error| RowsError::damaged(&key, error))
    };
    all.into_iter().map(row).collect()
}

/// The message of the placement of an alarm; nothing where none was posted yet.
pub fn shown_alert(
    rows: &dyn Rows,
    tenant: &Tenant,
    placement: Uuid,
) -> Result<Option<ShownAlert>, RowsError> {
    load(rows, shown_key(tenant, placement))
}

fn alert_key(tenant: &Tenant, fingerprint: Uuid) -> Key {
    Key::of(tenant, ALERTS).bytes(fingerprint.as_bytes())
}

fn shown_key(tenant: &Tenant, placement: Uuid) -> Key {
    Key::of(tenant, SHOWN).bytes(placement.as_bytes())
}

/// Takes in what happened to an alarm.
pub(super) fn fold(
    envelope: &Envelope,
    fingerprint: Uuid,
    event: &AlertEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let tenant = &envelope.tenant;
    let before = alert(&*rows, tenant, fingerprint)?.map(|row| row.alert);
    let mut alert = before.unwrap_or_default();
    alert.evolve(event, envelope.at);
    save(rows, alert_key(tenant, fingerprint), AlertRow { fingerprint, alert });
    Ok(())
}

/// Takes in where one is shown.
pub(super) fn shown(envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    if let EffectEvent::EffectSucceeded {
        effect: Effect::Talk(talk::Effect::ShowAlert { fingerprint, episode, place }),
        outcome: Outcome::Talk(talk::Outcome::Shown { message, look, .. }),
    } = envelope.effect()?
    {
        let placement = alert_placement(*fingerprint, *episode, place);
        let shown = ShownAlert { message: message.clone(), look: *look };
        save(rows, shown_key(&envelope.tenant, placement), shown);
    }
    Ok(())
}
