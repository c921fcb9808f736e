//! Canonical JSON (RFC 8785 for the values that events hold: no floating point numbers), the form that is hashed.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::digest::Digest;

/// `value` with its keys sorted and no space, whatever order the map was made in.
pub fn to_raw(value: &Value) -> Box<RawValue> {
    let text = String::from_utf8(to_bytes(value)).expect("JSON is written as UTF-8");
    RawValue::from_string(text).expect("what was written from a value is JSON")
}

/// The digest of the canonical form of `value`; `None` where it cannot be written as JSON at all.
pub fn digest<T: Serialize>(value: &T) -> Option<Digest> {
    serde_json::to_value(value).ok().map(|value| Digest::of(&to_bytes(&value)))
}

fn to_bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes);
    bytes
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_unstable_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            out.push(b'{');
            for (i, (key, value)) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                scalar(key, out);
                out.push(b':');
                write(value, out);
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        other => scalar(other, out),
    }
}

fn scalar<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("texts and numbers are written to memory");
}
