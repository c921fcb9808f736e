//! The help desk over real HTTP: documents are brought and countersigned, questions are answered from them with what is cited, what
//! is not enough becomes a ticket, and nobody reads what they may not.

mod actions;
mod agents;
mod attached;
#[cfg(feature = "bedrock")]
mod bedrock;
mod brought;
mod chats;
mod conversations;
mod countersigned;
mod documents;
mod folder;
mod gaps;
mod guarded;
mod hostile;
mod lists;
mod mirror;
mod models;
mod paging;
mod people;
mod planes;
mod private;
mod readers;
mod settings;
mod sockets;
mod streams;
mod tickets;

use std::sync::Arc;

use countersign::help::HelpSettings;
use countersign_domain::card::Card;
use countersign_store::MemoryStore;
use countersign_tests::answers::Answers;
use countersign_tests::stage::Stage;
use serde_json::Value;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";

const VPN: &str = "The VPN is closed on Sundays from 02:00 to 04:00. Whoever needs it then asks the network team.\n\
                   Tokens are valid for 30 days.\n";

/// A bot whose agent answers by what a test lets it.
async fn stage() -> (Stage, Arc<Answers>) {
    with(|_| {}).await
}

async fn with(adapt: impl FnOnce(&mut HelpSettings)) -> (Stage, Arc<Answers>) {
    let answers = Arc::new(Answers::default());
    let store = Arc::new(MemoryStore::new());
    let stage = Stage::arranged(store, |_| {}, |world| answers.furnish(world, adapt)).await;
    (stage, answers)
}

/// The same, with people who chat.
async fn in_chats() -> (Stage, Arc<Answers>) {
    let answers = Arc::new(Answers::default());
    let stage = Stage::with_chats_arranged(|world| answers.furnish(world, |_| {})).await;
    (stage, answers)
}

/// Brings a file, and says what became of it.
async fn bring(stage: &Stage, token: &str, query: &str, text: &[u8]) -> Value {
    let url = stage.url(&format!("/api/v1/documents?{query}"));
    let request =
        stage.client().post(url).bearer_auth(token).header("content-type", "application/octet-stream");
    let answer = request.body(text.to_vec()).send().await.expect("the bot answers");
    let answer: Value = answer.json().await.expect("JSON");
    stage.settle().await;
    answer
}

fn code(told: &Value) -> String {
    told["code"].as_str().unwrap_or_else(|| panic!("no code in {told:#}")).to_owned()
}

/// A document that somebody brought and the administrator countersigned.
async fn live(stage: &Stage, query: &str, text: &str) -> String {
    let told = bring(stage, EMPLOYEE, query, text.as_bytes()).await;
    let code = code(&told);
    stage.says(ADMIN, &format!("approve {code}")).await;
    let stands = stage.get(ADMIN, &format!("/api/v1/documents/{code}")).await;
    assert_eq!(stands["status"], "live", "{stands:#}");
    code
}

/// Opens a ticket in words: what it says and whom it reaches is shown before it leaves.
async fn opens(stage: &Stage, token: &str, text: &str) -> Card {
    let shown = stage.says(token, &format!("open ticket saying {text}")).await;
    assert!(shown.text.contains("Shall I open this ticket?") && shown.text.contains(text), "{shown:#?}");
    stage.says(token, "yes").await
}

/// What is shown once “Ask a person” is pressed under an answer.
async fn asks_a_person(stage: &Stage, token: &str, answer: &Card) -> Card {
    let button = answer.buttons.iter().find(|button| button.label == "Ask a person").expect("it is there");
    stage.says(token, &button.say).await
}

/// Presses what stands on a button of a card.
async fn presses(stage: &Stage, token: &str, card: &Card, label: &str) -> Card {
    let button = card.buttons.iter().find(|button| button.label == label);
    let button = button.unwrap_or_else(|| panic!("there is no “{label}”: {card:#?}"));
    stage.says(token, &button.say).await
}

/// Waits until the model hears that nobody wants its answer any more: one that waits lets the bot never settle.
async fn heard(answers: &Answers) {
    // Real time: a model that never hears of it is a fault to be told, not waited for.
    let heard = tokio::time::timeout(std::time::Duration::from_secs(20), answers.stopped.notified()).await;
    heard.expect("the model hears of it");
}

/// The last thing that somebody asked, as the API says it.
async fn last(stage: &Stage, token: &str) -> Value {
    stage.get(token, "/api/v1/conversations").await["items"][0].clone()
}

/// The lines of an answer.
fn said(card: &Card) -> String {
    card.lines.join("\n")
}
