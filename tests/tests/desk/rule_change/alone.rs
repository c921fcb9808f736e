//! What others were asked about never becomes easier because they are gone.

use serde_json::json;

use std::sync::Arc;

use countersign::seed::locks_nobody_out;
use countersign_store::MemoryStore;
use countersign_tests::stage::{Stage, tenant};

use super::{ADMIN, BEN, OPEN, in_force, people, proposal, propose, reread, stage, writing_needs};

/// Rules by which nobody could change them any more: nobody may, nobody is named who is there, or nobody is left to countersign.
fn shut() -> [String; 3] {
    let change = "principal, action == Action::\"publish_rules\", resource";
    [
        format!("{OPEN}@id(\"shut\")\nforbid ({change});\n"),
        format!("{OPEN}@id(\"gone\")\n@approvers(\"group:nobody-is-in-it\")\npermit ({change});\n"),
        format!("{OPEN}@id(\"many\")\n@approvers(\"role:admin\")\n@quorum(\"9\")\npermit ({change});\n"),
    ]
}

async fn refused(stage: &Stage, text: &str) {
    let code = propose(stage, ADMIN, text).await;
    let stands = proposal(stage, &code).await;
    let why = stands["denied"].to_string();
    assert!(stands["status"] == "denied", "{stands:#}");
    assert!(why.contains("nobody could change the rules any more"), "{stands:#}");
    assert!(why.contains("put people into the groups that it names first"), "what to do instead: {stands:#}");
    assert_eq!(in_force(stage).await.0, 1);
}

#[tokio::test]
async fn trust_b6_rules_that_lock_everybody_out_are_refused_whoever_proposes_them() {
    let (only, two) = (Stage::new().await, stage().await);
    for stage in [&only, &two] {
        for text in shut() {
            refused(stage, &text).await;
        }
    }
    // In a chat as well.
    let card = only.says(ADMIN, &format!("rules propose ```\n{}```", shut()[0])).await;
    assert!(card.text.contains("nobody could change the rules any more"), "{}", card.text);
    assert_eq!(in_force(&only).await.0, 1);
}

#[tokio::test]
async fn trust_b6_no_bot_starts_that_would_take_the_only_administrator_away() {
    let mut stage = Stage::adapted(Arc::new(MemoryStore::new()), |_| {}).await;
    people(&mut stage).retain(|person| person.id.as_str() != ADMIN);
    let (bot, config) = (&stage.bot, &stage.demo.config.tenants[&tenant()]);
    let told = locks_nobody_out(&bot.world, &bot.directory, &tenant(), config).await;
    let told = told.expect_err("nobody would be left").to_string();
    assert!(told.contains("Nobody would administer it any more"), "{told}");
    assert!(told.contains("Name somebody else first"), "{told}");
    super::make_admin(&mut stage.demo, BEN);
    let config = &stage.demo.config.tenants[&tenant()];
    locks_nobody_out(&stage.bot.world, &stage.bot.directory, &tenant(), config).await.expect("Ben is there");
    reread(&stage).await;
}

#[tokio::test]
async fn rules_that_another_administrator_was_asked_about_are_not_published_alone_when_they_leave() {
    let mut stage = stage().await;
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    assert_eq!(proposal(&stage, &code).await["status"], "waiting");
    people(&mut stage).retain(|person| person.id.as_str() != BEN);
    reread(&stage).await;
    let over = proposal(&stage, &code).await;
    assert_eq!((&over["status"], in_force(&stage).await.0), (&json!("denied"), 1), "{over:#}");
    let card = stage.says(ADMIN, &format!("status {code}")).await;
    assert!(card.text.contains("proposed for others to countersign"), "{}", card.text);
    // Whoever is left alone proposes alone, and that is a new proposal.
    let anew = propose(&stage, ADMIN, &writing_needs(2)).await;
    assert_eq!(proposal(&stage, &anew).await["status"], "published");
    assert_eq!(in_force(&stage).await, (2, writing_needs(2)));
}

#[tokio::test]
async fn rules_that_another_administrator_was_asked_about_wait_on_while_one_is_left() {
    let mut stage = stage().await;
    super::make_admin(&mut stage.demo, super::ADA);
    reread(&stage).await;
    let code = propose(&stage, ADMIN, &writing_needs(2)).await;
    people(&mut stage).retain(|person| person.id.as_str() != BEN);
    reread(&stage).await;
    assert_eq!(proposal(&stage, &code).await["status"], "waiting");
    // That there are fewer who could countersign is new to whoever decides.
    stage.says(super::ADA, &format!("approve {code}")).await;
    stage.says(super::ADA, &format!("approve {code}")).await;
    assert_eq!(in_force(&stage).await, (2, writing_needs(2)));
}
