//! Without tokens (`auth = "none"`), Teams is for tools on this machine: never where the bot has a public address, and nothing
//! is taken that somebody else's machine may have sent.

use std::sync::Arc;

use countersign::boot;
use countersign::config::Config;
use countersign::demo::Demo;
use countersign::demo::chats::{TEAMS_TENANT, teams_object};
use countersign_domain::ports::Clock;
use countersign_outbound::Outbound;
use countersign_store::MemoryStore;
use countersign_teams::Auth;
use countersign_tests::stage::{Stage, tenant};
use serde_json::Value;

use super::{APPROVER, WRITE};

/// The demo takes whatever this machine sends, and knows its people in Teams by what the configuration says of them.
fn takes_anybody(demo: &mut Demo) {
    let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
    acme.teams.as_mut().expect("the demo's Teams").vendor.auth = Auth::None;
    for person in &mut acme.people {
        let account = format!("{TEAMS_TENANT}/{}", teams_object(person.id.as_str()));
        person.accounts.insert("teams".to_owned(), account);
    }
}

/// Posts an activity without a token, with this header where there is one; the status of the answer.
async fn posted(stage: &Stage, path: &str, header: Option<(&str, &str)>, activity: &Value) -> u16 {
    let request = stage.client().post(stage.url(path)).json(activity);
    let request = header.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let status = request.send().await.expect("the bot answers").status().as_u16();
    stage.settle().await;
    status
}

#[tokio::test]
async fn trust_b3_without_tokens_nothing_that_was_forwarded_approves_anything() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), takes_anybody).await;
    let code = stage.says(super::EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    let mut activity = stage.teams_says(APPROVER, "my access").await.activity;
    activity["id"] = "b3".into();
    activity["text"] = format!("approve {code}").into();
    let before = stage.head().await;
    for path in ["/api/messages", "/webhooks/teams/acme"] {
        for header in [
            ("forwarded", "for=203.0.113.7"),
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-host", "bot.acme.example"),
            ("x-forwarded-proto", "https"),
        ] {
            assert_eq!(posted(&stage, path, Some(header), &activity).await, 403, "{path} {header:?}");
        }
    }
    let log = stage.log_after(before).await;
    assert!(log.iter().all(|event| event.kind != "interaction_received"), "{log:#?}");
    assert_eq!(stage.status(&code).await, "waiting");
    // The same from a tool on this machine is taken, so it was the header.
    assert_eq!(posted(&stage, "/api/messages", None, &activity).await, 200);
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_b3_a_bot_with_a_public_address_does_not_start_without_tokens() {
    let stage = Stage::with_chats_adapted(Arc::new(MemoryStore::new()), takes_anybody).await;
    let mut config = stage.demo.config.clone();
    let clock = Arc::clone(&stage.clock) as Arc<dyn Clock>;
    let outbound = Arc::new(Outbound::new(config.http_client.clone(), clock).expect("a way out"));
    let vendors = |config: &Config| boot::vendors(config, &outbound, &stage.demo.secrets).map(drop);
    assert!(vendors(&config).is_ok());
    config.public_url = Some("https://bot.acme.example".to_owned());
    let why = vendors(&config).expect_err("it must not start").to_string();
    assert!(why.contains("tenants.acme.teams.auth") && why.contains("public_url"), "{why}");
}
