//! Asking about requests of every kind, now or as of any moment.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::envelope::Position;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::request::{Code, Stage};
use countersign_domain::tenant::Person;
use jiff::Timestamp;

use super::{
    BECAUSE_OF, BY_KIND, BY_PERSON, BY_WORD, COUNTS, DUE, FAILED, IN_FORCE, OPEN, OPEN_BY_PERSON,
    OPEN_BY_TICKET, REQUESTS, RequestRow, WAITING, row_key,
};
use crate::key::{self, Key};
use crate::page::{Page, QueryError, newest_first};
use crate::rows::{Rows, RowsError};
use crate::table::{self, load, load_shared};

/// The cursors' letter.
const LIST: char = 'q';

/// Which requests to list, by how far they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    /// All there ever were.
    #[default]
    All,
    /// Those to which, or to what came of which, something can still happen.
    Open,
    /// Those that wait for countersignatures, or something about which does.
    Waiting,
    /// Those of which something came that lasts, until its end was read back.
    InForce,
    /// Those of which something failed for good: an operator must look after it, or has given it up.
    Failed,
}

/// Somebody whose own list it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub person: Person,
    /// Those who are away and whom they may stand in for.
    pub absent: Vec<Person>,
}

/// Which requests to list; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// By how far they are.
    pub which: Which,
    /// Those of this kind.
    pub kind: Option<String>,
    /// Those that concern this person: who asked, whose own it is, or who decided on it.
    pub concerning: Option<PrincipalId>,
    /// Those that stand in this person's own lists: what concerns them, and what waits for a countersignature that could be
    /// theirs. However far they are, no other is.
    pub listed_for: Option<Reader>,
}

impl RequestFilter {
    fn takes(&self, row: &RequestRow) -> bool {
        let request = &*row.request;
        let fits = match self.which {
            Which::All => true,
            Which::Open => !request.is_over(),
            Which::Waiting => request.open().is_some(),
            Which::InForce => request.is_in_force(),
            Which::Failed => request.standing().stage == Stage::Failed,
        };
        fits && self.kind.as_ref().is_none_or(|kind| request.kind() == kind)
            && self.listed_for.as_ref().is_none_or(|of| request.is_listed_for(&of.person, &of.absent))
    }

    /// The index that leads to the fewest rows besides those wanted.
    fn indexes(&self, tenant: &Tenant) -> Vec<Key> {
        // A person's history grows for ever, what is open of it does not.
        let theirs = |id: &PrincipalId| match self.which {
            Which::All => of_person(tenant, id),
            Which::Open | Which::Waiting | Which::InForce | Which::Failed => open_of_person(tenant, id),
        };
        match (&self.concerning, &self.listed_for, self.which) {
            (Some(id), ..) => vec![theirs(id)],
            (None, _, Which::Waiting) => vec![waiting_key(tenant)],
            (None, Some(of), _) => vec![theirs(&of.person.id), waiting_key(tenant)],
            (None, None, Which::InForce) => vec![in_force_key(tenant)],
            (None, None, Which::Failed) => vec![Key::of(tenant, FAILED)],
            (None, None, Which::Open) => match &self.kind {
                // What is open of one kind is little beside all that is in force.
                Some(kind) => open_words(kind).map(|word| word_key(tenant, kind, word)).collect(),
                None => vec![Key::of(tenant, OPEN)],
            },
            (None, None, Which::All) => {
                let kinds = AnyRequest::KINDS
                    .iter()
                    .filter(|kind| self.kind.as_ref().is_none_or(|wanted| wanted == *kind));
                kinds.map(|kind| kind_key(tenant, kind)).collect()
            }
        }
    }
}

/// The request with this code.
pub fn find(rows: &dyn Rows, tenant: &Tenant, code: &Code) -> Result<Option<RequestRow>, RowsError> {
    load(rows, row_key(tenant, code))
}

/// The requests of a tenant that the filter takes, newest first.
pub fn list(
    rows: &dyn Rows,
    tenant: &Tenant,
    filter: &RequestFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<RequestRow>, QueryError> {
    newest_first(rows, LIST, &filter.indexes(tenant), after, limit, |code| {
        // Of all that leads to, few may be meant: only those are copied.
        let row = shared_by_reference(rows, tenant, code)?.filter(|row| filter.takes(row));
        Ok(row.map(Arc::unwrap_or_clone))
    })
}

/// Every request of a tenant to which, or to what came of which, something can still happen, oldest first.
pub fn open(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<RequestRow>, RowsError> {
    indexed(rows, tenant, &Key::of(tenant, OPEN))
}

/// Of these, the ones that name this ticket.
pub fn open_under(rows: &dyn Rows, tenant: &Tenant, ticket: &str) -> Result<Vec<RequestRow>, RowsError> {
    indexed(rows, tenant, &open_of_ticket(tenant, ticket))
}

fn indexed(rows: &dyn Rows, tenant: &Tenant, index: &Key) -> Result<Vec<RequestRow>, RowsError> {
    let mut found = Vec::new();
    for (_, code) in rows.scan(key::starting_with(index), false, usize::MAX)? {
        found.extend(by_reference(rows, tenant, &code)?);
    }
    Ok(found)
}

/// The requests of which something came about after this place in the log because somebody left.
pub fn because_of(
    rows: &dyn Rows,
    tenant: &Tenant,
    who: &PrincipalId,
    after: Position,
) -> Result<BTreeSet<Code>, RowsError> {
    let (leaver, from) = (leaver_key(tenant, who), after.for_store().saturating_add(1));
    let range = (Bound::Included(leaver.clone().number(from).into_vec()), key::starting_with(&leaver).1);
    let found = rows.scan(range, false, usize::MAX)?.into_iter();
    let code = |(key, code): (Vec<u8>, Vec<u8>)| {
        String::from_utf8_lossy(&code).parse().map_err(|error| RowsError::damaged(&key, error))
    };
    found.map(code).collect()
}

/// Everything of a tenant that waits for countersignatures, whatever it is that is proposed, oldest first.
pub fn waiting(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<Code>, RowsError> {
    let found = rows.scan(key::starting_with(&waiting_key(tenant)), false, usize::MAX)?.into_iter();
    let code = |(key, code): (Vec<u8>, Vec<u8>)| {
        String::from_utf8_lossy(&code).parse().map_err(|error| RowsError::damaged(&key, error))
    };
    found.map(code).collect()
}

/// Of how many requests of a tenant something came that is in force.
pub fn in_force_count(rows: &dyn Rows, tenant: &Tenant) -> Result<usize, RowsError> {
    Ok(rows.scan(key::starting_with(&in_force_key(tenant)), false, usize::MAX)?.len())
}

/// Of how many of these it has ended and is not undone yet, be it that this failed.
pub fn not_undone(rows: &dyn Rows, tenant: &Tenant) -> Result<usize, RowsError> {
    let mut count = 0;
    for (_, code) in rows.scan(key::starting_with(&in_force_key(tenant)), false, usize::MAX)? {
        let row = by_reference(rows, tenant, &code)?;
        count += usize::from(row.is_some_and(|row| row.request.standing().stage != Stage::Standing));
    }
    Ok(count)
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// Whose it is.
    pub tenant: Tenant,
    /// Of which request.
    pub code: Code,
    /// What, by its kind's word for it.
    pub what: String,
}

/// What is due at `until` or before, in all tenants, the earliest first.
pub fn due(rows: &dyn Rows, until: Timestamp) -> Result<Vec<Due>, RowsError> {
    let found = rows.scan(key::due_until(DUE, until), false, usize::MAX)?.into_iter();
    let due = |(key, code): (Vec<u8>, Vec<u8>)| {
        let read = || {
            let (at, tenant, rest) = key::due_in(&key)?;
            let what = rest.split(|byte| *byte == 0).nth(1)?;
            let (code, what) = (std::str::from_utf8(&code).ok()?, std::str::from_utf8(what).ok()?);
            Some(Due { at, tenant, code: code.parse().ok()?, what: what.to_owned() })
        };
        read().ok_or_else(|| RowsError::damaged(&key, "it is no deadline"))
    };
    found.map(due).collect()
}

/// When the next thing is due in any tenant.
pub fn next_due(rows: &dyn Rows) -> Result<Option<Timestamp>, RowsError> {
    key::first_due(rows, DUE, Timestamp::MIN)
}

/// How many requests of a tenant are not over, by their kind and its word for how they stand.
pub fn open_counts(
    rows: &dyn Rows,
    tenant: &Tenant,
) -> Result<BTreeMap<(&'static str, &'static str), u64>, RowsError> {
    let all = AnyRequest::OPEN_WORDS.iter().flat_map(|(kind, words)| words.iter().map(|word| (*kind, *word)));
    all.map(|(kind, word)| Ok(((kind, word), table::count(rows, counter(tenant, kind, word))?))).collect()
}

/// A kind's words for how its requests stand that are not over.
fn open_words(kind: &str) -> impl Iterator<Item = &'static str> {
    let own = AnyRequest::OPEN_WORDS.iter().filter(move |(name, _)| *name == kind);
    own.flat_map(|(_, words)| words.iter().copied())
}

pub(crate) fn counter(tenant: &Tenant, kind: &str, word: &str) -> Key {
    Key::of(tenant, COUNTS).text(kind).text(word)
}

pub(crate) fn by_reference(
    rows: &dyn Rows,
    tenant: &Tenant,
    code: &[u8],
) -> Result<Option<RequestRow>, RowsError> {
    Ok(shared_by_reference(rows, tenant, code)?.map(Arc::unwrap_or_clone))
}

/// The same, to be looked at only.
pub(crate) fn shared_by_reference(
    rows: &dyn Rows,
    tenant: &Tenant,
    code: &[u8],
) -> Result<Option<Arc<RequestRow>>, RowsError> {
    load_shared(rows, Key::of(tenant, REQUESTS).text(&String::from_utf8_lossy(code)))
}

pub(crate) fn kind_key(tenant: &Tenant, kind: &str) -> Key {
    Key::of(tenant, BY_KIND).text(kind)
}

pub(crate) fn word_key(tenant: &Tenant, kind: &str, word: &str) -> Key {
    Key::of(tenant, BY_WORD).text(kind).text(word)
}

pub(crate) fn of_person(tenant: &Tenant, id: &PrincipalId) -> Key {
    Key::of(tenant, BY_PERSON).text(id.as_str())
}

pub(crate) fn open_of_person(tenant: &Tenant, id: &PrincipalId) -> Key {
    Key::of(tenant, OPEN_BY_PERSON).text(id.as_str())
}

pub(crate) fn open_of_ticket(tenant: &Tenant, ticket: &str) -> Key {
    Key::of(tenant, OPEN_BY_TICKET).text(ticket)
}

pub(crate) fn leaver_key(tenant: &Tenant, who: &PrincipalId) -> Key {
    Key::of(tenant, BECAUSE_OF).text(who.as_str())
}

pub(crate) fn in_force_key(tenant: &Tenant) -> Key {
    Key::of(tenant, IN_FORCE)
}

pub(crate) fn waiting_key(tenant: &Tenant) -> Key {
    Key::of(tenant, WAITING)
}
