//! What Bitbucket answers, as far as we read it.

use countersign_domain::ports::{ForgeRepository, ForgeUser, Permission, same_account};
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Account {
    #[serde(rename = "account_id")]
    id: Option<String>,
    uuid: Option<String>,
    nickname: Option<String>,
    display_name: Option<String>,
}

impl Account {
    /// Whether the id is one of this account's immutable ones.
    pub(super) fn has_id(&self, id: &str) -> bool {
        self.id.iter().chain(&self.uuid).any(|own| same_account(own, id))
    }

    /// Whether it goes by this name now.
    pub(super) fn goes_by(&self, name: &str) -> bool {
        self.nickname.iter().chain(&self.display_name).any(|own| own.to_lowercase() == name.to_lowercase())
    }

    pub(super) fn into_user(self) -> Option<ForgeUser> {
        let ids: Vec<String> = self.id.into_iter().chain(self.uuid).collect();
        let (account, aliases) = ids.split_first()?;
        let name = self.display_name.or_else(|| self.nickname.clone());
        Some(ForgeUser {
            account: account.clone(),
            name: name.unwrap_or_else(|| account.clone()),
            aliases: aliases.iter().cloned().collect(),
            nickname: self.nickname,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Memberships {
    #[serde(default)]
    pub(super) values: Vec<Membership>,
    pub(super) next: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Membership {
    pub(super) user: Option<Account>,
}

/// Repositories that were found.
#[derive(Debug, Deserialize)]
pub(super) struct Slugs {
    pub(super) values: Vec<SlugAnswer>,
}

/// One page of those with a direct permission on a repository.
#[derive(Debug, Deserialize)]
pub(super) struct HoldersAnswer {
    #[serde(default)]
    pub(super) values: Vec<HolderAnswer>,
    pub(super) next: Option<String>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(super) struct HolderAnswer {
    pub(super) user: Account,
    #[serde(flatten)]
    permission: PermissionAnswer,
}

impl HolderAnswer {
    pub(super) fn permission(&self) -> Result<Option<Permission>, String> {
        self.permission.direct()
    }
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(super) struct SlugAnswer {
    pub(super) slug: Option<String>,
}

/// One page of all repositories.
#[derive(Debug, Deserialize)]
pub(super) struct RepositoriesAnswer {
    #[serde(default)]
    pub(super) values: Vec<RepositoryAnswer>,
    pub(super) next: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RepositoryAnswer {
    uuid: Option<String>,
    full_name: Option<String>,
    workspace: Option<WorkspaceAnswer>,
    links: Option<Links>,
}

#[derive(Debug, Deserialize)]
struct WorkspaceAnswer {
    uuid: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Links {
    html: Option<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    href: String,
}

impl RepositoryAnswer {
    /// The slug of the workspace that it is in.
    pub(super) fn workspace_slug(&self) -> Option<&str> {
        self.full_name.as_deref()?.split_once('/').map(|(workspace, _)| workspace)
    }

    /// Whether it says what it is called.
    pub(super) const fn has_name(&self) -> bool {
        self.full_name.is_some()
    }

    /// Whether this is the id of the workspace that it is in.
    pub(super) fn is_of_workspace(&self, id: &str) -> bool {
        let own = self.workspace.as_ref().and_then(|workspace| workspace.uuid.as_deref());
        own.is_some_and(|own| same_account(own, id))
    }

    pub(super) fn into_repository(self, workspace: &str, asked: &str) -> ForgeRepository {
        let slug = self.full_name.as_deref().and_then(|full| full.rsplit('/').next()).unwrap_or(asked);
        let link = self.links.and_then(|links| links.html).map(|link| link.href);
        // Only what a browser can open safely becomes a link in a card.
        let url = link.filter(|href| href.starts_with("https://") || href.starts_with("http://"));
        ForgeRepository {
            name: slug.to_owned(),
            url: url.unwrap_or_else(|| format!("https://bitbucket.org/{workspace}/{slug}")),
            id: self.uuid,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct PermissionAnswer {
    permission: String,
}

impl PermissionAnswer {
    /// The direct permission; Bitbucket says `none` where there is none.
    pub(super) fn direct(&self) -> Result<Option<Permission>, String> {
        match self.permission.as_str() {
            "none" => Ok(None),
            word => word.parse().map(Some).map_err(|error| format!("it answered something new: {error}")),
        }
    }
}
