//! Where a JSON value ends that is written without white space: as strict as a parser, and several times faster, for it
//! makes nothing of what it reads and looks at texts eight bytes at a time.

use serde::Deserialize as _;
use serde::de::value::MapDeserializer;
use serde_json::value::RawValue;

/// How deeply lists and objects may lie in each other; what is deeper is left to the general parser.
const DEEPEST: u32 = u64::BITS;

/// The name by which `serde_json` hands over JSON that it has checked itself. A test notices where that changes.
const CHECKED: &str = "$serde_json::private::RawValue";

/// The value at the start of `text`; `None` where it is none, or not in this form.
pub(super) fn value(text: &str) -> Option<Box<RawValue>> {
    let json = text.get(..end_of_value(text.as_bytes())?)?;
    let checked = MapDeserializer::<_, serde_json::Error>::new(std::iter::once((CHECKED, json)));
    Box::<RawValue>::deserialize(checked).ok()
}

/// Where the first `"` or `\` stands, or what may not stand in a text as it is.
pub(super) fn end_of_plain(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let (chunks, rest) = text.as_chunks::<8>();
    for (number, chunk) in chunks.iter().enumerate() {
        let bytes = u64::from_le_bytes(*chunk);
        // A byte's high bit is set where it is zero, or below a space; of the first such byte that is never wrong.
        let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
        let low = bytes.wrapping_sub(ONES * 0x20) & !bytes;
        let found = (zero(bytes ^ (ONES * 0x22)) | zero(bytes ^ (ONES * 0x5c)) | low) & HIGHS;
        if found != 0 {
            return Some(number * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let last = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
    Some(text.len() - rest.len() + last)
}

fn end_of_value(json: &[u8]) -> Option<usize> {
    // What the value lies in, the innermost last: a bit each, set for an object.
    let (mut objects, mut depth, mut at) = (0_u64, 0, 0);
    loop {
        let opens = match json.get(at)? {
            b'{' => Some((1, b'}')),
            b'[' => Some((0, b']')),
            _ => None,
        };
        if let Some((object, close)) = opens {
            at += 1;
            if json.get(at) != Some(&close) {
                depth += 1;
                objects = objects << 1 | object;
                if depth > DEEPEST {
                    return None;
                }
                if object == 1 {
                    at = end_of_key(json, at)?;
                }
                continue;
            }
            at += 1;
        } else {
            at = end_of_scalar(json, at)?;
        }
        // A value has ended, and with it perhaps what it is the last of.
        loop {
            if depth == 0 {
                return Some(at);
            }
            let in_object = objects & 1 == 1;
            match (json.get(at)?, in_object) {
                (b',', true) => at = end_of_key(json, at + 1)?,
                (b',', false) => at += 1,
                (b'}', true) | (b']', false) => {
                    (at, depth, objects) = (at + 1, depth - 1, objects >> 1);
                    continue;
                }
                _ => return None,
            }
            break;
        }
    }
}

/// Behind the colon of the key that begins at `at`.
fn end_of_key(json: &[u8], at: usize) -> Option<usize> {
    let end = end_of_text(json, at)?;
    (json.get(end)? == &b':').then_some(end + 1)
}

fn end_of_scalar(json: &[u8], at: usize) -> Option<usize> {
    let word = |word: &[u8]| json.get(at..)?.starts_with(word).then_some(at + word.len());
    match json.get(at)? {
        b'"' => end_of_text(json, at),
        b't' => word(b"true"),
        b'f' => word(b"false"),
        b'n' => word(b"null"),
        _ => end_of_number(json, at),
    }
}

fn end_of_text(json: &[u8], mut at: usize) -> Option<usize> {
    if json.get(at)? != &b'"' {
        return None;
    }
    at += 1;
    loop {
        at += end_of_plain(json.get(at..)?)?;
        match json.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 1,
            _ => return None,
        }
        at += match json.get(at)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 1,
            b'u' if json.get(at + 1..at + 5)?.iter().all(u8::is_ascii_hexdigit) => 5,
            _ => return None,
        };
    }
}

fn end_of_number(json: &[u8], mut at: usize) -> Option<usize> {
    let digits =
        |at: usize| json.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
    at += usize::from(json.get(at)? == &b'-');
    at += match (json.get(at)?, digits(at)) {
        (_, 0) => return None,
        (b'0', count) if count > 1 => return None,
        (_, count) => count,
    };
    if json.get(at) == Some(&b'.') {
        at += 1 + Some(digits(at + 1)).filter(|count| *count > 0)?;
    }
    if matches!(json.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(json.get(at + 1), Some(b'+' | b'-')));
        at += Some(digits(at)).filter(|count| *count > 0)?;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,20}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(".{0,9}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

        #[test]
        fn a_value_ends_where_the_general_parser_says_so(json in json(), behind in ".{0,9}") {
            let written = json.to_string();
            // Digits right behind a number belong to it.
            let text = format!("{written},{behind}");
            let found = value(&text).unwrap();
            prop_assert_eq!(found.get(), written);
        }

        #[test]
        fn what_is_taken_the_general_parser_takes(
            json in json(),
            at in any::<prop::sample::Index>(),
            sign in proptest::sample::select("{}[]\",:\\0123456789.-+eEtfn u\n/".chars().collect::<Vec<_>>()),
            is_cut in any::<bool>(),
        ) {
            let written = json.to_string();
            let mut signs: Vec<char> = written.chars().collect();
            let at = at.index(signs.len());
            if is_cut { signs.truncate(at) } else { signs[at] = sign }
            let text: String = signs.into_iter().collect();
            if let Some(found) = value(&text) {
                let general: &RawValue = serde_json::from_str(found.get()).unwrap();
                prop_assert_eq!(found.get(), general.get());
                prop_assert!(text.starts_with(found.get()));
            }
        }

        #[test]
        fn a_plain_text_ends_at_the_first_sign_that_is_not(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let one_by_one = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            prop_assert_eq!(end_of_plain(&bytes), one_by_one);
        }
    }

    #[test]
    fn what_is_in_order_is_not_left_to_the_general_parser() {
        for text in [
            r#"{"a":{"b":[1,-2.5e+7,0,"x"],"c":{}},"d":[],"e":"\u00e9\n\\","f":[true,false,null]}"#,
            "\"\"",
            "0",
            "-0.0",
        ] {
            assert_eq!(value(text).map(|value| value.get().to_owned()).as_deref(), Some(text));
        }
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(value(&deep(64)).is_some(), "the last one is empty and holds nothing");
        assert!(value(&deep(66)).is_none());
        for text in [
            "",
            "{",
            "{\"a\"}",
            "[1,]",
            "{,}",
            "01",
            "1.",
            "1e",
            "-",
            "tru",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\n\"",
        ] {
            assert!(value(text).is_none(), "{text}");
        }
    }
}
