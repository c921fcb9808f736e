//! What the GitHub sandbox knows, in the shape that people read and write under `/_sandbox`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::control::Shown;

/// Everything the GitHub sandbox knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubState {
    /// The login of the one organization there is.
    #[serde(default = "acme")]
    pub organization: String,
    /// As whom it knows whoever calls.
    #[serde(default = "bot")]
    pub viewer: String,
    /// All people, in the organization or not.
    #[serde(default)]
    pub users: Vec<GithubUser>,
    /// The numbers of those who are in the organization.
    #[serde(default)]
    pub members: BTreeSet<u64>,
    /// The numbers of those of them who own it.
    #[serde(default)]
    pub owners: BTreeSet<u64>,
    /// The repositories by name.
    #[serde(default)]
    pub repositories: BTreeMap<String, Arc<GithubRepository>>,
    /// Names that repositories had, with their numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renamed: BTreeMap<String, u64>,
    /// How many invitations there have been.
    #[serde(default)]
    pub invited: u64,
}

/// Somebody at GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubUser {
    /// The number, which stays.
    pub id: u64,
    /// The login, which is one person's only, until they change it.
    pub login: String,
    /// The name people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubRepository {
    /// The number, which stays.
    pub id: u64,
    /// The login of who owns it, where it was moved out of the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The roles that it gives people itself, by their numbers: `read`, `triage`, `write`, `maintain`, `admin`, or one that the
    /// organization has made, which is built on `read`.
    #[serde(default)]
    pub direct: BTreeMap<u64, String>,
    /// The roles that teams give people.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub teams: BTreeMap<u64, String>,
    /// Who is invited, and has not accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invitations: Vec<GithubInvitation>,
    /// Whether it is read-only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// Whether whoever calls is no administrator of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// An invitation that is not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubInvitation {
    /// Its number.
    pub id: u64,
    /// The number of who is invited.
    pub invitee: u64,
    /// The login of who has invited them.
    pub inviter: String,
    /// To what.
    pub role: String,
    /// Whether a week has gone by.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

impl Default for GithubState {
    fn default() -> Self {
        Self {
            organization: acme(),
            viewer: bot(),
            users: Vec::new(),
            members: BTreeSet::new(),
            owners: BTreeSet::new(),
            repositories: BTreeMap::new(),
            renamed: BTreeMap::new(),
            invited: 0,
        }
    }
}

impl GithubState {
    /// Whoever has this number.
    pub fn numbered(&self, id: u64) -> Option<&GithubUser> {
        self.users.iter().find(|user| user.id == id)
    }

    /// Whoever goes by this login now.
    pub fn going_by(&self, login: &str) -> Option<&GithubUser> {
        self.users.iter().find(|user| user.login.eq_ignore_ascii_case(login))
    }

    /// The name of the repository that is called so, in any case, at this owner.
    pub fn called(&self, owner: &str, name: &str) -> Option<&str> {
        let is = |(own, repository): &(&String, &Arc<GithubRepository>)| {
            own.eq_ignore_ascii_case(name) && self.owner_of(repository).eq_ignore_ascii_case(owner)
        };
        self.repositories.iter().find(is).map(|(name, _)| name.as_str())
    }

    /// The name of the repository with this number.
    pub fn name_of(&self, id: u64) -> Option<&str> {
        self.repositories.iter().find(|(_, repository)| repository.id == id).map(|(name, _)| name.as_str())
    }

    /// Who owns a repository.
    pub(super) fn owner_of<'a>(&'a self, repository: &'a GithubRepository) -> &'a str {
        repository.owner.as_deref().unwrap_or(&self.organization)
    }

    /// The repository of this name, to be changed.
    pub fn repository_mut(&mut self, name: &str) -> Option<&mut GithubRepository> {
        self.repositories.get_mut(name).map(Arc::make_mut)
    }

    /// Gives a repository another name: it stays the one it is, and its old name leads to it.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(repository) = self.repositories.remove(from) {
            self.renamed.insert(from.to_owned(), repository.id);
            self.repositories.insert(to.to_owned(), repository);
        }
    }

    /// Whoever has this number accepts what they are invited to there; says whether there was anything to accept.
    pub fn accept(&mut self, name: &str, id: u64) -> bool {
        let Some(repository) = self.repository_mut(name) else { return false };
        let is_theirs = |invitation: &GithubInvitation| invitation.invitee == id && !invitation.expired;
        let Some(place) = repository.invitations.iter().position(is_theirs) else { return false };
        let invitation = repository.invitations.remove(place);
        repository.direct.insert(id, invitation.role);
        true
    }
}

impl Shown for GithubState {}

/// What GraphQL calls a repository by.
pub(super) fn node_of(id: u64) -> String {
    format!("R_kgDO{id:08}")
}

fn acme() -> String {
    "acme".to_owned()
}

fn bot() -> String {
    "countersign[bot]".to_owned()
}
