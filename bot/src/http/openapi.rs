//! `/api/openapi.json`, made from the table of routes, so that it cannot say anything else than what is served.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::routes::{Body, Door, Route, table};
use super::state::HttpState;
use super::viewer::cookie_name;

/// The document.
pub(super) async fn document(State(state): State<HttpState>) -> Json<Value> {
    let mut paths = Map::new();
    for route in table() {
        paths.entry(route.path).or_insert_with(|| json!({}))[route.method] = operation(&route);
    }
    Json(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "description": "Every list answers {\"items\": […], \"next\": cursor or null}. Every error is a problem document \
                (RFC 9457). The same X-Request-ID (a UUID) or Idempotency-Key with the same content has one effect. Where it is set up how much may \
                be asked in a minute, RateLimit-Policy and RateLimit say with every answer what that is and what is left of it; what is more is \
                answered with 429 and Retry-After.",
        },
        "servers": [{ "url": state.world.console, "description": "Where people find the console" }],
        "tags": TAGS.map(|(name, about)| json!({ "name": name, "description": about })),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": cookie_name(state.settings.secure_cookies) },
                "signature": {
                    "type": "apiKey", "in": "header", "name": "X-Hub-Signature",
                    "description": "Jira's; every other vendor signs, or brings a token, in its own way",
                },
            },
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": { "type": "string" },
                        "title": { "type": "string" },
                        "status": { "type": "integer" },
                        "detail": { "type": "string" },
                        "instance": { "type": "string" },
                        "violations": { "type": "array", "items": { "type": "object" } },
                    },
                },
            },
        },
    }))
}

/// For whom the addresses are.
const TAGS: [(&str, &str); 4] = [
    ("programs", "What programs call in the name of a person"),
    ("browsers", "The console"),
    ("vendors", "Where vendors deliver"),
    ("operators", "What watches the bot"),
];

fn tag(path: &str) -> &'static str {
    if path.starts_with("/webhooks/") || path == "/api/messages" {
        "vendors"
    } else if path.starts_with("/api/v1/") {
        "programs"
    } else if matches!(path, "/api/openapi.json" | "/healthz" | "/metrics" | "/readyz") {
        "operators"
    } else {
        "browsers"
    }
}

/// A name for the operation that generators of clients can use: `postProjectionsNameRebuild`.
fn operation_id(route: &Route) -> String {
    let words = route.path.trim_start_matches("/api/v1").split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    };
    let words: String = words.filter(|word| !word.is_empty()).map(capital).collect();
    // Some of what programs read, the console shows on a page of the same name.
    let whose = if tag(route.path) == "browsers" { "Console" } else { "" };
    format!("{}{whose}{words}", route.method)
}

fn operation(route: &Route) -> Value {
    let in_path = route.path.split(['{', '}']).skip(1).step_by(2);
    let in_path = in_path
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let in_query = route.parameters.iter().map(|parameter| {
        json!({ "name": parameter.name, "in": "query", "description": parameter.about, "schema": { "type": "string" } })
    });
    let etag = json!({
        "name": "If-None-Match", "in": "header", "description": "the ETag of what you have of it", "schema": { "type": "string" },
    });
    let etag = route.is_tagged.then_some(etag);
    let parameters: Vec<_> = in_path.chain(in_query).chain(etag).collect();
    let problem =
        json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let mut operation = json!({
        "operationId": operation_id(route),
        "tags": [tag(route.path)],
        "summary": route.about,
        "parameters": parameters,
        "security": match route.door {
            Door::Open => json!([]),
            Door::SignedIn => json!([{ "token": [] }, { "session": [] }]),
            Door::Signed => json!([{ "signature": [] }]),
        },
        "responses": {
            "2XX": { "description": "Done" },
            "4XX": { "description": "What to mend", "content": problem },
            "5XX": { "description": "It broke here", "content": problem },
        },
    });
    if route.is_tagged {
        operation["responses"]["304"] = json!({ "description": "It is as you have it" });
    }
    if let Some(spoken) = route.spoken {
        operation["description"] = json!(spoken);
        operation["responses"]["101"] = json!({ "description": "It is open" });
    }
    if let Some(body) = route.body {
        operation["requestBody"] = sent(body);
    }
    operation
}

fn sent(Body(media, fields): Body) -> Value {
    let name = |field: &'static str| field.trim_start_matches('*');
    let required: Vec<_> =
        fields.iter().filter(|field| field.starts_with('*')).map(|field| name(field)).collect();
    let properties: Map<_, _> =
        fields.iter().map(|field| (name(field).to_owned(), json!({ "type": "string" }))).collect();
    let schema = if media.starts_with("text/") {
        json!({ "type": "string" })
    } else if required.is_empty() {
        json!({ "type": "object" })
    } else {
        json!({ "type": "object", "required": required, "properties": properties })
    };
    json!({ "required": true, "content": { media: { "schema": schema } } })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn trust_d8_every_operation_has_a_name_of_its_own() {
        let names: Vec<_> = table().iter().map(operation_id).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        assert!(
            names.contains(&"postProjectionsNameRebuild".to_owned())
                && names.contains(&"getConsole".to_owned())
        );
        assert!(table().iter().all(|route| TAGS.iter().any(|(name, _)| *name == tag(route.path))));
    }
}
