//! What answers questions on the stage: documents in memory that are found by their words, and a model that says what a test lets it
//! say, or quotes what it was given.

mod outside;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign::help::{Help, HelpSettings};
use countersign::world::{Vendors, World};
use countersign_domain::envelope::Digest;
use countersign_domain::ports::{
    Blobs, ByteRange, CallError, Claimed, Doer, Edition, Ended, Extracted, Extracting, Extractor, Found,
    Generation, Guardrail, Hit, Indexed, Indexing, KnowledgeIndex, Media, Message, Model, ModelFault,
    ModelFaultKind, ModelName, Pager, Passage, Piece, Pieces, Search, Step, StepDone, Stop, ToolCall,
    Unreadable, Usage,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::desk::{catalogue, settings};
use crate::guards::Guards;
use crate::stage::tenant;

/// What a test lets the model do next.
#[derive(Debug, Clone)]
pub enum Next {
    /// Quote the sentences that fit best, with where they are from.
    Quote,
    /// Say this.
    Say(&'static str),
    /// Say these pieces, and wait behind each before it is let go on, or nobody wants it any more.
    Speak(&'static [&'static str]),
    /// Say this, and break off.
    Break(&'static str),
    /// Want this done.
    Call(&'static str, serde_json::Value),
    /// Want the same done so many times at once.
    CallOften(&'static str, serde_json::Value, usize),
    /// Say nothing before it is let go on, or nobody wants it any more; then quote.
    Wait,
    /// Fail so.
    Fail(ModelFaultKind),
}

/// Everything that answers, and what a test may look at of it.
#[derive(Default)]
pub struct Answers {
    blobs: Mutex<BTreeMap<Digest, Vec<u8>>>,
    passages: Mutex<BTreeMap<Edition, Vec<Passage>>>,
    next: Mutex<Vec<Next>>,
    guards: Mutex<Option<Arc<Guards>>>,
    /// What the model was given, in order.
    pub asked: Mutex<Vec<Step>>,
    /// Lets a model go on that waits.
    pub go_on: Notify,
    /// What was done, each under its key.
    pub done: Mutex<Vec<(Uuid, String)>>,
    /// Who was woken, for which ticket and the how manieth time, each under its key.
    pub woken: Mutex<Vec<(Uuid, u64, u32)>>,
    /// How the job stands.
    pub job: Mutex<String>,
    /// Tells that a model heard that nobody wants its answer any more.
    pub stopped: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Answers {
    /// Lets the model do this next; where nothing is said, it quotes.
    pub fn next(&self, next: Next) {
        lock(&self.next).insert(0, next);
    }

    /// Whether a model that waits is let go on, and not stopped.
    async fn is_let_go_on(&self, stop: &dyn Stop) -> bool {
        tokio::select! {
            () = stop.wanted() => {
                self.stopped.notify_one();
                false
            }
            () = self.go_on.notified() => true,
        }
    }

    /// Has these look at all that goes over, from the next furnishing on.
    pub fn guarded(&self) -> Arc<Guards> {
        Arc::clone(lock(&self.guards).get_or_insert_default())
    }

    /// The editions in the index.
    pub fn indexed(&self) -> BTreeSet<Edition> {
        lock(&self.passages).keys().cloned().collect()
    }

    /// How many files are kept that begin so.
    pub fn kept(&self, begins: &[u8]) -> usize {
        lock(&self.blobs).values().filter(|bytes| bytes.starts_with(begins)).count()
    }

    /// Puts this behind the demo's tenant, with the settings as `adapt` leaves them.
    pub fn furnish(self: &Arc<Self>, world: &mut World, adapt: impl FnOnce(&mut HelpSettings)) {
        put(world, self.help(adapt));
    }

    /// All of it, with the settings as `adapt` leaves them.
    pub fn help(self: &Arc<Self>, adapt: impl FnOnce(&mut HelpSettings)) -> Help {
        let mut settings = settings();
        adapt(&mut settings);
        Help {
            index: Arc::clone(self) as Arc<dyn KnowledgeIndex>,
            blobs: Arc::clone(self) as Arc<dyn Blobs>,
            extractor: Arc::new(PlainText),
            guardrail: lock(&self.guards).clone().map(|guards| guards as Arc<dyn Guardrail>),
            model: Arc::clone(self) as Arc<dyn Model>,
            models: vec![Arc::clone(self) as Arc<dyn Model>],
            plane: None,
            agents: vec![],
            doer: Some(Arc::clone(self) as Arc<dyn Doer>),
            pager: Some(Arc::clone(self) as Arc<dyn Pager>),
            catalogue: catalogue(),
            watched: Arc::default(),
            settings,
        }
    }
}

/// Puts this behind the demo's tenant.
pub fn put(world: &mut World, help: Help) {
    let tenants = Arc::make_mut(&mut world.tenants);
    let acme: &mut Vendors = tenants.get_mut(&tenant()).expect("the demo's tenant");
    acme.help = Some(Arc::new(help));
}

#[async_trait]
impl Blobs for Answers {
    async fn put(&self, bytes: &[u8]) -> Result<Digest, CallError> {
        let digest = Digest::of(bytes);
        lock(&self.blobs).insert(digest, bytes.to_vec());
        Ok(digest)
    }

    async fn get(&self, digest: &Digest, most: u64) -> Result<Option<Vec<u8>>, CallError> {
        let found = lock(&self.blobs).get(digest).cloned();
        Ok(found.filter(|bytes| bytes.len() as u64 <= most))
    }

    async fn size(&self, digest: &Digest) -> Result<Option<u64>, CallError> {
        Ok(lock(&self.blobs).get(digest).map(|bytes| bytes.len() as u64))
    }

    async fn remove(&self, digest: &Digest) -> Result<(), CallError> {
        lock(&self.blobs).remove(digest);
        Ok(())
    }
}

/// Reads what is plain text already.
struct PlainText;

#[async_trait]
impl Extractor for PlainText {
    async fn extract(&self, file: Extracting<'_>) -> Result<Result<Extracted, Unreadable>, CallError> {
        if file.bytes.starts_with(b"%PDF") {
            return Ok(Err(Unreadable::Encrypted));
        }
        Ok(match std::str::from_utf8(file.bytes) {
            Ok(text) => Ok(Extracted {
                media: Media::Text,
                text: text.to_owned(),
                pages: None,
                hidden: vec![],
                language: Some("en".to_owned()),
                extractor: "plain@1".to_owned(),
            }),
            Err(_) => Err(Unreadable::UnknownMedia),
        })
    }
}

fn generation() -> Generation {
    let word = || "words@1".to_owned();
    Generation { embedder: word(), chunker: word(), fusion: word() }
}

/// The words of a text that say what it is about.
fn words(text: &str) -> BTreeSet<String> {
    const IDLE: [&str; 14] =
        ["the", "and", "how", "what", "when", "who", "are", "does", "for", "can", "is", "on", "of", "to"];
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.len() > 1 && !IDLE.contains(&&**word)).collect()
}

/// How many of a question's words stand in a text.
#[expect(clippy::cast_precision_loss, reason = "questions have few words")]
fn fit(question: &BTreeSet<String>, text: &str) -> f32 {
    let there = words(text);
    question.intersection(&there).count() as f32 / question.len().max(1) as f32
}

#[async_trait]
impl KnowledgeIndex for Answers {
    async fn generations(&self) -> Result<Vec<Generation>, CallError> {
        Ok(vec![generation()])
    }

    async fn put(&self, document: Indexing<'_>) -> Result<Indexed, CallError> {
        let mut passages = Vec::new();
        let mut from = 0;
        for line in document.text.split_inclusive('\n') {
            let text = line.trim_end().to_owned();
            let place = |at: usize| u32::try_from(at).expect("it is short");
            let at = ByteRange { from: place(from), to: place(from + text.len()) };
            from += line.len();
            if !text.trim().is_empty() {
                let (edition, sha) = (document.edition.clone(), Digest::of(text.as_bytes()));
                passages.push(Passage { edition, at, sha, text, headings: vec![] });
            }
        }
        let indexed = Indexed {
            generation: generation(),
            passages: u32::try_from(passages.len()).expect("they are few"),
            root: Digest::of(document.text.as_bytes()),
        };
        lock(&self.passages).insert(document.edition.clone(), passages);
        Ok(indexed)
    }

    async fn held(&self, _: &Edition) -> Result<Option<Indexed>, CallError> {
        Ok(None)
    }

    async fn remove(&self, edition: &Edition) -> Result<(), CallError> {
        lock(&self.passages).remove(edition);
        Ok(())
    }

    async fn begin(&self, _: &Generation) -> Result<(), CallError> {
        Ok(())
    }

    async fn serve(&self, _: &Generation) -> Result<(), CallError> {
        Ok(())
    }

    async fn drop_generation(&self, _: &Generation) -> Result<(), CallError> {
        Ok(())
    }

    async fn search(&self, search: Search<'_>) -> Result<Found, CallError> {
        let question = words(search.words);
        let all = lock(&self.passages);
        let readable = all.iter().filter(|(edition, _)| search.among.contains(*edition));
        let mut hits: Vec<_> = readable
            .flat_map(|(_, passages)| passages)
            .map(|passage| Hit { passage: passage.clone(), score: fit(&question, &passage.text) })
            .filter(|hit| hit.score > 0.0)
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(search.most);
        Ok(Found { generation: generation(), hits })
    }
}

#[async_trait]
impl Model for Answers {
    fn name(&self) -> ModelName {
        let (backend, model) = ("stage".to_owned(), "quoting@1".to_owned());
        ModelName { backend, model, settings: Digest::of(b"none") }
    }

    fn calls_tools(&self) -> bool {
        true
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        lock(&self.asked).push(step.clone());
        let next = lock(&self.next).pop().unwrap_or(Next::Quote);
        match next {
            Next::Quote => Ok(quoted(step)),
            Next::Say(text) => Ok(done(text.to_owned(), vec![], vec![])),
            Next::Speak(said) => {
                let mut text = String::new();
                for piece in said {
                    text.push_str(piece);
                    pieces.take(Piece::Text((*piece).to_owned()));
                    if !self.is_let_go_on(stop).await {
                        return Ok(StepDone { why: Ended::Stopped, ..done(text, vec![], vec![]) });
                    }
                }
                Ok(done(text, vec![], vec![]))
            }
            Next::Break(text) => {
                pieces.take(Piece::Text(text.to_owned()));
                Err(ModelFault {
                    vendor: "stage",
                    detail: "as the test wants".to_owned(),
                    kind: ModelFaultKind::Cut,
                })
            }
            Next::Call(tool, arguments) => Ok(done(String::new(), calls(tool, &arguments, 1), vec![])),
            Next::CallOften(tool, arguments, times) => {
                Ok(done(String::new(), calls(tool, &arguments, times), vec![]))
            }
            Next::Fail(kind) => {
                Err(ModelFault { vendor: "stage", detail: "as the test wants".to_owned(), kind })
            }
            Next::Wait if self.is_let_go_on(stop).await => Ok(quoted(step)),
            Next::Wait => Ok(StepDone { why: Ended::Stopped, ..done(String::new(), vec![], vec![]) }),
        }
    }
}

fn calls(tool: &str, arguments: &serde_json::Value, times: usize) -> Vec<ToolCall> {
    let call =
        |number| ToolCall { id: format!("c{number}"), tool: tool.to_owned(), arguments: arguments.clone() };
    (1..=times).map(call).collect()
}

/// The sentence of each passage that fits the question best, with where it is from.
fn quoted(step: &Step) -> StepDone {
    let question = step.messages.iter().rev().find_map(|message| match message {
        Message::Person { text } => Some(words(text)),
        _ => None,
    });
    let question = question.unwrap_or_default();
    let (mut text, mut claims) = (String::new(), Vec::new());
    for (number, passage) in (1..).zip(&step.passages) {
        let sentences =
            passage.text.split_inclusive(". ").map(str::trim).filter(|sentence| !sentence.is_empty());
        let Some(best) = sentences.max_by(|a, b| fit(&question, a).total_cmp(&fit(&question, b))) else {
            continue;
        };
        let place = |at: usize| u32::try_from(at).expect("it is short");
        let from = text.len();
        text.push_str(best);
        let of = ByteRange { from: place(from), to: place(text.len()) };
        claims.push(Claimed { of, passage: number, quote: Some(best.to_owned()) });
        text.push('\n');
    }
    done(text, vec![], claims)
}

fn done(text: String, calls: Vec<ToolCall>, claims: Vec<Claimed>) -> StepDone {
    let why = if calls.is_empty() { Ended::Said } else { Ended::Calls };
    let usage = Usage { read: 100, written: 20, said: true };
    StepDone { text, calls, claims, why, usage, response: None, notes: vec![], by: None }
}
