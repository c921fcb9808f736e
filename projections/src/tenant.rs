//! The read model of tenants: who belongs to one, its rules in force, and every version of them there was.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::envelope::{Actor, Envelope, Position};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::Identity;
use countersign_domain::tenant::{Binding, Person, PublishedRules, TenantEvent, TenantState};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
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
const BOUND: u8 = b'b';
const SYNCED: u8 = b's';
const PREFERENCES: u8 = b'w';
const SINCE: u8 = b't';
const LEFT: u8 = b'l';

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

/// The state of a tenant, without the link codes that are out and the accounts that were unlinked; `None` where nothing was ever said of it.
pub fn find(rows: &dyn Rows, tenant: &Tenant) -> Result<Option<TenantState>, RowsError> {
    let name: Option<String> = load(rows, Key::of(tenant, NAMES))?;
    let people: Vec<Person> = every(rows, tenant, PEOPLE)?;
    let rules = load(rows, Key::of(tenant, IN_FORCE))?;
    if name.is_none() && people.is_empty() && rules.is_none() {
        return Ok(None);
    }
    let mut state = TenantState {
        name,
        rules,
        own_groups: people.iter().map(|person| (person.id.clone(), person.groups.clone())).collect(),
        people: people.into_iter().map(|person| (person.id.clone(), person)).collect(),
        synced: every::<(String, _)>(rows, tenant, SYNCED)?.into_iter().collect(),
        bound: every::<(Identity, _)>(rows, tenant, BOUND)?.into_iter().collect(),
        missed: BTreeMap::default(),
        links: BTreeMap::new(),
        forgotten: BTreeSet::new(),
        preferences: every::<(PrincipalId, _)>(rows, tenant, PREFERENCES)?.into_iter().collect(),
        since: every::<(PrincipalId, _)>(rows, tenant, SINCE)?.into_iter().collect(),
        left: every::<Person>(rows, tenant, LEFT)?.into_iter().map(|left| (left.id.clone(), left)).collect(),
    };
    let people = &state.people;
    state.bound.retain(|_, binding| people.contains_key(&binding.principal));
    state.regroup();
    Ok(Some(state))
}

/// One person of a tenant.
pub fn person(rows: &dyn Rows, tenant: &Tenant, id: &PrincipalId) -> Result<Option<Person>, RowsError> {
    Ok(find(rows, tenant)?.and_then(|mut state| state.people.remove(id)))
}

/// A version of a tenant's rules: the policy something was decided under.
pub fn rules(rows: &dyn Rows, tenant: &Tenant, version: u64) -> Result<Option<RulesRow>, RowsError> {
    load(rows, Key::of(tenant, RULES).number(version))
}

/// Every tenant there is.
pub fn all(rows: &dyn Rows) -> Result<Vec<Tenant>, RowsError> {
    key::tenants(rows)
}

/// Somebody leaves: of theirs stays who they were.
fn remove(rows: &mut dyn WriteRows, tenant: &Tenant, id: &PrincipalId) -> Result<(), RowsError> {
    if let Some(person) = load::<Person>(&*rows, person_key(tenant, id))? {
        save(rows, Key::of(tenant, LEFT).text(id.as_str()), person);
    }
    rows.delete(&person_key(tenant, id).into_vec());
    for table in [PREFERENCES, SINCE] {
        rows.delete(&Key::of(tenant, table).text(id.as_str()).into_vec());
    }
    for (identity, binding) in every::<(Identity, Binding)>(&*rows, tenant, BOUND)? {
        if binding.principal == *id {
            rows.delete(&Key::of(tenant, BOUND).text(&identity.to_string()).into_vec());
        }
    }
    for (group, mut members) in every::<(String, BTreeSet<PrincipalId>)>(&*rows, tenant, SYNCED)? {
        if members.remove(id) {
            save(rows, Key::of(tenant, SYNCED).text(&group), (group, members));
        }
    }
    Ok(())
}

fn every<T: DeserializeOwned>(rows: &dyn Rows, tenant: &Tenant, table: u8) -> Result<Vec<T>, RowsError> {
    rows.scan(key::starting_with(&Key::of(tenant, table)), false, usize::MAX)?
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
        3
    }

    fn apply(&self, envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        if envelope.stream.category() != TenantState::CATEGORY {
            return Ok(());
        }
        let tenant = &envelope.tenant;
        match decode(envelope)? {
            TenantEvent::TenantCreated { name } => save(rows, Key::of(tenant, NAMES), name),
            TenantEvent::PersonRecorded { person } => {
                let since = Key::of(tenant, SINCE).text(person.id.as_str());
                if load::<(PrincipalId, Timestamp)>(&*rows, since.clone())?.is_none() {
                    save(rows, since, (person.id.clone(), envelope.at));
                }
                rows.delete(&Key::of(tenant, LEFT).text(person.id.as_str()).into_vec());
                save(rows, person_key(tenant, &person.id), person);
            }
            TenantEvent::PersonRemoved { id } => remove(rows, tenant, &id)?,
            TenantEvent::LinkOffered { .. } | TenantEvent::LinkMissed { .. } => {}
            TenantEvent::AccountBound { identity, principal, by, direct, .. } => {
                let key = Key::of(tenant, BOUND).text(&identity.to_string());
                save(rows, key, (identity, Binding { principal, direct, by, since: envelope.at }));
            }
            TenantEvent::AccountUnbound { identity, .. } => {
                rows.delete(&Key::of(tenant, BOUND).text(&identity.to_string()).into_vec());
            }
            TenantEvent::PreferencesChanged { id, preferences } => {
                save(rows, Key::of(tenant, PREFERENCES).text(id.as_str()), (id, preferences));
            }
            TenantEvent::GroupSynced { group, members } => {
                save(rows, Key::of(tenant, SYNCED).text(&group), (group, members));
            }
            TenantEvent::RulesPublished { version, text } => {
                let row = RulesRow {
                    version,
                    text: text.clone(),
                    position: envelope.pos,
                    at: envelope.at,
                    by: envelope.actor.clone(),
                };
                save(rows, Key::of(tenant, RULES).number(version), row);
                save(rows, Key::of(tenant, IN_FORCE), PublishedRules { version, text });
            }
        }
        Ok(())
    }
}
