//! The keys of the Bot Framework: found through its OpenID metadata, kept for a day, asked for anew when one is unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::ports::{CallError, CallErrorKind, Clock};
use countersign_outbound::{BaseUrl, Outbound};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::Refusal;
use super::token::Token;

/// How long keys are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long an unknown key stays unknown, so that nobody makes us ask with every forged token.
const UNKNOWN: SignedDuration = SignedDuration::from_mins(5);
/// How long we wait before asking again when there was no answer.
const UNANSWERED: SignedDuration = SignedDuration::from_secs(30);

const VENDOR: &str = "botframework";

/// A public key, and the channels it speaks for.
pub(super) struct Key {
    key: DecodingKey,
    endorsements: BTreeSet<String>,
}

impl Key {
    /// Whether the token's signature is this key's, with RS256 and nothing else.
    pub(super) fn has_signed(&self, token: &Token<'_>) -> bool {
        // The provider is named: the process's default panics once another dependency brings a second one.
        (DEFAULT_PROVIDER.verifier_factory)(&Algorithm::RS256, &self.key)
            .is_ok_and(|key| key.verify(token.message.as_bytes(), &token.signature).is_ok())
    }

    /// Whether it speaks for a channel.
    pub(super) fn is_endorsed_for(&self, channel: &str) -> bool {
        self.endorsements.contains(channel)
    }
}

type ByName = BTreeMap<String, Arc<Key>>;

/// Keys by their name.
pub(super) struct Keys {
    metadata: BaseUrl,
    outbound: Arc<Outbound>,
    clock: Arc<dyn Clock>,
    kept: Mutex<Option<Kept>>,
    /// Held while asking, so that many requests ask once.
    last: tokio::sync::Mutex<Option<Last>>,
}

struct Kept {
    keys: ByName,
    since: Timestamp,
}

/// How the last asking ended, which is the answer until its patience is over.
struct Last {
    at: Timestamp,
    patience: SignedDuration,
    otherwise: Refusal,
}

impl Keys {
    pub(super) fn new(metadata: BaseUrl, outbound: Arc<Outbound>, clock: Arc<dyn Clock>) -> Self {
        Self { metadata, outbound, clock, kept: Mutex::default(), last: tokio::sync::Mutex::default() }
    }

    /// The key of this name.
    pub(super) async fn find(&self, name: &str) -> Result<Arc<Key>, Refusal> {
        if let Some(key) = self.known(name) {
            return Ok(key);
        }
        let mut last = self.last.lock().await;
        // Somebody else may have asked while we waited.
        if let Some(key) = self.known(name) {
            return Ok(key);
        }
        let now = self.clock.now();
        if let Some(last) = &*last
            && now.duration_since(last.at) < last.patience
        {
            return Err(last.otherwise.clone());
        }
        let (patience, otherwise) = match self.ask().await {
            Ok(keys) => {
                *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept { keys, since: now });
                (UNKNOWN, Refusal::UnknownKey)
            }
            Err(error) => (UNANSWERED, Refusal::NoKeys(error)),
        };
        *last = Some(Last { at: now, patience, otherwise: otherwise.clone() });
        self.known(name).ok_or(otherwise)
    }

    fn known(&self, name: &str) -> Option<Arc<Key>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| self.clock.now().duration_since(kept.since) < KEPT)?;
        kept.keys.get(name).map(Arc::clone)
    }

    async fn ask(&self) -> Result<ByName, CallError> {
        let metadata = self.outbound.document(VENDOR, "read the OpenID metadata", &self.metadata).await?;
        let metadata: Metadata = metadata.json()?;
        let address = BaseUrl::parse(&metadata.jwks_uri).map_err(|error| broken(error.to_string()))?;
        if address.is_loopback() && !self.metadata.is_loopback() {
            return Err(broken("the keys' address leads to this machine".to_owned()));
        }
        let answer = self.outbound.document(VENDOR, "read the keys", &address).await?;
        let keys = answer.json::<JwkSet>()?.keys.into_iter();
        let keys: ByName = keys.filter_map(|key| serde_json::from_value::<Jwk>(key).ok()?.usable()).collect();
        if keys.is_empty() {
            return Err(broken("none of the keys is an RSA key for signatures".to_owned()));
        }
        Ok(keys)
    }
}

fn broken(detail: String) -> CallError {
    let what = "find the keys".to_owned();
    CallError { vendor: VENDOR, what, detail, status: None, kind: CallErrorKind::Rejected }
}

#[derive(Deserialize)]
struct Metadata {
    jwks_uri: String,
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

/// A key as it is published; one of another kind than ours is passed over.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    #[serde(default)]
    endorsements: BTreeSet<String>,
}

impl Jwk {
    fn usable(self) -> Option<(String, Arc<Key>)> {
        let signs = self.purpose.is_none_or(|purpose| purpose == "sig");
        if self.kty != "RSA" || !signs || self.alg.is_some_and(|alg| alg != "RS256") {
            return None;
        }
        let key = DecodingKey::from_rsa_components(&self.n?, &self.e?).ok()?;
        Some((self.kid?, Arc::new(Key { key, endorsements: self.endorsements })))
    }
}
