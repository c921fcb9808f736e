//! Where chats deliver to, an organisation that there is not is answered as one that there is, whose signature does not fit: nobody
//! finds out who works with this bot.

use std::sync::Arc;

use countersign_discord::Mode;
use countersign_store::MemoryStore;
use countersign_tests::slack::deliveries::JSON;
use countersign_tests::stage::{Stage, tenant};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

/// How a chat sends something to an address.
type Way<'a> = &'a dyn Fn(&str) -> RequestBuilder;

/// The status and the words of an answer, without the number of this one request.
async fn answered(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("the bot answers");
    let status = answer.status().as_u16();
    let mut words: Value = answer.json().await.expect("JSON");
    words.as_object_mut().expect("a problem").remove("instance");
    (status, words)
}

#[tokio::test]
async fn trust_b6_wherever_chats_deliver_an_unknown_organisation_is_answered_as_a_bad_signature_is() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), |demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        acme.discord.as_mut().expect("the demo's Discord").vendor.mode = Mode::Http;
    })
    .await;
    let body = json!({"type": 1, "text": "help"}).to_string();
    let plain = |path: &str| {
        let request = stage.client().post(stage.url(path)).header("content-type", JSON);
        request.body(body.clone())
    };
    let at = stage.clock_now().as_second().to_string();
    let slack = |path: &str| {
        plain(path).header("x-slack-request-timestamp", &at).header("x-slack-signature", "v0=00")
    };
    let discord = |path: &str| {
        plain(path).header("x-signature-timestamp", &at).header("x-signature-ed25519", "0".repeat(128))
    };
    let teams = |path: &str| plain(path).bearer_auth("a.b.c");
    let ways: [(&str, Way<'_>); 6] = [
        ("slack", &plain),
        ("slack", &slack),
        ("discord", &plain),
        ("discord", &discord),
        ("teams", &plain),
        ("teams", &teams),
    ];
    for (number, (surface, way)) in ways.into_iter().enumerate() {
        let known = answered(way(&format!("/webhooks/{surface}/acme"))).await;
        assert!((400..404).contains(&known.0), "{number} {surface}: {known:?}");
        for unknown in ["globex", "ACME", "..%2Facme"] {
            let answer = answered(way(&format!("/webhooks/{surface}/{unknown}"))).await;
            assert_eq!(answer, known, "{number} {surface} {unknown}");
        }
    }
}
