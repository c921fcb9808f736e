//! The arguments of a call: in the query, in a form, or as JSON; all three mean the same
//! (<https://docs.slack.dev/apis/web-api/#basics>).

use axum::http::{HeaderMap, Uri, header};
use serde_json::{Map, Value};

/// The arguments of a call.
pub(super) struct Arguments(Map<String, Value>);

impl Arguments {
    /// Reads them; Slack's word where they cannot be read.
    pub(super) fn read(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Self, &'static str> {
        let mut all = Map::new();
        let mut add = |bytes: &[u8]| {
            for (name, value) in url::form_urlencoded::parse(bytes) {
                all.insert(name.into_owned(), Value::String(value.into_owned()));
            }
        };
        add(uri.query().unwrap_or_default().as_bytes());
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/json") {
            match serde_json::from_slice(body) {
                Ok(Value::Object(fields)) => all.extend(fields),
                Ok(_) => return Err("json_not_object"),
                Err(_) if body.is_empty() => {}
                Err(_) => return Err("invalid_json"),
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            add(body);
        } else if !body.is_empty() {
            return Err("invalid_post_type");
        }
        Ok(Self(all))
    }

    /// A text; numbers and truths are texts too.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// A text that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<String, &'static str> {
        self.text(name).ok_or("invalid_arguments")
    }

    /// JSON, which in a form is written as text.
    pub(super) fn json(&self, name: &str) -> Result<Option<Value>, &'static str> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| "invalid_json"),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// Several texts: a list, or with commas between them.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(text)) => text.split(',').map(|part| part.trim().to_owned()).collect(),
            _ => vec![],
        }
    }
}
