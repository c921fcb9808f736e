//! Somebody who sees answers as they are given, by server-sent events.

use std::time::Duration;

use serde_json::Value;

use crate::desk::{Desk, QUESTION};
use crate::speaker::{now, times};

/// A stream.
pub(crate) struct Watched {
    response: reqwest::Response,
    unread: Vec<u8>,
}

/// A sentence: when it was said, and when it was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sentence {
    pub(crate) said: Duration,
    pub(crate) seen: Duration,
}

/// What is seen.
pub(crate) enum Seen {
    /// More of an answer, of one sentence at least.
    Sentences(Vec<Sentence>),
    /// How a turn ended.
    Over(Value),
}

impl Watched {
    /// Watches somebody's own conversation, which begins with a question.
    pub(crate) async fn begin(desk: &Desk, nth: usize) -> Self {
        let turn = desk.asks(nth, QUESTION).await;
        let conversation = turn["conversation"].as_str().unwrap_or_else(|| panic!("{turn:#}"));
        let response = desk.client(nth).watch(conversation).await;
        let mut watched = Self { response, unread: Vec::new() };
        watched.over().await;
        watched
    }

    pub(crate) async fn next(&mut self) -> Seen {
        loop {
            let (kind, data) = self.event().await;
            if kind == "turn" {
                return Seen::Over(data);
            }
            let seen = now();
            let text = data["text"].as_str().unwrap_or_default();
            let sentences: Vec<_> = times(text).map(|said| Sentence { said, seen }).collect();
            if !sentences.is_empty() {
                return Seen::Sentences(sentences);
            }
        }
    }

    /// How the turn ends that is being answered.
    pub(crate) async fn over(&mut self) -> Value {
        loop {
            if let Seen::Over(turn) = self.next().await {
                return turn;
            }
        }
    }

    async fn event(&mut self) -> (String, Value) {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = self.unread.drain(..end + 2).collect();
                let event = String::from_utf8(event).unwrap();
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                // What only keeps the connection is no event.
                let Some(kind) = field("event:") else { continue };
                let data = serde_json::from_str(field("data:").unwrap()).unwrap();
                return (kind.to_owned(), data);
            }
            let chunk = self.response.chunk().await.unwrap().expect("it goes on");
            self.unread.extend_from_slice(&chunk);
        }
    }
}
