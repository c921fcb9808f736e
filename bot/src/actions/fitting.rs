//! Which actions somebody's own words describe, where nobody reads them but this: “web-shop in staging hangs, what can I do?” describes that
//! it is restarted. What fits is offered, as a model would offer it, and never done.

use countersign_domain::actions::Entry;
use countersign_domain::ports::ToolCall;
use serde_json::{Map, Value};

use super::offer::TOOL;
use crate::help::Catalogue;

/// Words that say that something does not do what it should.
const TROUBLE: [&str; 22] = [
    "hang",
    "hangs",
    "hanging",
    "stuck",
    "frozen",
    "down",
    "broken",
    "crashed",
    "crashes",
    "dead",
    "stale",
    "outdated",
    "slow",
    "unresponsive",
    "fails",
    "failing",
    "hängt",
    "kaputt",
    "langsam",
    "veraltet",
    "bloqué",
    "lent",
];
/// Words that name nothing by which an action could be known.
const IDLE: [&str; 12] =
    ["the", "of", "for", "and", "all", "its", "one", "job", "from", "with", "this", "that"];
/// A word of a title has at least so many letters.
const SHORTEST: usize = 3;
/// So much may stand behind a word that is the same: “restart”, “restarting”.
const ENDING: usize = 3;

/// A call of each action that a sentence describes.
pub(super) fn calls(catalogue: &Catalogue, text: &str) -> Vec<ToolCall> {
    let words = words(text);
    let call = |entry: &Entry| {
        let arguments = described(entry, &words)?;
        entry.plan(&arguments).ok()?;
        Some(ToolCall {
            id: format!("fits-{}", entry.name),
            tool: format!("{TOOL}{}", entry.name),
            arguments,
        })
    };
    catalogue.entries.iter().filter_map(call).collect()
}

/// With which arguments a sentence describes an action: it says what is done, or that something is wrong; with what; and to each field that
/// must be filled, one of the values there are.
fn described(entry: &Entry, said: &[String]) -> Option<Value> {
    let own: Vec<String> = words(&entry.name.replace('_', " "))
        .into_iter()
        .chain(words(&entry.title))
        .filter(|word| tells(word))
        .collect();
    let (does, with): (Vec<_>, Vec<_>) = own.iter().partition(|word| Some(*word) == own.first());
    let says = |all: &[&String]| all.iter().any(|own| said.iter().any(|word| is_alike(own, word)));
    let is_wanted = says(&does) || said.iter().any(|word| TROUBLE.contains(&&**word));
    if !is_wanted || !says(&with) {
        return None;
    }
    let required = entry.arguments["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let required: Vec<&str> = required.collect();
    let mut arguments = Map::new();
    for (field, schema) in entry.arguments["properties"].as_object().into_iter().flatten() {
        let values = schema["enum"].as_array().into_iter().flatten();
        let named: Vec<_> =
            values.filter(|value| value.as_str().is_some_and(|value| is_said(value, said))).collect();
        match named[..] {
            [only] => drop(arguments.insert(field.clone(), only.clone())),
            // Of several nobody knows which is meant, and what is not said is nobody's guess.
            _ if required.contains(&&**field) => return None,
            _ => {}
        }
    }
    Some(Value::Object(arguments))
}

/// The words of a text, in lower case; a name stays in one piece: `web-shop`.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')));
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn tells(word: &str) -> bool {
    word.chars().count() >= SHORTEST && !IDLE.contains(&word)
}

fn is_said(value: &str, said: &[String]) -> bool {
    said.iter().any(|word| *word == value.to_lowercase())
}

/// Whether two words are the same but for their endings.
fn is_alike(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long
        || short.len() > ENDING && long.strip_prefix(short).is_some_and(|ending| ending.len() <= ENDING)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn catalogue() -> Catalogue {
        let entry = |name: &str, title: &str, required: Value, properties: Value| {
            let schema = json!({
                "type": "object", "additionalProperties": false, "required": required, "properties": properties,
            });
            let call = json!({ "kind": "http", "method": "POST", "url": "https://jobs.example/do" });
            json!({ "name": name, "title": title, "arguments": schema, "call": call })
        };
        let services = json!({ "service": { "type": "string", "enum": ["web-shop", "search"] } });
        let entries = json!([
            entry("restart_staging", "restart a service of staging", json!(["service"]), services),
            entry("clear_cdn_cache", "clear the cache of the CDN", json!([]), json!({})),
            entry(
                "restart_job",
                "restart a job",
                json!(["job"]),
                json!({ "job": { "type": "string", "maxLength": 80 } })
            ),
        ]);
        Catalogue { version: 1, entries: serde_json::from_value(entries).expect("they are entries") }
    }

    fn fitting(text: &str) -> Vec<(String, Value)> {
        calls(&catalogue(), text).into_iter().map(|call| (call.tool, call.arguments)).collect()
    }

    #[test]
    fn what_describes_an_action_is_offered_it_with_what_was_named() {
        let restart =
            |service: &str| vec![("run_action_restart_staging".to_owned(), json!({ "service": service }))];
        for (text, calls) in [
            ("web-shop in staging hangs, what can I do?", restart("web-shop")),
            ("please restart the staging of web-shop, can you?", restart("web-shop")),
            ("How do I get the service Search of staging restarted?", restart("search")),
            (
                "the CDN's cache is stale, who helps?",
                vec![("run_action_clear_cdn_cache".to_owned(), json!({}))],
            ),
            ("can somebody clear the cache?", vec![("run_action_clear_cdn_cache".to_owned(), json!({}))]),
        ] {
            assert_eq!(fitting(text), calls, "{text}");
        }
    }

    #[test]
    fn what_describes_none_or_leaves_open_which_is_offered_none() {
        for text in [
            "When is the VPN closed?",
            "staging hangs",
            "are web-shop and search of staging down?",
            "restart web-shop in production",
            "how large is the cache of the CDN?",
            "restart the job nightly",
            "my boss is slow",
            "",
        ] {
            assert_eq!(fitting(text), vec![], "{text}");
        }
    }
}
