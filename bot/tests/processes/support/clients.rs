//! Eight clients at once who ask and approve, remember what was answered, and say again what was not.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How many speak at once.
const ABREAST: usize = 8;
/// What is asked for in turn: read on the web shop is granted alone, everything else needs the approver.
const WISHES: [&str; 4] = ["write on payments-api", "read on infra", "read on web-shop", "write on web-shop"];
/// For so many minutes the first is asked for, and each that follows for some more: what gains no more than a few is the same.
const SHORTEST: usize = 2 * 24 * 60;
const LONGER: usize = 6;

/// A sentence to be said, under an id that stays the same until it is answered.
struct Sentence {
    id: Uuid,
    token: &'static str,
    text: String,
}

#[derive(Default)]
struct Book {
    /// Said, or to be said, and not answered yet.
    open: VecDeque<Sentence>,
    ids: u128,
    asked: usize,
    /// How often no request came of it, because as much was held already: a longer one was granted while the answer was lost.
    held: usize,
    acknowledged: BTreeMap<String, String>,
}

/// The clients, and what they were told.
#[derive(Clone)]
pub(crate) struct Clients {
    http: Client,
    book: Arc<Mutex<Book>>,
}

impl Clients {
    /// Clients who have said nothing yet.
    pub(crate) fn new() -> Self {
        countersign_outbound::install_tls();
        Self { http: Client::new(), book: Arc::default() }
    }

    /// Speaks to the bot at this address until it is gone, or nobody listens any more; each answer is told by its request's code.
    pub(crate) fn load(&self, address: &str) -> (JoinSet<()>, mpsc::UnboundedReceiver<String>) {
        self.speak(address, true)
    }

    /// Says what is still open, and nothing new, until all of it is answered.
    pub(crate) async fn finish(&self, address: &str) {
        while !self.book.lock().unwrap().open.is_empty() {
            self.speak(address, false).0.join_all().await;
        }
    }

    /// How many requests were asked for, answered or not.
    pub(crate) fn asked(&self) -> usize {
        let book = self.book.lock().unwrap();
        book.asked - book.held
    }

    /// The requests that the bot has told somebody of, and the latest status that it has told.
    pub(crate) fn acknowledged(&self) -> BTreeMap<String, String> {
        self.book.lock().unwrap().acknowledged.clone()
    }

    fn speak(&self, address: &str, more: bool) -> (JoinSet<()>, mpsc::UnboundedReceiver<String>) {
        let (tell, told) = mpsc::unbounded_channel();
        let client = |_| {
            let (clients, tell) = (self.clone(), tell.clone());
            let url = format!("{address}/api/v1/chat");
            async move {
                while let Some(sentence) = clients.next(more) {
                    let Some(card) = clients.say(&url, &sentence).await else {
                        // Nobody knows whether it was heard: it is said again, under the same id.
                        clients.book.lock().unwrap().open.push_back(sentence);
                        break;
                    };
                    if tell.send(clients.remember(&card)).is_err() {
                        // Whoever listened has heard enough.
                        break;
                    }
                }
            }
        };
        ((0..ABREAST).map(client).collect(), told)
    }

    fn next(&self, more: bool) -> Option<Sentence> {
        let mut book = self.book.lock().unwrap();
        let open = book.open.pop_front();
        open.or_else(|| {
            let wish = WISHES[book.asked % WISHES.len()];
            book.asked += usize::from(more);
            // What is asked for equally is one request, and what somebody has they need not ask for: each is for another time,
            // and somebody else asks for the employee, whatever they hold.
            let minutes = SHORTEST + LONGER * book.asked;
            let text = format!("access {wish} for demo-employee for {minutes} minutes ticket OPS-17");
            more.then(|| book.sentence("demo-approver2", text))
        })
    }

    fn remember(&self, card: &Value) -> String {
        let text =
            |name: &str| card[name].as_str().unwrap_or_else(|| panic!("no {name} in {card}")).to_owned();
        let mut book = self.book.lock().unwrap();
        if card["code"].is_null() && card["title"] == "That is there already" {
            book.held += 1;
            return String::new();
        }
        let (code, status) = (text("code"), text("status"));
        if status == "waiting" {
            let approval = book.sentence("demo-approver", format!("approve {code}"));
            book.open.push_back(approval);
        }
        book.acknowledged.insert(code.clone(), status);
        code
    }

    /// The card that answers the sentence; `None` where no answer came, or not all of it.
    async fn say(&self, url: &str, sentence: &Sentence) -> Option<Value> {
        let request = self.http.post(url).bearer_auth(sentence.token).json(&json!({"text": sentence.text}));
        let response = request.header("X-Request-ID", sentence.id.to_string()).send().await.ok()?;
        let (status, body) = (response.status(), response.text().await.ok()?);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return None;
        }
        assert!(status.is_success(), "{}: {status} {body}", sentence.text);
        let answer: Value = serde_json::from_str(&body).unwrap();
        Some(answer["cards"][0].clone())
    }

    /// What an auditor is told of a read model that is folded anew at this address.
    pub(crate) async fn rebuild(&self, url: &str) -> Value {
        let response = self.http.post(url).bearer_auth("demo-auditor").send().await.unwrap();
        let (status, body) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{url}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// What an auditor finds at this address.
    pub(crate) async fn audit(&self, url: &str) -> Value {
        let response = self.http.get(url).bearer_auth("demo-auditor").send().await.unwrap();
        let (status, body) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{url}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }
}

impl Book {
    fn sentence(&mut self, token: &'static str, text: String) -> Sentence {
        self.ids += 1;
        Sentence { id: Uuid::from_u128(self.ids), token, text }
    }
}
