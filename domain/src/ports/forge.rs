//! The forge: where repositories and their permissions live (Bitbucket, GitHub).

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CallError, Examined, Permission, Refusal};
use crate::named::Named;

/// A user as the forge knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeUser {
    /// The vendor's immutable id.
    pub account: String,
    /// The name people see.
    pub name: String,
    /// The vendor's other immutable ids of the same user.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub aliases: BTreeSet<String>,
    /// The name that the user chose for now; anybody may choose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
}

impl ForgeUser {
    /// Whether this is one of the user's immutable ids.
    pub fn is(&self, account: &str) -> bool {
        self.ids().any(|own| same_account(own, account))
    }

    /// All texts that mean them: ids with braces are written without as well.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let bare = self.ids().filter_map(|id| id.strip_prefix('{')?.strip_suffix('}'));
        self.ids().chain(bare).chain([self.name.as_str()]).chain(self.nickname.as_deref())
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.account).chain(&self.aliases).map(String::as_str)
    }
}

/// Whether two accounts of a vendor are one. Ids that are UUIDs are written with braces and without, in any case.
pub fn same_account(one: &str, other: &str) -> bool {
    let uuid = |text: &str| Uuid::try_parse(text.trim_start_matches('{').trim_end_matches('}')).ok();
    one == other || uuid(one).is_some_and(|one| uuid(other) == Some(one))
}

/// A repository as the forge knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeRepository {
    /// The name people type: the slug, without the workspace.
    pub name: String,
    /// Where people look at it.
    pub url: String,
    /// The vendor's immutable id: the same when it is renamed, another when a new one gets its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl ForgeRepository {
    /// Its identity: the immutable id, or the name where the vendor has none.
    pub fn key(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.name)
    }
}

/// What a forge says to a repository's name, in whatever way it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// This is it.
    Here(ForgeRepository),
    /// There is no such repository.
    Nowhere,
    /// The name says another place than the one this forge is.
    Elsewhere {
        /// Which this one is.
        ours: String,
    },
}

impl Located {
    /// The repository, where there is one.
    pub fn here(self) -> Option<ForgeRepository> {
        match self {
            Self::Here(repository) => Some(repository),
            Self::Nowhere | Self::Elsewhere { .. } => None,
        }
    }
}

/// The difference between the permission there is and the one wanted. Only reading the present makes one, and only
/// one of these can be applied: a dry run cannot write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionPlan {
    account: String,
    repository: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repository_id: Option<String>,
    present: Option<Permission>,
    wanted: Option<Permission>,
    /// What an invitation gives that waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invited: Option<Permission>,
}

impl PermissionPlan {
    /// The plan that leads from what a forge just said to what is wanted; `None` stands for no direct permission.
    pub fn between(
        account: &str,
        repository: &str,
        present: Option<Permission>,
        wanted: Option<Permission>,
    ) -> Self {
        let (account, repository) = (account.to_owned(), repository.to_owned());
        Self { account, repository, repository_id: None, present, wanted, invited: None }
    }

    /// The same for the repository with this immutable id, whatever it is called by now.
    #[must_use]
    pub fn by_id(self, repository_id: Option<String>) -> Self {
        Self { repository_id, ..self }
    }

    /// The same where the forge has invited them to this, and they have not accepted.
    #[must_use]
    pub fn beside_invitation(self, invited: Option<Permission>) -> Self {
        Self { invited, ..self }
    }

    /// What an invitation gives that waits for them.
    pub const fn invited(&self) -> Option<Permission> {
        self.invited
    }

    /// Whose permission.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// On which repository, by its name.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// On which repository, by its identity.
    pub fn repository_key(&self) -> &str {
        self.repository_id.as_deref().unwrap_or(&self.repository)
    }

    /// What there is.
    pub const fn present(&self) -> Option<Permission> {
        self.present
    }

    /// What there shall be.
    pub const fn wanted(&self) -> Option<Permission> {
        self.wanted
    }

    /// Whether nothing needs to be done: it is as it should be, and no invitation would make it otherwise.
    pub fn is_empty(&self) -> bool {
        self.present == self.wanted && self.invited <= self.wanted
    }

    /// Whether nothing is left to be done but for them to accept.
    pub fn waits_for_them(&self) -> bool {
        self.present != self.wanted && self.invited.is_some() && self.invited == self.wanted
    }
}

/// Somebody with a direct permission on a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The vendor's immutable id.
    pub account: String,
    /// The name people see.
    pub name: String,
    /// Their direct permission.
    pub permission: Permission,
}

/// One page of those with a direct permission on a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// As many as there are on a page.
    pub holders: Vec<Holder>,
    /// Whether there are more pages.
    pub more: bool,
}

/// One page of repositories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repositories {
    /// As many as there are on a page.
    pub repositories: Vec<ForgeRepository>,
    /// Whether there are more pages.
    pub more: bool,
}

/// Users, repositories and direct permissions of one tenant's forge.
#[async_trait]
pub trait Forge: Send + Sync {
    /// The name that its errors carry, and its pauses: `bitbucket`.
    fn vendor(&self) -> &'static str;

    /// The user with this account id, or who goes by this name.
    async fn user(&self, named: &str) -> Result<Named<ForgeUser>, CallError>;

    /// Why this account can be given nothing at all there, if so: what nobody can carry out is asked of nobody. Where that
    /// cannot be told, it is nothing, and the forge says it when it is tried.
    async fn obstacle(&self, account: &str) -> Result<Option<Refusal>, CallError>;

    /// The repository that this means, written as a [`RepositoryName`](crate::access::RepositoryName).
    async fn repository(&self, named: &str) -> Result<Located, CallError>;

    /// The direct permission of an account on the repository of this identity, as it is now: for planning and for reading
    /// back.
    async fn permission(&self, account: &str, repository: &str) -> Result<Option<Permission>, CallError>;

    /// What an invitation of ours gives this account there that it has not accepted, where the forge invites people before it gives them
    /// anything. Whoever is invited has nothing yet.
    async fn invited(&self, _account: &str, _repository: &str) -> Result<Option<Permission>, CallError> {
        Ok(None)
    }

    /// Those with a direct permission on a repository, a page at a time, from 1; `None` where the forge says there is no such
    /// repository.
    async fn holders(&self, repository: &str, page: u32) -> Result<Option<Holders>, CallError>;

    /// The names of all repositories, a page at a time, from 1.
    async fn repositories(&self, page: u32) -> Result<Repositories, CallError>;

    /// Whether the bot can work with it: who it is there, and what is missing.
    async fn examine(&self) -> Result<Examined, CallError>;

    /// The names of the repositories that hold this text, at most so many: for people who are typing.
    async fn search(&self, text: &str, most: usize) -> Result<Vec<String>, CallError>;

    /// Applies a plan. Safe to repeat.
    async fn apply(&self, plan: &PermissionPlan) -> Result<(), CallError>;
}

#[cfg(test)]
mod tests {
    use super::Permission::{Admin, Read, Write};
    use super::*;

    #[test]
    fn an_invitation_is_waited_for_where_it_is_to_what_is_wanted_and_is_to_be_changed_otherwise() {
        let plan = |present, wanted, invited| {
            PermissionPlan::between("erin", "infra", present, wanted).beside_invitation(invited)
        };
        let what = |plan: PermissionPlan| (plan.is_empty(), plan.waits_for_them());
        assert_eq!(what(plan(None, Some(Write), None)), (false, false), "they are to be invited");
        assert_eq!(what(plan(None, Some(Write), Some(Write))), (false, true));
        assert_eq!(what(plan(None, Some(Admin), Some(Write))), (false, false), "to more");
        assert_eq!(what(plan(None, None, Some(Write))), (false, false), "it is to be taken back");
        assert_eq!(what(plan(Some(Write), Some(Write), None)), (true, false), "they have accepted");
        assert_eq!(what(plan(Some(Write), Some(Write), Some(Read))), (true, false), "it gives nothing more");
    }
}
