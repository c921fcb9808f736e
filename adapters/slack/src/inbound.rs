//! Whether a delivery over HTTP is Slack's: HMAC-SHA256 over `v0:<timestamp>:<raw body>` by the app's signing secret, and not
//! old (<https://docs.slack.dev/authentication/verifying-requests-from-slack>).
//!
//! Within the window a delivery can come twice, by Slack's own repetition or by somebody else's: who takes it tells them
//! apart by the delivery's id.

use std::sync::Arc;

use countersign_domain::ports::{Clock, SecretError, Secrets};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use sha2::Sha256;

/// The largest body that is taken, in bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;

const SIGNATURE: &str = "x-slack-signature";
const TIMESTAMP: &str = "x-slack-request-timestamp";
const CONTENT_TYPE: &str = "content-type";
/// How far from our time a delivery may have been signed, either way.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// The digits of a timestamp: as many as the calendar could need.
const DIGITS: usize = 12;

/// Where Slack's deliveries to one app are checked.
pub struct Signatures {
    /// The name of the signing secret.
    secret: String,
    secrets: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
}

/// The proof that Slack signed these bytes for our app, and lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'a> {
    body: &'a [u8],
    form: bool,
}

/// A delivery that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InboundRefusal {
    /// More than a delivery ever needs.
    #[error("the body has {0} bytes; at most 1 MiB is taken")]
    TooLarge(usize),
    /// No signature at all.
    #[error("the header X-Slack-Signature is missing")]
    Unsigned,
    /// Something else than one signature.
    #[error("the header X-Slack-Signature must be there once, with v0= and 64 hexadecimal digits")]
    MalformedSignature,
    /// Nobody says when it was signed.
    #[error("the header X-Slack-Request-Timestamp is missing")]
    Untimed,
    /// Something else than one time.
    #[error(
        "the header X-Slack-Request-Timestamp must be there once, with seconds since 1970 in at most 12 digits"
    )]
    MalformedTimestamp,
    /// Neither of the two kinds that Slack sends.
    #[error("the body must be application/json or application/x-www-form-urlencoded, and say so once")]
    UnknownContent,
    /// Another secret, or something was changed.
    #[error(
        "the signature does not fit: the signing secret is another app's or an old one, or the delivery was changed"
    )]
    WrongSignature,
    /// Truly Slack's once: somebody sends it again.
    #[error("signed at {0}, more than 5 minutes ago")]
    Old(Timestamp),
    /// Truly Slack's, and one of the two clocks is wrong.
    #[error("signed at {0}, which is to come: check this machine's clock")]
    FromTheFuture(Timestamp),
    /// Nobody can be checked.
    #[error("{0}")]
    NoSecret(#[from] SecretError),
}

impl InboundRefusal {
    /// The HTTP status that says so.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnknownContent => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoSecret(_) => StatusCode::SERVICE_UNAVAILABLE,
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
            Self::UnknownContent => "unknown_content",
            Self::WrongSignature => "wrong_signature",
            Self::Old(_) => "old",
            Self::FromTheFuture(_) => "from_the_future",
            Self::NoSecret(_) => "no_secret",
        }
    }
}

impl Signatures {
    /// For the app whose signing secret has this name.
    pub fn new(secret: impl Into<String>, secrets: Arc<dyn Secrets>, clock: Arc<dyn Clock>) -> Self {
        Self { secret: secret.into(), secrets, clock }
    }

    /// Checks a delivery before anything in its body is read.
    pub async fn verify<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
    ) -> Result<Verified<'a>, InboundRefusal> {
        if body.len() > LARGEST_BODY {
            return Err(InboundRefusal::TooLarge(body.len()));
        }
        let signature = signature(headers)?;
        let (written, signed_at) = timestamp(headers)?;
        let secret = self.secrets.get(&self.secret).await?;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
            .expect("an HMAC key may have any length");
        for part in [b"v0:", written.as_bytes(), b":", body] {
            mac.update(part);
        }
        mac.verify_slice(&signature).map_err(|_| InboundRefusal::WrongSignature)?;
        // Only now the time: "old" then says that a true delivery was kept and sent again.
        let now = self.clock.now();
        match now.duration_since(signed_at) {
            age if age > WINDOW => Err(InboundRefusal::Old(signed_at)),
            age if age < -WINDOW => Err(InboundRefusal::FromTheFuture(signed_at)),
            _ => Ok(Verified { body, form: is_form(headers)? }),
        }
    }
}

impl<'a> Verified<'a> {
    /// What Slack sent.
    pub const fn body(self) -> &'a [u8] {
        self.body
    }

    /// Whether it is a form; JSON where it is not.
    pub(crate) const fn is_form(self) -> bool {
        self.form
    }

    /// For tests of what comes after the check.
    #[cfg(test)]
    pub(crate) const fn unchecked(body: &'a [u8], form: bool) -> Self {
        Self { body, form }
    }
}

impl std::fmt::Debug for Signatures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signatures").field("secret", &self.secret).finish_non_exhaustive()
    }
}

fn signature(headers: &HeaderMap) -> Result<[u8; 32], InboundRefusal> {
    let text = once(headers, SIGNATURE, InboundRefusal::Unsigned, InboundRefusal::MalformedSignature)?;
    let mut signature = [0; 32];
    let digits = text.strip_prefix("v0=").ok_or(InboundRefusal::MalformedSignature)?;
    hex::decode_to_slice(digits, &mut signature).map_err(|_| InboundRefusal::MalformedSignature)?;
    Ok(signature)
}

/// As it was signed, and what it means.
fn timestamp(headers: &HeaderMap) -> Result<(&str, Timestamp), InboundRefusal> {
    let malformed = InboundRefusal::MalformedTimestamp;
    let digits = once(headers, TIMESTAMP, InboundRefusal::Untimed, malformed.clone())?;
    if digits.len() > DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(malformed);
    }
    let at = digits.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    Ok((digits, at.ok_or(malformed)?))
}

fn is_form(headers: &HeaderMap) -> Result<bool, InboundRefusal> {
    let unknown = InboundRefusal::UnknownContent;
    let kind = once(headers, CONTENT_TYPE, unknown.clone(), unknown.clone())?;
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(false),
        "application/x-www-form-urlencoded" => Ok(true),
        _ => Err(unknown),
    }
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
