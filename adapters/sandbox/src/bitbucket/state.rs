//! What the Bitbucket sandbox knows, in the shape that people read and write under `/_sandbox`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::control::Shown;

/// Everything the Bitbucket sandbox knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BitbucketState {
    /// The one workspace there is.
    #[serde(default = "acme")]
    pub workspace: String,
    /// The members of the workspace.
    #[serde(default)]
    pub users: Vec<BitbucketUser>,
    /// The repositories by slug.
    #[serde(default)]
    pub repositories: BTreeMap<String, Arc<Repository>>,
}

/// A member of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BitbucketUser {
    /// The Atlassian account id.
    pub account_id: String,
    /// The UUID in braces.
    pub uuid: String,
    /// The name the user chose; two may have chosen the same.
    pub nickname: String,
    /// The name people see.
    pub display_name: String,
}

/// A repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// The direct permissions by account id.
    #[serde(default)]
    pub permissions: BTreeMap<String, Level>,
}

/// A direct permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// See and clone.
    Read,
    /// Push.
    Write,
    /// Everything.
    Admin,
}

impl BitbucketState {
    /// The user with this account id or UUID.
    pub fn user(&self, id: &str) -> Option<&BitbucketUser> {
        self.users.iter().find(|user| user.account_id == id || user.uuid == id)
    }

    /// The repository with this slug, to be changed.
    pub fn repository_mut(&mut self, slug: &str) -> Option<&mut Repository> {
        self.repositories.get_mut(slug).map(Arc::make_mut)
    }
}

impl Shown for BitbucketState {}

fn acme() -> String {
    "acme".to_owned()
}
