//! What an account held on a repository through the log, and where the bot itself brought tickets to.

use std::collections::BTreeMap;

use countersign_domain::access::{Permission, Span};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::request::Code;
use jiff::Timestamp;

use super::query::by_reference;
use super::{AccessRow, HELD, MOVES};
use crate::key::{self, Key};
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// An access that is, or was, in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The request that it came from.
    pub code: Code,
    /// Who asked for it.
    pub by: PrincipalId,
    /// What it gives.
    pub permission: Permission,
    /// When.
    pub span: Span,
    /// Whether nobody has begun to take it back.
    pub is_active: bool,
}

/// Every access that an account has, or had, on a repository, in the order in which they were asked for.
pub fn earlier(
    rows: &dyn Rows,
    tenant: &Tenant,
    (account, repository): (&str, &str),
) -> Result<Vec<Earlier>, RowsError> {
    let table = held_key(tenant, account, repository);
    let mut found = Vec::new();
    for (_, code) in rows.scan(key::starting_with(&table), false, usize::MAX)? {
        found.extend(by_reference(rows, tenant, &code)?.and_then(of));
    }
    Ok(found)
}

fn of(row: AccessRow) -> Option<Earlier> {
    let (span, permission) = (row.access.span()?, row.access.own.grant.as_ref()?.permission);
    let (code, is_active) = (row.code, row.access.held().is_some());
    let by = row.access.asked?.requester.id;
    Some(Earlier { code, by, permission, span, is_active })
}

pub(super) fn held_key(tenant: &Tenant, account: &str, repository: &str) -> Key {
    Key::of(tenant, HELD).text(account).text(repository)
}

/// The statuses that the bot itself brought a ticket to, with when it did so last.
pub fn moves(
    rows: &dyn Rows,
    tenant: &Tenant,
    ticket: &str,
) -> Result<BTreeMap<String, Timestamp>, RowsError> {
    Ok(load(rows, moves_key(tenant, ticket))?.unwrap_or_default())
}

/// The bot brought a ticket to this status.
pub(super) fn moved(
    rows: &mut dyn WriteRows,
    tenant: &Tenant,
    ticket: &str,
    (to, at): (&str, Timestamp),
) -> Result<(), RowsError> {
    let mut all = moves(&*rows, tenant, ticket)?;
    all.insert(to.to_owned(), at);
    save(rows, moves_key(tenant, ticket), all);
    Ok(())
}

fn moves_key(tenant: &Tenant, ticket: &str) -> Key {
    Key::of(tenant, MOVES).text(ticket)
}
