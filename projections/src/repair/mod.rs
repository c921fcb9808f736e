//! What is kept of repairs beside the rows of all requests: when each was approved, so that what changes lately is found.

use std::collections::BTreeSet;
use std::ops::Bound;

use countersign_domain::capabilities::{AnyRequest, Drift, Repair};
use countersign_domain::names::Tenant;
use countersign_domain::repair::RepairRequest;
use countersign_domain::request::Kind as _;
use jiff::Timestamp;

use crate::key::{self, Key};
use crate::page::QueryError;
use crate::request::{self, RequestFilter, RequestRow, Which};
use crate::rows::Rows;

/// A table beside those of all requests.
const APPROVED: u8 = b'v';

/// One plan.
#[derive(Debug, Clone, PartialEq)]
pub struct RepairRow {
    /// How it stands.
    pub state: RepairRequest<Drift>,
    /// When it was approved.
    pub approved: Option<Timestamp>,
}

impl RepairRow {
    fn of(row: RequestRow) -> Option<Self> {
        let AnyRequest::Repair(state) = row.request else { return None };
        Some(Self { state, approved: row.approved })
    }
}

/// The plans of a tenant that are not over, newest first.
pub fn open(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<RepairRow>, QueryError> {
    let filter =
        RequestFilter { which: Which::Open, kind: Some(Repair::NAME.to_owned()), ..RequestFilter::default() };
    let page = request::list(rows, tenant, &filter, None, usize::MAX)?;
    Ok(page.items.into_iter().filter_map(RepairRow::of).collect())
}

/// The plans of a tenant that were approved after `since`, or are being carried out.
pub fn changing_since(
    rows: &dyn Rows,
    tenant: &Tenant,
    since: Timestamp,
) -> Result<Vec<RepairRow>, QueryError> {
    let table = Key::of(tenant, APPROVED);
    let end = key::starting_with(&table).1;
    let recent = rows.scan((Bound::Included(table.time(since).into_vec()), end), false, usize::MAX)?;
    let mut found = Vec::new();
    for code in recent.into_iter().map(|(_, code)| code).collect::<BTreeSet<_>>() {
        found.extend(request::by_reference(rows, tenant, &code)?.and_then(RepairRow::of));
    }
    let earlier = open(rows, tenant)?.into_iter();
    found.extend(earlier.filter(|row| row.approved.is_some_and(|at| at < since)));
    Ok(found)
}

/// The keys by which a plan is found.
pub(crate) fn index(row: &RequestRow) -> Vec<Key> {
    let approved = row.approved.filter(|_| matches!(row.request, AnyRequest::Repair(_)));
    let key = |at| Key::of(&row.tenant, APPROVED).time(at).text(row.code.stream_id());
    approved.map(key).into_iter().collect()
}
