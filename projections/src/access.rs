//! The read model of access requests: how each stands, whom it concerns, what is in force, and what is due when.

mod attempts;
mod fold;
mod grant;
mod query;
mod spans;

use countersign_domain::access::{AccessRequest, RepositoryName};
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use countersign_domain::ports::ForgeUser;
use countersign_domain::request::{Code, Facets as _};
use countersign_domain::tenant::Person;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use fold::AccessList;
pub use grant::{GrantFilter, GrantRow, grants};
pub use query::{
    RequestFilter, due, ever_granted, find, holding, in_force_count, in_statuses, list, next_due,
    not_taken_back, open_counts, unknown, waiting,
};
pub use spans::{Earlier, earlier, moves};

use crate::key::Key;

/// The projection's name.
pub const NAME: &str = "access";

const REQUESTS: u8 = b'r';
const BY_ORDER: u8 = b'o';
const BY_STATUS: u8 = b's';
const BY_PERSON: u8 = b'p';
/// The same, of what can still change.
const OPEN_BY_PERSON: u8 = b'i';
const BY_USER: u8 = b'u';
const BY_REPOSITORY: u8 = b'g';
const IN_FORCE: u8 = b'f';
const WAITING: u8 = b'w';
const DUE: u8 = b'd';
const HOLDINGS: u8 = b'h';
const COUNTS: u8 = b'c';
const HELD: u8 = b'a';
const MOVES: u8 = b't';
const ATTEMPTS: u8 = b'e';

/// One request, and the access that came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestRow {
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

impl RequestRow {
    /// Whether the permission is set because of it, or may be: until it is confirmed to be taken back.
    pub fn is_in_force(&self) -> bool {
        self.access.is_in_force()
    }

    /// Whether one of these texts means who has or shall have the access: principal, account or name, however capitalised.
    pub fn is_for(&self, users: &[String]) -> bool {
        self.users().any(|own| users.iter().any(|user| own.to_lowercase() == user.to_lowercase()))
    }

    /// Whether it is for this repository, in whatever way it is written.
    pub fn is_on(&self, repository: &str) -> bool {
        let wanted = repository_term(repository);
        self.repositories().any(|own| own.to_lowercase() == wanted)
    }

    /// Whether this person may see it without a role.
    pub fn is_theirs(&self, person: &Person) -> bool {
        self.access.is_theirs(person)
    }

    /// The account that has, or had, the access, and on which repository.
    fn held_by(&self) -> Option<(&str, &str)> {
        self.access.own.grant.as_ref()?;
        self.access.held_on()
    }

    /// The repository's name and its identity.
    fn repositories(&self) -> impl Iterator<Item = &str> {
        let name = self.access.asked.as_ref().and_then(|asked| asked.repository.as_deref());
        name.into_iter().chain(self.access.repository_key())
    }

    /// Every name by which the one it is for is known, here and at the forge.
    fn users(&self) -> impl Iterator<Item = &str> {
        let here = self.access.asked.iter().flat_map(|asked| {
            let subject = &asked.subject;
            let principal = subject.principal.as_ref().map(countersign_domain::names::PrincipalId::as_str);
            principal.into_iter().chain([subject.account.as_str(), subject.name.as_str()])
        });
        let found = self.access.findings.as_ref().and_then(|findings| findings.user.as_ref());
        here.chain(found.into_iter().flat_map(forge_names))
    }
}

/// Every name that a forge knows a user by; an id in braces also without them.
pub(crate) fn forge_names(user: &ForgeUser) -> impl Iterator<Item = &str> {
    let ids = || std::iter::once(&user.account).chain(&user.aliases).map(String::as_str);
    let bare = ids().filter_map(|id| id.strip_prefix('{')?.strip_suffix('}'));
    ids().chain(bare).chain([user.name.as_str()]).chain(user.nickname.as_deref())
}

/// What to look for where somebody asks about a repository: the slug or id that they wrote, in small letters.
pub(crate) fn repository_term(given: &str) -> String {
    given.parse::<RepositoryName>().map_or_else(|_| given.to_lowercase(), |name| name.key().to_owned())
}

fn row_key(tenant: &Tenant, code: &Code) -> Key {
    Key::of(tenant, REQUESTS).text(code.stream_id())
}
