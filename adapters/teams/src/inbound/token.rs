//! The parts of a token. Nothing in them counts before the signature was checked, but which key to check it with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::Refusal;

/// A token of three parts that says it is signed with RS256.
pub(super) struct Token<'a> {
    /// The key that it says it is signed with.
    pub(super) key_id: String,
    /// What is signed.
    pub(super) message: &'a str,
    /// The signature.
    pub(super) signature: Vec<u8>,
    claims: &'a str,
}

/// What a token says.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: String,
    pub(super) exp: i64,
    pub(super) nbf: Option<i64>,
    pub(super) serviceurl: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

impl<'a> Token<'a> {
    /// Takes a token apart.
    pub(super) fn parse(text: &'a str) -> Result<Self, Refusal> {
        let three = Refusal::Malformed("the parts are not three");
        let (message, signature) = text.rsplit_once('.').ok_or(three.clone())?;
        let (header, claims) = message.split_once('.').ok_or(three.clone())?;
        if claims.contains('.') {
            return Err(three);
        }
        let header: Header = read(header, "the header is not one of a token")?;
        if header.alg != "RS256" {
            return Err(Refusal::OtherAlgorithm);
        }
        if header.crit.is_some() {
            return Err(Refusal::Malformed("the header demands what we do not know"));
        }
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| Refusal::Malformed("the signature is not base64url"))?;
        let key_id = header.kid.ok_or(Refusal::Malformed("it names no key"))?;
        Ok(Self { key_id, message, signature, claims })
    }

    /// What it says; to be asked for only when the signature fits.
    pub(super) fn claims(&self) -> Result<Claims, Refusal> {
        read(self.claims, "the claims are not those of the Bot Framework")
    }
}

fn read<T: DeserializeOwned>(part: &str, fault: &'static str) -> Result<T, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed(fault))?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed(fault))
}
