//! OpenAI's chat completions, as far as adapters use them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::state::{Line, Reply, Said, Trouble};
use super::stream::send;
use super::{Given, company, json};

pub(crate) async fn complete(
    State(given): State<Given>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Response {
    if let Some(refused) = refused(&given, &headers) {
        return refused;
    }
    let model = given.shared.state.look(|state| state.model.clone());
    if asked["model"] != model.as_str() {
        return wrong(StatusCode::NOT_FOUND, "model_not_found", "there is no such model");
    }
    if asked["messages"].as_array().is_none_or(Vec::is_empty) {
        return wrong(StatusCode::BAD_REQUEST, "invalid_request_error", "messages is required");
    }
    let reply = next(&given);
    if reply.trouble == Some(Trouble::Page) {
        return company::page();
    }
    if asked["stream"] != true {
        return json(StatusCode::OK, &whole(&reply, &model));
    }
    let parts: Vec<String> =
        events(&reply, &model).into_iter().map(|event| ended(&event, reply.line)).collect();
    send("text/event-stream; charset=utf-8", &parts, reply.trouble.as_ref(), &given.listening)
}

/// What it was told to say next.
pub(crate) fn next(given: &Given) -> Reply {
    let taken = given.shared.state.change(|state| Ok::<_, crate::SandboxError>(state.next.pop_front()));
    taken.ok().flatten().unwrap_or_else(|| Reply::text(&["I was ", "not told ", "what to say."]))
}

/// Why somebody is not let in.
pub(crate) fn refused(given: &Given, headers: &HeaderMap) -> Option<Response> {
    let wanted = given.shared.state.look(|state| format!("Bearer {}", state.key));
    let shown = headers.get(header::AUTHORIZATION).is_some_and(|shown| shown.as_bytes() == wanted.as_bytes());
    (!shown).then(|| wrong(StatusCode::UNAUTHORIZED, "invalid_api_key", "Incorrect API key provided"))
}

fn wrong(status: StatusCode, code: &str, message: &str) -> Response {
    json(status, &json!({"error": {"message": message, "type": "invalid_request_error", "code": code}}))
}

/// The data of each event.
fn events(reply: &Reply, model: &str) -> Vec<String> {
    let chunk = |delta: Value, reason: Option<&str>| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": reason});
        json!({"id": "chatcmpl-mini", "object": "chat.completion.chunk", "model": model, "choices": [choice]})
    };
    let said = |said: &Said| match said {
        Said::Text(text) => chunk(json!({"content": text}), None).to_string(),
        Said::Call { .. } => chunk(json!({"tool_calls": [call(said)]}), None).to_string(),
        Said::Event(event) => event.to_string(),
        Said::Raw(raw) => format!("\0{raw}"),
    };
    let first = chunk(json!({"role": "assistant", "content": ""}), None).to_string();
    let mut events: Vec<String> = std::iter::once(first).chain(reply.says.iter().map(said)).collect();
    if !reply.curt && reply.trouble != Some(Trouble::Endless) {
        events.push(chunk(json!({}), Some(reason(reply))).to_string());
        let usage = json!({"prompt_tokens": 7, "completion_tokens": reply.says.len(), "total_tokens": 7 + reply.says.len()});
        events.push(json!({"id": "chatcmpl-mini", "choices": [], "usage": usage}).to_string());
        events.push("[DONE]".to_owned());
    }
    events
}

fn call(said: &Said) -> Value {
    let Said::Call { index, id, name, arguments } = said else { return Value::Null };
    let mut call = json!({"index": index, "function": {"arguments": arguments}});
    if let Some(id) = id {
        call["id"] = id.clone().into();
        call["type"] = "function".into();
    }
    if let Some(name) = name {
        call["function"]["name"] = name.clone().into();
    }
    call
}

fn reason(reply: &Reply) -> &'static str {
    if reply.says.iter().any(|said| matches!(said, Said::Call { .. })) { "tool_calls" } else { "stop" }
}

/// An event with its end; what is raw, as it is.
fn ended(event: &str, line: Line) -> String {
    let end = match line {
        Line::Lf => "\n\n",
        Line::CrLf => "\r\n\r\n",
    };
    match event.strip_prefix('\0') {
        Some(raw) => raw.to_owned(),
        None => format!("data: {event}{end}"),
    }
}

fn whole(reply: &Reply, model: &str) -> Value {
    let text = text(reply);
    let message = json!({"role": "assistant", "content": text});
    json!({"id": "chatcmpl-mini", "object": "chat.completion", "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason(reply)}]})
}

/// All text of an answer.
pub(crate) fn text(reply: &Reply) -> String {
    let texts = reply.says.iter().filter_map(|said| match said {
        Said::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}
