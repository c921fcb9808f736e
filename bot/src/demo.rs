//! The demo: a configuration, a tenant `acme` with five people, and the sandbox's servers. Nothing else in the program
//! knows that there is one: the same adapters speak to the sandbox as to the vendors.

pub mod chats;
mod help;
mod page;
mod staging;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Json, Router};
use countersign_atlassian::webhook::FieldMapping;
use countersign_atlassian::{Projects, Statuses};
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Secrets, USUAL_FORGE};
use countersign_domain::rules;
use countersign_domain::tenant::{Person, Role};
use countersign_outbound::MemorySecrets;
use countersign_sandbox::bitbucket::{BitbucketUser, Repository};
use countersign_sandbox::jira::{Issue, JiraUser};
use countersign_sandbox::{
    Access, BitbucketOptions, BitbucketSandbox, BitbucketState, JiraOptions, JiraSandbox, JiraState,
    SandboxError, StagingSandbox, WebhookTarget,
};

use self::chats::Chats;
use crate::config::{BitbucketConfig, Config, ForgeConfig, JiraConfig, TenantConfig, Token};
use crate::resolve::TRACKER;

/// The people: the id (also the token), the name, the groups and the roles.
const PEOPLE: [(&str, &str, &[&str], &[Role]); 5] = [
    ("demo-employee", "Erin Employee", &[], &[]),
    ("demo-approver", "Ada Approver", &["approvers"], &[]),
    ("demo-approver2", "Ben Approver", &["approvers"], &[]),
    ("demo-admin", "Olga Operator", &["approvers"], &[Role::Admin]),
    ("demo-auditor", "Rita Auditor", &[], &[Role::Auditor]),
];
/// The ids of the people, which are their tokens too.
pub(crate) fn people() -> impl Iterator<Item = &'static str> {
    PEOPLE.iter().map(|(id, ..)| *id)
}

const REPOSITORIES: [&str; 4] = ["payments-api", "web-shop", "infra", "archive"];
/// The project of the tickets: work that everybody can see, and whose tickets go their own way.
const PROJECT: &str = "OPS";
const TICKETS: [(&str, &str); 3] = [
    ("OPS-17", "Roll out the new payment flow"),
    ("OPS-18", "Rotate the certificates"),
    ("OPS-19", "Audit the shop"),
];

const BITBUCKET_TOKEN: &str = "sandbox-bitbucket-token";
/// The address of the bot's account at both.
const BOT: &str = "bot@acme.example";
const JIRA_TOKEN: &str = "sandbox-jira-token";
/// What the sandbox's Jira signs its webhooks with, and the demo verifies them by.
pub const WEBHOOK_SECRET: &str = "sandbox-webhook-secret";

/// The demo's own things, to be kept while it runs.
pub struct Demo {
    /// Bitbucket in miniature.
    pub bitbucket: BitbucketSandbox,
    /// Jira in miniature.
    pub jira: JiraSandbox,
    /// Where people chat, if the demo has that.
    pub chats: Option<Chats>,
    /// What the actions of its help desk call, if it has any.
    pub staging: Option<StagingSandbox>,
    /// The configuration that points at them.
    pub config: Config,
    /// The credentials it names.
    pub secrets: Arc<dyn Secrets>,
}

/// How much of a demo there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// The forge and the tracker.
    Bare,
    /// The chats as well, and who answers questions there.
    Chatting,
    /// And what the help desk may do outside.
    Whole,
}

impl Demo {
    /// Starts the sandbox beside `base` and makes the configuration that points at it. The sandbox's state is kept in
    /// the data folder, as a vendor would keep it, so that a restart finds what was there.
    pub async fn start(base: Config) -> Result<Self, SandboxError> {
        let folder = base.data.join("sandbox");
        Self::start_with(base, Extent::Bare, Some(folder)).await
    }

    /// The same, and with it the chats: Slack and Teams in miniature, with the demo's people in it; and who answers their questions.
    pub async fn with_chats(base: Config) -> Result<Self, SandboxError> {
        let folder = base.data.join("sandbox");
        Self::start_with(base, Extent::Chatting, Some(folder)).await
    }

    /// The same, and with it what the help desk may do outside: a staging in miniature, two actions there, and the rules for them.
    pub async fn whole(base: Config) -> Result<Self, SandboxError> {
        let folder = base.data.join("sandbox");
        Self::start_with(base, Extent::Whole, Some(folder)).await
    }

    /// The same, and what the sandbox keeps is gone with the process: a vendor that writes all it knows at each change is slower
    /// the more it knows, and whoever measures the bot would measure that.
    pub async fn in_memory(base: Config) -> Result<Self, SandboxError> {
        Self::start_with(base, Extent::Chatting, None).await
    }

    async fn start_with(base: Config, extent: Extent, folder: Option<PathBuf>) -> Result<Self, SandboxError> {
        let file = |name: &str| folder.as_ref().map(|folder| folder.join(name));
        let bitbucket = start_bitbucket(beside(base.listen, 1), file("bitbucket.json")).await?;
        let jira = start_jira(beside(base.listen, 2), file("jira.json")).await?;
        let mut acme = acme(&bitbucket.base_url(), &jira.base_url());
        let mut secrets = vec![
            ("bitbucket_token", BITBUCKET_TOKEN.to_owned()),
            ("jira_token", JIRA_TOKEN.to_owned()),
            ("jira_webhook_secret", WEBHOOK_SECRET.to_owned()),
        ];
        let chats = if extent >= Extent::Chatting { Some(Chats::start(base.listen).await?) } else { None };
        if let Some(chats) = &chats {
            chats.join(&mut acme);
            acme.help = Some(help::config());
            secrets.extend(Chats::secrets());
        }
        let staging = if extent == Extent::Whole {
            let staging = staging::start(beside(base.listen, 6), file("staging.json")).await?;
            secrets.push(staging::secret());
            staging::join(&staging, &mut acme);
            Some(staging)
        } else {
            None
        };
        let secrets = MemorySecrets::from_iter(secrets);
        let config = Config { tenants: [(tenant(), acme)].into(), ..base };
        Ok(Self { bitbucket, jira, chats, staging, config, secrets: Arc::new(secrets) })
    }

    /// Lets the sandbox's Jira tell the bot at this address of issues.
    pub fn deliver_to(&self, bot: SocketAddr) {
        self.chats.iter().for_each(|chats| chats.deliver_to(bot));
        let url = format!("http://{bot}/webhooks/jira/{}", tenant());
        self.jira.deliver_to(Some(WebhookTarget { url, secret: WEBHOOK_SECRET.to_owned() }));
    }

    /// What a newcomer is told at the start.
    pub fn about(&self, bot: SocketAddr) -> String {
        format!(
            "the demo listens on http://{bot}: open it, or http://{bot}/_sandbox/chats for one request in four places, or say: countersign chat --as demo-employee \"help\"; \
             the sandbox's state is at http://{bot}/_sandbox (Bitbucket at {}, Jira at {})",
            self.bitbucket.base_url(),
            self.jira.base_url(),
        )
    }

    /// The sandbox's state beside the bot's own pages: `/_sandbox` shows all of it, `/_sandbox/bitbucket/_sandbox` and
    /// `/_sandbox/jira/_sandbox` are the servers' own controls.
    pub fn router(self: &Arc<Self>) -> Router {
        let demo = Arc::clone(self);
        let show = move || {
            let demo = Arc::clone(&demo);
            async move { Json(demo.state()) }
        };
        let chats = self.chats.as_ref().map(Chats::router).unwrap_or_default();
        let staging = self.staging.as_ref().map(StagingSandbox::control_router).unwrap_or_default();
        let bot = format!("http://{}", reached(self.config.listen));
        Router::new()
            .route("/_sandbox", get(show))
            .route("/_sandbox/documents", post(async move || help::bring(&bot).await))
            .nest("/_sandbox/bitbucket", self.bitbucket.control_router())
            .nest("/_sandbox/jira", self.jira.control_router())
            .nest("/_sandbox/staging", staging)
            .merge(chats)
    }

    fn state(&self) -> serde_json::Value {
        let mut state = serde_json::json!({
            "bitbucket": { "address": self.bitbucket.base_url(), "state": self.bitbucket.state() },
            "jira": { "address": self.jira.base_url(), "state": self.jira.state() },
        });
        if let Some(chats) = &self.chats {
            state["chats"] = chats.state();
        }
        if let Some(staging) = &self.staging {
            state["staging"] = serde_json::json!({ "address": staging.base_url(), "state": staging.state() });
        }
        state
    }

    /// Who can be chosen on the web page: a label and the token.
    pub fn sign_in_choices() -> Vec<(String, String)> {
        PEOPLE.iter().map(|(id, name, ..)| (format!("{name} ({id})"), (*id).to_owned())).collect()
    }
}

fn tenant() -> Tenant {
    "acme".parse().expect("four letters")
}

/// Where a bot is reached from this machine that listens there.
fn reached(listen: SocketAddr) -> SocketAddr {
    let everywhere = listen.ip().is_unspecified();
    if everywhere { SocketAddr::from(([127, 0, 0, 1], listen.port())) } else { listen }
}

/// The port after the bot's own by `offset`; a free one where the bot has a free one too, or it is the last.
fn beside(listen: SocketAddr, offset: u16) -> SocketAddr {
    let port = if listen.port() == 0 { 0 } else { listen.port().checked_add(offset).unwrap_or(0) };
    SocketAddr::from(([127, 0, 0, 1], port))
}

async fn start_bitbucket(
    listen: SocketAddr,
    state_file: Option<PathBuf>,
) -> Result<BitbucketSandbox, SandboxError> {
    let users = PEOPLE.iter().enumerate().map(|(n, (id, name, ..))| BitbucketUser {
        account_id: account(id),
        uuid: format!("{{00000000-0000-4000-8000-{:012}}}", n + 1),
        nickname: (*id).to_owned(),
        display_name: (*name).to_owned(),
    });
    let seed = BitbucketState {
        users: users.collect(),
        repositories: REPOSITORIES
            .iter()
            .map(|name| ((*name).to_owned(), Arc::<Repository>::default()))
            .collect(),
        ..BitbucketState::default()
    };
    let access = Access::Basic { user: BOT.to_owned(), token: BITBUCKET_TOKEN.to_owned() };
    let options = BitbucketOptions { listen, state_file, ..BitbucketOptions::new(access, seed) };
    match BitbucketSandbox::start(options.clone()).await {
        Err(SandboxError::Listen { .. }) if listen.port() != 0 => {
            let listen = SocketAddr::new(listen.ip(), 0);
            BitbucketSandbox::start(BitbucketOptions { listen, ..options }).await
        }
        started => started,
    }
}

async fn start_jira(listen: SocketAddr, state_file: Option<PathBuf>) -> Result<JiraSandbox, SandboxError> {
    let bot = JiraUser { account_id: account("countersign"), display_name: "Countersign".to_owned() };
    let people = PEOPLE
        .iter()
        .map(|(id, name, ..)| JiraUser { account_id: account(id), display_name: (*name).to_owned() });
    let issue = |title: &str| Issue {
        summary: title.to_owned(),
        reporter: Some(account("demo-employee")),
        ..Issue::default()
    };
    let seed = JiraState {
        users: std::iter::once(bot).chain(people).collect(),
        issues: TICKETS.iter().map(|(key, title)| ((*key).to_owned(), Arc::new(issue(title)))).collect(),
        ..JiraState::default()
    };
    let access = Access::Basic { user: BOT.to_owned(), token: JIRA_TOKEN.to_owned() };
    let options = JiraOptions { listen, state_file, ..JiraOptions::new(access, seed) };
    match JiraSandbox::start(options.clone()).await {
        Err(SandboxError::Listen { .. }) if listen.port() != 0 => {
            let listen = SocketAddr::new(listen.ip(), 0);
            JiraSandbox::start(JiraOptions { listen, ..options }).await
        }
        started => started,
    }
}

fn account(id: &str) -> String {
    format!("712020:{id}")
}

/// The tenant as a `countersign.toml` would describe it.
fn acme(bitbucket: &str, jira: &str) -> TenantConfig {
    TenantConfig {
        name: "Acme".to_owned(),
        time_zone: Some("Europe/Berlin".to_owned()),
        words: BTreeMap::new(),
        rules: rules::EXAMPLE.to_owned(),
        people: PEOPLE.iter().map(person).collect(),
        disabled: std::collections::BTreeSet::new(),
        tokens: PEOPLE
            .iter()
            .map(|(id, ..)| Token { sha256: Digest::of(id.as_bytes()), principal: principal(id) })
            .collect(),
        forge: ForgeConfig::Bitbucket(BitbucketConfig {
            url: bitbucket.to_owned(),
            workspace: "acme".to_owned(),
            email: Some(BOT.to_owned()),
            token_secret: "bitbucket_token".to_owned(),
        }),
        jira: Some(JiraConfig {
            url: jira.to_owned(),
            email: Some(BOT.to_owned()),
            token_secret: "jira_token".to_owned(),
            webhook_secret: "jira_webhook_secret".to_owned(),
            statuses: Statuses::default(),
            fields: FieldMapping::default(),
            projects: Projects { open: [PROJECT.to_owned()].into(), ..Projects::default() },
        }),
        slack: None,
        teams: None,
        discord: None,
        help: None,
        integrations: None,
    }
}

fn principal(id: &str) -> countersign_domain::names::PrincipalId {
    id.parse().expect("the demo's ids are made of letters, digits and dashes")
}

fn person((id, name, groups, roles): &(&str, &str, &[&str], &[Role])) -> Person {
    let accounts = [(USUAL_FORGE, account(id)), (TRACKER, account(id))];
    Person {
        id: principal(id),
        kind: ActorKind::Person,
        name: (*name).to_owned(),
        groups: groups.iter().map(ToString::to_string).collect(),
        roles: roles.iter().copied().collect(),
        accounts: accounts.into_iter().map(|(vendor, account)| (vendor.to_owned(), account)).collect(),
    }
}
