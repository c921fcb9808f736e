//! The doors: what comes in by webhook, and how credentials go out (1, 20, 21, 23, 24).

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::http::HeaderMap;
use countersign::demo::WEBHOOK_SECRET;
use countersign_atlassian::{Bitbucket, BitbucketConfig};
use countersign_domain::access::Form;
use countersign_domain::aggregate;
use countersign_domain::envelope::Envelope;
use countersign_domain::ports::{Forge as _, SecretError, Secrets};
use countersign_domain::record::Record;
use countersign_outbound::{BaseUrl, Credential, Outbound, OutboundConfig};
use countersign_projections::{Moment, access, fold_as_of};
use countersign_sandbox::jira::Status as TicketStatus;
use countersign_tests::clock::HandClock;
use countersign_tests::stage::{Stage, tenant};
use countersign_tests::vendors::Vendor as _;
use countersign_tests::webhook::{signature, ticket_created};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::support::{Outcome, fresh, noon, on, on_stage, permission_name};

/// A form that is good by itself.
fn good_form() -> impl Strategy<Value = Form> {
    let duration = prop::sample::select(vec![("2 days", 2880_u64), ("90 minutes", 90), ("1 week", 10_080)]);
    let reason = "[A-Za-zéß][A-Za-z0-9 ,.()'éß-]{0,60}[a-z]";
    (permission_name(), "[a-z][a-z0-9-]{1,20}[a-z]", duration, prop::option::of(reason)).prop_map(
        |(permission, repository, (duration, _), reason)| Form {
            permission: Some(permission.to_owned()),
            repository: Some(repository),
            user: None,
            duration: Some(duration.to_owned()),
            ticket: None,
            reason,
        },
    )
}

fn minutes(duration: &str) -> u64 {
    match duration {
        "2 days" => 2880,
        "90 minutes" => 90,
        _ => 10_080,
    }
}

async fn request_of_ticket(stage: &Stage, ticket: &str) -> Vec<Value> {
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=20").await;
    let items = page["items"].as_array().expect("a list").clone();
    items.into_iter().filter(|item| item["ticket"] == ticket).collect()
}

/// What a ticket or a sentence asks for is what the API, the read model folded anew and the log say was asked for: nothing
/// is lost or changed on the way.
#[test]
fn a01_request_parsing_and_storage_round_trip() {
    on_stage((good_form(), any::<bool>()), async |stage, (form, by_ticket)| {
        let number = fresh();
        let ticket = format!("TRIP-{number}");
        stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
        // No two cases ask for the same repository, and there is one of this name: of any other the chat asks back.
        let repository = format!("r{number}-{}", form.repository.clone().unwrap());
        stage.add_repository(&repository);
        let form = Form { ticket: Some(ticket.clone()), repository: Some(repository.clone()), ..form };
        let permission = form.permission.clone().unwrap();
        let duration = form.duration.clone().unwrap();
        if by_ticket {
            let body = ticket_created(&ticket, "demo-employee", &form);
            let answer = stage.signed_delivery(&ticket, &body).send().await.unwrap();
            prop_assert_eq!(answer.status(), 202);
        } else {
            let because =
                form.reason.as_ref().map_or_else(String::new, |reason| format!(" because {reason}"));
            let text = format!("access {permission} on {repository} for {duration} ticket {ticket}{because}");
            stage.says_without_waiting("demo-employee", &text).await;
        }
        stage.settle().await;
        let found = request_of_ticket(stage, &ticket).await;
        prop_assert_eq!(found.len(), 1, "{:?}", found);
        let item = &found[0];
        prop_assert_eq!(&item["permission"], &json!(permission));
        prop_assert_eq!(&item["repository"], &json!(repository));
        prop_assert_eq!(&item["minutes"], &json!(minutes(&duration)));
        prop_assert_eq!(&item["user"], "demo-employee");
        prop_assert_eq!(&item["requester"], "demo-employee");
        // A title is no reason: not everybody who sees the request may see it.
        prop_assert_eq!(&item["reason"], &json!(form.reason));
        // The same from nothing but the log.
        let code = item["code"].as_str().unwrap().parse().unwrap();
        let world = &stage.bot.world;
        let head = stage.head().await.unwrap();
        let rows = fold_as_of(&*world.store, &access::AccessList, Moment::Position(head)).await.unwrap();
        let folded = access::find(&rows, &tenant(), &code).unwrap();
        let served = access::find(&*world.projections.rows(access::NAME), &tenant(), &code).unwrap();
        prop_assert!(folded.is_some() && folded == served, "{:?} and {:?}", folded, served);
        Ok(())
    });
}

fn received(log: &[Envelope]) -> usize {
    log.iter().filter(|envelope| envelope.kind == "webhook_received").count()
}

/// How a signature goes wrong.
#[derive(Debug, Clone, Copy)]
enum Forgery {
    None,
    Missing,
    OtherSecret,
    OtherBody,
    FlippedBit,
    OtherKind,
    Twice,
}

/// Only a body signed with the shared secret is taken in, whatever the body; everything else is answered with 401, leaves no
/// trace but the refusal, and asks for nothing.
#[test]
fn a23_webhook_signature_validation() {
    use Forgery as F;
    let forgery = prop::sample::select(vec![
        F::None,
        F::Missing,
        F::OtherSecret,
        F::OtherBody,
        F::FlippedBit,
        F::OtherKind,
        F::Twice,
    ]);
    let text = ("[ -~]{0,60}", any::<prop::sample::Index>(), "[!-~]{1,40}");
    on_stage((forgery, text, good_form()), async |stage, (forgery, (title, place, secret), form)| {
        let id = format!("d-{}", fresh());
        let mut body = ticket_created("SIGN-1", "demo-employee", &form);
        body["issue"]["fields"]["summary"] = title.into();
        let body = body.to_string().into_bytes();
        let good = signature(WEBHOOK_SECRET, &body);
        let mut changed = body.clone();
        changed.push(b' ');
        let mut flipped = hex::decode(&good[7..]).unwrap();
        flipped[place.index(32)] ^= 1 << place.index(8);
        let given = match forgery {
            F::Missing => vec![],
            F::OtherSecret => vec![signature(&format!("{secret}."), &body)],
            F::OtherBody => vec![signature(WEBHOOK_SECRET, &changed)],
            F::FlippedBit => vec![format!("sha256={}", hex::encode(flipped))],
            F::OtherKind => vec![good.replace("sha256", "sha1")],
            F::Twice => vec![good.clone(), good],
            F::None => vec![good],
        };
        // What is refused a minute later is kept whole again.
        stage.later(jiff::SignedDuration::from_mins(1)).await;
        let before = stage.head().await;
        let request = stage.delivery(body).header("x-atlassian-webhook-identifier", &id);
        let request = given.iter().fold(request, |request, value| request.header("x-hub-signature", value));
        let status = request.send().await.unwrap().status();
        stage.settle().await;
        let log = stage.log_after(before).await;
        if matches!(forgery, F::None) {
            prop_assert_eq!(status, 202);
            prop_assert_eq!(received(&log), 1);
            return Ok(());
        }
        prop_assert_eq!(status, 401, "{:?}", forgery);
        let kinds: Vec<&str> = log.iter().map(|envelope| envelope.kind.as_str()).collect();
        prop_assert_eq!(kinds, ["webhook_rejected"]);
        Ok(())
    });
}

/// A good webhook is accepted and becomes exactly one request; the same delivery again is answered as well and changes
/// nothing; one about something else asks for nothing.
#[test]
fn a24_valid_webhook_processing() {
    let other =
        prop::option::weighted(0.3, prop::sample::select(vec!["jira:worklog_updated", "comment_created"]));
    on_stage((good_form(), other, 1..4_usize), async |stage, (form, other, times)| {
        let ticket = format!("HOOK-{}", fresh());
        stage.add_ticket(&ticket, TicketStatus::ToDo, "demo-employee");
        let mut body = ticket_created(&ticket, "demo-employee", &form);
        if let Some(event) = other {
            body["webhookEvent"] = event.into();
        }
        let before = stage.head().await;
        for time in 0..times {
            let answer = stage.signed_delivery(&ticket, &body).send().await.unwrap();
            prop_assert_eq!(answer.status(), 202);
            let said: Value = answer.json().await.unwrap();
            let expected = match (time, other) {
                (0, None) => "accepted",
                (0, Some(_)) => "ignored",
                _ => "repeated",
            };
            prop_assert_eq!(&said["status"], expected);
        }
        stage.settle().await;
        let log = stage.log_after(before).await;
        prop_assert_eq!(received(&log), 1);
        // Whoever caught it sends it under an id of their own: kept, as everything is, and asked no second time.
        let caught = stage.signed_delivery(&format!("{ticket}-again"), &body).send().await.unwrap();
        prop_assert_eq!(caught.status(), 202);
        stage.settle().await;
        let requests = request_of_ticket(stage, &ticket).await;
        prop_assert_eq!(requests.len(), usize::from(other.is_none()), "{:?}", requests);
        let record = log.iter().find(|envelope| envelope.kind == "webhook_received").unwrap();
        let Record::WebhookReceived { request, delivery, .. } = aggregate::decode(record).unwrap() else {
            return Err(TestCaseError::fail("another record"));
        };
        prop_assert_eq!(delivery, ticket);
        prop_assert_eq!(request.is_some(), other.is_none());
        prop_assert!(
            requests.iter().all(|request| request["correlation"].is_null()
                || request["correlation"] == json!(record.correlation))
        );
        Ok(())
    });
}

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
