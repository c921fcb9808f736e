//! One organization on GitHub, as the Forge.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_domain::named::Named;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    CallError, CallErrorKind, Examined, Forge, ForgeUser, Holders, Located, Permission, PermissionPlan,
    Refusal, Repositories, Secrets,
};
use countersign_outbound::{BaseUrl, Credential, Outbound, Renewed, Vendor};
use jiff::Timestamp;

use crate::app::{self, Tokens};
use crate::config::{ConnectError, GithubAuth, GithubConfig, VENDOR, graph_base};
use crate::seen::Seen;

/// One organization on GitHub.
pub struct Github {
    pub(crate) vendor: Vendor,
    /// The same GitHub, where it answers GraphQL.
    pub(crate) graph: Vendor,
    pub(crate) organization: String,
    /// The tokens of the app, where the bot works as one.
    pub(crate) tokens: Option<Arc<Tokens>>,
    pub(crate) seen: Seen,
    /// Until when it counts as known that the organization is there.
    pub(crate) there: Mutex<Option<Timestamp>>,
}

impl Github {
    /// The organization that `config` names, for `tenant`. Nothing is called yet.
    pub fn new(
        config: &GithubConfig,
        tenant: &Tenant,
        outbound: &Outbound,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, ConnectError> {
        let base = BaseUrl::parse(&config.base_url)?;
        let tokens = match &config.auth {
            GithubAuth::Token { .. } => None,
            GithubAuth::App { app, installation, key_secret } => Some(Arc::new(Tokens {
                app: app.clone(),
                installation: installation.clone(),
                key_secret: key_secret.clone(),
                secrets: Arc::clone(&secrets),
                maker: outbound.vendor(
                    VENDOR,
                    tenant,
                    base.clone(),
                    Credential::Nobody,
                    Arc::clone(&secrets),
                )?,
                clock: outbound.clock(),
                renewed: Renewed::default(),
            })),
        };
        let secret = match &config.auth {
            GithubAuth::Token { secret } => secret.clone(),
            GithubAuth::App { .. } => app::NAME.to_owned(),
        };
        let known: Arc<dyn Secrets> = match &tokens {
            Some(tokens) => Arc::clone(tokens) as Arc<dyn Secrets>,
            None => secrets,
        };
        let connect = |base: BaseUrl| {
            let credential = Credential::Bearer { secret: secret.clone() };
            let vendor = outbound.vendor(VENDOR, tenant, base, credential, Arc::clone(&known))?;
            // `repos/<organization>/<name>`
            Ok::<_, ConnectError>(vendor.limiting_all().with_parts(3))
        };
        Ok(Self {
            vendor: connect(base)?,
            graph: connect(graph_base(&config.base_url)?)?,
            organization: config.organization.clone(),
            tokens,
            seen: Seen::default(),
            there: Mutex::default(),
        })
    }
}

#[async_trait]
impl Forge for Github {
    fn vendor(&self) -> &'static str {
        VENDOR
    }

    async fn user(&self, named: &str) -> Result<Named<ForgeUser>, CallError> {
        self.person(named).await
    }

    async fn obstacle(&self, account: &str) -> Result<Option<Refusal>, CallError> {
        match self.why_not_them(account).await {
            // A token that may not look at the organization's people may do all the rest.
            Err(error) if error.kind.is_refusal() || error.kind == CallErrorKind::Barred => Ok(None),
            answer => answer,
        }
    }

    async fn repository(&self, named: &str) -> Result<Located, CallError> {
        self.locate(named).await
    }

    async fn permission(&self, account: &str, repository: &str) -> Result<Option<Permission>, CallError> {
        self.held(account, repository).await
    }

    async fn invited(&self, account: &str, repository: &str) -> Result<Option<Permission>, CallError> {
        self.waiting(account, repository).await
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
        self.holding(text, most).await
    }

    async fn apply(&self, plan: &PermissionPlan) -> Result<(), CallError> {
        if plan.is_empty() { Ok(()) } else { self.change(plan).await }
    }
}

impl fmt::Debug for Github {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Github").field("organization", &self.organization).finish_non_exhaustive()
    }
}
