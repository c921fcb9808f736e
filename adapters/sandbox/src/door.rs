//! Who may call the sandbox's vendor API: the vendors' own two ways of saying it.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;

/// The credential that a sandbox accepts.
#[derive(Clone)]
pub enum Access {
    /// `Authorization: Bearer <token>`.
    Bearer(String),
    /// `Authorization: Basic base64(<user>:<token>)`.
    Basic {
        /// The e-mail address or user name.
        user: String,
        /// The API token.
        token: String,
    },
}

impl Access {
    /// Whether a request carries it.
    pub(crate) fn permits(&self, headers: &HeaderMap) -> bool {
        let expected = match self {
            Self::Bearer(token) => format!("Bearer {token}"),
            Self::Basic { user, token } => {
                format!(
                    "Basic {}",
                    base64::engine::general_purpose::STANDARD.encode(format!("{user}:{token}"))
                )
            }
        };
        headers.get(AUTHORIZATION).is_some_and(|given| given.as_bytes() == expected.as_bytes())
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer(…)",
            Self::Basic { .. } => "Basic(…)",
        })
    }
}
