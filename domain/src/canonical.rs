//! Canonical JSON (RFC 8785 for the values that events hold: no floating point numbers), the form that is hashed.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::digest::Digest;

/// `value` with its keys sorted and no space, whatever order the map was made in.
pub fn to_raw(value: &Value) -> Box<RawValue> {
    let mut text = String::new();
    write(value, &mut text);
    RawValue::from_string(text).expect("what was written from a value is JSON")
}

/// The digest of the canonical form of `value`; `None` where it cannot be written as JSON at all.
pub fn digest<T: Serialize>(value: &T) -> Option<Digest> {
    serde_json::to_value(value).ok().map(|value| Digest::of(to_raw(&value).get().as_bytes()))
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_unstable_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            out.push('{');
            for (i, (key, value)) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}
