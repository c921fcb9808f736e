//! The read model of the help desk: the documents that answers are taken from, what was asked and what it took, and our own tickets.

mod pages;

pub use pages::{page_of_gaps, page_of_live, page_of_tickets};

use std::ops::Bound;

use countersign_domain::aggregate::{Aggregate as _, decode};
use countersign_domain::audience::Acl;
use countersign_domain::capabilities::AnyEvent;
use countersign_domain::conversation::{AnswerKind, Conversation, ConversationEvent, Used};
use countersign_domain::envelope::{Digest, Envelope};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::Edition;
use countersign_domain::record::{Record, TicketNews};
use countersign_domain::request::{self, Code};
use countersign_domain::support::{Side, Ticket, TicketEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::happened::Happened;
use crate::key::{self, Key};
use crate::projection::{Projection, ProjectionError};
use crate::rows::{Rows, RowsError, WriteRows};
use crate::table::{load, save};

/// The projection's name.
pub const NAME: &str = "help_desk";

/// What was asked of every document, by its request.
const DOCUMENTS: u8 = b'd';
/// Those that answers are taken from.
const LIVE: u8 = b'l';
/// Turns by their time.
const TURNS: u8 = b't';
/// When a turn was asked.
const ASKED: u8 = b'a';
/// Who answers in a conversation.
const AGENTS: u8 = b'g';
/// Tickets by their number.
const TICKETS: u8 = b'k';
/// What was said on tickets, in its order.
const SAID: u8 = b's';
/// Tickets by their keys in the tracker.
const LINKED: u8 = b'y';
/// What is due of tickets, of all tenants.
const DUE: u8 = b'u';

/// A version of a document, as far as it is found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRow {
    /// Its request.
    pub code: Code,
    /// The document of which it is a version: the code of the first one.
    pub document: Code,
    /// What it is found and cited by.
    pub edition: Edition,
    /// What it is called.
    pub title: String,
    /// With which others it belongs together.
    pub collection: String,
    /// Who may read it.
    pub acl: Acl,
    /// Of its file.
    pub sha: Digest,
    /// Where in the watched folder the file lay, where that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<String>,
    /// Of its text, once that was read.
    pub text: Option<Digest>,
    /// Whether answers are taken from it.
    pub live: bool,
    /// Who brought it.
    pub by: PrincipalId,
    /// When.
    pub at: Timestamp,
}

/// A turn of a conversation, as far as it is counted and listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnRow {
    /// The conversation.
    pub conversation: Uuid,
    /// The turn.
    pub turn: Uuid,
    /// Who asked.
    pub by: PrincipalId,
    /// The agent that was asked, by its name.
    pub agent: String,
    /// In which words.
    pub text: String,
    /// Whether they asked where others read along.
    pub in_public: bool,
    /// When.
    pub at: Timestamp,
    /// What the answer came to, once there is one.
    pub answer: Option<AnswerKind>,
    /// How many tokens it took.
    pub tokens: u64,
    /// What it cost, in millionths.
    pub micros: u64,
    /// Whether nothing of it goes on any more.
    pub over: bool,
    /// Whether somebody said that the answer is not good.
    pub bad: bool,
}

/// What somebody said on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidRow {
    /// Who; nobody of ours where they are known in the tracker alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PrincipalId>,
    /// The name that people see of them in the tracker, where it was said there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<String>,
    /// On which side.
    pub side: Side,
    /// What.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

impl TurnRow {
    /// Whether it was not answered, or not well.
    pub const fn is_a_gap(&self) -> bool {
        self.bad || matches!(self.answer, Some(AnswerKind::Unknown))
    }
}

/// The documents that answers are taken from.
pub fn live(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<DocumentRow>, RowsError> {
    all(rows, &Key::of(tenant, LIVE))
}

/// Every version of every document that was ever brought, by the codes of their requests.
pub fn documents(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<DocumentRow>, RowsError> {
    all(rows, &Key::of(tenant, DOCUMENTS))
}

/// A version of a document, by its request.
pub fn document(rows: &dyn Rows, tenant: &Tenant, code: &Code) -> Result<Option<DocumentRow>, RowsError> {
    load(rows, document_key(tenant, code))
}

/// One turn, however long ago.
pub fn turn(rows: &dyn Rows, tenant: &Tenant, id: Uuid) -> Result<Option<TurnRow>, RowsError> {
    let Some(at) = load::<Timestamp>(rows, Key::of(tenant, ASKED).bytes(id.as_bytes()))? else {
        return Ok(None);
    };
    load(rows, Key::of(tenant, TURNS).time(at).bytes(id.as_bytes()))
}

/// What was asked since then, oldest first.
pub fn turns_since(rows: &dyn Rows, tenant: &Tenant, since: Timestamp) -> Result<Vec<TurnRow>, RowsError> {
    let table = Key::of(tenant, TURNS);
    let range = (Bound::Included(table.clone().time(since).into_vec()), Bound::Excluded(key::after(&table)));
    read(rows.scan(range, false, usize::MAX)?)
}

/// The turns of somebody of which something still goes on, oldest first.
pub fn open_turns(rows: &dyn Rows, tenant: &Tenant, person: &PrincipalId) -> Result<Vec<TurnRow>, RowsError> {
    let mut turns = turns_since(rows, tenant, Timestamp::MIN)?;
    turns.retain(|turn| turn.by == *person && !turn.over);
    Ok(turns)
}

/// What was had in a while.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Had {
    /// By the person.
    pub person: Used,
    /// Of the agent, whoever asked.
    pub agent: Used,
    /// By everybody, of every agent.
    pub tenant: Used,
}

/// What was had since then: by this person, of this agent, and by everybody.
pub fn used_since(
    rows: &dyn Rows,
    tenant: &Tenant,
    (person, agent): (&PrincipalId, &str),
    since: Timestamp,
) -> Result<Had, RowsError> {
    let mut had = Had::default();
    for turn in turns_since(rows, tenant, since)? {
        let all = [
            (true, &mut had.tenant),
            (turn.by == *person, &mut had.person),
            (turn.agent == agent, &mut had.agent),
        ];
        for (_, used) in all.into_iter().filter(|(is_its, _)| *is_its) {
            used.turns += 1;
            used.tokens = used.tokens.saturating_add(turn.tokens);
            used.micros = used.micros.saturating_add(turn.micros);
        }
    }
    Ok(had)
}

/// Our own tickets, the newest first.
pub fn tickets(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<Ticket>, RowsError> {
    let mut all: Vec<Ticket> = all(rows, &Key::of(tenant, TICKETS))?;
    all.reverse();
    Ok(all)
}

/// One of them.
pub fn ticket(rows: &dyn Rows, tenant: &Tenant, number: u64) -> Result<Option<Ticket>, RowsError> {
    load(rows, Key::of(tenant, TICKETS).number(number))
}

/// What was said on one of them, in its order.
pub fn said_on(rows: &dyn Rows, tenant: &Tenant, number: u64) -> Result<Vec<SaidRow>, RowsError> {
    all(rows, &Key::of(tenant, SAID).number(number))
}

/// The number of the ticket that stands in the tracker under this key.
pub fn ticket_of_key(rows: &dyn Rows, tenant: &Tenant, key: &str) -> Result<Option<u64>, RowsError> {
    load(rows, Key::of(tenant, LINKED).text(key))
}

/// The tickets of all tenants of which something is due at `until` or before, by their numbers.
pub fn due(rows: &dyn Rows, until: Timestamp) -> Result<Vec<(Tenant, u64)>, RowsError> {
    let due = rows.scan(key::due_until(DUE, until), false, usize::MAX)?;
    let read = |(key, _): (Vec<u8>, Vec<u8>)| {
        let damaged = || RowsError::damaged(&key, "it names no ticket");
        let (_, tenant, _) = key::due_in(&key).ok_or_else(damaged)?;
        Ok((tenant, key::last_number(&key).ok_or_else(damaged)?))
    };
    due.into_iter().map(read).collect()
}

/// When the next of them is.
pub fn next_due(rows: &dyn Rows) -> Result<Option<Timestamp>, RowsError> {
    key::first_due(rows, DUE, Timestamp::MIN)
}

fn all<T: for<'de> Deserialize<'de>>(rows: &dyn Rows, table: &Key) -> Result<Vec<T>, RowsError> {
    read(rows.scan(key::starting_with(table), false, usize::MAX)?)
}

fn read<T: for<'de> Deserialize<'de>>(rows: Vec<(Vec<u8>, Vec<u8>)>) -> Result<Vec<T>, RowsError> {
    let row = |(key, row): (Vec<u8>, Vec<u8>)| {
        serde_json::from_slice(&row).map_err(|error| RowsError::damaged(&key, error))
    };
    rows.into_iter().map(row).collect()
}

fn document_key(tenant: &Tenant, code: &Code) -> Key {
    Key::of(tenant, DOCUMENTS).text(code.stream_id())
}

/// Folds documents, turns and tickets.
#[derive(Debug, Clone, Copy)]
pub struct HelpDesk;

impl Projection for HelpDesk {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        3
    }

    fn apply(&self, envelope: &Happened, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
        match envelope.stream.category() {
            request::CATEGORY => Ok(brought(envelope, envelope.request()?, rows)?),
            Conversation::CATEGORY => Ok(talked(envelope, &decode(envelope)?, rows)?),
            Ticket::CATEGORY => helped(envelope, &decode(envelope)?, rows),
            Record::WEBHOOK => Ok(rekeyed(envelope, &decode(envelope)?, rows)?),
            _ => Ok(()),
        }
    }
}

/// What happened to a document.
fn brought(envelope: &Envelope, event: &AnyEvent, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let Some((code, row)) = crate::capabilities::document(envelope, event, &|code| {
        load(&*rows, document_key(&envelope.tenant, code))
    })?
    else {
        return Ok(());
    };
    let live = Key::of(&envelope.tenant, LIVE).text(code.stream_id());
    if row.live {
        save(rows, live, row.clone());
    } else {
        rows.delete(&live.into_vec());
    }
    save(rows, document_key(&envelope.tenant, &code), row);
    Ok(())
}

/// What happened in a conversation.
fn talked(envelope: &Envelope, event: &ConversationEvent, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let tenant = &envelope.tenant;
    let Ok(conversation) = envelope.stream.id().parse::<Uuid>() else { return Ok(()) };
    let answers = || Key::of(tenant, AGENTS).bytes(conversation.as_bytes());
    if let ConversationEvent::ConversationOpened { agent, .. } = event {
        save(rows, answers(), agent.name.clone());
    }
    let Some(turn) = event.turn() else { return Ok(()) };
    let key = |at| Key::of(tenant, TURNS).time(at).bytes(turn.as_bytes());
    let asked = || Key::of(tenant, ASKED).bytes(turn.as_bytes());
    if let ConversationEvent::TurnAsked { asked: question, .. } = event {
        let begun_with: String = load(&*rows, answers())?.unwrap_or_default();
        let row = TurnRow {
            conversation,
            turn,
            by: question.by.clone(),
            agent: question.agent.as_ref().map_or(begun_with, |agent| agent.name.clone()),
            text: question.text.clone(),
            in_public: !question.audience.is_private(),
            at: envelope.at,
            answer: None,
            tokens: 0,
            micros: 0,
            over: false,
            bad: false,
        };
        save(rows, asked(), envelope.at);
        save(rows, key(envelope.at), row);
        return Ok(());
    }
    let Some(at) = load::<Timestamp>(&*rows, asked())? else { return Ok(()) };
    let Some(mut row) = load::<TurnRow>(&*rows, key(at))? else { return Ok(()) };
    match event {
        ConversationEvent::ModelStepFinished { usage, micros, .. } => {
            row.tokens = row.tokens.saturating_add(usage.read).saturating_add(usage.written);
            row.micros = row.micros.saturating_add(*micros);
        }
        ConversationEvent::TurnAnswered { answer, .. } => {
            row.answer = Some(answer.kind);
            row.over = true;
        }
        ConversationEvent::TurnStopped { .. }
        | ConversationEvent::TurnRefused { .. }
        | ConversationEvent::TurnFailed { .. } => row.over = true,
        ConversationEvent::TurnRated { good, .. } => row.bad = !good,
        _ => return Ok(()),
    }
    save(rows, key(at), row);
    Ok(())
}

/// An issue of the tracker was moved to another project: its ticket is found by the key that it has now as well.
fn rekeyed(envelope: &Envelope, record: &Record, rows: &mut dyn WriteRows) -> Result<(), RowsError> {
    let Record::WebhookReceived { news: Some(TicketNews::Moved { ticket, to }), .. } = record else {
        return Ok(());
    };
    let linked = |key: &str| Key::of(&envelope.tenant, LINKED).text(key);
    if let Some(number) = load::<u64>(&*rows, linked(ticket))? {
        save(rows, linked(to), number);
    }
    Ok(())
}

/// What happened to a ticket.
fn helped(envelope: &Envelope, event: &TicketEvent, rows: &mut dyn WriteRows) -> Result<(), ProjectionError> {
    let tenant = &envelope.tenant;
    let number: u64 = envelope.stream.id().parse().map_err(|_| ProjectionError::Stream {
        stream: envelope.stream.to_string(),
        why: "a ticket is named by its number".to_owned(),
    })?;
    let key = || Key::of(tenant, TICKETS).number(number);
    let due = |at: Timestamp| Key::of_all(DUE).time(at).text(tenant.as_str()).number(number).into_vec();
    let mut ticket: Ticket = load(&*rows, key())?.unwrap_or_default();
    if let Some(before) = ticket.next_due() {
        rows.delete(&due(before));
    }
    ticket.evolve(event, envelope.at);
    if let Some(next) = ticket.next_due() {
        rows.put(due(next), vec![]);
    }
    save(rows, key(), ticket);
    if let TicketEvent::TicketLinked { key, .. } = event {
        save(rows, Key::of(tenant, LINKED).text(key), number);
    }
    let said = match event {
        TicketEvent::TicketReplied { by, side, text, .. } => Some((Some(by), None, *side, text)),
        TicketEvent::TicketResolved { by, how, .. } => Some((Some(by), None, Side::Staff, how)),
        TicketEvent::TrackerCommented { by, name, side, text, .. } => {
            Some((by.as_ref(), Some(name), *side, text))
        }
        _ => None,
    };
    if let Some((by, there, side, text)) = said {
        let (by, there) = (by.cloned(), there.cloned());
        let row = SaidRow { by, there, side, text: text.clone(), at: envelope.at };
        save(rows, Key::of(tenant, SAID).number(number).number(envelope.rev), row);
    }
    Ok(())
}
