//! Any server that speaks as OpenAI's chat completions do: vLLM, llama.cpp, Ollama, LM Studio, and the vendors who took it over.
//!
//! They differ in what they leave out, so nothing is expected but what an answer is made of.

mod read;
mod write;

use async_trait::async_trait;
use countersign_domain::digest::Digest;
use countersign_domain::ports::{Ended, Model, ModelFault, ModelName, Pieces, Step, StepDone, Stop};
use countersign_outbound::{Ask, Patience, Streamed, Vendor};
use serde::{Deserialize, Serialize};

use crate::collected::{Collected, Room};
use crate::fault::{a_page, cut_short, malformed, of_stream};
use crate::lines::Events;
use read::{Heard, hear};
pub(crate) use write::message;

/// What its faults carry.
pub(crate) const VENDOR: &str = "openai";

/// What is set for a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAiSettings {
    /// The model, as the server calls it.
    pub model: String,
    /// How freely it speaks, from 0; as the server likes, where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// Whether it can call tools.
    #[serde(default = "yes")]
    pub tools: bool,
    /// How the server calls the most it may say: newer ones `max_completion_tokens`.
    #[serde(default = "max_tokens")]
    pub most_tokens_name: String,
    /// How long to wait for it.
    #[serde(default)]
    pub patience: Patience,
}

const fn yes() -> bool {
    true
}

fn max_tokens() -> String {
    "max_tokens".to_owned()
}

/// A model at such a server. The vendor's base address is the one that `/chat/completions` stands below.
pub struct OpenAi {
    vendor: Vendor,
    settings: OpenAiSettings,
}

impl OpenAi {
    /// By this vendor.
    pub const fn new(vendor: Vendor, settings: OpenAiSettings) -> Self {
        Self { vendor, settings }
    }

    /// Reads the answer to its end; `None` where it ended before it was done.
    async fn hear_all(
        &self,
        streamed: &mut Streamed<'_>,
        collected: &mut Collected<'_>,
    ) -> Result<Option<Ended>, ModelFault> {
        let in_pieces = match streamed.media().as_str() {
            "text/html" | "application/xhtml+xml" => return Err(a_page(VENDOR)),
            "application/json" => false,
            _ => true,
        };
        let (mut events, mut whole) = (Events::default(), Vec::new());
        loop {
            let bytes = match streamed.next().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break,
                // It has said that it is done; whether it says goodbye is its own affair.
                Err(_) if collected.why.is_some() => break,
                Err(fault) => return Err(of_stream(VENDOR, fault, collected.has_begun())),
            };
            if !in_pieces {
                whole.extend_from_slice(&bytes);
                continue;
            }
            events.push(&bytes).map_err(|_| malformed(VENDOR, "a line of its answer has no end"))?;
            while let Some(event) = events.next() {
                match hear(&event, collected)? {
                    Heard::More => {}
                    Heard::All => return Ok(collected.why.or(Some(Ended::Said))),
                    Heard::TooMuch => return Ok(Some(Ended::Length)),
                }
            }
            if collected.has_begun() {
                streamed.has_begun();
            }
        }
        let rest = if in_pieces { events.last() } else { Some(String::from_utf8_lossy(&whole).into_owned()) };
        if let Some(rest) = rest.filter(|rest| !rest.trim().is_empty()) {
            match hear(&rest, collected) {
                Ok(Heard::All) if collected.why.is_none() => return Ok(Some(Ended::Said)),
                Ok(Heard::TooMuch) => return Ok(Some(Ended::Length)),
                Ok(_) => {}
                // Half an event is what a lost connection leaves behind.
                Err(_) if in_pieces => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(collected.why)
    }
}

#[async_trait]
impl Model for OpenAi {
    fn name(&self) -> ModelName {
        let settings = serde_json::json!({"base": self.vendor.base().as_str(), "settings": self.settings});
        ModelName {
            backend: VENDOR.to_owned(),
            model: self.settings.model.clone(),
            settings: Digest::of(settings.to_string().as_bytes()),
        }
    }

    fn calls_tools(&self) -> bool {
        self.settings.tools
    }

    async fn step(
        &self,
        step: &Step,
        pieces: &mut dyn Pieces,
        stop: &dyn Stop,
    ) -> Result<StepDone, ModelFault> {
        let mut collected = Collected::new(VENDOR, step, pieces);
        let body = write::request(step, &self.settings);
        let ask = Ask::post("ask the model", &["chat", "completions"]).in_pieces().json(&body);
        let all = async {
            let mut streamed = self.vendor.stream(ask, self.settings.patience).await;
            match &mut streamed {
                Ok(streamed) => self.hear_all(streamed, &mut collected).await,
                Err(fault) => Err(of_stream(VENDOR, fault.clone(), false)),
            }
        };
        let ended = tokio::select! {
            biased;
            () = stop.wanted() => Ok(Some(Ended::Stopped)),
            ended = all => ended,
        };
        match ended? {
            Some(why) => collected.done(why),
            None => Err(cut_short(VENDOR)),
        }
    }
}

impl From<Room> for Heard {
    fn from(room: Room) -> Self {
        match room {
            Room::Left => Self::More,
            Room::None => Self::TooMuch,
        }
    }
}

impl std::fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenAi").field("settings", &self.settings).finish_non_exhaustive()
    }
}
