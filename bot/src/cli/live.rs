//! Which requests change: the bot's server-sent events, taken up again where the connection was lost.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;

use super::bot::Bot;

/// How long to wait before a lost connection is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// The codes of the viewer's requests, each whenever it changed. Only the code: by the time it is looked at, what it said then may
/// be over. A bot that cannot tell is asked again now and then.
pub(super) fn changes(bot: Bot) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(64);
    tokio::spawn(async move {
        let mut last = None;
        while !sender.is_closed() {
            // What was shown stays right without it, so that a failure here is not worth a word.
            let _ = follow(&bot, &mut last, &sender).await;
            tokio::time::sleep(AGAIN).await;
        }
    });
    receiver
}

async fn follow(bot: &Bot, last: &mut Option<String>, sender: &mpsc::Sender<String>) -> anyhow::Result<()> {
    let path = last.as_ref().map_or_else(|| "/events".to_owned(), |id| format!("/events?after={id}"));
    let mut response = bot.stream(&path, "text/event-stream").await?;
    let mut parser = Parser::default();
    while let Some(chunk) = response.chunk().await? {
        for event in parser.feed(&chunk) {
            *last = event.id.or(last.take());
            if event.name == "card"
                && let Ok(data) = serde_json::from_str::<Value>(&event.data)
                && let Some(code) = data["code"].as_str()
            {
                sender.send(code.to_owned()).await?;
            }
        }
    }
    Ok(())
}

/// One server-sent event.
#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    name: String,
    id: Option<String>,
    data: String,
}

/// Reads server-sent events from chunks that end anywhere.
#[derive(Debug, Default)]
struct Parser {
    rest: Vec<u8>,
    event: Event,
}

impl Parser {
    fn feed(&mut self, chunk: &[u8]) -> Vec<Event> {
        self.rest.extend_from_slice(chunk);
        let mut events = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            events.extend(self.line(line.trim_end_matches(['\r', '\n'])));
        }
        events
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            return Some(std::mem::take(&mut self.event)).filter(|event| !event.data.is_empty());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "id" => self.event.id = Some(value.to_owned()),
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_however_the_chunks_fall() {
        let text = ": hello\n\nevent: card\nid: 7\ndata: {\"a\":\ndata: 1}\n\r\nevent: reset\ndata: {}\n\n";
        let whole = Parser::default().feed(text.as_bytes());
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[0], Event { name: "card".into(), id: Some("7".into()), data: "{\"a\":\n1}".into() });
        for size in 1..text.len() {
            let mut parser = Parser::default();
            let events: Vec<_> = text.as_bytes().chunks(size).flat_map(|chunk| parser.feed(chunk)).collect();
            assert_eq!(events, whole, "chunks of {size}");
        }
    }
}
