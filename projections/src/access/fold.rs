//! What an event of a request changes in what accounts should hold, and where a request for access is found.

use countersign_domain::access::{AccessEvent, ComparisonEvent, GrantEvent, Lowered, Phase, Proposal};
use countersign_domain::capabilities::{AnyEvent, Drift, Repair};
use countersign_domain::names::Tenant;
use countersign_domain::repair::Remedy;
use countersign_domain::request::RequestEvent;

use super::attempts::change;
use super::spans::held_key;
use super::{BY_REPOSITORY, BY_USER, access_of, adopted, held_by, repositories, users};
use crate::key::Key;
use crate::request::RequestRow;
use crate::rows::{RowsError, WriteRows};

/// The tables of accesses in which a request has a place.
pub(crate) fn places(row: &RequestRow) -> Vec<Key> {
    let (tenant, Some(access)) = (&row.tenant, access_of(row)) else { return vec![] };
    let by_user = users(access).map(|user| Key::of(tenant, BY_USER).folded(user));
    let by_repository = repositories(access).map(|name| Key::of(tenant, BY_REPOSITORY).folded(name));
    let held = held_by(access).map(|(account, repository)| held_key(tenant, account, repository));
    by_user.chain(by_repository).chain(held).collect()
}

/// What an event of a request, which led to this row, changes in what accounts should hold.
pub(crate) fn happened(
    row: &RequestRow,
    event: &AnyEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    if let AnyEvent::Access(event) = event {
        hold(row, event, rows)
    } else if let AnyEvent::Repair(event) = event {
        if let RequestEvent::Own(own) = event {
            adopted::adopted(row, own, rows)?;
        }
        repaired(&row.tenant, event, rows)
    } else {
        Ok(())
    }
}

/// What a comparison says of what was adopted: that it is not there any more.
pub(crate) fn compared(
    tenant: &Tenant,
    event: &ComparisonEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let ComparisonEvent::AccessCompared { lowered, .. } = event;
    lowered.iter().try_for_each(|Lowered { account, repository, repository_id, present, of, .. }| {
        let key = repository_id.as_ref().unwrap_or(repository);
        // What was adopted by another repair than the one of which it was seen to be gone was adopted since.
        if of.is_some() && adopted::adopted_by(&*rows, tenant, account, key)? != *of {
            return Ok(());
        }
        change(rows, tenant, account, key, |holding| holding.adopted = holding.adopted.min(*present))
    })
}

/// What a repair has put right of what an account holds: taken over, or set back.
fn repaired(
    tenant: &Tenant,
    event: &RequestEvent<Repair>,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let RequestEvent::Own(own) = event else { return Ok(()) };
    let Some((remedy, Drift::Access(found))) = own.remedy() else { return Ok(()) };
    change(rows, tenant, &found.account, found.repository_key(), |holding| match remedy {
        Remedy::Adopt => holding.adopt(found.present),
        Remedy::Revert => holding.set_back(found.present, found.wanted),
        Remedy::Ignore { .. } => {}
    })
}

/// What an event of a request changes in what its account should hold.
fn hold(row: &RequestRow, event: &AccessEvent, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let Some(access) = access_of(row) else { return Ok(()) };
    let permission = access.asked.as_ref().and_then(|asked| asked.permission);
    let (Some(account), Some(repository), Some(permission)) =
        (access.account(), access.repository_key(), permission)
    else {
        return Ok(());
    };
    match event {
        AccessEvent::Approved { .. } | AccessEvent::Own(GrantEvent::Granted { .. }) => {
            change(rows, &row.tenant, account, repository, |holding| {
                holding.begin(row.code.clone(), permission);
            })
        }
        // A grant that failed for good is in nobody's hands until it works after all: until then no other effect may set it,
        // for nothing would ever end it.
        //
        // What was approved and waits again, or is denied after all, was not set.
        AccessEvent::Own(GrantEvent::Ending { .. })
        | AccessEvent::Failed { phase: Phase::Granting, .. }
        | AccessEvent::Waiting { proposal: Proposal::Grant, .. }
        | AccessEvent::Denied { proposal: Proposal::Grant, .. } => {
            change(rows, &row.tenant, account, repository, |holding| holding.end(&row.code))
        }
        _ => Ok(()),
    }
}
