//! What GitHub answers, as far as we read it.

use countersign_domain::ports::{ForgeRepository, ForgeUser, Permission};
use serde::Deserialize;

/// Somebody, by REST.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) id: u64,
    node_id: Option<String>,
    pub(crate) login: String,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl User {
    /// Whether it is a person: organizations and apps have logins as well.
    pub(crate) fn is_a_person(&self) -> bool {
        self.kind.as_deref().is_none_or(|kind| kind == "User")
    }

    pub(crate) fn into_user(self) -> ForgeUser {
        ForgeUser {
            account: self.id.to_string(),
            name: self.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| self.login.clone()),
            aliases: self.node_id.into_iter().collect(),
            nickname: Some(self.login),
        }
    }
}

/// As what somebody is in the organization.
#[derive(Debug, Deserialize)]
pub(crate) struct Membership {
    pub(crate) state: String,
    pub(crate) role: String,
}

/// Who owns a repository.
#[derive(Debug, Deserialize)]
pub(crate) struct Owner {
    pub(crate) login: String,
}

/// A repository, by REST.
#[derive(Debug, Deserialize)]
pub(crate) struct Repository {
    node_id: String,
    pub(crate) name: String,
    html_url: Option<String>,
    pub(crate) owner: Owner,
}

impl Repository {
    pub(crate) fn into_repository(self) -> ForgeRepository {
        repository(&self.node_id, self.name, self.html_url.unwrap_or_default())
    }
}

/// By its node id, in the braces that no name has.
pub(crate) fn repository(node: &str, name: String, url: String) -> ForgeRepository {
    // Only what a browser can open safely becomes a link in a card.
    let url = Some(url).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    ForgeRepository { name, url: url.unwrap_or_default(), id: Some(format!("{{{node}}}")) }
}

/// Somebody of an invitation.
#[derive(Debug, Deserialize)]
pub(crate) struct Invited {
    pub(crate) id: u64,
    pub(crate) login: String,
}

/// An invitation to a repository that is not accepted yet.
#[derive(Debug, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) id: u64,
    pub(crate) invitee: Option<Invited>,
    pub(crate) inviter: Option<Invited>,
    permissions: String,
    #[serde(default)]
    pub(crate) expired: bool,
}

impl Invitation {
    /// What it gives.
    pub(crate) fn permission(&self) -> Option<Permission> {
        Permission::held(&self.permissions)
    }
}

/// What GraphQL answers of a node, which may be another thing than a repository.
#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    pub(crate) node: Option<Node>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Node {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) url: Option<String>,
    #[serde(default)]
    pub(crate) is_archived: bool,
    pub(crate) owner: Option<Owner>,
    pub(crate) collaborators: Option<Collaborators>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Collaborators {
    pub(crate) edges: Vec<Edge>,
    pub(crate) page_info: PageInfo,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageInfo {
    pub(crate) has_next_page: bool,
    pub(crate) end_cursor: Option<String>,
}

/// Somebody who may do something on a repository, and what gives them that.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Edge {
    pub(crate) node: Collaborator,
    permission_sources: Option<Vec<Source>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Collaborator {
    pub(crate) database_id: Option<u64>,
    pub(crate) login: String,
    name: Option<String>,
}

impl Collaborator {
    /// The name people see.
    pub(crate) fn shown(&self) -> &str {
        self.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&self.login)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    permission: String,
    role_name: Option<String>,
    #[serde(rename = "source")]
    granter: Granter,
}

#[derive(Debug, Deserialize)]
struct Granter {
    #[serde(rename = "__typename")]
    kind: String,
}

/// What the repository itself gives somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Direct {
    /// The permission; of a role that the organization has made, the one it is built on.
    pub(crate) permission: Permission,
    /// The role that the organization has made, where it is one.
    pub(crate) custom: Option<String>,
}

impl Edge {
    /// Whether GitHub keeps from us what gives them what they have: that is not nothing.
    pub(crate) const fn is_untold(&self) -> bool {
        self.permission_sources.is_none()
    }

    /// What the repository itself gives them: what teams and the organization give is theirs whatever is set there.
    pub(crate) fn direct(&self) -> Option<Direct> {
        let sources = self.permission_sources.iter().flatten();
        let direct = sources.filter(|source| source.granter.kind == "Repository").filter_map(Source::role);
        direct.max_by_key(|direct| direct.permission)
    }
}

impl Source {
    /// The role. Servers that name none say only what it is built on.
    fn role(&self) -> Option<Direct> {
        let built_on = Permission::held(&self.permission.to_lowercase())?;
        let named = self.role_name.as_ref().map(|role| role.to_lowercase());
        Some(match named {
            None => Direct { permission: built_on, custom: None },
            Some(role) => match Permission::held(&role) {
                Some(permission) => Direct { permission, custom: None },
                None => Direct { permission: built_on, custom: self.role_name.clone() },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(sources: &str) -> Edge {
        let text = format!(
            r#"{{"node":{{"databaseId":1,"login":"erin","name":null}},"permissionSources":{sources}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_a_team_or_the_organization_gives_is_nothing_that_the_repository_gives() {
        let team = r#"{"permission":"ADMIN","roleName":"admin","source":{"__typename":"Team"}}"#;
        let own = r#"{"permission":"WRITE","roleName":"maintain","source":{"__typename":"Repository"}}"#;
        assert_eq!(edge(&format!("[{team}]")).direct(), None);
        let maintain = Direct { permission: Permission::Maintain, custom: None };
        assert_eq!(edge(&format!("[{team},{own}]")).direct(), Some(maintain));
        assert_eq!(edge("[]").direct(), None);
    }

    #[test]
    fn what_github_does_not_tell_is_not_taken_for_nothing() {
        assert!(edge("null").is_untold() && !edge("[]").is_untold());
    }

    #[test]
    fn a_role_that_an_organization_has_made_is_told_as_what_it_is_built_on() {
        let own =
            r#"[{"permission":"READ","roleName":"Security engineer","source":{"__typename":"Repository"}}]"#;
        let custom = Some("Security engineer".to_owned());
        assert_eq!(edge(own).direct(), Some(Direct { permission: Permission::Read, custom }));
        let old = r#"[{"permission":"WRITE","roleName":null,"source":{"__typename":"Repository"}}]"#;
        assert_eq!(edge(old).direct(), Some(Direct { permission: Permission::Write, custom: None }));
    }
}
