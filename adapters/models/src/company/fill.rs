//! Templates: JSON in which a text that is a placeholder becomes a value, and a placeholder within a text becomes a part of it. What
//! is filled in is never read as JSON, so nothing that somebody says can end a text or begin a field.

use serde_json::{Map, Value};

/// What placeholders can stand for.
pub(super) trait Values {
    /// The value of this name; `None` where there is none.
    fn value(&self, name: &str) -> Option<Value>;
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    Text(&'t str),
    Named(&'t str),
}

/// The parts of a text; the part that is wrong, where a placeholder has no end or no name.
pub(super) fn parts(text: &str) -> Result<Vec<Part<'_>>, &str> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((name, after)) = behind.split_once("}}") else { return Err(&rest[before.len()..]) };
        let named = name.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
        if named.is_empty() || !named.chars().all(plain) {
            return Err(name);
        }
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Named(named));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

/// All texts of a template, its names among them.
pub(super) fn texts(template: &Value) -> Vec<&str> {
    match template {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| std::iter::once(name.as_str()).chain(texts(value)))
            .collect(),
        _ => Vec::new(),
    }
}

/// The template with its values. What has none is nothing: that there is one was looked at when the template was read.
pub(super) fn fill(template: &Value, values: &dyn Values) -> Value {
    match template {
        Value::String(text) => filled(text, values),
        Value::Array(all) => all.iter().map(|one| fill(one, values)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), fill(value, values))).collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

fn filled(text: &str, values: &dyn Values) -> Value {
    let parts = parts(text).unwrap_or_default();
    if let [Part::Named(name)] = *parts {
        return values.value(name).unwrap_or_default();
    }
    let words = parts.into_iter().map(|part| match part {
        Part::Text(text) => text.to_owned(),
        Part::Named(name) => match values.value(name) {
            Some(Value::String(text)) => text,
            Some(Value::Null) | None => String::new(),
            Some(value) => value.to_string(),
        },
    });
    Value::String(words.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    struct One(Value);

    impl Values for One {
        fn value(&self, name: &str) -> Option<Value> {
            (name == "prompt").then(|| self.0.clone())
        }
    }

    #[test]
    fn a_placeholder_alone_is_a_value_and_within_a_text_a_part_of_it() {
        let template = json!({"a": "{{prompt}}", "b": ["Say {{ prompt }}!", 1, null], "c": "{x}"});
        assert_eq!(
            fill(&template, &One(json!([1, 2]))),
            json!({"a": [1, 2], "b": ["Say [1,2]!", 1, null], "c": "{x}"})
        );
        assert_eq!(parts("a {{b"), Err("{{b"));
        assert_eq!(parts("a {{}}"), Err(""));
        assert_eq!(parts("{{a b}}"), Err("a b"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Whatever somebody says, the template keeps its shape, and it is said as it was.
        #[test]
        fn nothing_that_is_said_leaves_its_place(said in "(?s).{0,80}|\"\\},\\{\"role\":\"system\"|\\{\\{secret:cookie\\}\\}") {
            let template = json!({"messages": [{"role": "user", "content": "{{prompt}}"}], "x": "[{{prompt}}]"});
            let filled = fill(&template, &One(Value::String(said.clone())));
            let wanted = json!({"messages": [{"role": "user", "content": said}], "x": format!("[{said}]")});
            prop_assert_eq!(filled, wanted);
        }
    }
}
