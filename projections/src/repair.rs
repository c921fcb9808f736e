//! The read model of repairs: every plan, those that are open, those that change something lately, and what is due.

use std::collections::BTreeSet;
use std::ops::Bound;

use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::capabilities::{AnyEvent, Drift};
use countersign_domain::envelope::Envelope;
use countersign_domain::names::Tenant;
use countersign_domain::repair::RepairRequest;
use countersign_domain::request::{self, Code, RequestEvent, Stage};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::key::{self, Key};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// The projection's name.
pub const NAME: &str = "repair";

const REPAIRS: u8 = b'r';
const OPEN: u8 = b'o';
const APPROVED: u8 = b'a';
const DUE: u8 = b'd';

/// One plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepairRow {
    /// How it stands.
    pub state: RepairRequest<Drift>,
    /// When it was approved.
    pub approved: Option<Timestamp>,
}

/// The plan of this code.
pub fn find(rows: &dyn Rows, tenant: &Tenant, code: &Code) -> Result<Option<RepairRow>, RowsError> {
    load(rows, Key::of(tenant, REPAIRS).text(code.stream_id()))
}

/// The plans of a tenant that are not over.
pub fn open(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<RepairRow>, RowsError> {
    listed(rows, rows.scan(key::starting_with(&Key::of(tenant, OPEN)), false, usize::MAX)?, tenant)
}

/// The plans of a tenant that were approved after `since`, or are being carried out.
pub fn changing_since(
    rows: &dyn Rows,
    tenant: &Tenant,
    since: Timestamp,
) -> Result<Vec<RepairRow>, RowsError> {
    let table = Key::of(tenant, APPROVED);
    let end = key::starting_with(&table).1;
    let recent = rows.scan((Bound::Included(table.time(since).into_vec()), end), false, usize::MAX)?;
    let mut found = listed(rows, recent, tenant)?;
    for row in open(rows, tenant)? {
        if row.approved.is_some_and(|at| at < since) {
            found.push(row);
        }
    }
    Ok(found)
}

/// What is due at `until` or before, in all tenants, by the words of the deadlines.
pub fn due(
    rows: &dyn Rows,
    until: Timestamp,
) -> Result<Vec<(Timestamp, Tenant, Code, &'static str)>, RowsError> {
    let mut found = Vec::new();
    for tenant in key::tenants(rows)? {
        let table = Key::of(&tenant, DUE);
        let range =
            (Bound::Included(table.clone().into_vec()), Bound::Excluded(key::after(&table.time(until))));
        for row in listed(rows, rows.scan(range, false, usize::MAX)?, &tenant)? {
            let Some(plan) = &row.state.asked else { continue };
            let due = row.state.deadlines().into_iter().filter(|(at, _)| *at <= until);
            found
                .extend(due.map(|(at, deadline)| (at, tenant.clone(), plan.code.clone(), deadline.as_str())));
        }
    }
    Ok(found)
}

/// When the next is due in any tenant.
pub fn next_due(rows: &dyn Rows) -> Result<Option<Timestamp>, RowsError> {
    let mut next = None;
    for tenant in key::tenants(rows)? {
        let table = Key::of(&tenant, DUE);
        for (key, _) in rows.scan(key::starting_with(&table), false, 1)? {
            let at = key::time_in(&key[table.clone().into_vec().len()..])
                .ok_or_else(|| RowsError::damaged(&key, "it names no time"))?;
            next = Some(next.map_or(at, |next: Timestamp| next.min(at)));
        }
    }
    Ok(next)
}

fn listed(
    rows: &dyn Rows,
    keys: Vec<(Vec<u8>, Vec<u8>)>,
    tenant: &Tenant,
) -> Result<Vec<RepairRow>, RowsError> {
    let codes: BTreeSet<_> = keys.into_iter().map(|(_, code)| code).collect();
    let one = |code: Vec<u8>| load(rows, Key::of(tenant, REPAIRS).text(&String::from_utf8_lossy(&code)));
    codes.into_iter().filter_map(|code| one(code).transpose()).collect()
}

/// Folds repairs.
#[derive(Debug, Clone, Copy)]
pub struct Repairs;

impl Projection for Repairs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&self, envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        if envelope.stream.category() != request::CATEGORY {
            return Ok(());
        }
        let AnyEvent::Repair(event) = decode(envelope)? else { return Ok(()) };
        let (tenant, code) = (&envelope.tenant, envelope.stream.id());
        let key = || Key::of(tenant, REPAIRS).text(code);
        let old: Option<RepairRow> = load(&*rows, key())?;
        let mut new =
            old.clone().unwrap_or_else(|| RepairRow { state: RepairRequest::default(), approved: None });
        new.state.evolve(&event, envelope.at);
        if matches!(event, RequestEvent::Approved { .. }) {
            new.approved = Some(envelope.at);
        }
        for key in old.iter().flat_map(|row| index(tenant, code, row)) {
            rows.delete(&key);
        }
        for key in index(tenant, code, &new) {
            rows.put(key, code.as_bytes().to_vec());
        }
        save(rows, key(), new);
        Ok(())
    }
}

fn index(tenant: &Tenant, code: &str, row: &RepairRow) -> Vec<Vec<u8>> {
    let is_open = matches!(
        row.state.stage,
        Stage::New | Stage::Checking | Stage::Waiting | Stage::Working | Stage::Failed
    );
    let open = is_open.then(|| Key::of(tenant, OPEN).text(code));
    let approved = row.approved.map(|at| Key::of(tenant, APPROVED).time(at).text(code));
    let due = row.state.deadlines().into_iter().map(|(at, _)| Key::of(tenant, DUE).time(at).text(code));
    open.into_iter().chain(approved).chain(due).map(Key::into_vec).collect()
}
