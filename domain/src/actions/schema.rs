//! What an action's arguments may be: a JSON Schema of an object whose fields are texts, numbers and flags. Every keyword that is not
//! kept is refused with its place, so that no schema promises a limit that nobody holds to.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value};

use crate::hidden::hidden;

/// The longest text, in characters, where a schema names no shorter one.
const MOST_TEXT: u64 = 500;
/// The most fields.
const MOST_FIELDS: usize = 32;

/// A schema, read.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    fields: BTreeMap<String, Field>,
}

/// One field.
#[derive(Debug, Clone)]
struct Field {
    required: bool,
    takes: Takes,
}

#[derive(Debug, Clone)]
enum Takes {
    Text { least: u64, most: u64, one_of: Option<Vec<String>>, like: Option<Regex> },
    Number { whole: bool, least: Option<f64>, most: Option<f64> },
    Flag,
}

impl Schema {
    /// Reads it, or says all that is wrong with it.
    pub(super) fn read(schema: &Value) -> Result<Self, Vec<String>> {
        let Some(object) = schema.as_object() else { return Err(vec!["a schema is an object".to_owned()]) };
        let mut faults = unknown(
            "",
            object,
            &["$schema", "title", "description", "type", "properties", "required", "additionalProperties"],
        );
        if object.get("type") != Some(&Value::from("object")) {
            faults.push("`type` must be \"object\"".to_owned());
        }
        if object.get("additionalProperties") != Some(&Value::Bool(false)) {
            faults.push("`additionalProperties` must be false: what is not named is not taken".to_owned());
        }
        let required = names(object.get("required"), &mut faults);
        let empty = Map::new();
        let properties = object.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        if properties.len() > MOST_FIELDS {
            faults.push(format!("there are more than {MOST_FIELDS} properties"));
        }
        let mut fields = BTreeMap::new();
        for (name, property) in properties {
            match takes(name, property) {
                Ok(takes) => {
                    drop(fields.insert(name.clone(), Field { required: required.contains(name), takes }));
                }
                Err(more) => faults.extend(more),
            }
        }
        let lacking = required.iter().filter(|name| !properties.contains_key(*name));
        faults.extend(lacking.map(|name| format!("`required` names `{name}`, which is no property")));
        if faults.is_empty() { Ok(Self { fields }) } else { Err(faults) }
    }

    /// Whether there is such a field, and it is always filled.
    pub(super) fn always_has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|field| field.required)
    }

    /// All that is wrong with these arguments, each with the field.
    pub(super) fn faults(&self, arguments: &Value) -> Vec<(String, String)> {
        let Some(given) = arguments.as_object() else {
            return vec![(String::new(), "arguments are an object".to_owned())];
        };
        let unknown = given.keys().filter(|name| !self.fields.contains_key(*name));
        let mut faults: Vec<_> =
            unknown.map(|name| (short(name), "is not one of its fields".to_owned())).collect();
        for (name, field) in &self.fields {
            match given.get(name) {
                None if field.required => faults.push((name.clone(), "is missing".to_owned())),
                None => {}
                Some(value) => faults.extend(field.takes.fault(value).map(|fault| (name.clone(), fault))),
            }
        }
        faults
    }
}

impl Takes {
    fn fault(&self, value: &Value) -> Option<String> {
        match (self, value) {
            (Self::Text { least, most, one_of, like }, Value::String(text)) => {
                let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
                if let Some((_, found)) = hidden(text) {
                    return Some(format!("holds the invisible character U+{:04X}", u32::from(found)));
                }
                if let Some(all) = one_of.as_ref().filter(|all| !all.contains(text)) {
                    return Some(format!("must be one of {}", all.join(", ")));
                }
                if !(*least..=*most).contains(&length) {
                    return Some(format!("must have {least} to {most} characters, and has {length}"));
                }
                let is_like = like.as_ref().is_none_or(|like| like.is_match(text));
                (!is_like).then(|| "has not the form that it must have".to_owned())
            }
            (Self::Number { whole, least, most }, Value::Number(number)) => {
                let as_float = number.as_f64().unwrap_or(f64::NAN);
                if *whole && !(number.is_i64() || number.is_u64()) {
                    return Some("must be a whole number".to_owned());
                }
                let fits =
                    least.is_none_or(|least| as_float >= least) && most.is_none_or(|most| as_float <= most);
                (!fits).then(|| format!("must be {}", between(*least, *most)))
            }
            (Self::Flag, Value::Bool(_)) => None,
            (Self::Text { .. }, _) => Some("must be a text".to_owned()),
            (Self::Number { .. }, _) => Some("must be a number".to_owned()),
            (Self::Flag, _) => Some("must be true or false".to_owned()),
        }
    }
}

fn between(least: Option<f64>, most: Option<f64>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("{least} or more"),
        (None, Some(most)) => format!("{most} or less"),
        (None, None) => "a number".to_owned(),
    }
}

/// What a property takes.
fn takes(name: &str, property: &Value) -> Result<Takes, Vec<String>> {
    let Some(object) = property.as_object() else { return Err(vec![format!("`{name}` must be an object")]) };
    let known: &[&str] = match object.get("type").and_then(Value::as_str) {
        Some("string") => &["type", "title", "description", "minLength", "maxLength", "enum", "pattern"],
        Some("integer" | "number") => &["type", "title", "description", "minimum", "maximum"],
        Some("boolean") => &["type", "title", "description"],
        _ => return Err(vec![format!("`{name}` must have the type string, integer, number or boolean")]),
    };
    let mut faults = unknown(name, object, known);
    let takes = match object.get("type").and_then(Value::as_str) {
        Some("string") => text(name, object, &mut faults),
        Some("boolean") => Takes::Flag,
        kind => Takes::Number {
            whole: kind == Some("integer"),
            least: number(name, object, "minimum", &mut faults),
            most: number(name, object, "maximum", &mut faults),
        },
    };
    if faults.is_empty() { Ok(takes) } else { Err(faults) }
}

fn text(name: &str, object: &Map<String, Value>, faults: &mut Vec<String>) -> Takes {
    let mut length = |keyword: &str, otherwise: u64| match object.get(keyword) {
        None => otherwise,
        Some(value) => value.as_u64().unwrap_or_else(|| {
            faults.push(format!("`{name}`: `{keyword}` must be a whole number"));
            otherwise
        }),
    };
    let (least, most) = (length("minLength", 1), length("maxLength", MOST_TEXT));
    let one_of = object.get("enum").map(|all| names(Some(all), faults));
    let like = object.get("pattern").and_then(|pattern| {
        // The whole of a text must be like it, whatever the pattern begins with.
        let whole = pattern.as_str().and_then(|pattern| Regex::new(&format!("^(?:{pattern})$")).ok());
        if whole.is_none() {
            faults.push(format!("`{name}`: `pattern` cannot be read"));
        }
        whole
    });
    Takes::Text { least, most, one_of, like }
}

fn number(name: &str, object: &Map<String, Value>, keyword: &str, faults: &mut Vec<String>) -> Option<f64> {
    let value = object.get(keyword)?;
    let read = value.as_f64();
    if read.is_none() {
        faults.push(format!("`{name}`: `{keyword}` must be a number"));
    }
    read
}

fn names(list: Option<&Value>, faults: &mut Vec<String>) -> Vec<String> {
    let Some(list) = list else { return vec![] };
    let all = list.as_array().map(|all| all.iter().map(|name| name.as_str().map(str::to_owned)).collect());
    all.flatten().unwrap_or_else(|| {
        faults.push("a list of names must be one of texts".to_owned());
        vec![]
    })
}

fn unknown(name: &str, object: &Map<String, Value>, known: &[&str]) -> Vec<String> {
    let at = if name.is_empty() { String::new() } else { format!("`{name}`: ") };
    let all = object.keys().filter(|key| !known.contains(&key.as_str()));
    all.map(|key| format!("{at}`{}` is a keyword that is not kept here", short(key))).collect()
}

fn short(name: &str) -> String {
    crate::text::flat(&name.chars().take(40).collect::<String>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["job", "times"],
            "properties": {
                "job": { "type": "string", "pattern": "[a-z-]+", "maxLength": 12 },
                "times": { "type": "integer", "minimum": 1, "maximum": 3 },
                "how": { "type": "string", "enum": ["soft", "hard"] },
                "now": { "type": "boolean" },
                "share": { "type": "number", "maximum": 0.5 },
            },
        })
    }

    #[test]
    fn what_fits_is_taken_and_what_does_not_is_said_field_by_field() {
        let schema = Schema::read(&schema()).unwrap();
        assert_eq!(
            schema
                .faults(&json!({ "job": "web-shop", "times": 2, "how": "hard", "now": true, "share": 0.5 })),
            vec![]
        );
        let wrong = json!({ "job": "Web shop", "times": 2.5, "how": "gently", "now": "yes", "share": 1, "evil\u{202e}": 1 });
        let faults: Vec<_> = schema.faults(&wrong).into_iter().map(|(field, _)| field).collect();
        assert_eq!(faults, ["evil", "how", "job", "now", "share", "times"]);
        assert_eq!(schema.faults(&json!({ "times": 4 })).len(), 2, "a field is missing, and one is too much");
        assert_eq!(schema.faults(&json!([])).len(), 1);
        let pattern = schema.faults(&json!({ "job": "ab\nC", "times": 1 }));
        assert_eq!(pattern.len(), 1, "the whole of it must be like that: {pattern:?}");
    }

    #[test]
    fn a_keyword_that_nobody_keeps_is_refused() {
        for (wrong, says) in [
            (json!({ "type": "object" }), "additionalProperties"),
            (json!({ "type": "object", "additionalProperties": false, "oneOf": [] }), "oneOf"),
            (
                json!({ "type": "object", "additionalProperties": false, "properties": { "a": { "type": "array" } } }),
                "`a`",
            ),
            (
                json!({ "type": "object", "additionalProperties": false, "properties": { "a": { "type": "string", "format": "uri" } } }),
                "format",
            ),
            (
                json!({ "type": "object", "additionalProperties": false, "properties": { "a": { "type": "string", "pattern": "(" } } }),
                "pattern",
            ),
            (json!({ "type": "object", "additionalProperties": false, "required": ["b"] }), "`b`"),
            (json!(7), "object"),
        ] {
            let faults = Schema::read(&wrong).unwrap_err().join("; ");
            assert!(faults.contains(says), "{wrong}: {faults}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            "[a-zA-Z -]{0,14}".prop_map(Value::from),
            (-2..6i64).prop_map(Value::from),
            (0..20u32).prop_map(|tenths| json!(f64::from(tenths) / 10.0)),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
            Just(json!(["soft"])),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_024))]

        #[test]
        fn what_is_taken_is_within_every_limit(
            fields in prop::collection::btree_map(prop::sample::select(vec!["job", "times", "how", "now", "share", "x"]), value(), 0..6),
        ) {
            let schema = Schema::read(&schema()).unwrap();
            let arguments = json!(fields);
            if schema.faults(&arguments).is_empty() {
                let job = arguments["job"].as_str().unwrap();
                prop_assert!(!job.is_empty() && job.len() <= 12 && job.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
                prop_assert!((1..=3).contains(&arguments["times"].as_i64().unwrap()));
                prop_assert!(arguments.get("how").is_none_or(|how| how == "soft" || how == "hard"));
                prop_assert!(arguments.get("share").is_none_or(|share| share.as_f64().unwrap() <= 0.5));
                prop_assert!(arguments.get("x").is_none());
            }
        }
    }
}
