//! kill -9 in the middle of hundreds of answers that are being given over `WebSocket`s: who comes back hears how each ended, each ends
//! exactly once, and what is asked again by its id is not another question.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use countersign::config::{HelpConfig, Token};
use countersign::demo::Demo;
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::conversation::Conversation;
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::tenant::Person;
use countersign_sandbox::ModelsSandbox;
use countersign_sandbox::models::{ModelsOptions, ModelsState, Reply, Trouble};
use futures::future::join_all;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Running, demo_with_files, many_files, whole_log};

const STREAMS: usize = 500;
const QUESTION: &str = "When is the VPN closed?";
/// How a turn can end.
const ENDS: [&str; 4] = ["turn_answered", "turn_failed", "turn_refused", "turn_stopped"];
/// Real time: what never comes is a fault to be told, not waited for.
const AT_MOST: Duration = Duration::from_mins(5);

/// A bot's configuration and data, and the vendors that it has.
struct Desk {
    folder: TempDir,
    _demo: Demo,
    _models: ModelsSandbox,
}

impl Desk {
    /// With a model that says half an answer to each, and then the whole of another.
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let half = Reply { curt: true, ..Reply::text(&["The VPN is closed", " on Sundays [1]. It"]) };
        let half = half.with(Trouble::SilentAfter(usize::MAX));
        let seed = ModelsState { next: vec![half; STREAMS].into(), ..ModelsState::default() };
        let key = seed.key.clone();
        let models = ModelsSandbox::start(ModelsOptions::new(seed)).await.unwrap();
        let (demo, mut config) = demo_with_files(folder.path(), &[("models_key", &key)]).await;
        // Each is answered at once, and not behind others.
        config.outbox.concurrency = STREAMS;
        let acme = config.tenants.values_mut().next().unwrap();
        acme.people.extend((0..STREAMS).map(person));
        acme.tokens.extend((0..STREAMS).map(token));
        acme.help = Some(help(&models.base_url()));
        std::fs::write(folder.path().join("countersign.toml"), config.render()).unwrap();
        std::fs::create_dir(folder.path().join("bot")).unwrap();
        Self { folder, _demo: demo, _models: models }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("bot")
    }

    fn bot(&self) -> Running {
        let config = self.folder.path().join("countersign.toml");
        Running::started(Running::configured(&config, &self.data()))
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

fn token(nth: usize) -> Token {
    Token { sha256: Digest::of(name(nth).as_bytes()), principal: name(nth).parse().unwrap() }
}

/// A help desk that waits for its model as long as it takes.
fn help(url: &str) -> HelpConfig {
    let patience = json!({ "first": "10m", "between": "10m", "whole": "20m" });
    let model = json!({
        "kind": "openai", "url": url, "token_secret": "models_key",
        "server": { "model": "mini", "tools": false, "patience": patience },
    });
    let mut help = HelpConfig { model: serde_json::from_value(model).unwrap(), ..HelpConfig::default() };
    help.desk.staff = ["approvers".to_owned()].into();
    help
}

/// Brings the document that answers, and has it countersigned.
async fn bring(bot: &Running) {
    countersign_outbound::install_tls();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let url = |path: &str| format!("{}{path}", bot.address);
    let brought = client
        .post(url("/api/v1/documents?name=vpn.txt&title=The%20VPN&groups=*"))
        .bearer_auth("demo-employee")
        .header("content-type", "application/octet-stream")
        .body("The VPN is closed on Sundays from 02:00 to 04:00.\n");
    let brought: Value = brought.send().await.unwrap().json().await.unwrap();
    let code = brought["code"].as_str().unwrap_or_else(|| panic!("{brought:#}"));
    let approve = json!({ "text": format!("approve {code}") });
    let stands = async || -> Value {
        let document = client.get(url(&format!("/api/v1/documents/{code}"))).bearer_auth("demo-admin");
        document.send().await.unwrap().json().await.unwrap()
    };
    let live = async {
        while stands().await["status"] != "waiting" {}
        let said = client.post(url("/api/v1/chat")).bearer_auth("demo-admin").json(&approve);
        assert!(said.send().await.unwrap().status().is_success());
        while stands().await["status"] != "live" {}
    };
    tokio::time::timeout(AT_MOST, live).await.expect("it is read, and answered from");
}

/// Somebody's WebSocket.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(bot: &Running, nth: usize) -> Self {
        let url = format!("{}/api/v1/ws", bot.address.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {}", name(nth)).parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        Self(socket)
    }

    async fn asks(&mut self) {
        self.says(&json!({ "type": "chat", "id": "the-question", "text": QUESTION })).await;
    }

    async fn says(&mut self, said: &Value) {
        self.0.send(Message::text(said.to_string())).await.unwrap();
    }

    /// The next that fits, whatever comes before it.
    async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        let fitting = async {
            loop {
                let message = self.0.next().await.expect("it is open").unwrap();
                let Message::Text(text) = message else { continue };
                let told: Value = serde_json::from_str(&text).unwrap();
                if fits(&told) {
                    return told;
                }
            }
        };
        tokio::time::timeout(AT_MOST, fitting).await.expect("it is told")
    }
}

/// Asks, and hears the beginning of the answer.
async fn begun(bot: &Running, nth: usize) -> (Socket, Value) {
    let mut socket = Socket::open(bot, nth).await;
    socket.asks().await;
    let seen = socket.until(|told| told["type"] == "snapshot").await;
    assert!(seen["data"]["text"].as_str().unwrap().starts_with("The VPN is closed on Sundays"), "{seen:#}");
    (socket, seen)
}

/// Comes back for the rest, and asks again what was asked: how it ended.
async fn ended(bot: &Running, nth: usize, seen: &Value) -> String {
    let mut socket = Socket::open(bot, nth).await;
    socket.says(&json!({ "type": "resume", "after": seen["seq"] })).await;
    let turn = &seen["data"]["turn"];
    let end = socket.until(|told| told["type"] == "turn" && told["data"]["turn"] == *turn).await;
    socket.asks().await;
    socket.until(|told| told["type"] == "cards").await;
    end["data"]["stage"].as_str().unwrap_or_else(|| panic!("{end:#}")).to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversation_kill_9_in_the_middle_of_500_answers_ends_each_exactly_once() {
    many_files();
    let desk = Desk::open().await;
    let mut bot = desk.bot();
    bring(&bot).await;
    let half = join_all((0..STREAMS).map(|nth| begun(&bot, nth))).await;
    bot.kill();

    let bot = desk.bot();
    let ends = half.iter().enumerate().map(|(nth, (_, seen))| ended(&bot, nth, seen));
    for (nth, end) in join_all(ends).await.iter().enumerate() {
        assert!(["answered", "failed"].contains(&end.as_str()), "{}: {end}", name(nth));
    }
    drop(half);
    let (status, said) = bot.stop();
    assert!(status.success(), "{status}: {said}");

    let events = whole_log(&desk.data());
    let mut counted = BTreeMap::<_, (usize, usize)>::new();
    for event in events.iter().filter(|event| event.stream.category() == Conversation::CATEGORY) {
        let (asked, over) = counted.entry(event.stream.to_string()).or_default();
        *asked += usize::from(event.kind == "turn_asked");
        *over += usize::from(ENDS.contains(&event.kind.as_str()));
    }
    let others: Vec<_> = counted.iter().filter(|(_, counts)| **counts != (1, 1)).collect();
    assert_eq!((counted.len(), others), (STREAMS, vec![]), "each is asked once, and ends once");
}
