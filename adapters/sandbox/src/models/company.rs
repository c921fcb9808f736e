//! A company's own model: behind a cookie, and answering as the question wants it (`?as=whole`, `sse`, `ndjson`, `growing`).

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::openai::{next, text};
use super::state::{Said, Trouble};
use super::stream::send;
use super::{Given, json};

pub(crate) async fn generate(
    State(given): State<Given>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Response {
    let wanted = given.shared.state.look(|state| state.cookie.clone());
    let shown = headers.get(header::COOKIE).is_some_and(|shown| shown.as_bytes() == wanted.as_bytes());
    if !shown {
        // As those who guard such pages do.
        return (StatusCode::FOUND, [(header::LOCATION, "/login")]).into_response();
    }
    if !asked.is_object() {
        return json(StatusCode::BAD_REQUEST, &json!({"fault": {"code": "invalid_request"}}));
    }
    let reply = next(&given);
    if reply.trouble == Some(Trouble::Page) {
        return page();
    }
    let mut grown = String::new();
    let event = |said: &Said| match said {
        Said::Text(text) => json!({"token": {"text": text}, "final": false}),
        Said::Event(event) => event.clone(),
        Said::Call { id, name, arguments, .. } => {
            let arguments: Value = serde_json::from_str(arguments).unwrap_or_default();
            json!({"wants": [{"id": id, "name": name, "arguments": arguments}]})
        }
        Said::Raw(raw) => json!({ "raw": raw }),
    };
    let last = json!({"final": true, "usage": {"in": 5, "out": reply.says.len()}}).to_string();
    let lines = reply.says.iter().map(|said| event(said).to_string());
    let lines = lines.chain((!reply.curt).then_some(last)).collect::<Vec<_>>();
    let (media, parts): (_, Vec<String>) = match query.get("as").map(String::as_str) {
        Some("sse") => ("text/event-stream", lines.iter().map(|line| format!("data: {line}\n\n")).collect()),
        Some("ndjson") => ("application/x-ndjson", lines.iter().map(|line| format!("{line}\n")).collect()),
        Some("growing") => {
            let grows = reply.says.iter().map(|said| {
                if let Said::Text(text) = said {
                    grown.push_str(text);
                }
                format!("{}\n", json!({ "text": grown }))
            });
            ("application/x-ndjson", grows.collect())
        }
        _ => ("application/json", vec![json!({"result": {"answer": text(&reply)}}).to_string()]),
    };
    send(media, &parts, reply.trouble.as_ref(), &given.listening)
}

pub(crate) async fn log_in() -> Response {
    page()
}

/// Where people log in.
pub(crate) fn page() -> Response {
    let page = "<!doctype html><title>Log in</title><form><input name=user></form>";
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
