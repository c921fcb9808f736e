//! Sealing and opening: AES-256-GCM-SIV (RFC 8452), bound to the place where what is sealed stands.
//!
//! A sealed value is text, `sealed:1:<id of the key>:<nonce and ciphertext in base64url>`, which needs no escape in JSON.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_domain::names::Tenant;
use secrecy::zeroize::Zeroizing;

use crate::error::VaultError;

/// What every sealed value of this form begins with.
const FORM: &str = "sealed:1:";
/// How long a key is, in bytes.
pub(crate) const KEY_LEN: usize = 32;

/// What was sealed; its memory is overwritten when it is dropped.
pub type Plain = Zeroizing<Vec<u8>>;
/// The bytes of a key.
pub(crate) type KeyBytes = Zeroizing<[u8; KEY_LEN]>;

/// Where a sealed value stands. It opens there and nowhere else, so that nobody can put one in the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whose.
    pub tenant: &'a Tenant,
    /// The stream.
    pub stream: &'a str,
    /// The id of the event in it.
    pub event: &'a str,
    /// The field of the event.
    pub field: &'a str,
}

impl Place<'_> {
    /// The associated data: each part with its length in front, so that no two places read the same.
    fn bound(&self, key: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [FORM, key, self.tenant.as_str(), self.stream, self.event, self.field] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

/// The id of the key that a value is sealed with; `None` where it is no sealed value of this form.
pub fn key_of(sealed: &str) -> Option<&str> {
    let (id, _) = sealed.strip_prefix(FORM)?.split_once(':')?;
    Some(id).filter(|id| !id.is_empty())
}

/// A key with its name.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) bytes: KeyBytes,
}

impl Key {
    /// A key that nobody had before.
    pub(crate) fn fresh() -> Result<Self, VaultError> {
        let (mut id, mut bytes) = ([0; 8], Zeroizing::new([0; KEY_LEN]));
        rand::fill(&mut id).map_err(|_| VaultError::NoRandomness)?;
        rand::fill(bytes.as_mut_slice()).map_err(|_| VaultError::NoRandomness)?;
        Ok(Self { id: hex::encode(id), bytes })
    }

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM_SIV, self.bytes.as_slice());
        LessSafeKey::new(key.expect("the key has the length that the algorithm wants"))
    }

    /// Seals a text for its place.
    pub(crate) fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<String, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
        // Large enough from the start: a vector that grows leaves what it held behind.
        let mut bytes = Vec::with_capacity(plain.len() + AES_256_GCM_SIV.tag_len());
        bytes.extend_from_slice(plain);
        let (nonce_used, aad) = (Nonce::assume_unique_for_key(nonce), Aad::from(place.bound(&self.id)));
        let done = self.cipher().seal_in_place_append_tag(nonce_used, aad, &mut bytes);
        done.map_err(|_| VaultError::TooLong)?;
        let text = URL_SAFE_NO_PAD.encode([nonce.as_slice(), bytes.as_slice()].concat());
        Ok(format!("{FORM}{}:{text}", self.id))
    }

    /// Opens what was sealed for this place with this key.
    pub(crate) fn open(&self, place: &Place<'_>, sealed: &str) -> Result<Plain, VaultError> {
        let text = sealed.strip_prefix(FORM).and_then(|rest| rest.strip_prefix(self.id.as_str()));
        let text = text.and_then(|rest| rest.strip_prefix(':')).ok_or(VaultError::Unopened)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| VaultError::Unopened)?;
        let mut bytes = Zeroizing::new(bytes);
        let split = bytes.split_first_chunk_mut::<NONCE_LEN>();
        let (nonce, rest) = split.ok_or(VaultError::Unopened)?;
        let (nonce, aad) = (Nonce::assume_unique_for_key(*nonce), Aad::from(place.bound(&self.id)));
        let opened = self.cipher().open_in_place(nonce, aad, rest).map_err(|_| VaultError::Unopened)?;
        Ok(Zeroizing::new(opened.to_vec()))
    }

    /// Seals another key.
    pub(crate) fn wrap(&self, place: &Place<'_>, key: &[u8; KEY_LEN]) -> Result<String, VaultError> {
        self.seal(place, key)
    }

    /// Opens another key.
    pub(crate) fn unwrapped(&self, place: &Place<'_>, sealed: &str) -> Result<KeyBytes, VaultError> {
        let plain = self.open(place, sealed)?;
        let bytes: [u8; KEY_LEN] = plain.as_slice().try_into().map_err(|_| VaultError::Unopened)?;
        Ok(Zeroizing::new(bytes))
    }
}
