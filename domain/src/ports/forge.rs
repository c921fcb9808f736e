//! The forge: where repositories and their permissions live (Bitbucket, GitHub).

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{CallError, Examined};
use crate::access::Permission;

/// A user as the forge knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeUser {
    /// The vendor's immutable id.
    pub account: String,
    /// The name people see.
    pub name: String,
}

/// A repository as the forge knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeRepository {
    /// The name people type: the slug, without the workspace.
    pub name: String,
    /// Where people look at it.
    pub url: String,
}

/// The difference between the permission there is and the one wanted. Only reading the present makes one, and only
/// one of these can be applied: a dry run cannot write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionPlan {
    account: String,
    repository: String,
    present: Option<Permission>,
    wanted: Option<Permission>,
}

impl PermissionPlan {
    /// The plan that leads from what a forge just said to what is wanted; `None` stands for no direct permission.
    pub fn between(
        account: &str,
        repository: &str,
        present: Option<Permission>,
        wanted: Option<Permission>,
    ) -> Self {
        Self { account: account.to_owned(), repository: repository.to_owned(), present, wanted }
    }

    /// Whose permission.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// On which repository.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// What there is.
    pub const fn present(&self) -> Option<Permission> {
        self.present
    }

    /// What there shall be.
    pub const fn wanted(&self) -> Option<Permission> {
        self.wanted
    }

    /// Whether nothing needs to be done.
    pub fn is_empty(&self) -> bool {
        self.present == self.wanted
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

/// One page of names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// As many as there are on a page.
    pub names: Vec<String>,
    /// Whether there are more pages.
    pub more: bool,
}

/// Users, repositories and direct permissions of one tenant's forge.
#[async_trait]
pub trait Forge: Send + Sync {
    /// The name that its errors carry, and its pauses: `bitbucket`.
    fn vendor(&self) -> &'static str;

    /// The user with this account id (or nickname); `None` where the forge says there is none.
    async fn user(&self, account: &str) -> Result<Option<ForgeUser>, CallError>;

    /// The repository of this name; `None` where the forge says there is none.
    async fn repository(&self, name: &str) -> Result<Option<ForgeRepository>, CallError>;

    /// The direct permission of an account on a repository, as it is now: for planning and for reading back.
    async fn permission(&self, account: &str, repository: &str) -> Result<Option<Permission>, CallError>;

    /// Those with a direct permission on a repository, a page at a time, from 1; `None` where the forge says there is no such
    /// repository.
    async fn holders(&self, repository: &str, page: u32) -> Result<Option<Holders>, CallError>;

    /// The names of all repositories, a page at a time, from 1.
    async fn repositories(&self, page: u32) -> Result<Names, CallError>;

    /// Whether the bot can work with it: who it is there, and what is missing.
    async fn examine(&self) -> Result<Examined, CallError>;

    /// The names of the repositories that hold this text, at most so many: for people who are typing.
    async fn search(&self, text: &str, most: usize) -> Result<Vec<String>, CallError>;

    /// Applies a plan. Safe to repeat.
    async fn apply(&self, plan: &PermissionPlan) -> Result<(), CallError>;
}
