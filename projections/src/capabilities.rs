//! The capabilities that keep something beside the rows of all requests, a line each: what only they are asked about. It stands
//! in the same rows, under tables of their own.

use countersign_domain::access::{Comparison, ComparisonEvent};
use countersign_domain::agents::{AgentBook, AgentBookEvent};
use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::capabilities::{AnyEvent, EffectEvent};
use countersign_domain::documents::{Document, DocumentEvent};
use countersign_domain::envelope::Envelope;
use countersign_domain::request::{Code, RequestEvent};
use countersign_domain::tenant::People;

use crate::key::Key;
use crate::projection::ProjectionError;
use crate::request::RequestRow;
use crate::rows::{RowsError, WriteRows};
use crate::{access, help_desk, repair};

/// The category of the book of agents.
pub(crate) const AGENTS: &str = AgentBook::CATEGORY;

/// The category of what was found when what is held outside was compared with the log.
pub(crate) const COMPARISON: &str = Comparison::CATEGORY;

/// The tables in which a request has a place, each with the requests in the order in which they were asked for.
pub(crate) fn places(row: &RequestRow) -> Vec<Key> {
    access::places(row)
}

/// The other keys by which a request is found.
pub(crate) fn index(row: &RequestRow) -> Vec<Key> {
    repair::index(row)
}

/// What an event of a request, which led to this row, changes beside it.
pub(crate) fn happened(
    row: &RequestRow,
    event: &AnyEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    access::happened(row, event, rows)
}

/// What any other event changes.
pub(crate) fn beside(envelope: &Envelope, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    match envelope.stream.category() {
        COMPARISON => Ok(access::compared(&envelope.tenant, &decode(envelope)?, rows)?),
        _ => Ok(()),
    }
}

/// What an effect's event changes.
pub(crate) fn effect(
    envelope: &Envelope,
    event: &EffectEvent,
    rows: &mut dyn WriteRows,
) -> Result<(), RowsError> {
    access::effect(envelope, event, rows)
}

/// A document's row after what happened to it, with the row before from where it stands; nothing where it is no document's, or is as it
/// was.
pub(crate) fn document(
    envelope: &Envelope,
    event: &AnyEvent,
    before: &dyn Fn(&Code) -> Result<Option<help_desk::DocumentRow>, RowsError>,
) -> Result<Option<(Code, help_desk::DocumentRow)>, RowsError> {
    let AnyEvent::Document(event) = event else { return Ok(None) };
    let Ok(code) = envelope.stream.id().parse::<Code>() else { return Ok(None) };
    let mut row = match event {
        RequestEvent::Requested { asked } => {
            let (document, edition, text, live) = (asked.document().clone(), asked.edition(), None, false);
            let (title, collection) = (asked.title.clone(), asked.collection.clone());
            let (acl, by, at) = (asked.acl.clone(), asked.requester.id.clone(), envelope.at);
            let (code, sha, watched) = (code.clone(), asked.file.sha, asked.watched.clone());
            help_desk::DocumentRow {
                code,
                document,
                edition,
                title,
                collection,
                acl,
                sha,
                watched,
                text,
                live,
                by,
                at,
            }
        }
        _ => match before(&code)? {
            Some(row) => row,
            None => return Ok(None),
        },
    };
    match event {
        RequestEvent::<Document>::Own(DocumentEvent::Extracted { read }) => row.text = Some(read.text),
        RequestEvent::Own(DocumentEvent::Narrowed { acl, .. }) => row.acl = acl.clone(),
        RequestEvent::Own(DocumentEvent::Live {}) => row.live = true,
        RequestEvent::Own(DocumentEvent::Replaced { .. } | DocumentEvent::Retired { .. }) => row.live = false,
        RequestEvent::Requested { .. } => {}
        _ => return Ok(None),
    }
    Ok(Some((code, row)))
}

/// What an event of a request says in the audit.
pub(crate) fn told(event: &AnyEvent) -> String {
    match event {
        AnyEvent::Access(event) => access::told(event),
        AnyEvent::Action(event) => countersign_domain::actions::told(event, &ToString::to_string),
        AnyEvent::Agent(event) => countersign_domain::agents::told(event, &ToString::to_string),
        AnyEvent::Document(event) => countersign_domain::documents::told(event, &ToString::to_string),
        AnyEvent::Repair(event) => countersign_domain::repair::told(event, &ToString::to_string),
        AnyEvent::RuleChange(event) => {
            countersign_domain::rule_change::words::told(event, &ToString::to_string)
        }
    }
}

/// An effect's event with the name of whom the tenant knows in the place of an account; nothing where it names none of theirs.
pub(crate) fn known(event: &EffectEvent, people: Option<&People>) -> Option<EffectEvent> {
    access::known(event, people)
}

/// What an event of the book of agents says in the audit.
pub(crate) fn of_agents(event: &AgentBookEvent) -> String {
    countersign_domain::agents::words::of_the_book(event)
}

/// What a comparison says in the audit.
pub(crate) fn compared(event: &ComparisonEvent) -> String {
    access::told_of_comparison(event)
}
