//! What is kept of accesses beside the rows of all requests: what is in force, what accounts should hold, and by which names of
//! people and repositories they are found.

mod adopted;
mod attempts;
mod fold;
mod grant;
mod happened;
mod query;
mod spans;
mod told;

use countersign_domain::access::{Access, AccessRequest};
use countersign_domain::capabilities::{AnyRequest, Listed as _};
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use countersign_domain::ports::ForgeUser;
use countersign_domain::ports::RepositoryName;
use countersign_domain::request::Code;
use jiff::Timestamp;
use uuid::Uuid;

pub use adopted::{adopted_by, ever_adopted};
pub use grant::{GrantFilter, GrantRow, grants};
pub use query::{AccessFilter, ever_granted, find, holding, list, unknown};
pub use spans::{Earlier, earlier, moves};

pub(crate) use attempts::effect;
pub(crate) use fold::{compared, happened, places};
pub(crate) use happened::told;
pub(crate) use told::{known, told_of_comparison};

use crate::repository::repository_term;
use crate::request::RequestRow;

// Tables beside those of all requests.
const BY_USER: u8 = b'u';
const BY_REPOSITORY: u8 = b'g';
const HOLDINGS: u8 = b'h';
const HELD: u8 = b'a';
const MOVES: u8 = b't';
const ATTEMPTS: u8 = b'e';
const ADOPTED: u8 = b'm';

/// One request for access, and the access that came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessRow {
    /// Its code.
    pub code: Code,
    /// Whose it is.
    pub tenant: Tenant,
    /// How it stands: the aggregate's own state.
    pub access: AccessRequest,
    /// The conversation in which it was asked for.
    pub correlation: Uuid,
    /// The place of its first event: lists are in this order.
    pub created: Position,
    /// The place of its last event.
    pub position: Position,
    /// When its last event was.
    pub updated: Timestamp,
}

impl AccessRow {
    /// The row of a request, where it is one for access.
    fn of(row: RequestRow) -> Option<Self> {
        let RequestRow { code, tenant, request, correlation, created, position, updated, .. } = row;
        let AnyRequest::Access(access) = request else { return None };
        Some(Self { code, tenant, access, correlation, created, position, updated })
    }
}

/// Whether one of these texts means who has or shall have the access: principal, account or name, however capitalised.
fn is_for(access: &AccessRequest, names: &[String]) -> bool {
    users(access).any(|own| names.iter().any(|user| own.to_lowercase() == user.to_lowercase()))
}

/// Whether it is for this repository, in whatever way it is written; one of the same name in another workspace is another.
fn is_on(access: &AccessRequest, repository: &str) -> bool {
    let wanted = repository_term(repository);
    repositories(access).any(|own| own.to_lowercase() == wanted) && is_there(access, repository)
}

/// Whether what it is about is in the workspace that was named, if one was: by the forge's address of it, else as it was written. What
/// is named by ids needs no workspace.
fn is_there(access: &AccessRequest, named: &str) -> bool {
    let named = named.parse::<RepositoryName>().ok();
    let Some(workspace) =
        named.as_ref().and_then(RepositoryName::workspace).filter(|own| !own.starts_with('{'))
    else {
        return true;
    };
    let found =
        access.findings.as_ref().and_then(|found| found.repository.as_ref()).map(|own| own.url.as_str());
    let own = found.or(access.asked.as_ref().and_then(|asked| asked.repository.as_deref()));
    let own = own.and_then(|text| text.parse::<RepositoryName>().ok());
    own.is_some_and(|own| own.workspace().is_some_and(|own| own.eq_ignore_ascii_case(workspace)))
}

/// The account that has, or had, the access, and on which repository.
fn held_by(access: &AccessRequest) -> Option<(&str, &str)> {
    access.own.grant.as_ref()?;
    access.held_on()
}

/// The repository's name and its identity.
fn repositories(access: &AccessRequest) -> impl Iterator<Item = &str> {
    let name = access.asked.as_ref().and_then(|asked| asked.repository.as_deref());
    name.into_iter().chain(access.repository_key())
}

/// Every name by which the one it is for is known, here and at the forge.
fn users(access: &AccessRequest) -> impl Iterator<Item = &str> {
    let here = access.asked.iter().flat_map(|asked| {
        let subject = &asked.subject;
        let principal = subject.principal.as_ref().map(countersign_domain::names::PrincipalId::as_str);
        principal.into_iter().chain([subject.account.as_str(), subject.name.as_str()])
    });
    let found = access.findings.as_ref().and_then(|findings| findings.user.as_ref());
    here.chain(found.into_iter().flat_map(ForgeUser::names))
}

/// The request of a row, where it is one for access.
fn access_of(row: &RequestRow) -> Option<&AccessRequest> {
    Access::of(Some(&row.request))
}
