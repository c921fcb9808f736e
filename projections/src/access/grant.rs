//! The accesses in force: confirmed, or perhaps set, and not yet confirmed to be taken back; and what a repair has adopted.

use countersign_domain::access::{Permission, Status};
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::request::{Code, Facets as _};
use countersign_domain::rules::Ruling;
use countersign_domain::words::called;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::query::by_reference;
use super::{AccessRow, BY_REPOSITORY, BY_USER, adopted, is_for, is_on};
use crate::key::Key;
use crate::page::{Page, QueryError, newest_first};
use crate::repository::repository_term;
use crate::request::{in_force_key, open_of_person};
use crate::rows::Rows;

/// The cursors' letter.
const LIST: char = 'g';

/// Which grants to list; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantFilter {
    /// Those that concern this person: who asked, who has it, or who decided on it.
    pub concerning: Option<PrincipalId>,
    /// Whose, by any of these names of one person: principal, account or name, however capitalised.
    pub users: Vec<String>,
    /// On which repository, in whatever way it is written.
    pub repository: Option<String>,
}

/// One access in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRow {
    /// The request it came from.
    pub code: Code,
    /// Who has it: the principal, or the account where the tenant knows no such person.
    pub user: String,
    /// The forge's account.
    pub account: String,
    /// The name people see.
    pub name: String,
    /// On which repository.
    pub repository: String,
    /// What was read back; what was approved, where it is being taken back before it was ever read back.
    pub permission: Permission,
    /// When that was; when it began to end, where it was never read back.
    pub since: Timestamp,
    /// When it ends; never by itself, where a repair has adopted it.
    pub until: Option<Timestamp>,
    /// Active, ending, or failed while ending.
    pub status: Status,
    /// The ticket it was asked under.
    pub ticket: Option<String>,
    /// Who countersigned; nobody where the rules ask nobody.
    pub countersigned_by: Vec<PrincipalId>,
    /// The version of the rules that decided.
    pub rules_version: Option<u64>,
    /// The policies that decided.
    pub policies: Vec<String>,
    /// Whether nobody asked for it, and a repair has adopted what was held.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adopted: bool,
}

impl GrantRow {
    /// Who has it, as people are told: of somebody whom the tenant does not know, the account beside the name.
    pub fn called(&self) -> String {
        called(self.user != self.account, &self.name, &self.account)
    }
}

/// The accesses of a tenant in force, the latest asked for first.
pub fn grants(
    rows: &dyn Rows,
    tenant: &Tenant,
    filter: &GrantFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<GrantRow>, QueryError> {
    let indexes = match (&filter.concerning, &filter.users[..], &filter.repository) {
        // What is in force can still change.
        (Some(person), ..) => {
            vec![open_of_person(tenant, person), adopted::of_user(tenant, person.as_str())]
        }
        (None, [], Some(repository)) => {
            let repository = repository_term(repository);
            let asked_for = Key::of(tenant, BY_REPOSITORY).folded(&repository);
            vec![asked_for, adopted::on_repository(tenant, &repository)]
        }
        (None, [], None) => vec![in_force_key(tenant), adopted::all(tenant)],
        (None, users, _) => {
            let asked_for = users.iter().map(|user| Key::of(tenant, BY_USER).folded(user));
            asked_for.chain(users.iter().map(|user| adopted::of_user(tenant, user))).collect()
        }
    };
    newest_first(rows, LIST, &indexes, after, limit, |code| {
        if let Some(adopted) = adopted::by_reference(rows, tenant, code)? {
            return adopted::granted(rows, tenant, &adopted, filter);
        }
        let row = by_reference(rows, tenant, code)?;
        let fits = |row: &AccessRow| {
            filter.repository.as_ref().is_none_or(|name| is_on(&row.access, name))
                && (filter.users.is_empty() || is_for(&row.access, &filter.users))
        };
        Ok(row.filter(|row| row.access.is_in_force() && fits(row)).and_then(grant))
    })
}

fn grant(row: AccessRow) -> Option<GrantRow> {
    let (status, access, updated) = (row.access.status(), row.access, row.updated);
    let (asked, grant) = (access.asked?, access.own.grant);
    let (permission, since, until) = match grant {
        Some(grant) => (grant.permission, grant.since, grant.until),
        None => (asked.permission?, updated, updated),
    };
    let (rules_version, policies) = match access.ruling {
        Some(Ruling::Allowed(terms)) => (Some(terms.version), terms.policies),
        _ => (None, vec![]),
    };
    let subject = asked.subject;
    Some(GrantRow {
        code: row.code,
        user: subject.principal.map_or_else(|| subject.account.clone(), String::from),
        account: subject.account,
        name: subject.name,
        repository: asked.repository?,
        permission,
        since,
        until: Some(until),
        status,
        ticket: asked.ticket,
        countersigned_by: access.countersigned_by,
        rules_version,
        policies,
        adopted: false,
    })
}
