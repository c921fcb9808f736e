//! Whether a delivery is Discord's: Ed25519 over the timestamp and the raw body, by the application's key, and not old
//! (<https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>).
//!
//! Within the window a delivery can come twice, by Discord's own repetition or by somebody else's: who takes it tells
//! them apart by the interaction's id.

use std::sync::Arc;

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use countersign_domain::ports::Clock;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};

/// The largest body that is taken, in bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;

const SIGNATURE: &str = "x-signature-ed25519";
const TIMESTAMP: &str = "x-signature-timestamp";
/// How old a delivery may be.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// How far ahead of ours Discord's clock may be.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);
/// The digits of a timestamp: as many as the calendar could need.
const DIGITS: usize = 12;

/// Where Discord's deliveries to one application are checked.
pub struct Inbound {
    key: ParsedPublicKey,
    clock: Arc<dyn Clock>,
}

/// The application's public key is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the application's public key must be the 64 hexadecimal digits that Discord's developer portal shows"
)]
pub struct BadPublicKey;

/// The proof that Discord signed these bytes for our application, and lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'a>(&'a [u8]);

/// A delivery that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InboundRefusal {
    /// More than an interaction ever needs.
    #[error("the body has {0} bytes; at most 1 MiB is taken")]
    TooLarge(usize),
    /// No signature at all.
    #[error("the header X-Signature-Ed25519 is missing")]
    Unsigned,
    /// Something else than one signature.
    #[error("the header X-Signature-Ed25519 must be there once, with 128 hexadecimal digits")]
    MalformedSignature,
    /// Nobody says when it was signed.
    #[error("the header X-Signature-Timestamp is missing")]
    Untimed,
    /// Something else than one time.
    #[error(
        "the header X-Signature-Timestamp must be there once, with seconds since 1970 in at most 12 digits"
    )]
    MalformedTimestamp,
    /// Another key, or something was changed.
    #[error(
        "the signature does not fit: the public key is another application's, or the delivery was changed"
    )]
    WrongSignature,
    /// Truly Discord's once: somebody sends it again.
    #[error("signed at {0}, more than 5 minutes ago")]
    Old(Timestamp),
    /// Truly Discord's, and one of the two clocks is wrong.
    #[error("signed at {0}, which is to come: check this machine's clock")]
    FromTheFuture(Timestamp),
}

impl InboundRefusal {
    /// The HTTP status that says so. Discord probes an endpoint with wrong signatures and wants 401.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// A stable word for logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "too_large",
            Self::Unsigned => "unsigned",
            Self::MalformedSignature => "malformed_signature",
            Self::Untimed => "untimed",
            Self::MalformedTimestamp => "malformed_timestamp",
            Self::WrongSignature => "wrong_signature",
            Self::Old(_) => "old",
            Self::FromTheFuture(_) => "from_the_future",
        }
    }
}

impl Inbound {
    /// For the application with this public key, in hexadecimal digits.
    pub fn new(public_key: &str, clock: Arc<dyn Clock>) -> Result<Self, BadPublicKey> {
        let mut key = [0; 32];
        hex::decode_to_slice(public_key, &mut key).map_err(|_| BadPublicKey)?;
        let key = ParsedPublicKey::new(&ED25519, key).map_err(|_| BadPublicKey)?;
        Ok(Self { key, clock })
    }

    /// Checks a delivery before anything in its body is read.
    pub fn verify<'a>(&self, headers: &HeaderMap, body: &'a [u8]) -> Result<Verified<'a>, InboundRefusal> {
        if body.len() > LARGEST_BODY {
            return Err(InboundRefusal::TooLarge(body.len()));
        }
        let signature = signature(headers)?;
        let (written, signed_at) = timestamp(headers)?;
        let signed = [written.as_bytes(), body].concat();
        self.key.verify_sig(&signed, &signature).map_err(|_| InboundRefusal::WrongSignature)?;
        // Only now the time: "old" then says that a true delivery was kept and sent again.
        let now = self.clock.now();
        match now.duration_since(signed_at) {
            age if age > WINDOW => Err(InboundRefusal::Old(signed_at)),
            age if age < -AHEAD => Err(InboundRefusal::FromTheFuture(signed_at)),
            _ => Ok(Verified(body)),
        }
    }
}

impl<'a> Verified<'a> {
    /// What Discord sent.
    pub const fn body(self) -> &'a [u8] {
        self.0
    }

    /// For tests of what comes after the check.
    #[cfg(test)]
    pub(crate) const fn unchecked(body: &'a [u8]) -> Self {
        Self(body)
    }
}

fn signature(headers: &HeaderMap) -> Result<[u8; 64], InboundRefusal> {
    let digits = once(headers, SIGNATURE, InboundRefusal::Unsigned, InboundRefusal::MalformedSignature)?;
    let mut signature = [0; 64];
    hex::decode_to_slice(digits, &mut signature).map_err(|_| InboundRefusal::MalformedSignature)?;
    Ok(signature)
}

/// As it was signed, and what it means.
fn timestamp(headers: &HeaderMap) -> Result<(&str, Timestamp), InboundRefusal> {
    let malformed = InboundRefusal::MalformedTimestamp;
    let digits = once(headers, TIMESTAMP, InboundRefusal::Untimed, malformed)?;
    if digits.len() > DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(malformed);
    }
    let at = digits.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    Ok((digits, at.ok_or(malformed)?))
}

/// A header that must be there exactly once.
fn once<'a>(
    headers: &'a HeaderMap,
    name: &str,
    missing: InboundRefusal,
    malformed: InboundRefusal,
) -> Result<&'a str, InboundRefusal> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Err(missing),
        (Some(value), None) => value.to_str().map_err(|_| malformed),
        _ => Err(malformed),
    }
}

#[cfg(test)]
mod tests;
