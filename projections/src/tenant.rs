//! The read model of tenants: who belongs to one, its rules in force, and every version of them there was.

use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::envelope::{Actor, Envelope, Position};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::Identity;
use countersign_domain::tenant::{
    Binding, People, PeopleEvent, Person, PublishedRules, Rulebook, RulebookEvent, Settings, SettingsEvent,
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::happened::Happened;
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
/// The accounts of one person.
const BOUND_BY: u8 = b'a';
const MEMBERS: u8 = b'm';
/// The groups of one person that follow a vendor's.
const MEMBER_OF: u8 = b'g';
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

/// How a tenant stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TenantRow {
    /// What is so for the whole of it, as far as it is asked about here: its name. Which model answers is asked of its stream.
    pub settings: Settings,
    /// The rules in force.
    pub rules: Option<PublishedRules>,
    /// Its people, without the link codes that are out and the accounts that were unlinked.
    pub people: People,
}

/// How a tenant stands; `None` where nothing was ever said of it.
pub fn find(rows: &dyn Rows, tenant: &Tenant) -> Result<Option<TenantRow>, RowsError> {
    let settings = Settings { name: load(rows, Key::of(tenant, NAMES))?, ..Settings::default() };
    let rules: Option<PublishedRules> = load(rows, Key::of(tenant, IN_FORCE))?;
    let recorded: Vec<Person> = every(rows, &Key::of(tenant, PEOPLE))?;
    if settings.name.is_none() && recorded.is_empty() && rules.is_none() {
        return Ok(None);
    }
    let mut people = People::default();
    for person in recorded {
        let since = since(rows, tenant, &person.id)?.unwrap_or_default();
        people.evolve(&PeopleEvent::PersonRecorded { person }, since);
    }
    for (group, member) in every::<(String, PrincipalId)>(rows, &Key::of(tenant, MEMBERS))? {
        people.evolve(&PeopleEvent::GroupJoined { group, members: [member].into() }, Timestamp::default());
    }
    for (identity, binding) in every::<(Identity, Binding)>(rows, &Key::of(tenant, BOUND))? {
        let Binding { principal, direct, by, since } = binding;
        people.evolve(&PeopleEvent::AccountBound { identity, principal, by, direct, code: None }, since);
    }
    for (id, preferences) in every(rows, &Key::of(tenant, PREFERENCES))? {
        people.evolve(&PeopleEvent::PreferencesChanged { id, preferences }, Timestamp::default());
    }
    for (left, at) in every::<(Person, Timestamp)>(rows, &Key::of(tenant, LEFT))? {
        people.gone.insert_mut(left.id.clone(), at);
        people.left.insert_mut(left.id.clone(), left);
    }
    Ok(Some(TenantRow { settings, rules, people }))
}

/// One person of a tenant.
pub fn person(rows: &dyn Rows, tenant: &Tenant, id: &PrincipalId) -> Result<Option<Person>, RowsError> {
    let Some(mut person) = load::<Person>(rows, person_key(tenant, id))? else { return Ok(None) };
    person.groups.extend(every::<String>(rows, &Key::of(tenant, MEMBER_OF).text(id.as_str()))?);
    Ok(Some(person))
}

/// A version of a tenant's rules: the policy something was decided under.
pub fn rules(rows: &dyn Rows, tenant: &Tenant, version: u64) -> Result<Option<RulesRow>, RowsError> {
    load(rows, Key::of(tenant, RULES).number(version))
}

/// Every tenant there is.
pub fn all(rows: &dyn Rows) -> Result<Vec<Tenant>, RowsError> {
    key::tenants(rows)
}

/// Since when somebody belongs to a tenant.
fn since(rows: &dyn Rows, tenant: &Tenant, id: &PrincipalId) -> Result<Option<Timestamp>, RowsError> {
    let row = load::<(PrincipalId, Timestamp)>(rows, Key::of(tenant, SINCE).text(id.as_str()))?;
    Ok(row.map(|(_, since)| since))
}

/// Somebody leaves: of theirs stays who they were, and when they left.
fn remove(
    rows: &mut dyn WriteRows,
    tenant: &Tenant,
    id: &PrincipalId,
    at: Timestamp,
) -> Result<(), RowsError> {
    if let Some(person) = load::<Person>(&*rows, person_key(tenant, id))? {
        save(rows, Key::of(tenant, LEFT).text(id.as_str()), (person, at));
    }
    rows.delete(&person_key(tenant, id).into_vec());
    for table in [PREFERENCES, SINCE] {
        rows.delete(&Key::of(tenant, table).text(id.as_str()).into_vec());
    }
    for identity in every::<Identity>(&*rows, &Key::of(tenant, BOUND_BY).text(id.as_str()))? {
        unbind(rows, tenant, &identity, id);
    }
    for group in every::<String>(&*rows, &Key::of(tenant, MEMBER_OF).text(id.as_str()))? {
        quit(rows, tenant, &group, id);
    }
    Ok(())
}

fn bind(rows: &mut dyn WriteRows, tenant: &Tenant, identity: Identity, binding: Binding) {
    let of = Key::of(tenant, BOUND_BY).text(binding.principal.as_str()).text(&identity.to_string());
    save(rows, of, identity.clone());
    save(rows, Key::of(tenant, BOUND).text(&identity.to_string()), (identity, binding));
}

fn unbind(rows: &mut dyn WriteRows, tenant: &Tenant, identity: &Identity, of: &PrincipalId) {
    let identity = identity.to_string();
    rows.delete(&Key::of(tenant, BOUND).text(&identity).into_vec());
    rows.delete(&Key::of(tenant, BOUND_BY).text(of.as_str()).text(&identity).into_vec());
}

fn join(rows: &mut dyn WriteRows, tenant: &Tenant, group: &str, id: &PrincipalId) {
    save(rows, Key::of(tenant, MEMBER_OF).text(id.as_str()).text(group), group.to_owned());
    save(rows, Key::of(tenant, MEMBERS).text(group).text(id.as_str()), (group.to_owned(), id.clone()));
}

fn quit(rows: &mut dyn WriteRows, tenant: &Tenant, group: &str, id: &PrincipalId) {
    rows.delete(&Key::of(tenant, MEMBER_OF).text(id.as_str()).text(group).into_vec());
    rows.delete(&Key::of(tenant, MEMBERS).text(group).text(id.as_str()).into_vec());
}

/// Every row of a part of a table.
fn every<T: DeserializeOwned>(rows: &dyn Rows, part: &Key) -> Result<Vec<T>, RowsError> {
    rows.scan(key::starting_with(part), false, usize::MAX)?
        .into_iter()
        .map(|(key, value)| serde_json::from_slice(&value).map_err(|error| RowsError::damaged(&key, error)))
        .collect()
}

fn person_key(tenant: &Tenant, id: &PrincipalId) -> Key {
    Key::of(tenant, PEOPLE).text(id.as_str())
}

/// Folds the tenants' events: a row a person, an account and a membership, so that a change writes what it changes.
#[derive(Debug, Clone, Copy)]
pub struct Tenants;

impl Projection for Tenants {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        6
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        let tenant = &envelope.tenant;
        match envelope.stream.category() {
            People::CATEGORY => people(envelope, decode(envelope)?, rows)?,
            Settings::CATEGORY => {
                if let SettingsEvent::TenantCreated { name } = decode(envelope)? {
                    save(rows, Key::of(tenant, NAMES), name);
                }
            }
            Rulebook::CATEGORY => {
                let RulebookEvent::RulesPublished { version, text, change } = decode(envelope)?;
                let row = RulesRow {
                    version,
                    text: text.clone(),
                    position: envelope.pos,
                    at: envelope.at,
                    by: envelope.actor.clone(),
                };
                save(rows, Key::of(tenant, RULES).number(version), row);
                save(rows, Key::of(tenant, IN_FORCE), PublishedRules { version, text, change });
            }
            _ => {}
        }
        Ok(())
    }
}

fn people(envelope: &Envelope, event: PeopleEvent, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let tenant = &envelope.tenant;
    match event {
        PeopleEvent::PersonRecorded { person } => {
            if since(&*rows, tenant, &person.id)?.is_none() {
                let key = Key::of(tenant, SINCE).text(person.id.as_str());
                save(rows, key, (person.id.clone(), envelope.at));
            }
            rows.delete(&Key::of(tenant, LEFT).text(person.id.as_str()).into_vec());
            save(rows, person_key(tenant, &person.id), person);
        }
        PeopleEvent::PersonRemoved { id } => remove(rows, tenant, &id, envelope.at)?,
        PeopleEvent::LinkOffered { .. } | PeopleEvent::LinkMissed { .. } => {}
        PeopleEvent::AccountBound { identity, principal, by, direct, .. } => {
            bind(rows, tenant, identity, Binding { principal, direct, by, since: envelope.at });
        }
        PeopleEvent::AccountUnbound { identity, principal, .. } => {
            unbind(rows, tenant, &identity, &principal);
        }
        PeopleEvent::PreferencesChanged { id, preferences } => {
            save(rows, Key::of(tenant, PREFERENCES).text(id.as_str()), (id, preferences));
        }
        PeopleEvent::GroupSynced { group, members } => {
            let before = every::<(String, PrincipalId)>(&*rows, &Key::of(tenant, MEMBERS).text(&group))?;
            for (group, gone) in before.iter().filter(|(_, id)| !members.contains(id)) {
                quit(rows, tenant, group, gone);
            }
            for id in &members {
                join(rows, tenant, &group, id);
            }
        }
        PeopleEvent::GroupJoined { group, members } => {
            for id in &members {
                join(rows, tenant, &group, id);
            }
        }
        PeopleEvent::GroupLeft { group, members } => {
            for id in &members {
                quit(rows, tenant, &group, id);
            }
        }
    }
    Ok(())
}
