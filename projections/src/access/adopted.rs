//! What repairs have adopted: permissions that are meant to be there though no request gave them, for as long as nobody has seen
//! that they are gone.

use std::collections::BTreeSet;

use countersign_domain::access::{Deviation, Status};
use countersign_domain::capabilities::{AnyRequest, Drift};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::ForgeRepository;
use countersign_domain::repair::RepairEvent;
use countersign_domain::request::Code;
use countersign_domain::rules::Ruling;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::query::holding;
use super::{ADOPTED, GrantFilter, GrantRow};
use crate::key::{self, Key};
use crate::repository::repository_term;
use crate::request::RequestRow;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{self, Indexed, load};

/// What a repair has adopted last of an account on a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Adopted {
    tenant: Tenant,
    /// The place of its event: lists are in this order.
    place: u64,
    /// By which repair.
    code: Code,
    found: Deviation,
    /// Whose the account was, as the repair knew.
    holder: Option<PrincipalId>,
    since: Timestamp,
    by: Vec<PrincipalId>,
    rules_version: Option<u64>,
    policies: Vec<String>,
}

impl Adopted {
    fn users(&self) -> impl Iterator<Item = &str> {
        let holder = self.found.holder.iter().chain(&self.holder).map(PrincipalId::as_str);
        holder.chain([self.found.account.as_str(), self.found.name.as_str()])
    }

    fn repositories(&self) -> [&str; 2] {
        [&self.found.repository, self.found.repository_key()]
    }

    fn fits(&self, filter: &GrantFilter) -> bool {
        let is = |own: &str, other: &String| own.to_lowercase() == other.to_lowercase();
        let on = |name: &String| {
            let wanted = repository_term(name);
            self.repositories().iter().any(|own| own.to_lowercase() == wanted)
        };
        let has = |user: &String| self.users().any(|own| is(own, user));
        // An account calls itself as it likes; whose it is, the directory says.
        let holder = self.found.holder.as_ref().or(self.holder.as_ref());
        filter.concerning.as_ref().is_none_or(|person| holder == Some(person))
            && filter.repository.as_ref().is_none_or(on)
            && (filter.users.is_empty() || filter.users.iter().any(has))
    }
}

impl Indexed for Adopted {
    fn key(&self) -> Key {
        row_key(&self.tenant, &self.found.account, self.found.repository_key())
    }

    fn reference(&self) -> Vec<u8> {
        [&[0_u8][..], self.found.account.as_bytes(), &[0], self.found.repository_key().as_bytes()].concat()
    }

    fn index(&self) -> BTreeSet<Key> {
        let users = self.users().map(|user| of_user(&self.tenant, user));
        let on = self.repositories().map(|name| on_repository(&self.tenant, name));
        let all = users.chain(on).chain([all(&self.tenant)]);
        all.map(|key| key.number(self.place)).collect()
    }

    fn counter(&self) -> Key {
        table(&self.tenant, "count")
    }
}

fn table(tenant: &Tenant, part: &str) -> Key {
    Key::of(tenant, ADOPTED).text(part)
}

fn row_key(tenant: &Tenant, account: &str, repository: &str) -> Key {
    table(tenant, "row").text(account).text(repository)
}

/// The index of all that was adopted.
pub(super) fn all(tenant: &Tenant) -> Key {
    table(tenant, "all")
}

/// The index of what was adopted of somebody's.
pub(super) fn of_user(tenant: &Tenant, user: &str) -> Key {
    table(tenant, "user").folded(user)
}

/// The index of what was adopted on a repository.
pub(super) fn on_repository(tenant: &Tenant, repository: &str) -> Key {
    table(tenant, "repository").folded(repository)
}

/// A repair has adopted what is held somewhere.
pub(super) fn adopted(
    row: &RequestRow,
    event: &RepairEvent<Drift>,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let RepairEvent::Adopted { item, drift: Drift::Access(found), by, .. } = event else { return Ok(()) };
    let AnyRequest::Repair(repair) = &row.request else { return Ok(()) };
    let planned = repair.asked.as_ref().and_then(|plan| plan.items.get(*item as usize));
    let (rules_version, policies) = match &repair.ruling {
        Some(Ruling::Allowed(terms)) => (Some(terms.version), terms.policies.clone()),
        _ => (None, vec![]),
    };
    let new = Adopted {
        tenant: row.tenant.clone(),
        place: row.position.for_store(),
        code: row.code.clone(),
        found: found.clone(),
        holder: planned.and_then(|item| item.holder.clone()),
        since: row.updated,
        by: by.clone(),
        rules_version,
        policies,
    };
    let old: Option<Adopted> = load(&*rows, new.key())?;
    table::replace(rows, old.as_ref(), new)
}

/// The last repair that has adopted something of an account on a repository. One repair adopts it at most once.
pub fn adopted_by(
    rows: &dyn Rows,
    tenant: &Tenant,
    account: &str,
    repository: &str,
) -> Result<Option<Code>, RowsError> {
    let last: Option<Adopted> = load(rows, row_key(tenant, account, repository))?;
    Ok(last.map(|last| last.code))
}

/// The row of a list, where it is adopted still and fits.
pub(super) fn granted(
    rows: &dyn Rows,
    tenant: &Tenant,
    adopted: &Adopted,
    filter: &GrantFilter,
) -> Result<Option<GrantRow>, RowsError> {
    let Adopted { code, found, since, by, rules_version, policies, .. } = adopted;
    let held = holding(rows, tenant, &found.account, found.repository_key())?.adopted;
    Ok(held.filter(|_| adopted.fits(filter)).map(|permission| GrantRow {
        code: code.clone(),
        user: found.holder.as_ref().map_or_else(|| found.account.clone(), ToString::to_string),
        account: found.account.clone(),
        name: found.name.clone(),
        repository: found.repository.clone(),
        permission,
        since: *since,
        until: None,
        status: Status::Active,
        ticket: None,
        countersigned_by: by.clone(),
        rules_version: *rules_version,
        policies: policies.clone(),
        adopted: true,
    }))
}

/// What was adopted, where a reference leads to such.
pub(super) fn by_reference(
    rows: &dyn Rows,
    tenant: &Tenant,
    reference: &[u8],
) -> Result<Option<Adopted>, RowsError> {
    // The code of a request begins with a letter.
    let spot = reference.strip_prefix(&[0_u8]).and_then(|spot| std::str::from_utf8(spot).ok());
    let Some((account, repository)) = spot.and_then(|spot| spot.split_once('\0')) else { return Ok(None) };
    load(rows, row_key(tenant, account, repository))
}

/// Whose permissions on what were ever adopted, both by their identities, with the repository by the name it had then.
pub fn ever_adopted(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<(String, ForgeRepository)>, RowsError> {
    let mut found = Vec::new();
    for (_, reference) in rows.scan(key::starting_with(&all(tenant)), false, usize::MAX)? {
        let Some(adopted) = by_reference(rows, tenant, &reference)? else { continue };
        let Deviation { account, repository, repository_id, .. } = adopted.found;
        found.push((account, ForgeRepository { name: repository, url: String::new(), id: repository_id }));
    }
    Ok(found)
}

/// Whether anything was ever adopted of somebody, or on a repository.
pub(super) fn is_known(rows: &dyn Rows, index: &Key) -> Result<bool, RowsError> {
    Ok(!rows.scan(key::starting_with(index), false, 1)?.is_empty())
}
