//! Asking about requests for access, now or as of any moment.

use std::sync::Arc;

use countersign_domain::access::{Access, AccessRequest, Holding, Status};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::request::{Code, Facets as _, Kind as _};
use countersign_domain::tenant::People;

use super::{
    AccessRow, BY_REPOSITORY, BY_USER, HOLDINGS, access_of, adopted, is_for, is_on, repository_term,
};
use crate::key::{self, Key};
use crate::page::{Page, QueryError, newest_first};
use crate::request::{self, Reader, kind_key, of_person, open_of_person, waiting_key, word_key};
use crate::rows::{Rows, RowsError};
use crate::table::load;

/// The cursors' letter.
const LIST: char = 'r';

/// Which requests to list; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessFilter {
    /// Those in any of these.
    pub statuses: Vec<Status>,
    /// Those that concern this person: who asked, who shall have it, or who decided on it.
    pub concerning: Option<PrincipalId>,
    /// Those that stand in this person's own lists: what concerns them, and what waits for a countersignature that could be theirs.
    pub listed_for: Option<Reader>,
    /// Those whose access is for the one of these names: principal, account or name, however capitalised.
    pub users: Vec<String>,
    /// Those on this repository, in whatever way it is written.
    pub repository: Option<String>,
}

impl AccessFilter {
    fn takes(&self, access: &AccessRequest) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&access.status()))
            && (self.users.is_empty() || is_for(access, &self.users))
            && self.repository.as_ref().is_none_or(|repository| is_on(access, repository))
            && self.listed_for.as_ref().is_none_or(|of| access.is_listed_for(&of.person, &of.absent))
    }

    /// The index that leads to the fewest rows besides those wanted.
    fn indexes(&self, tenant: &Tenant) -> Vec<Key> {
        // A person's history grows for ever, what is open of it does not.
        let is_open = !self.statuses.is_empty() && !self.statuses.iter().any(|status| status.is_final());
        let theirs =
            |id: &PrincipalId| if is_open { open_of_person(tenant, id) } else { of_person(tenant, id) };
        if let Some(person) = &self.concerning {
            return vec![theirs(person)];
        }
        if let Some(of) = &self.listed_for {
            return vec![theirs(&of.person.id), waiting_key(tenant)];
        }
        if !self.users.is_empty() {
            return self.users.iter().map(|user| Key::of(tenant, BY_USER).folded(user)).collect();
        }
        if let Some(repository) = &self.repository {
            return vec![Key::of(tenant, BY_REPOSITORY).folded(&repository_term(repository))];
        }
        if self.statuses.is_empty() {
            return vec![kind_key(tenant, Access::NAME)];
        }
        self.statuses.iter().map(|status| status_key(tenant, *status)).collect()
    }
}

/// The request with this code.
pub fn find(rows: &dyn Rows, tenant: &Tenant, code: &Code) -> Result<Option<AccessRow>, RowsError> {
    Ok(request::find(rows, tenant, code)?.and_then(AccessRow::of))
}

/// The requests of a tenant that the filter takes, newest first.
pub fn list(
    rows: &dyn Rows,
    tenant: &Tenant,
    filter: &AccessFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<AccessRow>, QueryError> {
    newest_first(rows, LIST, &filter.indexes(tenant), after, limit, |code| {
        // Of all that leads to, few may be meant: only those are copied.
        let row = request::shared_by_reference(rows, tenant, code)?;
        let meant = row.filter(|row| access_of(row).is_some_and(|access| filter.takes(access)));
        Ok(meant.map(Arc::unwrap_or_clone).and_then(AccessRow::of))
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

/// Every request of a tenant that was granted at any time, or is just being so, oldest first; only those on the repository of this
/// identity, where one is named.
pub fn ever_granted(
    rows: &dyn Rows,
    tenant: &Tenant,
    repository: Option<&str>,
) -> Result<Vec<AccessRow>, RowsError> {
    let table = match repository {
        Some(key) => Key::of(tenant, BY_REPOSITORY).folded(key),
        None => kind_key(tenant, Access::NAME),
    };
    let is_meant = |row: &AccessRow| {
        row.access.minutes().is_some()
            && repository.is_none_or(|key| row.access.repository_key() == Some(key))
    };
    let mut granted = Vec::new();
    for (_, code) in rows.scan(key::starting_with(&table), false, usize::MAX)? {
        granted.extend(by_reference(rows, tenant, &code)?.filter(&is_meant));
    }
    Ok(granted)
}

pub(super) fn by_reference(
    rows: &dyn Rows,
    tenant: &Tenant,
    code: &[u8],
) -> Result<Option<AccessRow>, RowsError> {
    Ok(request::by_reference(rows, tenant, code)?.and_then(AccessRow::of))
}

fn status_key(tenant: &Tenant, status: Status) -> Key {
    word_key(tenant, Access::NAME, status.as_str())
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
        |filter: AccessFilter| list(rows, tenant, &filter, None, 1).map(|page| !page.items.is_empty());
    let nobody = match user {
        Some(word) if !people.has_known(word) => {
            let asked_for =
                is_there(AccessFilter { users: vec![word.to_owned()], ..AccessFilter::default() })?;
            (!asked_for && !adopted::is_known(rows, &adopted::of_user(tenant, word))?).then_some(word)
        }
        _ => None,
    };
    let nowhere = match repository {
        Some(name) => {
            let filter = AccessFilter { repository: Some(name.to_owned()), ..AccessFilter::default() };
            let on = adopted::on_repository(tenant, &repository_term(name));
            (!is_there(filter)? && !adopted::is_known(rows, &on)?).then_some(name)
        }
        None => None,
    };
    Ok([nobody, nowhere])
}
