//! A bot with a help desk on a log on the disk, and many people.

use std::path::Path;
use std::sync::Arc;

use countersign::config::Token;
use countersign::help::Help;
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::ports::{Embedder, Model};
use countersign_domain::tenant::Person;
use countersign_encoder::MiniLm;
use countersign_guardrails::{BuiltIn, Policy};
use countersign_knowledge::{Index, Settings};
use countersign_models::Quoting;
use countersign_store::{Journal, Options};
use countersign_tests::answers::{Answers, put};
use countersign_tests::stage::{Stage, tenant};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const QUESTION: &str = "When is the VPN closed?";
const ADMIN: &str = "demo-admin";

/// What answers by this model, from documents that are found by their words.
pub(crate) fn help(answers: &Arc<Answers>, model: Arc<dyn Model>) -> Help {
    let guardrail = BuiltIn::new(Policy::default()).unwrap();
    Help { model, guardrail: Some(Arc::new(guardrail)), ..answers.help(|_| {}) }
}

/// What comes along: documents are found by what they mean, and quoted. They are read in this process, and not in one of their own.
pub(crate) async fn embedded(answers: &Arc<Answers>, folder: &Path) -> Help {
    let encoder = Arc::new(MiniLm::built_in()) as Arc<dyn Embedder>;
    let settings = Settings { folder: folder.join("index"), most_passages: 100_000 };
    let index = Index::open(settings, vec![Arc::clone(&encoder)]).await.unwrap();
    let mut help = help(answers, Arc::new(Quoting::new(Some(encoder))));
    help.index = Arc::new(index);
    help.settings.threshold = 0.4;
    help
}

/// The bot, and its log.
pub(crate) struct Desk {
    stage: Stage,
    _folder: TempDir,
}

/// Somebody who asks.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    bot: String,
    token: String,
}

impl Client {
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.bot)).bearer_auth(&self.token);
        request.json(body).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn watch(&self, conversation: &str) -> reqwest::Response {
        let url = format!("{}/api/v1/conversations/{conversation}/events", self.bot);
        let response = self.http.get(url).bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response
    }
}

fn name(nth: usize) -> String {
    format!("asker-{nth}")
}

fn person(nth: usize) -> Person {
    Person {
        id: name(nth).parse().unwrap(),
        kind: ActorKind::Person,
        name: format!("Asker {nth}"),
        groups: [].into(),
        roles: [].into(),
        accounts: [].into(),
    }
}

impl Desk {
    /// With so many people who ask, each of whom is answered at once and not behind others.
    pub(crate) async fn open(people: usize, help: Help) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), Options::default()).unwrap();
        let adapt = |demo: &mut countersign::demo::Demo| {
            demo.config.outbox.concurrency = people.max(8);
            let acme = demo.config.tenants.get_mut(&tenant()).unwrap();
            acme.people.extend((0..people).map(person));
            acme.tokens.extend((0..people).map(|nth| Token {
                sha256: Digest::of(name(nth).as_bytes()),
                principal: name(nth).parse().unwrap(),
            }));
        };
        let stage = Stage::raised(Arc::new(journal), false, |_| {}, adapt, |world| put(world, help)).await;
        Self { stage, _folder: folder }
    }

    pub(crate) fn client(&self, nth: usize) -> Client {
        Client { http: self.stage.client().clone(), bot: self.stage.url(""), token: name(nth) }
    }

    pub(crate) async fn post(&self, nth: usize, path: &str, body: &Value) -> Value {
        self.client(nth).post(path, body).await
    }

    /// Somebody asks, and waits for the answer.
    pub(crate) fn asks(&self, nth: usize, text: &str) -> impl Future<Output = Value> + Send + use<> {
        let (client, asked) = (self.client(nth), json!({ "text": text }));
        async move { client.post("/api/v1/conversations", &asked).await }
    }

    /// Brings a document for everybody, which somebody else countersigns: it is answered from when this returns.
    pub(crate) async fn brings(&self, title: &str, text: &str) {
        let url = self.stage.url("/api/v1/documents");
        let query = [("name", "handbook.txt"), ("title", title), ("groups", "*")];
        let request = self.stage.client().post(url).query(&query).bearer_auth("demo-employee");
        let request = request.header("content-type", "application/octet-stream").body(text.to_owned());
        let brought: Value = request.send().await.unwrap().json().await.unwrap();
        let code = brought["code"].as_str().unwrap_or_else(|| panic!("{brought:#}"));
        self.stage.settle().await;
        self.stage.says(ADMIN, &format!("approve {code}")).await;
        let stands = self.stage.get(ADMIN, &format!("/api/v1/documents/{code}")).await;
        assert_eq!(stands["status"], "live", "{stands:#}");
    }

    /// How many events there are.
    pub(crate) async fn events(&self) -> usize {
        let head = self.stage.bot.world.store.head().await.unwrap().unwrap();
        usize::try_from(head.for_store()).unwrap()
    }
}
