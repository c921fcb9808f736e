//! Whether a request comes from the Bot Framework and is meant for us: its token is checked before anything of it counts
//! (<https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-authentication>).

mod keys;
mod local;
mod token;

use std::sync::Arc;

use countersign_domain::ports::{CallError, Clock};
use countersign_outbound::{AddressError, BaseUrl, Outbound};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use self::keys::Keys;
pub use self::local::{NotLocal, is_forwarded, may_listen, without_token};
use self::token::{Claims, Token};

/// How far apart two clocks may be.
const LEEWAY: SignedDuration = SignedDuration::from_mins(5);

/// Whose requests are taken. The defaults are the public cloud's; the sovereign ones have others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundConfig {
    /// The bot's application id, for which a token must be made.
    pub app_id: String,
    /// Who makes the tokens.
    #[serde(default = "InboundConfig::default_issuer")]
    pub issuer: String,
    /// Where the maker's OpenID metadata are, which say where its keys are.
    #[serde(default = "InboundConfig::default_metadata")]
    pub metadata: String,
}

impl InboundConfig {
    /// The public cloud's.
    pub fn new(app_id: impl Into<String>) -> Self {
        Self { app_id: app_id.into(), issuer: Self::default_issuer(), metadata: Self::default_metadata() }
    }

    pub(crate) fn default_issuer() -> String {
        "https://api.botframework.com".to_owned()
    }

    pub(crate) fn default_metadata() -> String {
        "https://login.botframework.com/v1/.well-known/openidconfiguration".to_owned()
    }
}

/// What an activity says about where it comes from, which the token must confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// `channelId`: `msteams`.
    pub channel: &'a str,
    /// `serviceUrl`: where answers go.
    pub service_url: &'a str,
}

/// The proof that an activity was sent by the Bot Framework to us, from where it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    channel: String,
    service_url: String,
    unchecked: bool,
}

impl Verified {
    pub(crate) fn of(origin: Origin<'_>) -> Self {
        let (channel, service_url) = (origin.channel.to_owned(), origin.service_url.to_owned());
        Self { channel, service_url, unchecked: false }
    }

    /// Whether a token was checked; not for tools on this machine, see [`without_token`].
    pub const fn was_checked(&self) -> bool {
        !self.unchecked
    }

    /// The channel it came through.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Where answers may go with a token of ours; nowhere else.
    pub fn service_url(&self) -> &str {
        &self.service_url
    }
}

/// A request that is not taken. Nothing of the token is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing to check.
    #[error("the request carries no token: it is not the Bot Framework's")]
    NoToken,
    /// It is not one token of the kind we know.
    #[error("the header Authorization must be one `Bearer` and a signed token of three parts: {0}")]
    Malformed(&'static str),
    /// Signed in another way than the Bot Framework does, or not at all.
    #[error("the token is not signed with RS256")]
    OtherAlgorithm,
    /// The maker's keys cannot be had now.
    #[error("the keys of the Bot Framework cannot be read: {0}")]
    NoKeys(CallError),
    /// The maker has no such key.
    #[error("the token names a key that the Bot Framework does not publish")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("the token's signature does not fit: it was forged or changed")]
    WrongSignature,
    /// It was made by somebody else.
    #[error("the token is from another issuer: in a sovereign cloud, configure its issuer and metadata")]
    OtherIssuer,
    /// It was made for another bot.
    #[error("the token is for another bot: check the app id")]
    OtherAudience,
    /// Its time is over.
    #[error("the token has expired: check this machine's clock if all of them have")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet: check this machine's clock if none of them is")]
    NotYetValid,
    /// The key does not speak for the activity's channel.
    #[error("the token's key is not endorsed for the activity's channel")]
    NotEndorsed,
    /// It was made for answers to somewhere else.
    #[error("the token is for another service address than the activity's")]
    OtherServiceUrl,
}

impl Refusal {
    /// The HTTP status that says so.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::Malformed(_) => StatusCode::UNAUTHORIZED,
            // The Bot Framework tries again.
            Self::NoKeys(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// A stable word for logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoToken => "no_token",
            Self::Malformed(_) => "malformed",
            Self::OtherAlgorithm => "other_algorithm",
            Self::NoKeys(_) => "no_keys",
            Self::UnknownKey => "unknown_key",
            Self::WrongSignature => "wrong_signature",
            Self::OtherIssuer => "other_issuer",
            Self::OtherAudience => "other_audience",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::NotEndorsed => "not_endorsed",
            Self::OtherServiceUrl => "other_service_url",
        }
    }
}

/// Checks requests.
pub struct Verifier {
    app_id: String,
    issuer: String,
    keys: Keys,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// Nothing is asked before the first request comes.
    pub fn new(
        config: InboundConfig,
        outbound: Arc<Outbound>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AddressError> {
        let metadata = BaseUrl::parse(&config.metadata)?;
        let keys = Keys::new(metadata, outbound, Arc::clone(&clock));
        Ok(Self { app_id: config.app_id, issuer: config.issuer, keys, clock })
    }

    /// Checks the token of a request against what its activity says.
    pub async fn verify(&self, headers: &HeaderMap, origin: Origin<'_>) -> Result<Verified, Refusal> {
        let token = Token::parse(bearer(headers)?)?;
        let key = self.keys.find(&token.key_id).await?;
        if !key.has_signed(&token) {
            return Err(Refusal::WrongSignature);
        }
        self.check(&token.claims()?, origin)?;
        if !key.is_endorsed_for(origin.channel) {
            return Err(Refusal::NotEndorsed);
        }
        Ok(Verified::of(origin))
    }

    fn check(&self, claims: &Claims, origin: Origin<'_>) -> Result<(), Refusal> {
        let now = self.clock.now();
        let since = |second: i64| {
            let at = Timestamp::from_second(second).map_err(|_| Refusal::Malformed("a time is no time"))?;
            Ok(now.duration_since(at))
        };
        if claims.iss != self.issuer {
            return Err(Refusal::OtherIssuer);
        }
        if claims.aud != self.app_id {
            return Err(Refusal::OtherAudience);
        }
        if since(claims.exp)? >= LEEWAY {
            return Err(Refusal::Expired);
        }
        if let Some(nbf) = claims.nbf
            && since(nbf)? < -LEEWAY
        {
            return Err(Refusal::NotYetValid);
        }
        if claims.serviceurl != origin.service_url {
            return Err(Refusal::OtherServiceUrl);
        }
        Ok(())
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let first = all.next().ok_or(Refusal::NoToken)?;
    if all.next().is_some() {
        return Err(Refusal::Malformed("there are several"));
    }
    let text = first.to_str().map_err(|_| Refusal::Malformed("it is not text"))?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token),
        _ => Err(Refusal::Malformed("it is no bearer")),
    }
}

#[cfg(test)]
mod tests;
