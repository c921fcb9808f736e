//! Who may call: a person by their token, and an app by the tokens of its installation, which are made for whoever has the app's key.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// A statement counts for ten minutes at most.
const LONGEST: i64 = 10 * 60;
/// For so long a token is taken, in seconds.
const HOUR: i64 = 3600;

/// An app that is installed in the organization.
pub struct GithubApp {
    /// Its client id.
    pub app: String,
    /// The number of its installation.
    pub installation: String,
    key: KeyPair,
}

impl GithubApp {
    /// An app with a key of its own.
    pub fn new(app: &str, installation: &str) -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).expect("the system gives random numbers");
        Self { app: app.to_owned(), installation: installation.to_owned(), key }
    }

    /// Its key, as the file that its administrator stores.
    pub fn private_key(&self) -> String {
        let der: Pkcs8V1Der<'_> = self.key.as_der().expect("a key that was made can be written");
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
    }

    /// When a statement was made that this app's key has signed, and that counts.
    fn made_at(&self, statement: &str) -> Option<i64> {
        let (message, signature) = statement.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.key.public_key().as_ref());
        key.verify(message.as_bytes(), &signature).ok()?;
        let claims = URL_SAFE_NO_PAD.decode(message.split_once('.')?.1).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        let (made, ends) = (claims["iat"].as_i64()?, claims["exp"].as_i64()?);
        (claims["iss"] == self.app.as_str() && ends - made <= LONGEST).then_some(made)
    }
}

impl fmt::Debug for GithubApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GithubApp").field("app", &self.app).finish_non_exhaustive()
    }
}

/// Whom it lets in.
pub(super) struct Doors {
    token: String,
    app: Option<Arc<GithubApp>>,
    made: Mutex<Made>,
}

/// The tokens of the installation.
#[derive(Default)]
struct Made {
    taken: Vec<String>,
    count: usize,
}

impl Doors {
    pub(super) fn new(token: String, app: Option<Arc<GithubApp>>) -> Self {
        Self { token, app, made: Mutex::default() }
    }

    pub(super) fn withdraw(&self) {
        self.lock().taken.clear();
    }

    /// Whether whoever says this in the head of their question may ask.
    pub(super) fn lets_in(&self, headers: &HeaderMap) -> bool {
        bearer(headers)
            .is_some_and(|given| given == self.token || self.lock().taken.iter().any(|token| token == given))
    }

    /// A token for the installation, and the second at which it ends, for whoever shows that they are the app.
    pub(super) fn make(&self, installation: &str, headers: &HeaderMap) -> Option<(String, i64)> {
        let app = self.app.as_ref().filter(|app| app.installation == installation)?;
        let made_at = app.made_at(bearer(headers)?)?;
        let mut made = self.lock();
        made.count += 1;
        let token = format!("ghs_sandbox{:08}", made.count);
        made.taken.push(token.clone());
        Some((token, made_at + HOUR))
    }

    fn lock(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors").field("app", &self.app).finish_non_exhaustive()
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
