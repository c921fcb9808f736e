//! What is asked of a server.

use countersign_domain::ports::{Message, Step};
use serde_json::{Map, Value, json};

use super::OpenAiSettings;
use crate::prompt;

pub(super) fn request(step: &Step, settings: &OpenAiSettings) -> Value {
    let mut messages = vec![json!({"role": "system", "content": prompt::system(step)})];
    messages.extend(step.messages.iter().map(message));
    let mut body = Map::new();
    body.insert("model".to_owned(), settings.model.clone().into());
    body.insert("messages".to_owned(), messages.into());
    body.insert("stream".to_owned(), true.into());
    body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    body.insert(settings.most_tokens_name.clone(), step.most_tokens.into());
    if let Some(temperature) = settings.temperature {
        body.insert("temperature".to_owned(), temperature.into());
    }
    if settings.tools && !step.tools.is_empty() {
        let tools: Vec<Value> = step
            .tools
            .iter()
            .map(|tool| {
                let function =
                    json!({"name": tool.name, "description": tool.description, "parameters": tool.arguments});
                json!({"type": "function", "function": function})
            })
            .collect();
        body.insert("tools".to_owned(), tools.into());
    }
    Value::Object(body)
}

/// As the server is told of it; also for whoever takes the same shapes.
pub(crate) fn message(message: &Message) -> Value {
    match message {
        Message::Person { text } => json!({"role": "user", "content": text}),
        Message::Agent { text, calls } if calls.is_empty() => json!({"role": "assistant", "content": text}),
        Message::Agent { text, calls } => {
            let calls: Vec<Value> = calls
                .iter()
                .map(|call| {
                    let function = json!({"name": call.tool, "arguments": call.arguments.to_string()});
                    json!({"id": call.id, "type": "function", "function": function})
                })
                .collect();
            json!({"role": "assistant", "content": text, "tool_calls": calls})
        }
        Message::Tool { call, text, failed } => {
            let text = if *failed { format!("It failed: {text}") } else { text.clone() };
            json!({"role": "tool", "tool_call_id": call, "content": text})
        }
    }
}
