//! What the Bitbucket sandbox knows, in the shape that people read and write under `/_sandbox`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
    /// People whom Bitbucket knows, and who are not in the workspace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outsiders: Vec<BitbucketUser>,
    /// The account id of the member who owns the workspace; without, somebody who is nobody here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How many users the plan has room for; without, as many as come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<usize>,
    /// The repositories by slug.
    #[serde(default)]
    pub repositories: BTreeMap<String, Arc<Repository>>,
}

/// Somebody whom Bitbucket knows.
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

impl BitbucketUser {
    fn is(&self, id: &str) -> bool {
        self.account_id == id || self.uuid == id
    }
}

/// A repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// The UUID, which stays when it is renamed; made of the slug where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
    /// The direct permissions by account id.
    #[serde(default)]
    pub permissions: BTreeMap<String, Level>,
    /// Whether the account that calls is no administrator of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
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

impl Default for BitbucketState {
    fn default() -> Self {
        Self {
            workspace: acme(),
            users: Vec::new(),
            outsiders: Vec::new(),
            owner: None,
            seats: None,
            repositories: BTreeMap::new(),
        }
    }
}

impl BitbucketState {
    /// The member with this account id or UUID.
    pub fn member(&self, id: &str) -> Option<&BitbucketUser> {
        self.users.iter().find(|user| user.is(id))
    }

    /// The user with this account id or UUID, in the workspace or not.
    pub fn user(&self, id: &str) -> Option<&BitbucketUser> {
        self.member(id).or_else(|| self.outsiders.iter().find(|user| user.is(id)))
    }

    /// Whether the plan has no room for this account beside those who have something already.
    pub(super) fn is_full_for(&self, account: &str) -> bool {
        let held = self.repositories.values().flat_map(|repository| repository.permissions.keys());
        let seated: BTreeSet<&str> = held.map(String::as_str).collect();
        !seated.contains(account) && self.seats.is_some_and(|seats| seated.len() >= seats)
    }

    /// The slug of the repository that an address means: by slug in any case, or by UUID, as Bitbucket reads them.
    pub fn slug_of(&self, workspace: &str, repository: &str) -> Option<&str> {
        let uuid = |text: &str| Uuid::try_parse(text.strip_prefix('{')?.strip_suffix('}')?).ok();
        let is_ours =
            workspace.eq_ignore_ascii_case(&self.workspace) || uuid(workspace) == Some(self.workspace_uuid());
        let wanted = uuid(repository);
        let is = |slug: &&String| match wanted {
            Some(uuid) => self.repository_uuid(slug) == uuid,
            None => slug.eq_ignore_ascii_case(repository),
        };
        self.repositories.keys().filter(|_| is_ours).find(is).map(String::as_str)
    }

    /// The UUID of the repository with this slug.
    pub fn repository_uuid(&self, slug: &str) -> Uuid {
        let given = self.repositories.get(slug).and_then(|repository| repository.uuid);
        given.unwrap_or_else(|| made_of(&format!("{}/{slug}", self.workspace)))
    }

    /// The UUID of the workspace.
    pub fn workspace_uuid(&self) -> Uuid {
        made_of(&self.workspace)
    }

    /// The repository with this slug, to be changed.
    pub fn repository_mut(&mut self, slug: &str) -> Option<&mut Repository> {
        self.repositories.get_mut(slug).map(Arc::make_mut)
    }
}

impl Shown for BitbucketState {}

fn made_of(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

fn acme() -> String {
    "acme".to_owned()
}
