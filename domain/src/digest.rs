//! Digests: SHA-256, plain and as the leaves and nodes of an RFC 6962 tree.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::names::from_text;

/// A SHA-256 digest, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes` as they are.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The RFC 6962 leaf hash: SHA-256 over `0x00` and `bytes`.
    pub fn of_leaf(bytes: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
    }

    /// The RFC 6962 leaf hash of `parts` one after the other, for content that does not stand in one piece.
    pub fn of_leaf_parts(parts: &[&[u8]]) -> Self {
        let start = Sha256::new().chain_update([0]);
        Self(parts.iter().fold(start, Sha256::chain_update).finalize().into())
    }

    /// A digest that was worked out elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest that these digits show, in the one form that [`Digest`] is shown in: lower case.
    pub fn from_digits(digits: &[u8; 64]) -> Option<Self> {
        let (mut bytes, mut wrong) = ([0; 32], 0);
        for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            let (high, low) = (VALUES[usize::from(*high)], VALUES[usize::from(*low)]);
            wrong |= high | low;
            *byte = high << 4 | low & 15;
        }
        (wrong < 16).then_some(Self(bytes))
    }

    /// The RFC 6962 node hash: SHA-256 over `0x01` and both children.
    pub fn of_node(left: Self, right: Self) -> Self {
        Self(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its digits, which nobody keeps: a log is full of digests.
    fn with_digits<T>(&self, with: impl FnOnce(&str) -> T) -> T {
        let mut digits = [0; 64];
        hex::encode_to_slice(self.0, &mut digits).expect("32 bytes are 64 digits");
        with(std::str::from_utf8(&digits).expect("digits are ASCII"))
    }

    /// The first eight digits, as people see and type them.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..4])
    }
}

/// The values of lower-case hexadecimal digits; 16 stands at every other byte. A log is full of digests, and a table
/// reads them several times faster than comparisons do.
const VALUES: [u8; 256] = {
    let mut values = [16; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    values
};

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_digits(|digits| f.write_str(digits))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.short())
    }
}

impl FromStr for Digest {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.with_digits(|digits| to.serialize_str(digits))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_from_its_own_digits_only() {
        let digest = Digest::of(b"some");
        let digits: [u8; 64] = digest.to_string().into_bytes().try_into().unwrap();
        assert_eq!(Digest::from_digits(&digits), Some(digest));
        for (at, wrong) in [(0, b'G'), (1, b'A'), (63, b'g'), (5, b'/'), (6, 0xff)] {
            let mut digits = digits;
            digits[at] = wrong;
            assert_eq!(Digest::from_digits(&digits), None);
        }
    }
}
