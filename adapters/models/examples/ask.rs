//! Asks models that speak as OpenAI's do: `cargo run -p countersign-models --example ask MODEL TIMES URL…`.
//!
//! Each line says what came of one step: `{"text", "notes"}`, or `{"fault", "detail"}`. Of several addresses each stands behind the one
//! before.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_domain::digest::Digest;
use countersign_domain::ports::{Clock, Message, Model, Step, Stop};
use countersign_models::{Fallbacks, OpenAi, OpenAiSettings};
use countersign_outbound::{
    BaseUrl, Credential, MemorySecrets, Outbound, OutboundConfig, Patience, install_tls,
};
use serde_json::json;

const USAGE: &str = "ask MODEL TIMES URL…";
const QUESTION: &str = "Say in one short sentence when a VPN is of use.";
/// What the servers are called, in their order.
const SERVERS: [&str; 3] = ["openai", "openai_2", "openai_3"];

struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    async fn sleep_until(&self, _: jiff::Timestamp) {
        std::future::pending::<()>().await;
    }
}

struct Never;

#[async_trait]
impl Stop for Never {
    fn is_wanted(&self) -> bool {
        false
    }

    async fn wanted(&self) {
        std::future::pending::<()>().await;
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    install_tls();
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().ok_or(USAGE)?;
    let times: u32 = arguments.next().ok_or(USAGE)?.parse()?;
    // Each is to be asked each time, however often it fails.
    let mut config = OutboundConfig::default();
    config.breaker.failures = u32::MAX;
    let outbound = Outbound::new(config, Arc::new(SystemClock))?;
    let models = arguments.zip(SERVERS).map(|(url, server)| model(&outbound, (server, &url), &name));
    let mut models = models.collect::<Result<Vec<_>, _>>()?.into_iter();
    let first = models.next().ok_or(USAGE)?;
    let asked = Fallbacks::new(first, models.collect());
    for nth in 0..times {
        let said = match asked.step(&step(nth), &mut (), &Never).await {
            Ok(done) => json!({ "text": done.text, "notes": done.notes }),
            Err(fault) => json!({ "fault": fault.kind.as_str(), "detail": fault.detail }),
        };
        #[expect(clippy::print_stdout, reason = "whoever started it reads this")]
        {
            println!("{said}");
        }
    }
    Ok(())
}

fn model(
    outbound: &Outbound,
    (server, url): (&'static str, &str),
    name: &str,
) -> Result<Arc<dyn Model>, Box<dyn Error>> {
    let secrets = Arc::new(MemorySecrets::from([("none", "none")]));
    let vendor =
        outbound.vendor(server, &"acme".parse()?, BaseUrl::parse(url)?, Credential::Nobody, secrets)?;
    let settings: OpenAiSettings = serde_json::from_value(json!({ "model": name, "tools": false }))?;
    let patience = Patience { first: Duration::from_mins(2), ..Patience::default() };
    Ok(Arc::new(OpenAi::new(vendor, OpenAiSettings { patience, ..settings })))
}

/// Each is a talk of its own.
fn step(nth: u32) -> Step {
    Step {
        instruction: "You are a help desk. Answer shortly.".to_owned(),
        messages: vec![Message::Person { text: QUESTION.to_owned() }],
        tools: Vec::new(),
        passages: Vec::new(),
        language: None,
        most_tokens: 60,
        session: Digest::of(&nth.to_be_bytes()),
    }
}
