//! The help desk of the demo as a process: files are read by a process of their own, found by what they mean, answered from with what
//! is cited, and found again when the bot starts anew without its index.

use std::path::{Path, PathBuf};

use countersign::demo::chats::{discord_user, slack_user};
use countersign::help::READ_ONE_FILE;
use countersign_domain::ports::{Extracting, Extractor as _, Unreadable};
use countersign_extract::{Apart, Bounds};
use serde_json::{Value, json};

use crate::support::Running;

struct Web {
    client: reqwest::Client,
    address: String,
}

impl Web {
    fn of(bot: &Running) -> Self {
        countersign_outbound::install_tls();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, address: bot.address.clone() }
    }

    async fn post(&self, who: &str, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.address)).bearer_auth(who);
        request.json(body).send().await.unwrap().json().await.unwrap()
    }

    async fn get(&self, who: &str, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.address)).bearer_auth(who);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn asks(&self, who: &str, text: &str) -> Value {
        self.post(who, "/api/v1/conversations", &json!({ "text": text })).await
    }

    /// The documents that an answer cites.
    async fn cites(&self, who: &str, text: &str) -> Vec<String> {
        let told = self.asks(who, text).await;
        assert_eq!(told["stage"], "answered", "{text}: {told:#}");
        let citations = told["answer"]["citations"].as_array().cloned().unwrap_or_default();
        citations.iter().map(|citation| citation["title"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_documents_are_answered_from_and_again_after_its_index_is_lost() {
    let data = tempfile::tempdir().unwrap();
    let bot = Running::start(data.path());
    let web = Web::of(&bot);
    let brought = web.post("demo-admin", "/_sandbox/documents", &json!({})).await;
    let all = brought["documents"].as_array().unwrap_or_else(|| panic!("{brought:#}"));
    assert!(all.len() == 12 && all.iter().all(|document| document["status"] == "live"), "{brought:#}");
    let listed = web.get("demo-admin", "/api/v1/documents").await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(12), "{listed:#}");
    are_answered(&web).await;

    let unknown = web.asks("demo-employee", "What is the airspeed of an unladen swallow?").await;
    assert_eq!(unknown["answer"]["kind"], "unknown", "{unknown:#}");
    let turn = unknown["turn"].as_str().unwrap();
    for describes in
        ["web-shop in staging hangs, what can I do?", "please restart the staging of web-shop, can you?"]
    {
        let offered = web.asks("demo-employee", describes).await;
        let shown = &offered["answer"]["offers"][0]["shown"];
        assert_eq!(shown, "run action restart_staging with service=web-shop", "{describes}: {offered:#}");
    }
    let actions = web.get("demo-admin", "/api/v1/requests").await.to_string();
    assert!(!actions.contains("restart_staging"), "it is offered, and not run: {actions}");
    for (question, document) in
        [("how do I reset my password?", "Passwords"), ("When is the VPN closed?", "The VPN")]
    {
        let cited = web.cites("demo-employee", question).await;
        assert!(cited.iter().any(|title| title == document), "{question}: {cited:?}");
    }
    let how_big = web.asks("demo-approver", "how big is the bonus?").await;
    assert!(how_big["answer"]["text"].as_str().unwrap().contains("ten percent"), "{how_big:#}");
    let german = web.asks("demo-approver", "Wann ist das VPN geschlossen?").await;
    assert!(german["answer"].to_string().contains("The VPN"), "the nearest is named: {german:#}");
    let said =
        web.post("demo-employee", "/api/v1/chat", &json!({ "text": format!("ticket for {turn}") })).await;
    let shown = said["cards"][0]["text"].as_str().unwrap();
    assert!(shown.contains("Shall a person look at") && shown.contains("in Jira"), "{said:#}");
    let send = said["cards"][0]["buttons"][0]["say"].clone();
    let said = web.post("demo-employee", "/api/v1/chat", &json!({ "text": send })).await;
    assert!(said["cards"][0]["text"].as_str().unwrap().contains("Ticket 1 is open"), "{said:#}");
    let ticket = web.get("demo-approver", "/api/v1/tickets/1").await;
    assert_eq!(ticket["status"], "open", "{ticket:#}");

    let (status, said) = bot.stop();
    assert!(status.success(), "{said}");
    std::fs::remove_dir_all(data.path().join("documents/acme/index")).unwrap();
    let bot = Running::start(data.path());
    are_answered(&Web::of(&bot)).await;
}

async fn are_answered(web: &Web) {
    for (question, document) in [
        ("When is the VPN closed?", "The VPN"),
        ("Why is the printer grey?", "Printers"),
        ("How much may a hotel cost a night?", "Travel"),
        ("How many days of holiday do I have?", "Holidays"),
    ] {
        let cited = web.cites("demo-employee", question).await;
        assert!(cited.iter().any(|title| title == document), "{question}: {cited:?}");
    }
    let theirs = web.cites("demo-approver", "When is the bonus of team leads paid?").await;
    assert!(theirs.contains(&"Bonus".to_owned()), "{theirs:?}");
    let not_theirs = web.cites("demo-auditor", "When is the bonus of team leads paid?").await;
    assert!(!not_theirs.contains(&"Bonus".to_owned()), "{not_theirs:?}");
}

/// Waits until the demo's vendors hold this there.
async fn until(web: &Web, pointer: &str, expected: &str) {
    let stands = async {
        while web.get("demo-admin", "/_sandbox").await.pointer(pointer) != Some(&json!(expected)) {}
    };
    // Real time: what is never done is a fault to be told, not waited for.
    let waited = tokio::time::timeout(std::time::Duration::from_secs(30), stands).await;
    waited.unwrap_or_else(|_| panic!("{pointer} never is {expected}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_actions_are_done_as_the_rules_want_and_nobody_else_is_believed_there() {
    const SERVICE: &str = "/staging/state/services/web-shop/state";
    const CACHE: &str = "/staging/state/caches/cdn/state";
    let data = tempfile::tempdir().unwrap();
    let bot = Running::start(data.path());
    let web = Web::of(&bot);
    web.post("demo-employee", "/api/v1/actions/clear_cdn_cache", &json!({ "arguments": {} })).await;
    until(&web, CACHE, "empty").await;

    let wanted = json!({ "arguments": { "service": "web-shop" }, "because": "it hangs" });
    let asked = web.post("demo-employee", "/api/v1/actions/restart_staging", &wanted).await;
    let approve = json!({ "text": format!("approve {}", asked["code"].as_str().unwrap()) });
    web.post("demo-employee", "/api/v1/chat", &approve).await;
    let state = web.get("demo-admin", "/_sandbox").await;
    assert_eq!(state.pointer(SERVICE), Some(&json!("hanging")), "nobody countersigns their own: {state:#}");
    web.post("demo-approver", "/api/v1/chat", &approve).await;
    until(&web, SERVICE, "running").await;

    let state = web.get("demo-admin", "/_sandbox").await;
    assert_eq!(state["staging"]["state"]["services"]["web-shop"]["times"], 1, "{state:#}");
    let address = state["staging"]["address"].as_str().unwrap();
    let unsigned = web.client.post(format!("{address}/caches/cdn/clear")).send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
}

/// Waits until all that this vendor in miniature holds has these words in it, and says it.
async fn shows(web: &Web, vendor: &str, words: &str) -> Value {
    let shown = async {
        loop {
            let all = web.get("demo-admin", "/_sandbox").await["chats"][vendor]["state"].take();
            if all.to_string().contains(words) {
                return all;
            }
        }
    };
    // Real time: what is never said is a fault to be told, not waited for.
    let waited = tokio::time::timeout(std::time::Duration::from_secs(30), shown).await;
    waited.unwrap_or_else(|_| panic!("{vendor} never says {words}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_four_chats_has_samples_of_all_that_the_help_desk_does() {
    let data = tempfile::tempdir().unwrap();
    let bot = Running::start(data.path());
    let web = Web::of(&bot);
    web.post("demo-admin", "/_sandbox/documents", &json!({})).await;
    let samples = web.get("demo-admin", "/_sandbox/samples.json").await;
    for sample in samples.as_array().unwrap() {
        let (who, vendor) = (sample["who"].as_str().unwrap(), sample["where"].as_str().unwrap());
        let mut act = json!({ "act": "say", "user": user(vendor, who), "text": sample["text"] });
        if let Some(channel) = sample.get("channel") {
            act["channel"] = channel.clone();
        }
        let page = if vendor == "discord" { "acts" } else { "act" };
        web.post(who, &format!("/_sandbox/{vendor}/_sandbox/{page}"), &act).await;
    }
    shows(&web, "teams", "closed on Sundays from 02:00 to 04:00").await;
    let slack = shows(&web, "slack", "Ask me in private").await;
    let channel = slack.pointer("/channels/C0APPROVALS").unwrap();
    assert!(!channel.to_string().contains("ten percent"), "nobody reads it in the channel: {channel:#}");
    shows(&web, "slack", "/services/web-shop/restart").await;
    let discord = shows(&web, "discord", "Ask a person").await;
    let asks = |message: &&Value| message["components"].to_string().contains("Ask a person");
    let answer = discord["messages"].as_array().unwrap().iter().rfind(asks).unwrap();
    let user = user("discord", "demo-employee");
    let press = json!({ "act": "press", "user": user, "message": answer["id"], "button": "Ask a person" });
    web.post("demo-employee", "/_sandbox/discord/_sandbox/acts", &press).await;
    let discord = shows(&web, "discord", "Shall a person look at").await;
    let asks = |message: &&Value| message["components"].to_string().contains("Send it");
    let shown = discord["messages"].as_array().unwrap().iter().rfind(asks).unwrap();
    let press = json!({ "act": "press", "user": user, "message": shown["id"], "button": "Send it" });
    web.post("demo-employee", "/_sandbox/discord/_sandbox/acts", &press).await;
    shows(&web, "discord", "Ticket 1 is open").await;
    assert_eq!(web.get("demo-approver", "/api/v1/tickets/1").await["status"], "open");
}

/// Somebody of the demo as a vendor knows them.
fn user(vendor: &str, who: &str) -> String {
    match vendor {
        "slack" => slack_user(who),
        "teams" => format!("29:1{who}"),
        _ => discord_user(who),
    }
}

async fn read(file: &Path, bounds: Bounds) -> Result<String, Unreadable> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_countersign"));
    let apart = Apart::new(program, vec![READ_ONE_FILE.to_owned()], bounds);
    let bytes = std::fs::read(file).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let read = apart.extract(Extracting { name, bytes: &bytes }).await.unwrap();
    read.map(|extracted| extracted.text)
}

#[tokio::test]
async fn the_program_reads_one_file_within_its_bounds_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    std::fs::write(&page, "<h1>The VPN</h1><p>It is closed on Sundays.</p>").unwrap();
    assert_eq!(read(&page, Bounds::default()).await.unwrap().trim(), "# The VPN\n\nIt is closed on Sundays.");
    let deep = folder.path().join("deep.html");
    std::fs::write(&deep, format!("<p>{}</p>", "x".repeat(40 << 20))).unwrap();
    let little = Bounds { memory: 64 << 20, text: 512 << 20, ..Bounds::default() };
    let memory = Unreadable::Exhausted { what: "memory".to_owned() };
    assert_eq!(read(&deep, little).await, Err(memory), "it takes no more memory than it is given");
}
