//! JSON, as the vendor's library has it and as everybody else does.

use aws_smithy_types::{Document, Number};
use serde_json::{Map, Value};

pub(crate) fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(is) => Document::Bool(*is),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(all) => Document::Array(all.iter().map(document).collect()),
        Value::Object(fields) => {
            Document::Object(fields.iter().map(|(name, value)| (name.clone(), document(value))).collect())
        }
        Value::Number(number) => {
            Document::Number(match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(positive), _, _) => Number::PosInt(positive),
                (None, Some(negative), _) => Number::NegInt(negative),
                (None, None, float) => Number::Float(float.unwrap_or_default()),
            })
        }
    }
}

pub(crate) fn object(value: &Value) -> Document {
    if value.is_object() { document(value) } else { document(&Value::Object(Map::new())) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_the_same_json() {
        let document = document(&json!({"a": [1, -2, 0.5, true, null, "x"]}));
        let list = document.as_object().and_then(|fields| fields["a"].as_array()).unwrap();
        assert_eq!(list.len(), 6);
        assert_eq!(list[1], Document::Number(Number::NegInt(-2)));
        assert_eq!(object(&json!(7)), Document::Object(std::collections::HashMap::new()));
    }
}
