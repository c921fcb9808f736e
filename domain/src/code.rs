//! The short code of a request: what people type, and the id of its stream.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use smol_str::SmolStr;
use uuid::Uuid;

use crate::names::from_text;

/// Letters and digits that are not mistaken for each other, and make no words.
const ALPHABET: &[u8; 27] = b"23456789bcdfghjkmnpqrstvwxz";
const LENGTH: usize = 6;

/// Six characters, shown in capitals. Unique within a tenant because it names the stream: the log itself sees to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(SmolStr);

impl Code {
    /// The code a command proposes in its try number `attempt`: the next one is for when another request holds the first.
    pub fn candidate(command: Uuid, attempt: u32) -> Self {
        let digest =
            Sha256::new().chain_update(command.as_bytes()).chain_update(attempt.to_be_bytes()).finalize();
        let text =
            digest[..LENGTH].iter().map(|b| char::from(ALPHABET[usize::from(*b) % ALPHABET.len()])).collect();
        Self(text)
    }

    /// The code as the stream's id: lower case.
    pub fn stream_id(&self) -> &str {
        &self.0
    }
}

/// A text that cannot be a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a request's code")]
pub struct NotACode(pub String);

impl std::str::FromStr for Code {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let plain: SmolStr =
            text.chars().filter(|c| !matches!(c, '-' | '#' | ' ')).map(|c| c.to_ascii_lowercase()).collect();
        let valid = plain.len() == LENGTH && plain.bytes().all(|b| ALPHABET.contains(&b));
        if valid { Ok(Self(plain)) } else { Err(NotACode(text.chars().take(40).collect())) }
    }
}

impl TryFrom<String> for Code {
    type Error = NotACode;

    fn try_from(text: String) -> Result<Self, NotACode> {
        text.parse()
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.to_string()
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.to_ascii_uppercase())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_ascii_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_people_type_it() {
        let code = Code::candidate(Uuid::from_u128(1), 0);
        let shown = code.to_string();
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            format!("#{shown}"),
            format!("{}-{}", &shown[..3], &shown[3..]),
        ] {
            assert_eq!(typed.parse::<Code>().unwrap(), code, "{typed}");
        }
        assert_eq!(code.stream_id(), shown.to_lowercase(), "and it names one stream");
        assert!("AEIOU1".parse::<Code>().is_err());
        assert!("ééé".parse::<Code>().is_err());
    }
}
