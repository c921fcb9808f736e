//! Searching the audit: a filter in, a page of entries with a plain sentence each out.

use countersign_domain::envelope::{Actor, Digest, Position};
use countersign_domain::names::{PrincipalId, StreamName, Tenant};
use countersign_domain::ports::EventStore;
use countersign_domain::request::Code;
use countersign_domain::tenant::People;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::changes::changed;
use super::known::Known;
use super::order::places;
use super::posting::{Term, millis};
use super::summary::summary;
use super::walk::{Join, Walk, Way};
use crate::happened::Happened;
use crate::page::{Page, QueryError, cursor, place};
use crate::repository::repository_term;
use crate::rows::Rows;

/// Which events to find: those that fit everything that is said here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who did it, who asked, or whose access it is about, by any of these names of one person: principal, account or name,
    /// however capitalised.
    pub users: Vec<String>,
    /// The repository, in whatever way it is written.
    pub repository: Option<String>,
    /// The ticket, however capitalised.
    pub ticket: Option<String>,
    /// The request's code.
    pub code: Option<String>,
    /// Event types: any of these; all where there are none.
    pub kinds: Vec<String>,
    /// The conversation.
    pub correlation: Option<Uuid>,
    /// From this time on.
    pub from: Option<Timestamp>,
    /// Up to this time, included.
    pub to: Option<Timestamp>,
    /// Only what concerns this person: what they did, and all of the requests that they asked for, that are about
    /// their access, or that they decided on.
    pub concerning: Option<PrincipalId>,
    /// The newest first. Without it the oldest are.
    pub newest: bool,
}

impl AuditFilter {
    fn takes(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }

    const fn way(&self) -> Way {
        if self.newest { Way::Backward } else { Way::Forward }
    }

    /// The letter of this list's cursors: one for each direction.
    const fn letter(&self) -> char {
        if self.newest { 'z' } else { 'a' }
    }

    fn lists<'a>(&self, rows: &'a dyn Rows, tenant: &Tenant) -> Result<Vec<Vec<Walk<'a>>>, QueryError> {
        let window = (self.from.map_or(i64::MIN, millis), self.to.map_or(i64::MAX, millis));
        let repository = self.repository.as_deref().map(repository_term);
        let code = self.code.as_deref().map(str::parse::<Code>).transpose()?;
        let mut terms: Vec<Vec<Term<'_>>> = [
            code.as_ref().map(|code| Term::Code(code.stream_id())),
            self.correlation.map(Term::Correlation),
            self.ticket.as_deref().map(Term::Ticket),
            self.concerning.as_ref().map(|id| Term::Concerns(id.as_str())),
            repository.as_deref().map(Term::Repository),
        ]
        .into_iter()
        .flatten()
        .map(|term| vec![term])
        .collect();
        if !self.users.is_empty() {
            terms.push(self.users.iter().map(|user| Term::User(user)).collect());
        }
        if !self.kinds.is_empty() {
            terms.push(self.kinds.iter().map(|kind| Term::Kind(kind)).collect());
        }
        if terms.is_empty() {
            terms.push(vec![Term::All]);
        }
        let within = places(rows, tenant, window)?;
        let walk = |term: Term<'_>| Walk::new(rows, term.key(tenant), window, within);
        Ok(terms.into_iter().map(|any| any.into_iter().map(walk).collect()).collect())
    }
}

/// An event's content as it stands in the log. It is written again as it is: nobody reads it on the way.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Content(Box<RawValue>);

impl Content {
    /// Its JSON.
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

/// One event, as an auditor reads it: the whole envelope, and what it was about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditEntry {
    /// The place in the log.
    pub position: Position,
    /// When it was decided.
    pub at: Timestamp,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The version of its shape.
    pub v: u32,
    /// Who acted, and where.
    pub actor: Actor,
    /// One plain sentence.
    pub summary: String,
    /// The request it belongs to.
    pub code: Option<Code>,
    /// Whose access it is about: the principal, or else the account.
    pub user: Option<String>,
    /// The repository it is about.
    pub repository: Option<String>,
    /// The ticket it is about.
    pub ticket: Option<String>,
    /// Whose it is.
    pub tenant: Tenant,
    /// The stream.
    pub stream: StreamName,
    /// The revision in its stream.
    pub rev: u64,
    /// The content.
    pub data: Content,
    /// The first cause of the whole conversation.
    pub correlation: Uuid,
    /// What caused the command.
    pub causation: Uuid,
    /// The command.
    pub command: Uuid,
    /// The event's id.
    pub id: Uuid,
    /// The leaf hash.
    pub hash: Digest,
}

/// What of a question no event is about at all: the user as given, and the repository.
pub async fn unheard<'q>(
    rows: &dyn Rows,
    store: &dyn EventStore,
    people: &People,
    tenant: &Tenant,
    user: Option<&'q str>,
    repository: Option<&'q str>,
) -> Result<[Option<&'q str>; 2], QueryError> {
    let mut unheard = [None, None];
    if let Some(word) = user.filter(|word| !people.has_known(word)) {
        let filter = AuditFilter { users: vec![word.to_owned()], ..AuditFilter::default() };
        let page = search(rows, store, people, tenant, &filter, None, 1).await?;
        unheard[0] = page.items.is_empty().then_some(word);
    }
    if let Some(name) = repository {
        let filter = AuditFilter { repository: Some(name.to_owned()), ..AuditFilter::default() };
        let page = search(rows, store, people, tenant, &filter, None, 1).await?;
        unheard[1] = page.items.is_empty().then_some(name);
    }
    Ok(unheard)
}

/// The events of a tenant that fit a filter, a page at a time. Who is mentioned is called by the name that `people` know
/// them by.
pub async fn search(
    rows: &dyn Rows,
    store: &dyn EventStore,
    people: &People,
    tenant: &Tenant,
    filter: &AuditFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<AuditEntry>, QueryError> {
    let way = filter.way();
    let after = place(filter.letter(), after)?;
    let mut from = after.map_or(Some(way.start()), |place| way.behind(place));
    let (mut items, mut known) = (Vec::<AuditEntry>::new(), Known::new(rows));
    loop {
        let wanted = limit.saturating_sub(items.len()).saturating_add(1);
        let places = found(&mut Join::new(filter.lists(rows, tenant)?, way), &mut from, wanted)?;
        let positions: Vec<_> = places.into_iter().map(Position::from_store).collect();
        for envelope in store.read_at(&positions).await? {
            if !filter.takes(envelope.at) || envelope.tenant != *tenant {
                continue;
            }
            if items.len() == limit {
                let next = items.last().map(|item| cursor(filter.letter(), item.position.for_store()));
                return Ok(Page { items, next });
            }
            items.push(entry(rows, &mut known, envelope.into(), people)?);
        }
        if from.is_none() {
            return Ok(Page { items, next: None });
        }
    }
}

/// Up to `wanted` places from `from` on, which moves behind them: to nowhere at the end.
fn found(join: &mut Join<'_>, from: &mut Option<u64>, wanted: usize) -> Result<Vec<u64>, QueryError> {
    let mut places = Vec::new();
    while let Some(start) = *from {
        if places.len() == wanted {
            break;
        }
        let found = join.next(start)?;
        places.extend(found);
        *from = found.and_then(|place| join.way().behind(place));
    }
    Ok(places)
}

fn entry(
    rows: &dyn Rows,
    known: &mut Known<'_>,
    event: Happened,
    people: &People,
) -> Result<AuditEntry, QueryError> {
    let code = known.code_of(&event)?;
    let shown = known.shown_with(&event, code.as_ref())?;
    let mut summary = summary(&event, Some(people));
    if let Some(changed) = changed(rows, &event)? {
        summary = format!("{}: {changed}.", summary.trim_end_matches('.'));
    }
    let envelope = event.into_envelope();
    Ok(AuditEntry {
        summary,
        data: Content(envelope.data),
        position: envelope.pos,
        at: envelope.at,
        kind: envelope.kind,
        v: envelope.v,
        actor: envelope.actor,
        code,
        user: shown.user,
        repository: shown.repository,
        ticket: shown.ticket,
        tenant: envelope.tenant,
        stream: envelope.stream,
        rev: envelope.rev,
        correlation: envelope.correlation,
        causation: envelope.causation,
        command: envelope.command,
        id: envelope.id,
        hash: envelope.hash,
    })
}
