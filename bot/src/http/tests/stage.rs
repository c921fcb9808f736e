//! A tenant with five people, a bot without vendors, and a way to ask it things.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::routing::get;
use countersign_atlassian::webhook::FieldMapping;
use countersign_domain::access::{AccessCommand, AccessRequest, Findings};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::envelope::{ActorKind, Cause, Digest, Envelope};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::ports::{
    Clock, EventStore, ForgeRepository, ForgeUser, Pauses, Reach, Ticket, TicketStage,
};
use countersign_domain::request::Code;
use countersign_domain::rules::{self, RuleSet};
use countersign_domain::tenant::{
    People, PeopleCommand, Person, PublishedBy, Role, Rulebook, RulebookCommand,
};
use countersign_outbound::MemorySecrets;
use countersign_projections::Projections;
use countersign_store::MemoryStore;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::chat::Chat;
use crate::context::system;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::duties::Duties;
use crate::engine::Engine;
use crate::folds::Folds;
use crate::http::{
    Holder, Hosts, HttpParts, HttpSettings, HttpState, JiraWebhook, Monitors, SignInChoice, TokenTable,
    router_with,
};
use crate::requests::Requests;
use crate::world::World;

/// The secret that Jira signs with.
pub(super) const SECRET: &str = "between us";

const PEOPLE: [(&str, &str, &[&str], &[Role]); 5] = [
    ("erin", "Erin", &[], &[]),
    ("mallory", "Mallory", &[], &[]),
    ("ada", "Ada", &["approvers"], &[]),
    ("olga", "Olga", &[], &[Role::Admin]),
    ("rita", "Rita", &[], &[Role::Auditor]),
];

struct Noon;

/// There is no vendor to be left alone.
struct Nobody;

impl Pauses for Nobody {
    fn pause(&self, _vendor: &str, _tenant: &Tenant, _until: Timestamp) {}

    fn paused_until(&self, _vendor: &str, _tenant: &Tenant) -> Option<Timestamp> {
        None
    }
}

#[async_trait]
impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    async fn sleep_until(&self, _: Timestamp) {
        std::future::pending::<()>().await;
    }
}

/// The bot and its tenant `acme`. A person's token is their id.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) engine: Engine,
    pub(super) stopping: CancellationToken,
    router: Router,
}

/// What is served beside the bot: something else, with pages and errors of its own.
fn beside() -> Router {
    let page = async || ([("content-security-policy", "default-src 'none'")], "its own page");
    let refuses = async || (StatusCode::UNPROCESSABLE_ENTITY, "its own words");
    Router::new().route("/_sandbox", get(page)).route("/_sandbox/refuses", get(refuses))
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    /// It is a problem document of this status; its detail.
    #[track_caller]
    pub(super) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        for member in ["type", "title", "detail", "instance"] {
            assert!(problem[member].is_string(), "{member} is missing in {problem}");
        }
        assert_eq!(problem["status"], status);
        problem["detail"].as_str().unwrap().to_owned()
    }
}

impl Stage {
    pub(super) async fn new() -> Self {
        Self::with_choices(vec![]).await
    }

    pub(super) async fn with_choices(sign_in_choices: Vec<SignInChoice>) -> Self {
        Self::set_up(|settings| settings.sign_in_choices = sign_in_choices).await
    }

    /// A bot that is called so.
    pub(super) async fn called(names: &[&str]) -> Self {
        Self::set_up(|settings| settings.hosts = Hosts::new(names.iter().copied())).await
    }

    /// A bot behind TLS.
    pub(super) async fn secure() -> Self {
        Self::set_up(|settings| settings.secure_cookies = true).await
    }

    /// A bot with these settings.
    pub(super) async fn set_up(arrange: impl FnOnce(&mut HttpSettings)) -> Self {
        let stage = Self::over(Arc::new(MemoryStore::new()), [7; 32], arrange, None);
        stage.found().await;
        stage
    }

    /// Another bot on the same log, with this key, whose configuration lacks the token of `without`.
    pub(super) fn beside(&self, key: [u8; 32], without: Option<&str>) -> Self {
        Self::over(Arc::clone(&self.world.store), key, |_| {}, without)
    }

    fn over(
        store: Arc<dyn EventStore>,
        key: [u8; 32],
        arrange: impl FnOnce(&mut HttpSettings),
        without: Option<&str>,
    ) -> Self {
        let projections = Projections::open(store.clone(), None).unwrap();
        let stopping = CancellationToken::new();
        tokio::spawn(projections.clone().run(stopping.clone()));
        let world = World {
            store,
            clock: Arc::new(Noon),
            projections,
            secrets: Arc::new(MemorySecrets::from([("acme-jira", SECRET), ("vault:acme/github", SECRET)])),
            pauses: Arc::new(Nobody),
            tenants: Arc::default(),
            abreast: 8,
            backoff: countersign_domain::effect::BackoffPolicy::default(),
            random: Arc::new(|| 0.5),
            worker: "test".to_owned(),
            duties: Arc::new(Duties::alone()),
            seal: Arc::new(crate::seal::Seal::new(&key)),
            looked: Arc::default(),
            in_view: Arc::default(),
            patience: 1,
            console: "http://127.0.0.1:8080".to_owned(),
            oversight: Arc::default(),
            stages: Arc::default(),
        };
        let engine = Engine::new(world.clone());
        let directory = Directory::new(engine.folds().clone());
        let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
        let chat = Chat::new(world.clone(), engine.clone(), directory.clone(), requests.clone())
            .with_patience(Duration::ZERO);
        let holder = |id: &str| Holder { tenant: acme(), principal: id.parse().unwrap() };
        let tokens = PEOPLE.iter().filter(|(id, ..)| Some(*id) != without);
        let tokens = tokens.map(|(id, ..)| (Digest::of(id.as_bytes()), holder(id)));
        let webhook = JiraWebhook {
            secret: "acme-jira".to_owned(),
            fields: FieldMapping::default(),
            requests: [].into(),
        };
        let mut settings = HttpSettings {
            tokens: TokenTable::new(tokens),
            webhooks: BTreeMap::from([(acme(), webhook)]),
            monitors: Monitors { token: Some(Digest::of(b"watch")), this_machine: false },
            ..HttpSettings::default()
        };
        arrange(&mut settings);
        let at_once: crate::desk::CarriedOut = Arc::new(|_| Box::pin(std::future::ready(())));
        let desk =
            Desk::new(world.clone(), engine.clone(), directory.clone(), requests, chat.clone(), at_once);
        let parts = HttpParts {
            world: world.clone(),
            engine: engine.clone(),
            directory,
            chat,
            desk: Arc::new(desk),
            settings,
            stopping: stopping.clone(),
        };
        let router = router_with(&HttpState::new(parts), beside());
        Self { world, engine, stopping, router }
    }

    async fn found(&self) {
        for (id, name, groups, roles) in PEOPLE {
            let person = Person {
                id: id.parse().unwrap(),
                kind: ActorKind::Person,
                name: name.to_owned(),
                groups: groups.iter().map(|group| (*group).to_owned()).collect(),
                roles: roles.iter().copied().collect(),
                accounts: BTreeMap::default(),
            };
            self.tenant(PeopleCommand::Record { person }).await;
        }
        let rules = RuleSet::compile(1, rules::EXAMPLE).unwrap();
        let publish = || RulebookCommand::Seed { rules: rules.clone() };
        let done = self.engine.execute::<Rulebook>(&acme(), "acme", &self.cause(), "test", publish).await;
        done.unwrap().unwrap();
    }

    /// Puts rules in force that Olga proposed, as the outbox does.
    pub(super) async fn publish(&self, code: &str, text: &str) {
        let change = PublishedBy {
            request: code.parse().unwrap(),
            proposed_by: "olga".parse().unwrap(),
            countersigned_by: vec![],
        };
        let rules = RuleSet::compile(2, text).unwrap();
        let publish = || RulebookCommand::Publish { base: 1, rules: rules.clone(), change: change.clone() };
        let done = self.engine.execute::<Rulebook>(&acme(), "acme", &self.cause(), "test", publish).await;
        done.unwrap().unwrap();
    }

    /// Gives the tenant a command, as the configuration does.
    pub(super) async fn tenant(&self, command: PeopleCommand) {
        self.tenant_after(0, command).await;
    }

    /// The same so many hours later.
    pub(super) async fn tenant_after(&self, hours: i64, command: PeopleCommand) {
        let cause = Cause { at: self.world.clock.now() + SignedDuration::from_hours(hours), ..self.cause() };
        let done = self.engine.execute::<People>(&acme(), "acme", &cause, "test", || command.clone()).await;
        done.unwrap().unwrap();
    }

    /// Erin asks for write on payments-api, the vendors know all about it, and it waits for Ada.
    pub(super) async fn waiting_request(&self) -> Code {
        self.waiting_request_for("2 days").await
    }

    /// The same for so long: what is asked for equally while it waits is one request.
    pub(super) async fn waiting_request_for(&self, duration: &str) -> Code {
        let wish = format!("access write on payments-api for {duration} ticket OPS-17");
        let text = format!(r#"{{"text": "{wish} because <b>rollout</b> @here"}}"#);
        let answer = self.post("erin", "/api/v1/chat", &text).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let code: Code = answer.json()["cards"][0]["code"].as_str().unwrap().parse().unwrap();
        let stream = StreamName::new(&acme(), AccessRequest::CATEGORY, code.stream_id()).unwrap();
        let access = self.engine.load::<AccessRequest>(&stream, None).await.unwrap().state;
        let present = Directory::new(Folds::new(self.world.store.clone())).present(&acme()).await.unwrap();
        let ruling = present.rule(access.asked.as_ref().unwrap(), None);
        let findings = Findings {
            forge: None,
            user: Some(ForgeUser {
                account: "erin".into(),
                name: "Erin".into(),
                aliases: [].into(),
                nickname: None,
            }),
            repository: Some(ForgeRepository {
                name: "payments-api".into(),
                url: "http://forge.example/x".into(),
                id: None,
            }),
            ticket: Some(Ticket {
                key: "OPS-17".into(),
                title: "Roll out".into(),
                status: "To Do".into(),
                stage: TicketStage::Todo,
                is_request: false,
                reach: Reach { everybody: true, ..Reach::default() },
                url: "http://tickets.example/OPS-17".into(),
            }),
            present: None,
            beside: None,
            subject: None,
            faults: vec![],
        };
        let check = || AccessCommand::Check {
            findings: Box::new(findings.clone()),
            ruling: ruling.clone(),
            past: vec![],
        };
        let done = self
            .engine
            .execute::<AccessRequest>(&acme(), code.stream_id(), &self.cause(), "check", check)
            .await;
        done.unwrap().unwrap();
        code
    }

    fn cause(&self) -> Cause {
        let (id, at) = (Uuid::new_v4(), self.world.clock.now());
        Cause { actor: system("test"), command: id, correlation: id, causation: id, at }
    }

    /// A minute is over: what was refused in it is told. How many that were beyond those that were kept whole, of one tenant.
    pub(super) async fn counted(&self, tenant: &Tenant) -> u64 {
        self.engine.tell_refusals(self.world.clock.now() + SignedDuration::from_mins(1)).await.unwrap();
        let told = self.events("refusals_counted").await.into_iter().filter(|event| event.tenant == *tenant);
        let times = told.map(|event| {
            let data: Value = serde_json::from_str(event.data.get()).unwrap();
            data["times"].as_u64().unwrap()
        });
        times.sum()
    }

    /// The events of one type, in order.
    pub(super) async fn events(&self, kind: &str) -> Vec<Envelope> {
        let all = self.world.store.read_all(None, 10_000).await.unwrap();
        all.into_iter().filter(|envelope| envelope.kind == kind).collect()
    }

    pub(super) async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(Method::GET, path, &[("authorization", &format!("Bearer {token}"))], Body::empty()).await
    }

    pub(super) async fn post(&self, token: &str, path: &str, json: &str) -> Answer {
        let headers =
            [("authorization", format!("Bearer {token}")), ("content-type", "application/json".to_owned())];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.ask(Method::POST, path, &headers, Body::from(json.to_owned())).await
    }

    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        Self::read(self.send(method, path, headers, body).await).await
    }

    /// The same of somebody at this address.
    pub(super) async fn ask_from(
        &self,
        peer: &str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let peer: SocketAddr = peer.parse().unwrap();
        let request = Request::builder().method(method).uri(path).header("host", "bot.example");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.extension(ConnectInfo(peer)).body(Body::from(body.to_owned())).unwrap();
        Self::read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    async fn read(response: axum::response::Response) -> Answer {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The same without a host of ours.
    pub(super) async fn ask_as_it_is(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Self::read(self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()).await
    }

    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path).header("host", "bot.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

pub(super) fn acme() -> Tenant {
    "acme".parse().unwrap()
}
