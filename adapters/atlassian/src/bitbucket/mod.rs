//! Bitbucket Cloud as the Forge: users, repositories and direct permissions of one workspace.

mod answers;
mod examine;
mod holders;
mod locate;
mod members;
mod refusals;
mod roll;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_domain::access::{Permission, RepositoryName};
use countersign_domain::named::Named;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    CallError, CallErrorKind, Examined, Forge, ForgeUser, Holders, Located, PermissionPlan, Refusal,
    Repositories, Secrets,
};
use countersign_outbound::{Ask, Credential, Outbound, Vendor, is_addressable};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::connect::{ConnectError, connect};
use answers::{Account, PermissionAnswer, Slugs};
use roll::Roll;

const VENDOR: &str = "bitbucket";

/// Where a tenant's Bitbucket is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BitbucketConfig {
    /// The API's base address, with the version: Bitbucket Cloud's unless told.
    #[serde(default = "cloud")]
    pub base_url: String,
    /// The workspace's slug.
    pub workspace: String,
    /// The credential: an e-mail address with an API token. An access token can look at everything, and Bitbucket lets it change
    /// no permission.
    pub credential: Credential,
}

fn cloud() -> String {
    "https://api.bitbucket.org/2.0".to_owned()
}

/// One workspace on Bitbucket Cloud.
#[derive(Debug)]
pub struct Bitbucket {
    vendor: Vendor,
    workspace: String,
    /// Whether the credential is one that Bitbucket lets change permissions.
    by_api_token: bool,
    roll: Roll,
    /// Until when it counts as known that the workspace is there.
    there: Mutex<Option<Timestamp>>,
}

impl Bitbucket {
    /// The workspace that `config` names, for `tenant`. Nothing is called yet.
    pub fn new(
        config: &BitbucketConfig,
        tenant: &Tenant,
        outbound: &Outbound,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, ConnectError> {
        let vendor = connect((VENDOR, &config.base_url), tenant, outbound, (&config.credential, secrets))?
            .limiting_all()
            // `repositories/<workspace>/<name>`
            .with_parts(3);
        Ok(Self {
            vendor,
            workspace: config.workspace.clone(),
            by_api_token: matches!(config.credential, Credential::Basic { .. }),
            roll: Roll::new(outbound.clock()),
            there: Mutex::default(),
        })
    }

    /// The account with this account id or UUID, asked for directly.
    async fn account(&self, id: &str) -> Result<Option<Account>, CallError> {
        let ask = Ask::get(format!("look up the user {id}"), &["users", id]);
        let Some(answer) = self.found(ask).await? else { return Ok(None) };
        let account: Account = answer.json()?;
        // Old addresses also took user names; only the account that was meant may come back.
        Ok(Some(account).filter(|account| account.has_id(id)))
    }

    fn permission_path<'a>(&'a self, account: &'a str, repository: &'a str) -> [&'a str; 6] {
        ["repositories", &self.workspace, repository, "permissions-config", "users", account]
    }
}

#[async_trait]
impl Forge for Bitbucket {
    fn vendor(&self) -> &'static str {
        VENDOR
    }

    async fn user(&self, named: &str) -> Result<Named<ForgeUser>, CallError> {
        let named = named.trim();
        if !is_addressable(named) {
            return Ok(Named::Nothing);
        }
        // People leave the braces out.
        let bare = named.trim_start_matches('{').trim_end_matches('}');
        let uuid = (bare.len() == 36).then(|| Uuid::try_parse(bare).ok()).flatten();
        let id = uuid.map_or_else(|| named.to_owned(), |uuid| format!("{{{uuid}}}"));
        let users = match self.account(&id).await? {
            Some(user) => vec![user],
            None => self.members(&id).await?,
        };
        Ok(Named::of(users.into_iter().filter_map(Account::into_user)))
    }

    async fn obstacle(&self, account: &str) -> Result<Option<Refusal>, CallError> {
        match self.why_not_them(account).await {
            // A token that may not look at the workspace's people may do all the rest.
            Err(error) if error.kind.is_refusal() || error.kind == CallErrorKind::Barred => Ok(None),
            answer => answer,
        }
    }

    async fn repository(&self, named: &str) -> Result<Located, CallError> {
        self.locate(named).await
    }

    async fn permission(&self, account: &str, repository: &str) -> Result<Option<Permission>, CallError> {
        let what = format!("read the permission of {account} on {repository}");
        let path = self.permission_path(account, repository);
        let found = self.found(Ask::get(what.clone(), &path)).await;
        match found.map_err(|error| self.refused(error))? {
            Some(answer) => {
                let permission: PermissionAnswer = answer.json()?;
                permission.direct().map_err(|detail| self.vendor.rejected(what, &detail))
            }
            // Not found may mean no permission, or no repository: the second must not look like the first.
            None if self.locate(repository).await?.here().is_some() => Ok(None),
            None => Err(self.vendor.rejected(what, "there is no such repository any more")),
        }
    }

    async fn holders(&self, repository: &str, page: u32) -> Result<Option<Holders>, CallError> {
        self.holders_of(repository, page).await
    }

    async fn repositories(&self, page: u32) -> Result<Repositories, CallError> {
        self.all(page).await
    }

    async fn examine(&self) -> Result<Examined, CallError> {
        self.examined().await
    }

    async fn search(&self, text: &str, most: usize) -> Result<Vec<String>, CallError> {
        // Of an address that somebody pastes, the repository is looked for.
        let name = text.parse::<RepositoryName>().ok();
        let text = name.as_ref().map_or(text, RepositoryName::key);
        // The text stands in a query of Bitbucket's own language, so only what no name needs is left out of it.
        let text: String =
            text.chars().filter(|c| c.is_alphanumeric() || "-_. ".contains(*c)).take(60).collect();
        let mut ask = Ask::get("search repositories", &["repositories", &self.workspace])
            .query("pagelen", most.clamp(1, 100))
            .query("sort", "slug")
            .query("fields", "values.slug");
        if !text.trim().is_empty() {
            ask = ask.query("q", format!("slug ~ \"{}\"", text.trim()));
        }
        let found: Slugs = self.vendor.send(ask).await?.json()?;
        Ok(found.values.into_iter().filter_map(|repository| repository.slug).take(most).collect())
    }

    async fn apply(&self, plan: &PermissionPlan) -> Result<(), CallError> {
        if plan.is_empty() {
            return Ok(());
        }
        let (account, repository) = (plan.account(), plan.repository());
        let path = self.permission_path(account, plan.repository_key());
        let Some(wanted) = plan.wanted() else {
            let what = format!("remove the permission of {account} on {repository}");
            let removed = self.found(Ask::delete(what.clone(), &path)).await;
            return match removed.map_err(|error| self.refused(error))? {
                Some(_) => Ok(()),
                // Gone already is what was wanted; anything else is for a person to see.
                None if self.permission(account, plan.repository_key()).await?.is_none() => Ok(()),
                None => Err(self.vendor.rejected(what, "it says there is none, and shows one")),
            };
        };
        let what = format!("give {account} {wanted} on {repository}");
        match self.vendor.send(Ask::put(what, &path).json(&json!({"permission": wanted}))).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.change_refused(error, account).await),
        }
    }
}
