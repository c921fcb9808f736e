//! The read model of tenants: who belongs to one, its rules in force, and every version of them there was.

use std::collections::BTreeMap;

use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::envelope::{Actor, Envelope, Position};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::tenant::{Person, PublishedRules, TenantEvent, TenantState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::key::{self, Key};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// The projection's name.
pub const NAME: &str = "tenant";

const NAMES: u8 = b'n';
const PEOPLE: u8 = b'p';
const RULES: u8 = b'r';
const IN_FORCE: u8 = b'f';

/// One version of a tenant's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesRow {
    /// From 1.
    pub version: u64,
    /// The Cedar text.
    pub text: String,
    /// The place of the event that put it in force.
    pub position: Position,
    /// Since when.
    pub at: Timestamp,
    /// Who published it.
    pub by: Actor,
}

/// The state of a tenant; `None` where nothing was ever said of it.
pub fn find(rows: &dyn Rows, tenant: &Tenant) -> Result<Option<TenantState>, RowsError> {
    let name: Option<String> = load(rows, Key::of(tenant, NAMES))?;
    let people: BTreeMap<_, _> = people(rows, tenant)?.into_iter().map(|p| (p.id.clone(), p)).collect();
    let rules = load(rows, Key::of(tenant, IN_FORCE))?;
    let known = name.is_some() || !people.is_empty() || rules.is_some();
    Ok(known.then_some(TenantState { name, people, rules }))
}

/// One person of a tenant.
pub fn person(rows: &dyn Rows, tenant: &Tenant, id: &PrincipalId) -> Result<Option<Person>, RowsError> {
    load(rows, person_key(tenant, id))
}

/// A version of a tenant's rules: the policy something was decided under.
pub fn rules(rows: &dyn Rows, tenant: &Tenant, version: u64) -> Result<Option<RulesRow>, RowsError> {
    load(rows, Key::of(tenant, RULES).number(version))
}

/// Every tenant there is.
pub fn all(rows: &dyn Rows) -> Result<Vec<Tenant>, RowsError> {
    key::tenants(rows)
}

fn people(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<Person>, RowsError> {
    rows.scan(key::starting_with(&Key::of(tenant, PEOPLE)), false, usize::MAX)?
        .into_iter()
        .map(|(key, value)| serde_json::from_slice(&value).map_err(|error| RowsError::damaged(&key, error)))
        .collect()
}

fn person_key(tenant: &Tenant, id: &PrincipalId) -> Key {
    Key::of(tenant, PEOPLE).text(id.as_str())
}

/// Folds the tenants' events: a row a person, so that a large directory is not written whole for each of them.
#[derive(Debug, Clone, Copy)]
pub struct Tenants;

impl Projection for Tenants {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&self, envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        if envelope.stream.category() != TenantState::CATEGORY {
            return Ok(());
        }
        let tenant = &envelope.tenant;
        match decode(envelope)? {
            TenantEvent::TenantCreated { name } => save(rows, Key::of(tenant, NAMES), &name)?,
            TenantEvent::PersonRecorded { person } => {
                save(rows, person_key(tenant, &person.id), &person)?;
            }
            TenantEvent::PersonRemoved { id } => rows.delete(&person_key(tenant, &id).into_vec()),
            TenantEvent::RulesPublished { version, text } => {
                let row = RulesRow {
                    version,
                    text: text.clone(),
                    position: envelope.pos,
                    at: envelope.at,
                    by: envelope.actor.clone(),
                };
                save(rows, Key::of(tenant, RULES).number(version), &row)?;
                save(rows, Key::of(tenant, IN_FORCE), &PublishedRules { version, text })?;
            }
        }
        Ok(())
    }
}
