//! One Bitbucket and one Jira on this machine, the adapters in front of them, and a clock that is turned by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_atlassian::webhook::FieldMapping;
use countersign_atlassian::{Bitbucket, BitbucketConfig, Jira, JiraConfig, Projects, Statuses};
use countersign_domain::names::Tenant;
use countersign_domain::ports::Clock;
use countersign_outbound::{BreakerPolicy, Credential, MemorySecrets, Outbound, OutboundConfig};
use countersign_sandbox::bitbucket::{BitbucketUser, Repository};
use countersign_sandbox::jira::{Issue, JiraUser};
use countersign_sandbox::{
    Access, BitbucketOptions, BitbucketSandbox, BitbucketState, JiraOptions, JiraSandbox, JiraState,
};
use jiff::Timestamp;

pub(crate) const ERIN: &str = "557058:ba8948b2-49da-43a9-9e8b-e7249b8e324a";
pub(crate) const ADAM: &str = "5b10a2844c20165700ede21f";

/// A clock that stands still until it is turned.
#[derive(Debug, Default)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn turn(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.0.fetch_max(at.as_millisecond(), Ordering::SeqCst);
    }
}

pub(crate) struct World {
    pub(crate) bitbucket_server: BitbucketSandbox,
    pub(crate) jira_server: JiraSandbox,
    pub(crate) bitbucket: Bitbucket,
    pub(crate) jira: Jira,
    pub(crate) outbound: Outbound,
    pub(crate) clock: Arc<HandClock>,
}

pub(crate) fn tenant() -> Tenant {
    "acme".parse().unwrap()
}

/// Generous with time, so that a busy machine fails no test; strict with size.
pub(crate) fn patience() -> OutboundConfig {
    OutboundConfig {
        max_body: 64 * 1024,
        breaker: BreakerPolicy { failures: 3, cool_down: Duration::from_secs(30) },
        ..OutboundConfig::default()
    }
}

pub(crate) fn people() -> BitbucketState {
    let user = |account_id: &str, uuid: &str, nickname: &str, display_name: &str| BitbucketUser {
        account_id: account_id.to_owned(),
        uuid: uuid.to_owned(),
        nickname: nickname.to_owned(),
        display_name: display_name.to_owned(),
    };
    BitbucketState {
        workspace: "acme".to_owned(),
        users: vec![
            user(ERIN, "{d301aafa-d676-4ee0-88be-962be7417567}", "erin", "Erin Moore"),
            user(ADAM, "{11111111-d676-4ee0-88be-962be7417567}", "adam", "Adam Ng"),
        ],
        repositories: ["payments-api", "web-shop", "infra"]
            .map(|name| (name.to_owned(), Arc::<Repository>::default()))
            .into(),
        ..BitbucketState::default()
    }
}

pub(crate) fn tickets() -> JiraState {
    let issue = |summary: &str| Issue { summary: summary.to_owned(), ..Issue::default() };
    JiraState {
        users: vec![JiraUser { account_id: "5b10bot".to_owned(), display_name: "Countersign".to_owned() }],
        issues: [("OPS-17".to_owned(), issue("Roll out payments").into())].into(),
        ..JiraState::default()
    }
}

pub(crate) fn bitbucket_access() -> Access {
    Access::Basic { user: "bot@example.com".to_owned(), token: "bitbucket-token-value".to_owned() }
}

pub(crate) fn jira_access() -> Access {
    Access::Basic { user: "bot@example.com".to_owned(), token: "jira-token-value".to_owned() }
}

pub(crate) fn secrets() -> Arc<MemorySecrets> {
    let secrets = [("bitbucket-token", "bitbucket-token-value"), ("jira-token", "jira-token-value")];
    Arc::new(MemorySecrets::from(secrets))
}

pub(crate) fn bitbucket_config(base_url: String) -> BitbucketConfig {
    let credential =
        Credential::Basic { user: "bot@example.com".to_owned(), secret: "bitbucket-token".to_owned() };
    BitbucketConfig { base_url, workspace: "acme".to_owned(), credential }
}

pub(crate) fn jira_config(base_url: String) -> JiraConfig {
    let credential =
        Credential::Basic { user: "bot@example.com".to_owned(), secret: "jira-token".to_owned() };
    JiraConfig {
        base_url,
        site_url: None,
        credential,
        statuses: Statuses::default(),
        fields: FieldMapping::default(),
        projects: Projects::default(),
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(people(), tickets()).await
    }

    pub(crate) async fn with(people: BitbucketState, tickets: JiraState) -> Self {
        let bitbucket_server =
            BitbucketSandbox::start(BitbucketOptions::new(bitbucket_access(), people)).await.unwrap();
        let jira_server = JiraSandbox::start(JiraOptions::new(jira_access(), tickets)).await.unwrap();
        let clock = Arc::new(HandClock::default());
        let outbound = Outbound::new(patience(), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let config = bitbucket_config(bitbucket_server.base_url());
        let bitbucket = Bitbucket::new(&config, &tenant(), &outbound, secrets()).unwrap();
        let jira = Jira::new(&jira_config(jira_server.base_url()), &tenant(), &outbound, secrets()).unwrap();
        Self { bitbucket_server, jira_server, bitbucket, jira, outbound, clock }
    }

    /// The requests Bitbucket got, without the host.
    pub(crate) fn bitbucket_requests(&self) -> Vec<String> {
        self.bitbucket_server.calls().into_iter().map(|call| call.request).collect()
    }
}
