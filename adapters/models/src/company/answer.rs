//! What it answers, by where `config.json` says that it stands.

use countersign_domain::ports::{Ended, ModelFault, Usage};
use serde_json::Value;

use super::VENDOR;
use super::files::{Done, Response};
use crate::collected::{Collected, Room};
use crate::fault::{malformed, of_answer};

/// What follows from an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    More,
    All,
    TooMuch,
}

/// What has been heard so far of one answer.
pub(super) struct Hearing<'r> {
    response: &'r Response,
    /// Of an answer that grows, as much of it was taken.
    taken: String,
}

impl<'r> Hearing<'r> {
    pub(super) const fn new(response: &'r Response) -> Self {
        Self { response, taken: String::new() }
    }

    /// Takes an event, a line, or the whole.
    pub(super) fn hear(&mut self, event: &str, collected: &mut Collected<'_>) -> Result<Heard, ModelFault> {
        let event = event.trim();
        if event.is_empty() {
            return Ok(Heard::More);
        }
        if matches!(&self.response.done, Some(Done::Text(done)) if event == done) {
            return Ok(Heard::All);
        }
        let said: Value =
            serde_json::from_str(event).map_err(|_| malformed(VENDOR, "its answer is no JSON"))?;
        let at = |pointer: &Option<String>| pointer.as_ref().and_then(|pointer| said.pointer(pointer));
        if let Some(error) = at(&self.response.error).filter(|error| !is_nothing(error)) {
            return Err(of_answer(VENDOR, error));
        }
        if let (Some(read), Some(written)) =
            (at(&self.response.read_tokens), at(&self.response.written_tokens))
            && let (Some(read), Some(written)) = (read.as_u64(), written.as_u64())
        {
            collected.usage = Some(Usage { read, written, said: true });
        }
        let text = said.pointer(&self.response.text).and_then(Value::as_str).unwrap_or_default();
        let room = collected.text(self.new_of(text)?);
        if self.response.grows {
            text.clone_into(&mut self.taken);
        }
        for call in at(&self.response.calls).and_then(Value::as_array).into_iter().flatten() {
            one_call(call, collected)?;
        }
        if room == Room::None {
            return Ok(Heard::TooMuch);
        }
        Ok(if self.is_done(&said) { Heard::All } else { Heard::More })
    }

    /// Why it ended, now that nothing more comes; `None` where it should have said that it is done.
    pub(super) const fn at_the_end(&self) -> Option<Ended> {
        if self.response.done.is_some() { None } else { Some(Ended::Said) }
    }

    fn new_of<'t>(&self, text: &'t str) -> Result<&'t str, ModelFault> {
        if !self.response.grows || text.is_empty() {
            return Ok(text);
        }
        text.strip_prefix(self.taken.as_str())
            .ok_or_else(|| malformed(VENDOR, "its answer does not grow, as config.json says, but changes"))
    }

    fn is_done(&self, said: &Value) -> bool {
        let Some(Done::At(done)) = &self.response.done else { return false };
        let found = said.pointer(&done.at);
        match &done.is {
            Some(wanted) => found == Some(wanted),
            None => found.is_some_and(|found| !is_nothing(found)),
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value.as_str() == Some("")
}

fn one_call(call: &Value, collected: &mut Collected<'_>) -> Result<(), ModelFault> {
    let function = if call["function"].is_object() { &call["function"] } else { call };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let (id, name) = (call["id"].as_str().unwrap_or_default(), function["name"].as_str().unwrap_or_default());
    let last = collected.next_place().saturating_sub(1);
    let place = call["index"].as_u64().unwrap_or(if name.is_empty() { last } else { collected.next_place() });
    collected.call(place, id, name, &text(&function["arguments"]))
}
