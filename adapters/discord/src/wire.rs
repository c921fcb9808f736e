//! What comes from Discord, read as serenity's types.

use serde::de::{DeserializeOwned, Error};
use serde_json::Value;

/// Under what names Discord sends the hash of a picture (<https://discord.com/developers/docs/reference#image-formatting>).
const PICTURES: [&str; 10] = [
    "asset",
    "avatar",
    "badge",
    "banner",
    "cover_image",
    "discovery_splash",
    "icon",
    "icon_hash",
    "image",
    "splash",
];

/// Reads it. Pictures show nothing that the bot needs, and serenity cuts the hash of one into bytes without looking whether a
/// character ends there, which ends the task that reads it: what cannot be a hash is taken out first.
pub(crate) fn read<T: DeserializeOwned>(mut value: Value) -> Result<T, serde_json::Error> {
    take_out(&mut value);
    serde_json::from_value(value)
}

/// The same, of text that nothing has read yet.
pub(crate) fn read_text<T: DeserializeOwned>(text: &[u8]) -> Result<T, serde_json::Error> {
    let text = std::str::from_utf8(text).map_err(serde_json::Error::custom)?;
    read(serde_json::from_str(text)?)
}

fn take_out(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(take_out),
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_picture = PICTURES.contains(&name.as_str());
                match value {
                    Value::String(hash) if is_picture && !hash.is_ascii() => *value = Value::Null,
                    _ => take_out(value),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use serenity::all::{Member, User};

    use super::*;

    fn user(avatar: &str) -> Value {
        json!({ "id": "7", "username": "erin", "avatar": avatar, "banner": avatar })
    }

    #[test]
    fn a_picture_whose_hash_is_none_is_left_out_and_its_person_is_read() {
        // 32 bytes, and the second lies within a character
        let hash = format!("aé{}", "b".repeat(29));
        let erin: User = read(user(&hash)).unwrap();
        assert_eq!((erin.name.as_str(), erin.avatar), ("erin", None));
        let erin: User = read(user("f1eff024d9c85339c877985229ed8fec")).unwrap();
        assert!(erin.avatar.is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_024))]

        #[test]
        fn whatever_a_picture_is_called_nothing_ends(hash in "(a_)?[a-fé🙂]{8,34}") {
            let member = json!({ "user": user(&hash), "roles": [], "deaf": false, "mute": false, "avatar": hash, "flags": 0 });
            let _ = read::<User>(user(&hash));
            let _ = read::<Member>(member.clone());
            let _ = read_text::<Member>(member.to_string().as_bytes());
        }
    }
}
