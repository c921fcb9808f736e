//! Asking about access requests, now or as of any moment.

use std::collections::BTreeMap;

use countersign_domain::access::{Deadline, Holding, Status};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::request::Code;
use countersign_domain::tenant::{People, Person};
use jiff::Timestamp;

use super::fold::deadline;
use super::{
    BY_ORDER, BY_PERSON, BY_REPOSITORY, BY_STATUS, BY_USER, COUNTS, DUE, HOLDINGS, IN_FORCE, OPEN_BY_PERSON,
    REQUESTS, RequestRow, WAITING, repository_term, row_key,
};
use crate::key::{self, Key};
use crate::page::{Page, QueryError, newest_first};
use crate::rows::{Rows, RowsError};
use crate::table::{self, load};

/// The cursors' letter.
const LIST: char = 'r';

/// Which requests to list; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Those in any of these.
    pub statuses: Vec<Status>,
    /// Those that concern this person: who asked, who shall have it, or who decided on it.
    pub concerning: Option<PrincipalId>,
    /// Those that this person may see: what concerns them, and what waits for a countersignature that could be theirs.
    pub seen_by: Option<Person>,
    /// Those whose access is for the one of these names: principal, account or name, however capitalised.
    pub users: Vec<String>,
    /// Those on this repository, in whatever way it is written.
    pub repository: Option<String>,
}

impl RequestFilter {
    fn takes(&self, row: &RequestRow) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&row.access.status()))
            && (self.users.is_empty() || row.is_for(&self.users))
            && self.repository.as_ref().is_none_or(|repository| row.is_on(repository))
            && self.seen_by.as_ref().is_none_or(|person| row.is_theirs(person))
    }

    /// The index that leads to the fewest rows besides those wanted.
    fn indexes(&self, tenant: &Tenant) -> Vec<Key> {
        // A person's history grows for ever, what is open of it does not.
        let is_open = !self.statuses.is_empty() && !self.statuses.iter().any(|status| status.is_final());
        let of_person = |id: &PrincipalId| {
            Key::of(tenant, if is_open { OPEN_BY_PERSON } else { BY_PERSON }).text(id.as_str())
        };
        if let Some(person) = &self.concerning {
            return vec![of_person(person)];
        }
        if let Some(person) = &self.seen_by {
            return vec![of_person(&person.id), Key::of(tenant, WAITING)];
        }
        if !self.users.is_empty() {
            return self.users.iter().map(|user| Key::of(tenant, BY_USER).folded(user)).collect();
        }
        if let Some(repository) = &self.repository {
            return vec![Key::of(tenant, BY_REPOSITORY).folded(&repository_term(repository))];
        }
        if self.statuses.is_empty() {
            return vec![Key::of(tenant, BY_ORDER)];
        }
        self.statuses.iter().map(|status| status_key(tenant, *status)).collect()
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
        Ok(by_reference(rows, tenant, code)?.filter(|row| filter.takes(row)))
    })
}

/// What an account should hold on a repository, as far as the log knows.
pub fn holding(
    rows: &dyn Rows,
    tenant: &Tenant,
    account: &str,
    repository: &str,
) -> Result<Holding, RowsError> {
    Ok(load(rows, holding_key(tenant, account, repository))?.unwrap_or_default())
}

/// How many accesses of a tenant are in force.
pub fn in_force_count(rows: &dyn Rows, tenant: &Tenant) -> Result<usize, RowsError> {
    Ok(rows.scan(key::starting_with(&Key::of(tenant, IN_FORCE)), false, usize::MAX)?.len())
}

/// How many accesses of a tenant have ended and are not taken back yet, be it that this failed.
pub fn not_taken_back(rows: &dyn Rows, tenant: &Tenant) -> Result<usize, RowsError> {
    let mut count = 0;
    for (_, code) in rows.scan(key::starting_with(&Key::of(tenant, IN_FORCE)), false, usize::MAX)? {
        let row = by_reference(rows, tenant, &code)?;
        let ends = |row: RequestRow| row.access.status() == Status::Ending || row.access.could_not_end();
        count += usize::from(row.is_some_and(ends));
    }
    Ok(count)
}

/// Every request of a tenant that was granted at any time, or is just being so, oldest first.
pub fn ever_granted(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<RequestRow>, RowsError> {
    let mut granted = Vec::new();
    for (_, code) in rows.scan(key::starting_with(&Key::of(tenant, BY_ORDER)), false, usize::MAX)? {
        let row = by_reference(rows, tenant, &code)?;
        granted.extend(row.filter(|row| row.access.minutes().is_some()));
    }
    Ok(granted)
}

/// What is due at `until` or before, in all tenants, the earliest first.
pub fn due(rows: &dyn Rows, until: Timestamp) -> Result<Vec<(Timestamp, Tenant, Code, Deadline)>, RowsError> {
    let mut found = Vec::new();
    for (key, code) in rows.scan(key::due_until(DUE, until), false, usize::MAX)? {
        let damaged = || RowsError::damaged(&key, "it is no deadline");
        let (at, tenant, _) = key::due_in(&key).ok_or_else(damaged)?;
        let code = String::from_utf8_lossy(&code).parse().map_err(|_| damaged())?;
        let what = key.last().copied().and_then(deadline).ok_or_else(damaged)?;
        found.push((at, tenant, code, what));
    }
    found.sort();
    Ok(found)
}

/// When the next thing is due in any tenant.
pub fn next_due(rows: &dyn Rows) -> Result<Option<Timestamp>, RowsError> {
    key::first_due(rows, DUE, Timestamp::MIN)
}

/// Everything of a tenant that waits for countersignatures, requests and extensions, oldest first.
pub fn waiting(rows: &dyn Rows, tenant: &Tenant) -> Result<Vec<Code>, RowsError> {
    rows.scan(key::starting_with(&Key::of(tenant, WAITING)), false, usize::MAX)?
        .into_iter()
        .map(|(key, code)| {
            String::from_utf8_lossy(&code).parse().map_err(|error| RowsError::damaged(&key, error))
        })
        .collect()
}

/// Every request of a tenant in one of these statuses.
pub fn in_statuses(
    rows: &dyn Rows,
    tenant: &Tenant,
    statuses: &[Status],
) -> Result<Vec<RequestRow>, RowsError> {
    let mut found = Vec::new();
    for status in statuses {
        for (_, code) in rows.scan(key::starting_with(&status_key(tenant, *status)), false, usize::MAX)? {
            found.extend(by_reference(rows, tenant, &code)?);
        }
    }
    Ok(found)
}

/// How many requests of a tenant are in each status that is not final; those with none are left out.
pub fn open_counts(rows: &dyn Rows, tenant: &Tenant) -> Result<BTreeMap<Status, u64>, RowsError> {
    let mut counts = BTreeMap::new();
    for status in Status::ALL.into_iter().filter(|status| !status.is_final()) {
        let count = table::count(rows, counter(tenant, status))?;
        if count > 0 {
            counts.insert(status, count);
        }
    }
    Ok(counts)
}

pub(super) fn by_reference(
    rows: &dyn Rows,
    tenant: &Tenant,
    code: &[u8],
) -> Result<Option<RequestRow>, RowsError> {
    load(rows, Key::of(tenant, REQUESTS).text(&String::from_utf8_lossy(code)))
}

pub(super) fn status_key(tenant: &Tenant, status: Status) -> Key {
    Key::of(tenant, BY_STATUS).text(status.as_str())
}

pub(super) fn counter(tenant: &Tenant, status: Status) -> Key {
    Key::of(tenant, COUNTS).text(status.as_str())
}

pub(super) fn holding_key(tenant: &Tenant, account: &str, repository: &str) -> Key {
    Key::of(tenant, HOLDINGS).text(account).text(repository)
}

/// What of a question the requests of the log know nothing of at all: the user as given, and the repository.
pub fn unknown<'q>(
    rows: &dyn Rows,
    people: &People,
    tenant: &Tenant,
    user: Option<&'q str>,
    repository: Option<&'q str>,
) -> Result<[Option<&'q str>; 2], QueryError> {
    let is_there =
        |filter: RequestFilter| list(rows, tenant, &filter, None, 1).map(|page| !page.items.is_empty());
    let nobody = match user {
        Some(word) if !people.has_known(word) => {
            (!is_there(RequestFilter { users: vec![word.to_owned()], ..RequestFilter::default() })?)
                .then_some(word)
        }
        _ => None,
    };
    let nowhere = match repository {
        Some(name) => {
            let filter = RequestFilter { repository: Some(name.to_owned()), ..RequestFilter::default() };
            (!is_there(filter)?).then_some(name)
        }
        None => None,
    };
    Ok([nobody, nowhere])
}
