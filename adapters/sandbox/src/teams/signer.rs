//! The keys and tokens of the sandbox's Bot Framework: RSA, made at the start, renewed when told.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Signs, publishes and knows its own tokens again.
pub(super) struct Signer {
    keys: Mutex<Vec<Named>>,
}

struct Named {
    name: String,
    pair: KeyPair,
}

impl Signer {
    pub(super) fn new() -> Self {
        Self { keys: Mutex::new(vec![Named::make(1)]) }
    }

    /// Signs with a new key from now on, and publishes no other.
    pub(super) fn rotate(&self) {
        let mut keys = self.keys();
        let count = keys.len();
        keys.push(Named::make(count + 1));
    }

    /// The number of the newest key.
    pub(super) fn newest(&self) -> usize {
        self.keys().len()
    }

    /// The published keys: the newest one, endorsed for Teams.
    pub(super) fn published(&self) -> Value {
        let keys = self.keys();
        let newest = keys.last().expect("there is one from the beginning");
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(newest.pair.public_key());
        json!({ "keys": [{
            "kty": "RSA",
            "use": "sig",
            "kid": newest.name,
            "x5t": newest.name,
            "n": URL_SAFE_NO_PAD.encode(parts.n),
            "e": URL_SAFE_NO_PAD.encode(parts.e),
            "endorsements": ["msteams", "skypeforbusiness"],
        }] })
    }

    /// A token that says this.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let keys = self.keys();
        let newest = keys.last().expect("there is one from the beginning");
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": newest.name, "x5t": newest.name });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let mut signature = vec![0; newest.pair.public_modulus_len()];
        newest
            .pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .expect("the signature has the length of the modulus");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What a token says that one of our keys has signed.
    pub(super) fn read(&self, token: &str) -> Option<Value> {
        let (message, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let signed = self.keys().iter().any(|key| {
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pair.public_key().as_ref());
            key.verify(message.as_bytes(), &signature).is_ok()
        });
        let claims = URL_SAFE_NO_PAD.decode(message.split_once('.')?.1).ok()?;
        signed.then(|| serde_json::from_slice(&claims).ok()).flatten()
    }

    fn keys(&self) -> MutexGuard<'_, Vec<Named>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Named {
    fn make(number: usize) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("the system gives random numbers");
        Self { name: format!("sandbox-key-{number}"), pair }
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("keys", &self.keys().len()).finish()
    }
}
