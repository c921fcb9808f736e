//! Folding requests of every kind, and what capabilities keep beside them.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::capabilities::{AnyEvent, AnyRequest, Effects};
use countersign_domain::envelope::Envelope;
use countersign_domain::record::Record;
use countersign_domain::request::{CATEGORY, Code, Stage};

use super::query::{
    counter, in_force_key, kind_key, leaver_key, of_person, open_of_person, open_of_ticket, waiting_key,
    word_key,
};
use super::{DUE, FAILED, NAME, OPEN, RequestRow, row_key};
use crate::capabilities;
use crate::happened::Happened;
use crate::key::Key;
use crate::projection::{Projection, ProjectionError};
use crate::rows::WriteRows;
use crate::table::{self, Indexed, load_shared};
use crate::tickets;

/// Folds the requests' events, and of the effects' what capabilities keep beside their requests.
#[derive(Debug, Clone, Copy)]
pub struct RequestList;

impl Projection for RequestList {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        7
    }

    fn has_a_past(&self) -> bool {
        true
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        match envelope.stream.category() {
            CATEGORY => request(envelope, envelope.request()?, rows),
            Effects::CATEGORY => Ok(capabilities::effect(envelope, envelope.effect()?, rows)?),
            Record::WEBHOOK => Ok(tickets::heard(envelope, &decode(envelope)?, rows)?),
            _ => capabilities::beside(envelope, rows),
        }
    }
}

fn request(envelope: &Envelope, event: &AnyEvent, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    let code: Code = envelope.stream.id().parse().map_err(|error| ProjectionError::Stream {
        stream: envelope.stream.to_string(),
        why: format!("{error}"),
    })?;
    let old: Option<Arc<RequestRow>> = load_shared(&*rows, row_key(&envelope.tenant, &code))?;
    let mut state: Option<AnyRequest> = old.as_deref().map(|row| row.request.clone());
    state.evolve(event, envelope.at);
    // An event is of some kind, and so is the request that it makes.
    let Some(request) = state else { return Ok(()) };
    let first = old.as_deref();
    let new = RequestRow {
        code,
        tenant: envelope.tenant.clone(),
        request,
        correlation: first.map_or(envelope.correlation, |row| row.correlation),
        created: first.map_or(envelope.pos, |row| row.created),
        position: envelope.pos,
        updated: envelope.at,
        approved: if event.is_approval() { Some(envelope.at) } else { first.and_then(|row| row.approved) },
    };
    if let Some(who) = event.because_of() {
        let key = leaver_key(&envelope.tenant, who).number(envelope.pos.for_store());
        rows.put(key.into_vec(), new.reference());
    }
    capabilities::happened(&new, event, rows)?;
    Ok(table::replace(rows, first, new)?)
}

impl Indexed for RequestRow {
    fn key(&self) -> Key {
        row_key(&self.tenant, &self.code)
    }

    fn reference(&self) -> Vec<u8> {
        self.code.stream_id().as_bytes().to_vec()
    }

    fn index(&self) -> BTreeSet<Key> {
        let (tenant, place, request) = (&self.tenant, self.created.for_store(), &*self.request);
        let standing = request.standing();
        let mut keys =
            vec![kind_key(tenant, request.kind()), word_key(tenant, request.kind(), standing.word)];
        let is_open = !request.is_over();
        for id in request.concerned() {
            keys.push(of_person(tenant, id));
            keys.extend(is_open.then(|| open_of_person(tenant, id)));
        }
        keys.extend(is_open.then(|| Key::of(tenant, OPEN)));
        let tickets = request.things().into_iter().filter(|thing| is_open && thing.kind == "ticket");
        keys.extend(tickets.map(|thing| open_of_ticket(tenant, &thing.id)));
        keys.extend(request.is_in_force().then(|| in_force_key(tenant)));
        keys.extend((standing.stage == Stage::Failed).then(|| Key::of(tenant, FAILED)));
        keys.extend(request.open().is_some().then(|| waiting_key(tenant)));
        keys.extend(capabilities::places(self));
        let mut keys: BTreeSet<_> = keys.into_iter().map(|key| key.number(place)).collect();
        keys.extend(request.deadlines().into_iter().map(|(at, what)| {
            Key::of_all(DUE).time(at).text(tenant.as_str()).text(self.code.stream_id()).text(what)
        }));
        keys.extend(capabilities::index(self));
        keys
    }

    fn counter(&self) -> Key {
        counter(&self.tenant, self.request.kind(), self.request.standing().word)
    }
}
