//! Calls over HTTP: to an address that may be called, signed, under a key.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_domain::canonical;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, CallErrorKind, Came, Doer, Doing, Secrets};
use countersign_outbound::{Answer, Ask, Credential, Outbound, OutboundError, Vendor};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use uuid::Uuid;

use crate::allowed::{Allowed, Target};
use crate::sign::{HEADER, KEY, signature};

/// What its errors carry.
const VENDOR: &str = "actions";
/// So much of an answer is taken, in bytes.
const MOST: usize = 64 << 10;

/// What carries out the actions of one tenant.
pub struct HttpDoer {
    ways: Vec<(Allowed, Vendor)>,
    secrets: Arc<dyn Secrets>,
    secret: String,
}

impl HttpDoer {
    /// Calls what stands below these addresses, signed by the secret of this name.
    pub fn new(
        allowed: Vec<Allowed>,
        secret: String,
        (tenant, outbound, secrets): (&Tenant, &Outbound, &Arc<dyn Secrets>),
    ) -> Result<Self, OutboundError> {
        // Who we are says the signature, so no credential goes along.
        let way = |allowed: Allowed| {
            let base = allowed.base().clone();
            let vendor = outbound.vendor(VENDOR, tenant, base, Credential::Nobody, Arc::clone(secrets))?;
            Ok((allowed, vendor))
        };
        let ways = allowed.into_iter().map(way).collect::<Result<_, _>>()?;
        Ok(Self { ways, secrets: Arc::clone(secrets), secret })
    }

    async fn sent(
        &self,
        method: &str,
        url: &str,
        body: Option<&Value>,
        key: &str,
    ) -> Result<Came, CallError> {
        let what = format!("{method} {url}");
        let target = self.ways.iter().find_map(|(allowed, vendor)| Some((allowed.target(url)?, vendor)));
        let (target, vendor) =
            target.ok_or_else(|| refused(&what, "the configuration lets no action call this address"))?;
        // In one order, whatever order its map was made in: what is signed is the same each time.
        let body = body.map(|body| canonical::to_raw(body).get().to_owned());
        let said = signature(
            self.secret(&what).await?.expose_secret().as_bytes(),
            vendor.now().as_second(),
            key,
            (method, &target.sent),
            body.as_deref().unwrap_or_default(),
        );
        let ask = asked(&what, method, &target).ok_or_else(|| refused(&what, "there is no such method"))?;
        let ask = body.into_iter().fold(ask, Ask::json_text);
        let ask = ask.header(HEADER, &said.into());
        let ask =
            if key.is_empty() { ask } else { ask.and_then(|ask| ask.header(KEY, &key.to_owned().into())) };
        let ask = ask.ok_or_else(|| refused(&what, "it cannot be said in a header"))?;
        vendor.send(ask).await.map(|answer| came(&answer))
    }

    async fn secret(&self, what: &str) -> Result<SecretString, CallError> {
        self.secrets.get(&self.secret).await.map_err(|error| {
            let kind =
                if error.passing { CallErrorKind::NotDone { after: None } } else { CallErrorKind::Barred };
            CallError { kind, ..refused(what, &error.to_string()) }
        })
    }
}

fn refused(what: &str, detail: &str) -> CallError {
    let (what, detail) = (what.chars().take(200).collect(), detail.to_owned());
    CallError { vendor: VENDOR, what, detail, status: None, kind: CallErrorKind::Rejected }
}

fn asked<'a>(what: &str, method: &str, target: &'a Target) -> Option<Ask<'a>> {
    let path: Vec<&str> = target.path.iter().map(String::as_str).collect();
    let ask = match method {
        "GET" => Ask::get(what, &path),
        "POST" => Ask::post(what, &path),
        "PUT" => Ask::put(what, &path),
        "PATCH" => Ask::patch(what, &path),
        "DELETE" => Ask::delete(what, &path),
        _ => return None,
    };
    Some(target.query.iter().fold(ask, |ask, (name, value)| ask.query(name, value)))
}

/// What was said, as JSON where it is JSON and not too long to be taken whole.
fn came(answer: &Answer) -> Came {
    let whole = answer.body.get(..MOST).is_none_or(|_| answer.body.len() == MOST);
    let json = if whole { serde_json::from_slice(&answer.body).ok() } else { None };
    let text = || {
        let text = String::from_utf8_lossy(&answer.body);
        Value::from(&text[..text.floor_char_boundary(MOST)])
    };
    Came { status: Some(answer.status.as_u16()), said: json.unwrap_or_else(text) }
}

#[async_trait]
impl Doer for HttpDoer {
    async fn call(&self, doing: Doing<'_>, key: Uuid) -> Result<Came, CallError> {
        match doing {
            Doing::Http { method, url, body } => self.sent(method, url, body, &key.to_string()).await,
            Doing::Publish { topic: name, .. } | Doing::Invoke { function: name, .. } => {
                Err(refused(name, "only addresses are called here, and this is none"))
            }
        }
    }

    async fn look(&self, url: &str) -> Result<Came, CallError> {
        self.sent("GET", url, None, "").await
    }
}

impl fmt::Debug for HttpDoer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpDoer").field("secret", &self.secret).finish_non_exhaustive()
    }
}
