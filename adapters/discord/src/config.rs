//! Where a tenant's Discord is, and why it cannot be used.

use countersign_outbound::{AddressError, BaseUrl, OutboundError};
use serde::{Deserialize, Serialize};
use serenity::all::{ApplicationId, GuildId};

use crate::BadPublicKey;

/// Where Discord's own API is.
const DISCORD: &str = "https://discord.com";

/// One tenant's Discord application, on its one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordConfig {
    /// The application's id, as the developer portal shows it.
    pub application_id: String,
    /// The application's public key, in hexadecimal digits.
    pub public_key: String,
    /// The server's id: the bot works for its members only.
    pub guild: String,
    /// The name of the secret that holds the bot's token.
    pub bot_token_secret: String,
    /// Where the API is, without `/api/v10`, where it is not Discord's own: a proxy, the sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How deliveries come.
    #[serde(default)]
    pub mode: Mode,
}

/// How deliveries come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Over a connection that the bot keeps to Discord: everything, and no public address is needed.
    #[default]
    Gateway,
    /// To the bot's address, signed: slash commands, buttons and forms, but no messages and no reactions.
    Http,
}

/// A Discord that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is none.
    #[error("Discord's `url`: {0}")]
    Address(#[from] AddressError),
    /// An id that is none.
    #[error("Discord's `{field}` must be the digits that Discord shows, not “{given}”")]
    Id {
        /// Which one.
        field: &'static str,
        /// As it was given, cut to 40 characters.
        given: String,
    },
    /// The key is none.
    #[error("Discord's `public_key`: {0}")]
    PublicKey(#[from] BadPublicKey),
    /// No way out.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

impl DiscordConfig {
    pub(crate) fn application(&self) -> Result<ApplicationId, ConnectError> {
        id("application_id", &self.application_id).map(ApplicationId::new)
    }

    pub(crate) fn server(&self) -> Result<GuildId, ConnectError> {
        id("guild", &self.guild).map(GuildId::new)
    }

    pub(crate) fn base(&self) -> Result<BaseUrl, ConnectError> {
        Ok(BaseUrl::parse(self.url.as_deref().unwrap_or(DISCORD))?)
    }
}

/// A snowflake: a positive number of 64 bits.
fn id(field: &'static str, given: &str) -> Result<u64, ConnectError> {
    number(given).ok_or_else(|| ConnectError::Id { field, given: given.chars().take(40).collect() })
}

/// The number of an id as the port carries it; `None` where it is none of Discord's.
pub(crate) fn number(id: &str) -> Option<u64> {
    let digits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    // serenity keeps ids as numbers that are neither nothing nor the greatest.
    id.parse().ok().filter(|&number| digits && number != 0 && number != u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_digits() {
        assert_eq!(number("1234567890123456789"), Some(1_234_567_890_123_456_789));
        for bad in ["", "0", "+7", "-7", "7a", "99999999999999999999", "18446744073709551615"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }
}
