//! What tests of models share.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::{Arc, LazyLock, OnceLock};

use async_trait::async_trait;
use countersign_domain::digest::Digest;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{
    ByteRange, Clock, Edition, Message, Passage, Piece, Pieces, Step, Stop, Tool,
};
use countersign_models::{OpenAi, OpenAiSettings};
use countersign_outbound::{BaseUrl, Credential, MemorySecrets, Outbound, OutboundConfig, Patience};
use countersign_sandbox::models::{ModelsOptions, ModelsSandbox, ModelsState};
use serde_json::json;
use tokio::sync::Notify;

pub(crate) struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    async fn sleep_until(&self, _: jiff::Timestamp) {
        std::future::pending::<()>().await;
    }
}

pub(crate) async fn sandbox() -> ModelsSandbox {
    ModelsSandbox::start(ModelsOptions::new(ModelsState::default())).await.unwrap()
}

/// One for all cases of one property, which says what it answers next; no other property asks it.
pub(crate) type Shared = LazyLock<(tokio::runtime::Runtime, ModelsSandbox)>;

pub(crate) const fn shared() -> Shared {
    LazyLock::new(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sandbox = runtime.block_on(sandbox());
        (runtime, sandbox)
    })
}

/// Nothing is left alone: tests fail on purpose.
pub(crate) fn outbound() -> Arc<Outbound> {
    static ONE: OnceLock<Arc<Outbound>> = OnceLock::new();
    let new = || {
        let mut config = OutboundConfig::default();
        config.breaker.failures = u32::MAX;
        Arc::new(Outbound::new(config, Arc::new(SystemClock)).unwrap())
    };
    Arc::clone(ONE.get_or_init(new))
}

pub(crate) fn tenant() -> Tenant {
    "acme".parse().unwrap()
}

pub(crate) fn secrets() -> Arc<MemorySecrets> {
    Arc::new(MemorySecrets::from([
        ("key", "sk-mini"),
        ("llm-cookie", "session=mini"),
        ("old-cookie", "session=old"),
    ]))
}

pub(crate) fn settings() -> OpenAiSettings {
    serde_json::from_value(json!({"model": "mini"})).unwrap()
}

pub(crate) fn openai(sandbox: &ModelsSandbox) -> OpenAi {
    openai_with(&sandbox.base_url(), settings(), Patience::default())
}

pub(crate) fn openai_with(base: &str, settings: OpenAiSettings, patience: Patience) -> OpenAi {
    let credential = Credential::Bearer { secret: "key".to_owned() };
    let base = BaseUrl::parse(base).unwrap();
    let vendor = outbound().vendor("openai", &tenant(), base, credential, secrets()).unwrap();
    OpenAi::new(vendor, OpenAiSettings { patience, ..settings })
}

pub(crate) fn passage(text: &str, headings: &[&str]) -> Passage {
    Passage {
        edition: Edition { document: "k7qm2x".parse().unwrap(), version: std::num::NonZeroU32::MIN },
        at: ByteRange { from: 0, to: u32::try_from(text.len()).unwrap() },
        sha: Digest::of(text.as_bytes()),
        text: text.to_owned(),
        headings: headings.iter().map(|heading| (*heading).to_owned()).collect(),
    }
}

pub(crate) fn step(question: &str) -> Step {
    Step {
        instruction: "Be kind.".to_owned(),
        messages: vec![Message::Person { text: question.to_owned() }],
        tools: vec![Tool {
            name: "open_ticket".to_owned(),
            description: "Opens a ticket".to_owned(),
            arguments: json!({"type": "object"}),
        }],
        passages: vec![passage("Ask IT.", &["VPN"])],
        language: None,
        most_tokens: 200,
        session: Digest::of(b"s"),
    }
}

/// Nobody ever wants it to stop.
pub(crate) struct Never;

#[async_trait]
impl Stop for Never {
    fn is_wanted(&self) -> bool {
        false
    }

    async fn wanted(&self) {
        std::future::pending::<()>().await;
    }
}

/// Stops once, and for ever.
#[derive(Default, Clone)]
pub(crate) struct Once(Arc<(std::sync::atomic::AtomicBool, Notify)>);

impl Once {
    pub(crate) fn now(&self) {
        self.0.0.store(true, std::sync::atomic::Ordering::SeqCst);
        self.0.1.notify_waiters();
    }
}

#[async_trait]
impl Stop for Once {
    fn is_wanted(&self) -> bool {
        self.0.0.load(std::sync::atomic::Ordering::SeqCst)
    }

    async fn wanted(&self) {
        let notified = self.0.1.notified();
        if !self.is_wanted() {
            notified.await;
        }
    }
}

/// What was heard; and who wants no more after so many pieces.
#[derive(Default)]
pub(crate) struct Heard(pub(crate) Vec<Piece>, Option<(Once, usize)>);

impl Heard {
    pub(crate) fn until(stop: &Once, pieces: usize) -> Self {
        Self(Vec::new(), Some((stop.clone(), pieces)))
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        let text = |piece: &'_ Piece| match piece {
            Piece::Text(_) => true,
            Piece::Call(_) | Piece::Claim(_) => false,
        };
        let texts = self.0.iter().filter(|piece| text(piece));
        texts
            .filter_map(|piece| if let Piece::Text(text) = piece { Some(text.as_str()) } else { None })
            .collect()
    }
}

impl Pieces for Heard {
    fn take(&mut self, piece: Piece) {
        self.0.push(piece);
        if let Some((stop, most)) = &self.1
            && self.0.len() >= *most
        {
            stop.now();
        }
    }
}
