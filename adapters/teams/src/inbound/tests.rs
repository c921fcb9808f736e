//! Tokens right and wrong, against an OpenID server of our own over real HTTP.

use std::sync::{LazyLock, Mutex};

use async_trait::async_trait;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaEncoding, RsaPublicKeyComponents,
};
use aws_lc_rs::{hmac, rand};
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_outbound::OutboundConfig;
use http::header::HeaderValue;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;

const APP: &str = "f0e7b3c1-1111-4222-8333-444455556666";
const ISSUER: &str = "https://api.botframework.com";
const SERVICE: &str = "https://smba.trafficmanager.net/emea/";
const ORIGIN: Origin<'_> = Origin { channel: "msteams", service_url: SERVICE };
/// 2026-03-01T12:00:00Z
const NOON: i64 = 1_772_366_400;

/// Fresh in every run: the maker's two keys, and a stranger's.
static KEYS: LazyLock<[KeyPair; 3]> =
    LazyLock::new(|| [(); 3].map(|()| KeyPair::generate(KeySize::Rsa2048).unwrap()));

struct HandClock(Mutex<Timestamp>);

impl HandClock {
    fn turn(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

/// What the server answers.
#[derive(Default)]
struct Maker {
    base: String,
    keys: Vec<Value>,
    down: bool,
    asked: usize,
}

type Shared = Arc<Mutex<Maker>>;

struct Stage {
    verifier: Verifier,
    clock: Arc<HandClock>,
    maker: Shared,
}

impl Stage {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let metadata = format!("{base}/metadata");
        let maker: Shared = Arc::new(Mutex::new(Maker { base, ..Maker::default() }));
        let router = Router::new().route("/metadata", get(serve_metadata)).route("/keys", get(serve_keys));
        let router = router.with_state(Arc::clone(&maker));
        tokio::spawn(async move { axum::serve(listener, router).await });

        let clock = Arc::new(HandClock(Mutex::new(Timestamp::from_second(NOON).unwrap())));
        let outbound = Arc::new(Outbound::new(OutboundConfig::default(), Arc::clone(&clock) as _).unwrap());
        let config = InboundConfig { metadata, ..InboundConfig::new(APP) };
        let verifier = Verifier::new(config, outbound, Arc::clone(&clock) as _).unwrap();
        let stage = Self { verifier, clock, maker };
        stage.publish(vec![published("one", &KEYS[0], &["msteams", "webchat"])]);
        stage
    }

    fn publish(&self, keys: Vec<Value>) {
        self.maker.lock().unwrap().keys = keys;
    }

    fn is_down(&self, down: bool) {
        self.maker.lock().unwrap().down = down;
    }

    fn asked(&self) -> usize {
        self.maker.lock().unwrap().asked
    }

    async fn verify(&self, token: &str) -> Result<Verified, Refusal> {
        self.verifier.verify(&bearing(&format!("Bearer {token}")), ORIGIN).await
    }

    #[track_caller]
    fn refuses(result: Result<Verified, Refusal>, code: &str) {
        let refusal = result.expect_err("a wrong token was taken");
        assert_eq!(refusal.code(), code, "{refusal}");
    }
}

async fn serve_metadata(State(maker): State<Shared>, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    assert!(headers.get(AUTHORIZATION).is_none(), "a public document is asked for without a credential");
    let mut maker = maker.lock().unwrap();
    maker.asked += 1;
    if maker.down {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(Json(json!({ "issuer": ISSUER, "jwks_uri": format!("{}/keys", maker.base) })))
}

async fn serve_keys(State(maker): State<Shared>) -> Json<Value> {
    Json(json!({ "keys": maker.lock().unwrap().keys }))
}

fn published(name: &str, key: &KeyPair, endorsements: &[&str]) -> Value {
    let parts = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
    let (n, e) = (URL_SAFE_NO_PAD.encode(parts.n), URL_SAFE_NO_PAD.encode(parts.e));
    json!({ "kty": "RSA", "use": "sig", "kid": name, "x5t": name, "n": n, "e": e, "endorsements": endorsements })
}

fn bearing(header: &str) -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(header).unwrap())])
}

/// What a right token says.
fn claims() -> Value {
    json!({ "iss": ISSUER, "aud": APP, "nbf": NOON - 60, "exp": NOON + 3600, "serviceurl": SERVICE })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn signed_as(header: &Value, claims: &Value, key: &KeyPair, how: &'static dyn RsaEncoding) -> String {
    let message = unsigned(header, claims);
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(how, &rand::SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header(key: &str) -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": key, "x5t": key })
}

fn signed(claims: &Value) -> String {
    signed_as(&header("one"), claims, &KEYS[0], &RSA_PKCS1_SHA256)
}

#[tokio::test]
async fn a_right_token_is_taken_and_its_key_is_read_once() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        let verified = stage.verify(&signed(&claims())).await.unwrap();
        assert_eq!((verified.channel(), verified.service_url()), ("msteams", SERVICE));
    }
    let lower = bearing(&format!("bearer {}", signed(&claims())));
    assert!(stage.verifier.verify(&lower, ORIGIN).await.is_ok());
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn many_first_requests_ask_once() {
    let stage = Stage::new().await;
    let token = signed(&claims());
    let (a, b, c) = tokio::join!(stage.verify(&token), stage.verify(&token), stage.verify(&token));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn a_token_for_others_or_of_others_is_refused() {
    let stage = Stage::new().await;
    for (claims, code) in [
        (with("aud", "another-bot"), "other_audience"),
        (with("aud", json!([APP, "another-bot"])), "malformed"),
        (with("iss", "https://api.botframework.com.evil.example"), "other_issuer"),
        (with("iss", "https://sts.windows.net/1234/"), "other_issuer"),
        (with("serviceurl", "https://evil.example/"), "other_service_url"),
        (with("serviceurl", "https://smba.trafficmanager.net/emea"), "other_service_url"),
        (with("serviceurl", Value::Null), "malformed"),
        (with("exp", Value::Null), "malformed"),
        (with("exp", "tomorrow"), "malformed"),
        (with("exp", i64::MAX), "malformed"),
        (with("nbf", i64::MIN), "malformed"),
        (json!([]), "malformed"),
    ] {
        Stage::refuses(stage.verify(&signed(&claims)).await, code);
    }
    let elsewhere = Origin { service_url: "https://evil.example/", ..ORIGIN };
    let headers = bearing(&format!("Bearer {}", signed(&claims())));
    Stage::refuses(stage.verifier.verify(&headers, elsewhere).await, "other_service_url");
}

#[tokio::test]
async fn a_token_counts_in_its_time_and_five_minutes_around_it() {
    let stage = Stage::new().await;
    for (claims, taken) in [
        (with("exp", NOON - 299), true),
        (with("exp", NOON - 300), false),
        (with("exp", NOON - 86_400), false),
    ] {
        let result = stage.verify(&signed(&claims)).await;
        assert_eq!(result.is_ok(), taken, "{claims}");
        assert!(taken || result == Err(Refusal::Expired));
    }
    assert!(stage.verify(&signed(&with("nbf", NOON + 300))).await.is_ok());
    assert!(stage.verify(&signed(&with("nbf", Value::Null))).await.is_ok());
    Stage::refuses(stage.verify(&signed(&with("nbf", NOON + 301))).await, "not_yet_valid");
}

#[tokio::test]
async fn only_the_makers_signature_with_rs256_counts() {
    let stage = Stage::new().await;
    let right = signed(&claims());
    let (message, signature) = right.rsplit_once('.').unwrap();
    // By a stranger's key, by none, changed after signing, with the signature of another.
    Stage::refuses(
        stage.verify(&signed_as(&header("one"), &claims(), &KEYS[2], &RSA_PKCS1_SHA256)).await,
        "wrong_signature",
    );
    Stage::refuses(stage.verify(&format!("{message}.")).await, "wrong_signature");
    let changed = unsigned(&header("one"), &with("exp", NOON + 86_400));
    Stage::refuses(stage.verify(&format!("{changed}.{signature}")).await, "wrong_signature");
    // With RS512 under the name of RS256, and under its own.
    let rs512 = signed_as(&header("one"), &claims(), &KEYS[0], &RSA_PKCS1_SHA512);
    Stage::refuses(stage.verify(&rs512).await, "wrong_signature");
    let named = json!({ "alg": "RS512", "kid": "one" });
    Stage::refuses(
        stage.verify(&signed_as(&named, &claims(), &KEYS[0], &RSA_PKCS1_SHA512)).await,
        "other_algorithm",
    );
    for none in ["none", "None", "nOnE", "", "rs256"] {
        let token = unsigned(&json!({ "alg": none, "kid": "one" }), &claims());
        for signature in ["", signature] {
            Stage::refuses(stage.verify(&format!("{token}.{signature}")).await, "other_algorithm");
        }
    }
}

#[tokio::test]
async fn the_public_key_is_nobodys_secret() {
    let stage = Stage::new().await;
    let der = KEYS[0].public_key().as_der().unwrap();
    let modulus = RsaPublicKeyComponents::<Vec<u8>>::from(KEYS[0].public_key()).n;
    for secret in [der.as_ref(), KEYS[0].public_key().as_ref(), &modulus] {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        for (algorithm, code) in [("HS256", "other_algorithm"), ("RS256", "wrong_signature")] {
            let message = unsigned(&json!({ "alg": algorithm, "kid": "one" }), &claims());
            let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&secret, message.as_bytes()));
            Stage::refuses(stage.verify(&format!("{message}.{signature}")).await, code);
        }
    }
}

#[tokio::test]
async fn a_key_speaks_only_for_the_channels_it_is_endorsed_for() {
    let stage = Stage::new().await;
    let headers = bearing(&format!("Bearer {}", signed(&claims())));
    for channel in ["slack", "", "MSTEAMS"] {
        let result = stage.verifier.verify(&headers, Origin { channel, ..ORIGIN }).await;
        assert_eq!(result, Err(Refusal::NotEndorsed), "{channel}");
    }
    assert!(stage.verifier.verify(&headers, Origin { channel: "webchat", ..ORIGIN }).await.is_ok());
}

#[tokio::test]
async fn what_is_no_token_is_refused_and_asks_for_no_key() {
    let stage = Stage::new().await;
    assert_eq!(stage.verifier.verify(&HeaderMap::new(), ORIGIN).await, Err(Refusal::NoToken));
    let right = signed(&claims());
    let mut twice = bearing(&format!("Bearer {right}"));
    twice.append(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
    Stage::refuses(stage.verifier.verify(&twice, ORIGIN).await, "malformed");
    let no_key = unsigned(&json!({ "alg": "RS256" }), &claims());
    let critical =
        unsigned(&json!({ "alg": "RS256", "kid": "one", "crit": ["b64"], "b64": false }), &claims());
    for header in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        right.clone(),
        format!("Basic {right}"),
        format!("Bearer  {right}"),
        format!("Bearer {right}.x"),
        format!("Bearer {right}="),
        "Bearer a.b".to_owned(),
        "Bearer a.b.c".to_owned(),
        "Bearer ..".to_owned(),
        format!("Bearer {}", ".".repeat(9_000)),
        format!("Bearer {no_key}.c2ln"),
        format!("Bearer {critical}.c2ln"),
    ] {
        Stage::refuses(stage.verifier.verify(&bearing(&header), ORIGIN).await, "malformed");
    }
    let raw = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_bytes(b"Bearer \xff").unwrap())]);
    Stage::refuses(stage.verifier.verify(&raw, ORIGIN).await, "malformed");
    assert_eq!(stage.asked(), 0);
}

#[tokio::test]
async fn a_new_key_is_found_and_forged_names_make_nobody_ask_more_than_every_five_minutes() {
    let stage = Stage::new().await;
    assert!(stage.verify(&signed(&claims())).await.is_ok());
    let rotated = signed_as(&header("two"), &with("exp", NOON + 86_400), &KEYS[1], &RSA_PKCS1_SHA256);
    Stage::refuses(stage.verify(&rotated).await, "unknown_key");
    stage.publish(vec![published("two", &KEYS[1], &["msteams"])]);
    for name in ["two", "three", "../metadata", ""] {
        let forged = signed_as(&header(name), &claims(), &KEYS[2], &RSA_PKCS1_SHA256);
        Stage::refuses(stage.verify(&forged).await, "unknown_key");
    }
    // Known keys count all the while.
    assert!(stage.verify(&signed(&claims())).await.is_ok());
    assert_eq!(stage.asked(), 1);
    stage.clock.turn(SignedDuration::from_mins(5));
    assert!(stage.verify(&rotated).await.is_ok());
    assert_eq!(stage.asked(), 2);
    // What the maker took back no longer counts.
    Stage::refuses(stage.verify(&signed(&claims())).await, "unknown_key");
}

#[tokio::test]
async fn keys_are_read_anew_after_a_day() {
    let stage = Stage::new().await;
    let token = signed(&with("exp", NOON + 7 * 86_400));
    assert!(stage.verify(&token).await.is_ok());
    stage.publish(vec![published("two", &KEYS[1], &["msteams"])]);
    stage.clock.turn(SignedDuration::from_secs(86_399));
    assert!(stage.verify(&token).await.is_ok());
    stage.clock.turn(SignedDuration::from_secs(1));
    Stage::refuses(stage.verify(&token).await, "unknown_key");
    assert_eq!(stage.asked(), 2);
}

#[tokio::test]
async fn without_keys_nothing_is_taken_and_the_maker_is_asked_again_in_half_a_minute() {
    let stage = Stage::new().await;
    stage.is_down(true);
    for _ in 0..3 {
        let refusal = stage.verify(&signed(&claims())).await.unwrap_err();
        assert_eq!((refusal.code(), refusal.status()), ("no_keys", StatusCode::SERVICE_UNAVAILABLE));
    }
    assert_eq!(stage.asked(), 1);
    stage.is_down(false);
    stage.clock.turn(SignedDuration::from_secs(30));
    assert!(stage.verify(&signed(&claims())).await.is_ok());
}

#[tokio::test]
async fn keys_of_other_kinds_are_passed_over_and_a_set_without_ours_is_no_answer() {
    let stage = Stage::new().await;
    let mut encrypting = published("one", &KEYS[1], &["msteams"]);
    encrypting["use"] = "enc".into();
    let others = vec![
        encrypting,
        json!({ "kty": "EC", "kid": "one", "crv": "P-256", "x": "AA", "y": "AA" }),
        json!({ "kty": "oct", "kid": "one", "k": "c2VjcmV0" }),
        json!({ "kty": "RSA", "kid": "one", "n": "!", "e": "AQAB" }),
        json!("key"),
    ];
    stage.publish(others.clone());
    Stage::refuses(stage.verify(&signed(&claims())).await, "no_keys");
    stage.clock.turn(SignedDuration::from_secs(30));
    stage.publish([vec![published("one", &KEYS[0], &["msteams"])], others].concat());
    assert!(stage.verify(&signed(&claims())).await.is_ok());
}

#[tokio::test]
async fn a_metadata_address_in_clear_or_none_is_refused_at_the_start() {
    let clock = Arc::new(HandClock(Mutex::new(Timestamp::UNIX_EPOCH)));
    let outbound = Arc::new(Outbound::new(OutboundConfig::default(), Arc::clone(&clock) as _).unwrap());
    for address in ["http://login.botframework.com/v1", "login.botframework.com", ""] {
        let config = InboundConfig { metadata: address.to_owned(), ..InboundConfig::new(APP) };
        assert!(Verifier::new(config, Arc::clone(&outbound), Arc::clone(&clock) as _).is_err(), "{address}");
    }
}
