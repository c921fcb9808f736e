//! What is kept of a body that could not be read, until it can: how it is built, without what people wrote in it, which may hold anything,
//! and without what has the name of a secret.

use serde_json::Value;

/// The most that is kept, in bytes: a larger one is to be sent again by its vendor.
const MOST: usize = 256 * 1024;
/// What holds texts of people, or whatever they were given to run: `AlarmDescription` is a description as well.
const WRITTEN: [&str; 14] = [
    "body",
    "client_payload",
    "config",
    "diff_hunk",
    "email",
    "head_commit",
    "inputs",
    "message",
    "outputs",
    "output",
    "patch",
    "payload",
    "summary",
    "text",
];
/// What secrets are called.
const SECRET: [&str; 5] = ["token", "secret", "password", "key", "credential"];

/// What is kept of a body; nothing where that is too large.
pub fn kept(body: &Value) -> Option<String> {
    let kept = without_texts(body).to_string();
    (kept.len() <= MOST).then_some(kept)
}

/// No deeper than what was read, which is bounded.
fn without_texts(value: &Value) -> Value {
    match value {
        Value::Object(table) => {
            let kept = table.iter().filter(|(key, _)| is_kept(key));
            Value::Object(kept.map(|(key, value)| (key.clone(), without_texts(value))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(without_texts).collect()),
        other => other.clone(),
    }
}

fn is_kept(key: &str) -> bool {
    let key = key.to_lowercase();
    !WRITTEN.contains(&&*key)
        && !key.ends_with("description")
        && !SECRET.iter().any(|name| key.contains(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_text_of_people_and_no_secret_is_kept_of_what_is_parked() {
        let canary = "hunter2";
        let body = json!({
            "action": "closed",
            "commits": [{ "id": "a1", "message": canary, "author": { "email": canary, "name": "octo" } }],
            "AlarmDescription": canary, "description": canary,
            "hook": { "config": { "secret": canary }, "api_token": canary, "PassWord": canary },
        });
        let kept = kept(&body).unwrap();
        assert!(!kept.contains(canary), "{kept}");
        let kept: Value = serde_json::from_str(&kept).unwrap();
        let built = json!({ "action": "closed", "commits": [{ "id": "a1", "author": { "name": "octo" } }], "hook": {} });
        assert_eq!(kept, built);
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        assert_eq!(kept(&json!({ "a": "x".repeat(MOST) })), None);
    }
}
