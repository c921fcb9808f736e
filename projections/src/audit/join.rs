//! Which request an event belongs to, and what it is found by: its effects, denials and tickets are found with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_domain::aggregate::{Aggregate as _, DecodeError};
use countersign_domain::capabilities::{AnyEvent, Effects};
use countersign_domain::envelope::{ActorKind, Envelope};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::question::Questions;
use countersign_domain::record::Record;
use countersign_domain::request::{CATEGORY, Code};
use countersign_domain::tenant::CATEGORIES;
use serde::Deserialize;
use uuid::Uuid;

use super::chunk::Posting;
use super::facts::{Facts, content, own_facts};
use super::known::Shown;
use super::order::mark;
use super::posting::{Term, append, insert, millis, read_all};
use super::{CONVERSATIONS, EFFECTS, PENDING, REQUESTS};
use crate::happened::Happened;
use crate::key::Key;
use crate::projection::ProjectionError;
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, load_shared, save};

/// Indexes one event, and those before it that turn out to belong to the same request.
pub(super) fn index(envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    let tenant = &envelope.tenant;
    let posting = Posting { place: envelope.pos.for_store(), at: millis(envelope.at) };
    let own = own_facts(envelope)?;
    let mut keys: Vec<Key> = own.terms().map(|term| term.key(tenant)).collect();
    keys.extend(
        [
            Term::Kind(&envelope.kind),
            Term::Correlation(envelope.correlation),
            Term::User(envelope.actor.id.as_str()),
            Term::Concerns(envelope.actor.id.as_str()),
        ]
        .map(|term| term.key(tenant)),
    );
    claim(envelope, rows)?;
    match code_of(&*rows, envelope)? {
        Some(code) => {
            let facts = learn(envelope, &code, rows)?;
            keys.push(Term::Code(code.stream_id()).key(tenant));
            keys.extend(facts.terms().map(|term| term.key(tenant)));
        }
        None if may_wait(envelope) => wait(envelope, posting, rows)?,
        None => {}
    }
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        append(rows, key, posting)?;
    }
    match append(rows, Term::All.key(tenant), posting)? {
        Some(full) => Ok(mark(rows, tenant, full)?),
        None => Ok(()),
    }
}

/// The request that an event belongs to, as far as is known by now.
pub(super) fn code_of(rows: &dyn Rows, envelope: &Envelope) -> Result<Option<Code>, ProjectionError> {
    let (tenant, stream) = (&envelope.tenant, &envelope.stream);
    match stream.category() {
        CATEGORY => code_in(stream).map(Some),
        Effects::CATEGORY => Ok(load(rows, Key::of(tenant, EFFECTS).text(stream.id()))?),
        category if CATEGORIES.contains(&category) => Ok(None),
        _ => match denied_stream(envelope)? {
            Some(stream) if stream.category() == CATEGORY && stream.tenant() == tenant.as_str() => {
                code_in(&stream).map(Some)
            }
            _ => Ok(load(rows, conversation(tenant, envelope.correlation))?),
        },
    }
}

/// What events of a request are shown with, where anything is known of it.
pub(super) fn shown_of(
    rows: &dyn Rows,
    tenant: &Tenant,
    code: &Code,
) -> Result<Option<Arc<Shown>>, RowsError> {
    load_shared(rows, request(tenant, code))
}

/// Keeps what an event of a request says of it, and has those before it found by that too.
fn learn(envelope: &Happened, code: &Code, rows: &mut dyn WriteRows) -> Result<Arc<Facts>, ProjectionError> {
    let tenant = &envelope.tenant;
    let known: Arc<Facts> = load_shared(&*rows, request(tenant, code))?.unwrap_or_default();
    if envelope.stream.category() != CATEGORY {
        return Ok(known);
    }
    let mut facts = known.clone();
    let is_first = envelope.rev == 0;
    let earlier = if is_first { asked_in_conversation(envelope, code, rows)? } else { vec![] };
    if AnyEvent::tells_facts(&envelope.kind)
        && let Some(told) = envelope.request()?.facts()
    {
        Arc::make_mut(&mut facts).learn(told);
    }
    // Whom what is asked concerns, it says itself; whoever comes to it later is concerned, be it that the evidence had changed.
    let comes_later = !is_first && envelope.actor.kind != ActorKind::System;
    if comes_later && !facts.concerned.contains(&envelope.actor.id) {
        Arc::make_mut(&mut facts).concerned.insert(envelope.actor.id.clone());
    }
    let own = Term::Code(code.stream_id()).key(tenant);
    insert(rows, &own, &earlier)?;
    if known != facts {
        save(rows, request(tenant, code), Facts::clone(&facts));
        let before: BTreeSet<_> = known.terms().collect();
        let all = read_all(&*rows, &own)?;
        for term in facts.terms().filter(|term| !before.contains(term)) {
            insert(rows, &term.key(tenant), &all)?;
        }
    }
    Ok(facts)
}

/// Notes that this request was asked for in its conversation; answers what had happened in that before.
fn asked_in_conversation(
    envelope: &Envelope,
    code: &Code,
    rows: &mut dyn WriteRows,
) -> Result<Vec<Posting>, RowsError> {
    let key = conversation(&envelope.tenant, envelope.correlation);
    if load::<Code>(&*rows, key.clone())?.is_some() {
        return Ok(vec![]);
    }
    save(rows, key, code.clone());
    let pending = pending(&envelope.tenant, envelope.correlation);
    let earlier: Vec<(u64, i64)> = load(&*rows, pending.clone())?.unwrap_or_default();
    rows.delete(&pending.into_vec());
    Ok(earlier.into_iter().map(|(place, at)| Posting { place, at }).collect())
}

/// Whether a request may come of an event's conversation: it is a webhook, something said in a chat, what was asked back or
/// answered there, or a command that was not carried out.
fn may_wait(envelope: &Envelope) -> bool {
    [Record::WEBHOOK, Record::INTERACTION, Record::DENIAL, Questions::CATEGORY]
        .contains(&envelope.stream.category())
}

fn wait(envelope: &Envelope, posting: Posting, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let key = pending(&envelope.tenant, envelope.correlation);
    let mut waiting: Vec<(u64, i64)> = load(&*rows, key.clone())?.unwrap_or_default();
    waiting.push((posting.place, posting.at));
    save(rows, key, waiting);
    Ok(())
}

/// Notes which request an effect is for: its first event says so.
fn claim(envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    #[derive(Deserialize)]
    struct Claimed {
        effect: Option<Aim>,
    }
    #[derive(Deserialize)]
    struct Aim {
        code: Option<Code>,
    }
    if envelope.rev == 0
        && envelope.stream.category() == Effects::CATEGORY
        && let Some(code) = content::<Claimed>(envelope)?.effect.and_then(|effect| effect.code)
    {
        save(rows, Key::of(&envelope.tenant, EFFECTS).text(envelope.stream.id()), code);
    }
    Ok(())
}

fn conversation(tenant: &Tenant, correlation: Uuid) -> Key {
    Key::of(tenant, CONVERSATIONS).bytes(correlation.as_bytes())
}

fn pending(tenant: &Tenant, correlation: Uuid) -> Key {
    Key::of(tenant, PENDING).bytes(correlation.as_bytes())
}

fn request(tenant: &Tenant, code: &Code) -> Key {
    Key::of(tenant, REQUESTS).text(code.stream_id())
}

fn code_in(stream: &StreamName) -> Result<Code, ProjectionError> {
    stream
        .id()
        .parse()
        .map_err(|error| ProjectionError::Stream { stream: stream.to_string(), why: format!("{error}") })
}

/// The stream that a denied command was for.
fn denied_stream(envelope: &Envelope) -> Result<Option<StreamName>, DecodeError> {
    #[derive(Deserialize)]
    struct Denied {
        stream: Option<String>,
    }
    if envelope.stream.category() != Record::DENIAL {
        return Ok(None);
    }
    let denied: Denied = content(envelope)?;
    Ok(denied.stream.and_then(|stream| stream.parse().ok()))
}
