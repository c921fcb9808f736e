//! Which alarm somebody means: by its name, by its service, or by what stands on its card.

use countersign_domain::names::Tenant;
use countersign_projections::timeline::{self, AlertRow};
use uuid::Uuid;

use crate::engine::Failure;
use crate::world::World;

/// So many digits of what an alarm is known by stand on its card.
const DIGITS: usize = 8;

/// What was meant.
pub(super) enum Which {
    /// This one.
    One(AlertRow),
    /// One of these.
    Several(Vec<AlertRow>),
    /// None that is on.
    Nothing,
}

/// What an alarm is called in sentences, whatever its name holds.
pub(super) fn reference(fingerprint: Uuid) -> String {
    let mut digits = fingerprint.simple().to_string();
    digits.truncate(DIGITS);
    digits
}

/// The alarm that is on and meant; where nothing is named, the only one.
pub(super) fn named(world: &World, tenant: &Tenant, said: Option<&str>) -> Result<Which, Failure> {
    let mut rows = on(world, tenant, said)?;
    Ok(match (rows.pop(), rows.is_empty()) {
        (None, _) => Which::Nothing,
        (Some(one), true) => Which::One(one),
        (Some(last), false) => {
            rows.push(last);
            Which::Several(rows)
        }
    })
}

/// The alarms that are on and called so, or all of them.
pub(super) fn on(world: &World, tenant: &Tenant, said: Option<&str>) -> Result<Vec<AlertRow>, Failure> {
    let said = said.map(|said| said.trim().to_lowercase());
    let is_meant = |row: &AlertRow| {
        let Some(said) = &said else { return true };
        let names = row.alert.signal.as_ref().map(|signal| signal.found_by()).unwrap_or_default();
        reference(row.fingerprint) == *said || names.contains(said)
    };
    let mut rows = timeline::alerts(&*world.projections.rows(timeline::NAME), tenant)?;
    rows.retain(|row| row.alert.is_on && is_meant(row));
    Ok(rows)
}
