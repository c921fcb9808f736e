//! Folding access requests, and what their effects say of the permissions there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_domain::access::{AccessEvent, AccessRequest, Deadline, Due, GrantEvent, Phase, Proposal};
use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::capabilities::{AnyEvent, Drift, Effects, Repair};
use countersign_domain::envelope::Envelope;
use countersign_domain::repair::Remedy;
use countersign_domain::request::{CATEGORY, Code, Facets as _, RequestEvent};

use super::attempts::{change, effect};
use super::query::{counter, status_key};
use super::spans::held_key;
use super::{
    BY_ORDER, BY_PERSON, BY_REPOSITORY, BY_USER, DUE, IN_FORCE, NAME, OPEN_BY_PERSON, RequestRow, WAITING,
    row_key,
};
use crate::key::Key;
use crate::projection::{Projection, ProjectionError};
use crate::rows::{RowsError, WriteRows};
use crate::table::{self, Indexed, load_shared};

/// Folds the access requests' events, and of the effects' what touches a permission.
#[derive(Debug, Clone, Copy)]
pub struct AccessList;

impl Projection for AccessList {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        7
    }

    fn has_a_past(&self) -> bool {
        true
    }

    fn apply(&self, envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        match envelope.stream.category() {
            // What is asked for besides access is in no list of accesses.
            CATEGORY => match decode(envelope)? {
                AnyEvent::Access(event) => request(envelope, &event, rows),
                AnyEvent::Repair(event) => Ok(repaired(envelope, &event, rows)?),
                AnyEvent::RuleChange(_) => Ok(()),
            },
            Effects::CATEGORY => Ok(effect(envelope, &decode(envelope)?, rows)?),
            _ => Ok(()),
        }
    }
}

fn request(
    envelope: &Envelope,
    event: &AccessEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), ProjectionError> {
    let code: Code = envelope.stream.id().parse().map_err(|error| ProjectionError::Stream {
        stream: envelope.stream.to_string(),
        why: format!("{error}"),
    })?;
    let old: Option<Arc<RequestRow>> = load_shared(&*rows, row_key(&envelope.tenant, &code))?;
    let mut new = old.as_deref().cloned().unwrap_or_else(|| RequestRow {
        code,
        tenant: envelope.tenant.clone(),
        access: AccessRequest::default(),
        correlation: envelope.correlation,
        created: envelope.pos,
        position: envelope.pos,
        updated: envelope.at,
    });
    new.access.evolve(event, envelope.at);
    new.position = envelope.pos;
    new.updated = envelope.at;
    hold(&new, event, rows)?;
    Ok(table::replace(rows, old.as_deref(), new)?)
}

/// What a repair has put right of what an account holds: taken over, or set back.
fn repaired(
    envelope: &Envelope,
    event: &RequestEvent<Repair>,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    let RequestEvent::Own(own) = event else { return Ok(()) };
    let Some((remedy, Drift::Access(found))) = own.remedy() else { return Ok(()) };
    change(rows, &envelope.tenant, &found.account, found.repository_key(), |holding| match remedy {
        Remedy::Adopt => holding.adopt(found.present),
        Remedy::Revert => holding.set_back(found.wanted),
        Remedy::Ignore { .. } => {}
    })
}

/// What an event of a request changes in what its account should hold.
fn hold(row: &RequestRow, event: &AccessEvent, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let Some(asked) = &row.access.asked else { return Ok(()) };
    let (Some(account), Some(repository), Some(permission)) =
        (row.access.account(), row.access.repository_key(), asked.permission)
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

impl Indexed for RequestRow {
    fn key(&self) -> Key {
        row_key(&self.tenant, &self.code)
    }

    fn reference(&self) -> Vec<u8> {
        self.code.stream_id().as_bytes().to_vec()
    }

    fn index(&self) -> BTreeSet<Key> {
        let (tenant, place) = (&self.tenant, self.created.for_store());
        let mut keys = vec![Key::of(tenant, BY_ORDER), status_key(tenant, self.access.status())];
        let is_open = !self.access.status().is_final();
        for id in self.access.concerned() {
            keys.push(Key::of(tenant, BY_PERSON).text(id.as_str()));
            keys.extend(is_open.then(|| Key::of(tenant, OPEN_BY_PERSON).text(id.as_str())));
        }
        keys.extend(self.users().map(|user| Key::of(tenant, BY_USER).folded(user)));
        keys.extend(self.repositories().map(|name| Key::of(tenant, BY_REPOSITORY).folded(name)));
        keys.extend(self.is_in_force().then(|| Key::of(tenant, IN_FORCE)));
        keys.extend(self.held_by().map(|(account, repository)| held_key(tenant, account, repository)));
        keys.extend(self.access.open.is_some().then(|| Key::of(tenant, WAITING)));
        let mut keys: BTreeSet<_> = keys.into_iter().map(|key| key.number(place)).collect();
        keys.extend(self.access.deadlines().into_iter().map(|(at, deadline)| {
            let key = Key::of_all(DUE).time(at).text(tenant.as_str());
            key.text(self.code.stream_id()).bytes(&[letter(deadline)])
        }));
        keys
    }

    fn counter(&self) -> Key {
        counter(&self.tenant, self.access.status())
    }
}

/// A deadline's letter in a key.
const fn letter(deadline: Deadline) -> u8 {
    match deadline {
        Deadline::Escalate => b'e',
        Deadline::Lapse => b'l',
        Deadline::Remind => b'r',
        Deadline::Own(Due::Warn) => b'w',
        Deadline::Own(Due::Expire) => b'x',
    }
}

/// The deadline of a letter.
pub(super) const fn deadline(letter: u8) -> Option<Deadline> {
    match letter {
        b'e' => Some(Deadline::Escalate),
        b'l' => Some(Deadline::Lapse),
        b'r' => Some(Deadline::Remind),
        b'w' => Some(Deadline::Own(Due::Warn)),
        b'x' => Some(Deadline::Own(Due::Expire)),
        _ => None,
    }
}
