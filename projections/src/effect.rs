//! The read model of effects: how each wish about the outside world stands, and which of them is due when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::Effects;
use countersign_domain::effect::EffectState;
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::happened::Happened;
use crate::key::{self, Key};
use crate::page::{Page, QueryError, newest_first};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{self, Indexed, load, load_shared};

/// The projection's name.
pub const NAME: &str = "effect";

const EFFECTS: u8 = b'e';
const BY_ORDER: u8 = b'o';
const BY_STATE: u8 = b's';
const OPEN: u8 = b'a';
const DUE: u8 = b'd';
const COUNTS: u8 = b'c';

/// The cursors' letter.
const LIST: char = 'e';

const STATES: [EffectState; 8] = [
    EffectState::New,
    EffectState::Claimed,
    EffectState::Attempted,
    EffectState::Deferred,
    EffectState::Unknown,
    EffectState::Succeeded,
    EffectState::Parked,
    EffectState::Resolved,
];

/// One effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectRow {
    /// Its id, and its idempotency key.
    pub id: Uuid,
    /// Whose it is.
    pub tenant: Tenant,
    /// How it stands: the aggregate's own state.
    pub effects: Effects,
    /// The place of its claim: lists are in this order.
    pub created: Position,
    /// The place of its last event.
    pub position: Position,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// When its last event was.
    pub updated: Timestamp,
    /// The conversation that led to it.
    pub correlation: Uuid,
}

/// The effect with this id.
pub fn find(rows: &dyn Rows, tenant: &Tenant, id: Uuid) -> Result<Option<EffectRow>, RowsError> {
    load(rows, row_key(tenant, id))
}

/// The effects of a tenant, newest first; those in one state, or all.
pub fn list(
    rows: &dyn Rows,
    tenant: &Tenant,
    state: Option<EffectState>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<EffectRow>, QueryError> {
    let index = state.map_or_else(|| Key::of(tenant, BY_ORDER), |state| state_key(tenant, state));
    newest_first(rows, LIST, &[index], after, limit, |id| {
        let row: Option<EffectRow> = load(rows, Key::of(tenant, EFFECTS).bytes(id))?;
        Ok(row.filter(|row| state.is_none_or(|state| row.effects.state == state)))
    })
}

/// Every effect of every tenant that the outbox has not finished, in the order they were claimed within a tenant.
pub fn open(rows: &dyn Rows) -> Result<Vec<EffectRow>, RowsError> {
    let mut open = Vec::new();
    for tenant in key::tenants(rows)? {
        for (_, id) in rows.scan(key::starting_with(&Key::of(&tenant, OPEN)), false, usize::MAX)? {
            open.extend(load(rows, Key::of(&tenant, EFFECTS).bytes(&id))?);
        }
    }
    Ok(open)
}

/// The deferred and unknown effects of all tenants that are due at `until` or before, the earliest first.
pub fn due(rows: &dyn Rows, until: Timestamp) -> Result<Vec<(Timestamp, Tenant, Uuid)>, RowsError> {
    let mut due = Vec::new();
    for (key, id) in rows.scan(key::due_until(DUE, until), false, usize::MAX)? {
        let (at, tenant, _) =
            key::due_in(&key).ok_or_else(|| RowsError::damaged(&key, "it names no time"))?;
        due.push((at, tenant, read_id(&key, &id)?));
    }
    due.sort();
    Ok(due)
}

/// When the next deferred or unknown effect of any tenant is due.
pub fn next_due(rows: &dyn Rows) -> Result<Option<Timestamp>, RowsError> {
    next_due_after(rows, Timestamp::MIN)
}

/// The same of those that are due after this time only.
pub fn next_due_after(rows: &dyn Rows, after: Timestamp) -> Result<Option<Timestamp>, RowsError> {
    key::first_due(rows, DUE, after)
}

/// How many effects of a tenant are in each state; states with none are left out.
pub fn counts(rows: &dyn Rows, tenant: &Tenant) -> Result<BTreeMap<EffectState, u64>, RowsError> {
    let mut counts = BTreeMap::new();
    for state in STATES {
        let count = table::count(rows, counter(tenant, state))?;
        if count > 0 {
            counts.insert(state, count);
        }
    }
    Ok(counts)
}

fn row_key(tenant: &Tenant, id: Uuid) -> Key {
    Key::of(tenant, EFFECTS).bytes(id.as_bytes())
}

fn state_key(tenant: &Tenant, state: EffectState) -> Key {
    Key::of(tenant, BY_STATE).text(state.as_str())
}

fn counter(tenant: &Tenant, state: EffectState) -> Key {
    Key::of(tenant, COUNTS).text(state.as_str())
}

fn read_id(key: &[u8], id: &[u8]) -> Result<Uuid, RowsError> {
    Uuid::from_slice(id).map_err(|error| RowsError::damaged(key, error))
}

impl Indexed for EffectRow {
    fn key(&self) -> Key {
        row_key(&self.tenant, self.id)
    }

    fn reference(&self) -> Vec<u8> {
        self.id.as_bytes().to_vec()
    }

    fn index(&self) -> BTreeSet<Key> {
        let (tenant, place) = (&self.tenant, self.created.for_store());
        let mut keys = BTreeSet::from([
            Key::of(tenant, BY_ORDER).number(place),
            state_key(tenant, self.effects.state).number(place),
        ]);
        if self.effects.state.is_open() {
            keys.insert(Key::of(tenant, OPEN).number(place));
        }
        if let Some(due) = self.effects.due {
            keys.insert(Key::of_all(DUE).time(due).text(tenant.as_str()).bytes(self.id.as_bytes()));
        }
        keys
    }

    fn counter(&self) -> Key {
        counter(&self.tenant, self.effects.state)
    }
}

/// Folds the effects' events.
#[derive(Debug, Clone, Copy)]
pub struct EffectList;

impl Projection for EffectList {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        3
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        if envelope.stream.category() != Effects::CATEGORY {
            return Ok(());
        }
        let event = envelope.effect()?;
        let id: Uuid = envelope.stream.id().parse().map_err(|error: uuid::Error| {
            ProjectionError::Stream { stream: envelope.stream.to_string(), why: error.to_string() }
        })?;
        let old: Option<Arc<EffectRow>> = load_shared(&*rows, row_key(&envelope.tenant, id))?;
        let mut new = old.as_deref().cloned().unwrap_or_else(|| EffectRow {
            id,
            tenant: envelope.tenant.clone(),
            effects: Effects::default(),
            created: envelope.pos,
            position: envelope.pos,
            claimed_at: envelope.at,
            updated: envelope.at,
            correlation: envelope.correlation,
        });
        new.effects.evolve(event, envelope.at);
        new.position = envelope.pos;
        new.updated = envelope.at;
        Ok(table::replace(rows, old.as_deref(), new)?)
    }
}
