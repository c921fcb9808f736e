//! How credentials go out: by name through the secrets port, and by TLS only (20, 21).

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::http::HeaderMap;
use countersign_atlassian::{Bitbucket, BitbucketConfig};
use countersign_domain::ports::{Forge as _, SecretError, Secrets};
use countersign_outbound::{BaseUrl, Credential, Outbound, OutboundConfig};
use countersign_tests::clock::HandClock;
use countersign_tests::stage::tenant;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::support::{Outcome, noon, on};

/// The secrets as they are at this moment, and who asked for them.
#[derive(Default)]
struct Turning {
    value: Mutex<Option<String>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Secrets for Turning {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        self.asked.lock().unwrap().push(name.to_owned());
        let value = self.value.lock().unwrap().clone();
        value.map(SecretString::from).ok_or_else(|| SecretError {
            name: name.to_owned(),
            why: "locked".to_owned(),
            passing: false,
        })
    }
}

/// A vendor that writes down what it is shown, and the adapter in front of it.
struct Shown {
    secrets: Arc<Turning>,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
    base_url: String,
}

impl Shown {
    async fn begin() -> Self {
        let headers = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&headers);
        let answer = move |given: HeaderMap| {
            seen.lock().unwrap().push(given);
            async {
                axum::Json(
                    json!({"account_id": "557058:x", "display_name": "X", "uuid": "{1}", "nickname": "x"}),
                )
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/2.0", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
        Self { secrets: Arc::default(), headers, base_url }
    }

    fn adapter(&self, credential: Credential) -> Bitbucket {
        let config =
            BitbucketConfig { base_url: self.base_url.clone(), workspace: "acme".to_owned(), credential };
        let secrets = Arc::clone(&self.secrets) as Arc<dyn Secrets>;
        let clock = Arc::new(HandClock::at(noon()));
        let outbound = Outbound::new(OutboundConfig::default(), clock).unwrap();
        Bitbucket::new(&config, &tenant(), &outbound, secrets).unwrap()
    }
}

/// Every call carries the value that the secrets port gives at that moment, under the configured name, and nothing else
/// does; without it no call goes out; and no text of ours repeats it.
#[test]
fn a20_credentials_through_the_secrets_port() {
    let values = prop::collection::vec(prop::option::weighted(0.8, "[A-Za-z0-9_=-]{8,40}"), 1..4);
    on(Shown::begin, ("[a-z_]{3,12}", any::<bool>(), values), async |shown, (name, basic, values)| {
        let credential = if basic {
            Credential::Basic { user: "bot@acme.example".to_owned(), secret: name.clone() }
        } else {
            Credential::Bearer { secret: name.clone() }
        };
        let bitbucket = shown.adapter(credential);
        for value in values {
            shown.secrets.value.lock().unwrap().clone_from(&value);
            shown.secrets.asked.lock().unwrap().clear();
            shown.headers.lock().unwrap().clear();
            let answer = bitbucket.user("557058:x").await;
            prop_assert!(shown.secrets.asked.lock().unwrap().iter().all(|asked| *asked == name));
            let seen = shown.headers.lock().unwrap().clone();
            let Some(value) = value else {
                prop_assert!(seen.is_empty(), "a call went out without its credential");
                prop_assert!(answer.unwrap_err().to_string().contains(&name));
                continue;
            };
            prop_assert_eq!((seen.len(), shown.secrets.asked.lock().unwrap().len()), (1, 1));
            let sent = seen[0]["authorization"].to_str().unwrap();
            let expected = if basic {
                format!("Basic {}", base64_of(&format!("bot@acme.example:{value}")))
            } else {
                format!("Bearer {value}")
            };
            prop_assert_eq!(sent, expected);
            let elsewhere = seen[0].iter().filter(|(name, _)| *name != "authorization");
            prop_assert!(
                !elsewhere.into_iter().any(|(_, text)| text.to_str().unwrap_or_default().contains(&value))
            );
            let texts = format!("{bitbucket:?} {answer:?}");
            prop_assert!(!texts.contains(&value), "{}", texts);
        }
        Ok(())
    });
}

/// Base64 by the book (RFC 4648), so that the adapter is not judged by its own library.
fn base64_of(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = char::from(LETTERS[bits >> (18 - 6 * place) & 63]);
            out.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

/// No address but this machine's own is ever called in clear, whatever it looks like; and where TLS does not come about,
/// nothing of the credential goes over the wire.
#[test]
fn a21_tls_for_external_connections() {
    let host = prop_oneof![
        "[a-z]{1,12}\\.(com|example|internal)",
        "(10|172|192|8)(\\.(0|[1-9][0-9]?)){3}",
        "(127\\.0\\.0\\.1|localhost)\\.[a-z]{2,8}\\.(com|example)",
        Just("[::ffff:8.8.8.8]".to_owned()),
        Just("0.0.0.0".to_owned()),
        Just("user@127.0.0.1".to_owned()),
        Just("127.0.0.1@evil.example".to_owned()),
        Just("[::1]".to_owned()),
        Just("127.0.0.1".to_owned()),
        Just("localhost".to_owned()),
    ];
    let address =
        (prop::sample::select(vec!["http", "https", "HTTP", "ws", "file"]), host, prop::option::of(1_u16..));
    on(deaf_server, (address, "[A-Za-z0-9]{16,32}"), async |server, ((scheme, host, port), token)| {
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        let at_home = ["[::1]", "127.0.0.1", "localhost"].contains(&host.as_str());
        let allowed =
            scheme == "https" && !host.contains('@') || scheme.eq_ignore_ascii_case("http") && at_home;
        let text = format!("{scheme}://{host}{port}/2.0");
        prop_assert_eq!(BaseUrl::parse(&text).is_ok(), allowed, "{}", text);
        nothing_in_clear(server, &token).await
    });
}

/// A server that takes connections, reads what comes first, and says nothing.
async fn deaf_server() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn nothing_in_clear(server: &TcpListener, token: &str) -> Outcome {
    let secrets = Arc::new(Turning::default());
    *secrets.value.lock().unwrap() = Some(token.to_owned());
    let config = BitbucketConfig {
        base_url: format!("https://{}/2.0", server.local_addr().unwrap()),
        workspace: "acme".to_owned(),
        credential: Credential::Bearer { secret: "token".to_owned() },
    };
    let outbound = Outbound::new(OutboundConfig::default(), Arc::new(HandClock::at(noon()))).unwrap();
    let Ok(bitbucket) = Bitbucket::new(&config, &tenant(), &outbound, secrets) else {
        // A machine without certificate authorities refuses even earlier.
        return Ok(());
    };
    let answer = async { bitbucket.user("557058:x").await };
    let heard = async {
        let (mut connection, _) = server.accept().await.unwrap();
        let mut heard = vec![0; 4096];
        let length = connection.read(&mut heard).await.unwrap();
        heard.truncate(length);
        heard
    };
    let (answer, heard) = tokio::join!(answer, heard);
    prop_assert!(answer.is_err());
    // A TLS record of a handshake, of version 3.x, that offers TLS 1.2 at least (RFC 8446, section 4.1.2).
    prop_assert_eq!(&heard[..2], &[0x16, 0x03]);
    prop_assert_eq!(&heard[9..11], &[0x03, 0x03]);
    let clear = heard.windows(token.len()).any(|window| window == token.as_bytes());
    prop_assert!(!clear, "the credential went out in clear");
    Ok(())
}
