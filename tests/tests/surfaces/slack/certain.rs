//! How sure the bot is who somebody is: by the console and another proof where the rule wants that, by an address that the
//! workspace has verified where the tenant lets it count.

use countersign::demo::Demo;
use countersign::demo::chats::{email, slack_user};
use countersign_sandbox::slack::SlackPersonKind;
use countersign_store::MemoryStore;
use countersign_tests::console::proven_sentence;
use countersign_tests::slack::labels;
use countersign_tests::stage::{Stage, tenant};
use std::sync::Arc;

use super::{APPROVER, APPROVER2, AUDITOR, EMPLOYEE, SLACK_CHANNEL, WRITE, ask, rules_with};

#[tokio::test]
async fn slack_what_takes_another_proof_is_countersigned_in_the_console() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "write", "@step_up").await;
    let code = ask(&stage, WRITE).await;
    let console = &stage.bot.world.console;
    let (_, own) = stage.slack_talk(APPROVER).pop().expect("a card");
    for card in [own, stage.slack_channel(SLACK_CHANNEL).remove(0)] {
        assert!(
            card.text.contains("must be given in the console, with the token once more"),
            "{}",
            card.text
        );
        assert!(card.text.contains(&format!("Countersign at: the console {console}/")), "{}", card.text);
        assert_eq!(labels(&card), ["Deny"], "what would not count cannot be pressed");
    }
    stage.slack_says(APPROVER, &format!("approve {code}")).await;
    let told = stage.slack_sees(APPROVER).join("\n");
    assert!(told.contains("wants your countersignature in the console"), "{told}");
    assert_eq!(stage.status(&code).await, "waiting");

    let ada = stage.signs_in(APPROVER).await;
    let sentence = proven_sentence(&ada.page("/").await);
    assert!(sentence.starts_with(&format!("approve {code} receipt ")), "{sentence}");
    for proof in ["", "guessed", APPROVER2] {
        ada.sends("/say", &[("text", &sentence), ("proof", proof)]).await;
        assert_eq!(stage.status(&code).await, "waiting", "“{proof}” proves nothing");
    }
    assert_eq!(stage.refused("sign_in_refused", "sign-in").await, 2, "somebody guessed");
    ada.sends("/say", &[("text", &sentence), ("proof", APPROVER)]).await;
    assert_eq!(stage.status(&code).await, "active");
    for card in
        [stage.slack_talk(APPROVER).pop().expect("a card").1, stage.slack_channel(SLACK_CHANNEL).remove(0)]
    {
        assert!(card.text.contains("Countersigned by: Ada Approver"), "{}", card.text);
        assert!(!card.text.contains("Countersign at"), "{}", card.text);
    }
    let signed = stage.audited("access_countersigned").await.pop().expect("an event");
    assert_eq!(
        (&signed["actor"]["surface"], &signed["data"]["assurance"]),
        (&"web".into(), &"confirmed".into())
    );
}

/// A bot that nobody has told who is who in Slack; where the tenant lets it, an address says so.
async fn unlinked(by_email: bool) -> Stage {
    let adapt = |demo: &mut Demo| {
        let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
        acme.slack.as_mut().expect("the demo's Slack").by_email = by_email;
        for person in &mut acme.people {
            person.accounts.remove("slack");
        }
    };
    Stage::with_chats_adapted(Arc::new(MemoryStore::new()), adapt).await
}

/// What the bot answers somebody in private, who says something there.
async fn answer(stage: &Stage, id: &str, text: &str) -> String {
    stage.slack_says(id, text).await;
    stage.slack_answer(id)
}

#[tokio::test]
async fn slack_a_verified_address_links_who_has_it_where_the_tenant_lets_it() {
    let stage = unlinked(true).await;
    let told = answer(&stage, EMPLOYEE, WRITE).await;
    assert!(told.contains("Erin Employee asks for"), "{told}");
    let bound = stage.audited("account_bound").await;
    let in_slack: Vec<_> =
        bound.iter().filter(|entry| entry["data"]["identity"] == "slack/T0ACME/U0EMPLOYEE").collect();
    assert_eq!(in_slack.len(), 1, "{bound:#?}");
    assert_eq!(
        (&in_slack[0]["data"]["principal"], &in_slack[0]["data"]["by"]),
        (&EMPLOYEE.into(), &"directory".into())
    );
    // It stays hers whatever address it has later, until she says otherwise.
    stage.slack_says(EMPLOYEE, "unlink").await;
    let told = answer(&stage, EMPLOYEE, "status").await;
    assert!(
        told.contains("I do not know you yet"),
        "what was unlinked is not linked by itself again: {told}"
    );
}

#[tokio::test]
async fn slack_a_verified_address_links_nobody_where_the_tenant_does_not_let_it() {
    let stage = unlinked(false).await;
    let told = answer(&stage, EMPLOYEE, WRITE).await;
    assert!(told.contains("I do not know you yet"), "{told}");
    assert_eq!(stage.decided().await, 0);
    assert_eq!(stage.refused_of_slack().await, ["nobody here is behind this account"]);
}

#[tokio::test]
async fn slack_an_address_links_no_guest_and_counts_only_when_it_is_verified_and_one_persons() {
    let stage = unlinked(true).await;
    stage.change_slack(|state| {
        for person in &mut state.users {
            match &person.id {
                id if *id == slack_user(EMPLOYEE) => person.email_confirmed = false,
                id if *id == slack_user(APPROVER) => person.kind = SlackPersonKind::Guest,
                id if *id == slack_user(APPROVER2) => person.email = Some("somebody@acme.example".to_owned()),
                // The address of somebody else, whose it is not.
                id if *id == slack_user(AUDITOR) => person.email = Some(email("demo-admin").to_uppercase()),
                _ => {}
            }
        }
    });
    for (id, said) in [
        (EMPLOYEE, "I do not know you yet"),
        (APPROVER, "you are a guest of it"),
        (APPROVER2, "I do not know you yet"),
    ] {
        let told = answer(&stage, id, WRITE).await;
        assert!(told.contains(said), "{id}: {told}");
    }
    assert_eq!(stage.decided().await, 0);
    // Only the workspace says whose an address is, and it has verified this one.
    let told = answer(&stage, AUDITOR, WRITE).await;
    assert!(told.contains("Olga Operator asks for"), "{told}");
}
