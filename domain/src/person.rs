//! The people of a tenant, as the directory knows them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::envelope::ActorKind;
use crate::names::PrincipalId;

/// What a person may do beyond asking: roles of Countersign itself, not of any forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Publishes rules, requeues effects, revokes any grant.
    Admin,
    /// Reads the whole audit.
    Auditor,
}

/// One principal and what the directory says of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who it is.
    pub id: PrincipalId,
    /// Person or agent.
    pub kind: ActorKind,
    /// The name people see.
    pub name: String,
    /// The groups, as the rules name them.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// The roles within Countersign.
    #[serde(default)]
    pub roles: BTreeSet<Role>,
    /// The vendor's immutable account ids by vendor: `bitbucket`, `jira`.
    #[serde(default)]
    pub accounts: BTreeMap<String, String>,
}

impl Role {
    /// The word for it, in rules and in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }
}

impl Person {
    /// Whether they hold a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they administer the tenant. A program that may do the same is no administrator.
    pub fn is_administrator(&self) -> bool {
        self.kind == ActorKind::Person && self.is(Role::Admin)
    }
}
