//! What a server answers, event by event, or all at once: whatever is left out is not missed.

use countersign_domain::ports::{Ended, ModelFault, Usage};
use serde_json::Value;

use super::VENDOR;
use crate::collected::Collected;
use crate::fault::{malformed, of_answer};

/// What follows from an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    More,
    All,
    TooMuch,
}

/// Takes what an event says.
pub(super) fn hear(event: &str, collected: &mut Collected<'_>) -> Result<Heard, ModelFault> {
    let event = event.trim();
    if event == "[DONE]" {
        return Ok(Heard::All);
    }
    if event.is_empty() {
        return Ok(Heard::More);
    }
    let said: Value =
        serde_json::from_str(event).map_err(|_| malformed(VENDOR, "an event of its answer is no JSON"))?;
    if let Some(error) = said.get("error").filter(|error| !error.is_null()) {
        return Err(of_answer(VENDOR, error));
    }
    if let Some(id) = said["id"].as_str().filter(|id| !id.is_empty()) {
        collected.response.get_or_insert_with(|| id.chars().take(200).collect());
    }
    if let Some(usage) = usage(&said["usage"]) {
        collected.usage = Some(usage);
    }
    // There may be several answers to choose from; one was asked for.
    let Some(choice) = said["choices"].as_array().and_then(|choices| choices.first()) else {
        return Ok(Heard::More);
    };
    let part = ["delta", "message"].iter().map(|name| &choice[*name]).find(|part| part.is_object());
    let part = part.unwrap_or(&Value::Null);
    let text = text(&part["content"]).or_else(|| choice["text"].as_str().map(str::to_owned));
    let room = Heard::from(collected.text(text.as_deref().unwrap_or_default()));
    if let Some(refusal) = part["refusal"].as_str() {
        collected.text(refusal);
    }
    for call in part["tool_calls"].as_array().into_iter().flatten() {
        one_call(call, collected)?;
    }
    collected.why = ended(&choice["finish_reason"]).or(collected.why);
    Ok(room)
}

fn one_call(call: &Value, collected: &mut Collected<'_>) -> Result<(), ModelFault> {
    let function = &call["function"];
    let id = call["id"].as_str().unwrap_or_default();
    let name = function["name"].as_str().unwrap_or_default();
    // Without a place, whatever has a name of its own is the next one, and what has none goes on with the last.
    let last = collected.next_place().saturating_sub(1);
    let place = call["index"].as_u64().unwrap_or(if name.is_empty() { last } else { collected.next_place() });
    let arguments = match &function["arguments"] {
        Value::String(arguments) => arguments.clone(),
        Value::Null => String::new(),
        // Some give them as they are.
        arguments => arguments.to_string(),
    };
    collected.call(place, id, name, &arguments)
}

/// A text, or parts of which some are.
fn text(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => Some(parts.iter().filter_map(|part| part["text"].as_str()).collect()),
        _ => None,
    }
}

fn usage(said: &Value) -> Option<Usage> {
    let number = |name: &str| said[name].as_u64();
    let (read, written) = (number("prompt_tokens")?, number("completion_tokens")?);
    Some(Usage { read, written, said: true })
}

fn ended(reason: &Value) -> Option<Ended> {
    Some(match reason.as_str()? {
        "length" | "max_tokens" => Ended::Length,
        "content_filter" => Ended::Screened,
        "tool_calls" | "function_call" => Ended::Calls,
        _ => Ended::Said,
    })
}
