//! Old shapes of events are lifted to the newest at the edge, one version at a time, by pure JSON functions.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

/// One step: the event type, the version it starts from, and how its content becomes the next version's.
pub type Step = (&'static str, u32, fn(Value) -> Value);

/// Every step there is. An entry is never removed: events once released stay readable.
pub const STEPS: &[Step] = &[
    // Since several bots may work on one log, an attempt says which one makes it.
    ("effect_attempted", 1, |mut v| {
        v["worker"] = Value::from("");
        v
    }),
];

/// An event whose version is newer than this program, or whose content is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "event type {kind} v{found} cannot be read: this program knows versions up to v{newest}; use a newer one"
)]
pub struct UpcastError {
    /// The type.
    pub kind: String,
    /// The version found.
    pub found: u32,
    /// The newest one known.
    pub newest: u32,
}

/// The newest version of an event type: what is written today.
pub fn newest(kind: &str) -> u32 {
    newest_in(STEPS, kind)
}

/// The content of version `v` of `kind` in its newest shape; borrowed where it is the newest already.
pub fn upcast<'a>(kind: &str, v: u32, data: &'a RawValue) -> Result<Cow<'a, str>, UpcastError> {
    upcast_by(STEPS, kind, v, data)
}

fn newest_in(steps: &[Step], kind: &str) -> u32 {
    steps.iter().filter(|(k, ..)| *k == kind).map(|(_, from, _)| from + 1).max().unwrap_or(1)
}

fn upcast_by<'a>(
    steps: &[Step],
    kind: &str,
    v: u32,
    data: &'a RawValue,
) -> Result<Cow<'a, str>, UpcastError> {
    let newest = newest_in(steps, kind);
    let refused = || UpcastError { kind: kind.to_owned(), found: v, newest };
    if v == newest {
        return Ok(Cow::Borrowed(data.get()));
    }
    if v > newest {
        return Err(refused());
    }
    let mut value: Value = serde_json::from_str(data.get()).map_err(|_| refused())?;
    for from in v..newest {
        let (.., step) = steps.iter().find(|(k, f, _)| *k == kind && *f == from).ok_or_else(refused)?;
        value = step(value);
    }
    Ok(Cow::Owned(value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TWO_STEPS: &[Step] = &[
        ("door_opened", 1, |mut v| {
            v["by"] = json!("nobody");
            v
        }),
        ("door_opened", 2, |v| json!({"who": v["by"]})),
    ];

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn an_old_event_climbs_every_step() {
        assert_eq!(upcast_by(TWO_STEPS, "door_opened", 1, &raw("{}")).unwrap(), r#"{"who":"nobody"}"#);
        assert_eq!(upcast_by(TWO_STEPS, "door_opened", 3, &raw("{}")).unwrap(), "{}");
    }

    #[test]
    fn an_event_from_the_future_is_refused_by_name() {
        let error = upcast_by(TWO_STEPS, "door_opened", 4, &raw("{}")).unwrap_err();
        assert!(error.to_string().contains("door_opened v4"), "{error}");
    }
}
