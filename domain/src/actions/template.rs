//! Putting arguments into what is called: as JSON values where they stand alone, as text within text, and within an address so that
//! none of them can be more than the part of the path that it stands in.

use std::collections::BTreeSet;

use serde_json::Value;

/// The names of the places in braces.
pub(super) fn places(template: &Value) -> Vec<String> {
    let mut all = BTreeSet::new();
    collect(template, &mut all);
    all.into_iter().collect()
}

fn collect(template: &Value, all: &mut BTreeSet<String>) {
    match template {
        Value::String(text) => all.extend(parts(text).into_iter().filter_map(|part| match part {
            Part::Place(name) => Some(name.to_owned()),
            Part::Text(_) => None,
        })),
        Value::Array(items) => items.iter().for_each(|item| collect(item, all)),
        Value::Object(fields) => fields.values().for_each(|item| collect(item, all)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The value with the arguments in it.
pub(super) fn filled(template: &Value, arguments: &Value) -> Value {
    match template {
        Value::String(text) => match parts(text)[..] {
            // By itself it stays what it is.
            [Part::Place(name)] => arguments.get(name).cloned().unwrap_or(Value::Null),
            _ => Value::String(joined(text, |name| said(arguments, name))),
        },
        Value::Array(items) => items.iter().map(|item| filled(item, arguments)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, item)| (name.clone(), filled(item, arguments))).collect()
        }
        other => other.clone(),
    }
}

/// The address with the arguments in it, each within its part.
pub(super) fn filled_address(template: &str, arguments: &Value) -> String {
    joined(template, |name| encoded(&said(arguments, name)))
}

fn said(arguments: &Value, name: &str) -> String {
    match arguments.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// A text in which nothing means anything to whoever reads an address.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Whether a part of an address would be the one that it is in, or the one above: there is no other way to write these.
pub(super) fn leads_elsewhere(address: &str) -> bool {
    address.split('/').any(|part| part == "." || part == "..")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Place(&'a str),
}

fn joined(template: &str, mut place: impl FnMut(&str) -> String) -> String {
    parts(template)
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => text.to_owned(),
            Part::Place(name) => place(name),
        })
        .collect()
}

/// A template, cut at its places: `{name}`. Any other brace is one.
fn parts(template: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), template);
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let mut from = 0;
    while let Some(open) = rest[from..].find('{').map(|at| from + at) {
        match rest[open + 1..].find('}').map(|length| &rest[open + 1..open + 1 + length]) {
            Some(name) if is_name(name) => {
                if open > 0 {
                    parts.push(Part::Text(&rest[..open]));
                }
                parts.push(Part::Place(name));
                rest = &rest[open + name.len() + 2..];
                from = 0;
            }
            _ => from = open + 1,
        }
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_by_itself_is_the_value_and_within_a_text_it_is_text() {
        let arguments = json!({ "times": 2, "job": "a\"b", "on": true });
        let template = json!({ "times": "{times}", "all": ["{on}", "{job}!"], "same": "{ not } {} {times" });
        let filled = filled(&template, &arguments);
        assert_eq!(filled, json!({ "times": 2, "all": [true, "a\"b!"], "same": "{ not } {} {times" }));
        assert_eq!(places(&template), ["job", "on", "times"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Whatever an argument is: the address has the same host, as many parts, no question and no part of the page.
        #[test]
        fn no_argument_changes_whom_an_address_calls_or_how_many_parts_it_has(job in ".{0,20}", more in "[./%#?@:&=+\\\\]{0,6}") {
            let arguments = json!({ "job": format!("{job}{more}") });
            let address = filled_address("https://jobs.example/a/{job}/restart", &arguments);
            let rest = address.strip_prefix("https://jobs.example/a/").unwrap();
            let parts: Vec<_> = rest.split('/').collect();
            prop_assert_eq!(parts.len(), 2);
            prop_assert_eq!(parts[1], "restart");
            prop_assert!(!parts[0].contains(['?', '#', '@', '\\', ' ', ':', '&']));
            prop_assert_eq!(leads_elsewhere(&address), matches!(parts[0], "." | ".."));
        }

        #[test]
        fn every_argument_comes_back_as_it_was(job in ".{0,20}", times in any::<i64>()) {
            let arguments = json!({ "job": job, "times": times });
            let filled = filled(&json!({ "a": "{job}", "b": "{times}" }), &arguments);
            prop_assert_eq!(filled, json!({ "a": job, "b": times }));
        }
    }
}
