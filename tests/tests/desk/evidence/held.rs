//! What others gave by hand is never lowered, and what is held need not be asked for.

use countersign_domain::access::Form;
use countersign_sandbox::jira::Status;
use countersign_tests::acting::form;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account};
use jiff::SignedDuration;

use super::{APPROVER, APPROVER2, EMPLOYEE, WRITE, code, rules_with, times};

#[tokio::test]
async fn trust_a6_what_is_held_is_answered_so_without_a_request() {
    let stage = Stage::new().await;
    stage.set_by_hand(&account(EMPLOYEE), "infra", Some("admin"));
    for permission in ["read", "admin"] {
        let sentence = format!("access {permission} on infra for 1 day ticket OPS-18 because disk");
        let answer = stage.says(EMPLOYEE, &sentence).await;
        assert_eq!((answer.code, answer.refused), (None, false), "{}", answer.text);
        assert!(answer.text.contains("Erin Employee holds admin on infra already"), "{}", answer.text);
    }
    let log = stage.log_after(None).await;
    assert!(log.iter().all(|event| event.kind != "access_requested"), "nothing was asked for");
}

#[tokio::test]
async fn trust_a6_what_is_held_is_told_with_who_saw_it() {
    let stage = Stage::new().await;
    let read = code(&stage.says(EMPLOYEE, "access read on infra for 1 day").await);
    stage.says(APPROVER, &format!("approve {read}")).await;
    stage.set_by_hand(&account(EMPLOYEE), "infra", Some("admin"));
    let answer = stage.says(EMPLOYEE, "access write on infra for 3 days ticket OPS-18").await.text;
    assert!(answer.contains("holds admin on infra already, as Bitbucket says"), "{answer}");
    stage.later(SignedDuration::from_hours(24)).await;
    let card = stage.says(EMPLOYEE, &format!("status {read}")).await.text;
    let told = "Admin stays: it is held beside this access, as I read it back.";
    assert!(card.contains(told), "{card}");
}

#[tokio::test]
async fn trust_a6_whoever_decides_sees_on_every_surface_who_says_what_is_held() {
    let stage = Stage::with_chats().await;
    stage.set_by_hand(&account(EMPLOYEE), "payments-api", Some("read"));
    let own = code(&stage.says(EMPLOYEE, WRITE).await);
    let status = format!("status {own}");
    let shown = async |told: &str| {
        let mut seen = vec![stage.says(APPROVER, &status).await.text];
        stage.slack_says(APPROVER, &status).await;
        stage.teams_says(APPROVER, &status).await;
        stage.discord_says(APPROVER, &status).await;
        stage.settle().await;
        let chats = [stage.slack_sees(APPROVER), stage.teams_sees(APPROVER), stage.discord_sees(APPROVER)];
        seen.extend(chats.into_iter().map(|mut seen| seen.pop().expect("an answer")));
        for seen in seen {
            // Discord writes labels in bold.
            assert!(seen.replace("**", "").contains(told), "{told}: {seen}");
        }
    };
    shown("Holds already: read, as Bitbucket says; this makes it write").await;
    stage.says(APPROVER, &format!("approve {own}")).await;
    shown("Held before: read, as Bitbucket said").await;
    // What the log raised it knows itself; only what is beside that it has from somebody.
    let more = code(&stage.says(EMPLOYEE, "access admin on payments-api for 1 day ticket OPS-17").await);
    let card = stage.says(APPROVER, &format!("status {more}")).await.text;
    let told = "Holds already: write, through access that I gave (read beside it, as Bitbucket says); this makes it admin";
    assert!(card.contains(told), "{card}");
}

#[tokio::test]
async fn trust_a6_an_access_that_lasts_as_long_answers_for_itself() {
    let stage = Stage::new().await;
    let own = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {own}")).await;
    let answer = stage.says(EMPLOYEE, "access read on payments-api for 1 day").await;
    assert!(answer.code.is_none(), "{}", answer.text);
    assert!(answer.text.contains(&format!("until 2026-03-04 09:00 UTC, through {own}")), "{}", answer.text);
    let longer = stage.says(EMPLOYEE, "access read on payments-api for 3 days").await;
    assert!(longer.code.is_some(), "that is more than there is: {}", longer.text);
}

#[tokio::test]
async fn trust_a6_a_sentence_said_again_because_no_answer_came_is_answered_with_what_came_of_it() {
    let stage = Stage::new().await;
    let say = async |id: uuid::Uuid| {
        let request = stage.client().post(stage.url("/api/v1/chat")).bearer_auth(EMPLOYEE);
        let said = serde_json::json!({ "text": "access read on web-shop for 2 days" });
        let request = request.header("x-request-id", id.to_string()).json(&said);
        let answer = request.send().await.expect("the bot answers");
        let answer: serde_json::Value = answer.json().await.expect("JSON");
        stage.settle().await;
        answer["cards"][0]["code"].clone()
    };
    let [first, other] = [1, 2].map(uuid::Uuid::from_u128);
    let code = say(first).await;
    assert_eq!(stage.status(code.as_str().expect("a code")).await, "active");
    assert_eq!(say(first).await, code, "it is one with what was heard the first time");
    assert_eq!(say(other).await, serde_json::Value::Null, "somebody who asks anew has it already");
}

#[tokio::test]
async fn trust_a6_a_ticket_that_asks_for_what_is_held_gets_a_kind_answer() {
    let stage = Stage::new().await;
    stage.set_by_hand(&account(EMPLOYEE), "infra", Some("admin"));
    stage.add_ticket("OPS-90", Status::ToDo, EMPLOYEE);
    let asked = form("write", "infra", "1 day", "OPS-90");
    let code = stage.ask_by_ticket("OPS-90", EMPLOYEE, &asked).await.to_string();
    assert_eq!(stage.status(&code).await, "denied");
    let comments = stage.ticket("OPS-90").1.join("\n");
    assert!(comments.contains("nothing has to be done for it"), "{comments}");
    assert!(comments.contains("holds admin on infra already"), "{comments}");
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("admin"));
}

#[tokio::test]
async fn trust_a6_admin_given_by_hand_meanwhile_is_lowered_by_nothing() {
    let stage = Stage::new().await;
    let read = code(&stage.says(EMPLOYEE, "access read on infra for 1 day").await);
    stage.says(APPROVER, &format!("approve {read}")).await;
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("read"));
    stage.set_by_hand(&account(EMPLOYEE), "infra", Some("admin"));
    // A colleague's request goes on; one of hers, asked before, is carried out beside it.
    stage.later(SignedDuration::from_hours(24)).await;
    assert_eq!(stage.status(&read).await, "expired");
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("admin"));
    let card = stage.says(EMPLOYEE, &format!("status {read}")).await;
    assert!(card.text.contains("Admin stays: it is held beside this access"), "{}", card.text);
}

#[tokio::test]
async fn trust_a6_admin_given_by_hand_while_it_waits_is_not_set_to_what_was_asked() {
    let stage = Stage::new().await;
    let read = code(&stage.says(EMPLOYEE, "access read on infra for 1 day").await);
    stage.set_by_hand(&account(EMPLOYEE), "infra", Some("admin"));
    stage.says(APPROVER, &format!("approve {read}")).await;
    assert_eq!(stage.status(&read).await, "waiting", "it was not what the approver saw");
    stage.says(APPROVER, &format!("approve {read}")).await;
    assert_eq!(stage.status(&read).await, "active");
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("admin"));
    stage.says(EMPLOYEE, &format!("give back {read}")).await;
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("admin"));
}

#[tokio::test]
async fn trust_a10_a_reason_is_wanted_of_who_asks_and_of_who_says_no() {
    let stage = Stage::with_chats().await;
    rules_with(&stage, "read-elsewhere", "@reason(\"required\")").await;
    let bare = stage.says(EMPLOYEE, "access read on infra for 1 day").await;
    assert_eq!((&bare.code, bare.refused), (&None, false), "nothing was asked for yet: {}", bare.text);
    assert!(bare.text.contains("What is it for?\nThe rule wants a reason"), "{}", bare.text);
    let code = code(&stage.says(EMPLOYEE, "access read on infra for 1 day because disk").await);
    let why = stage.says(APPROVER, &format!("deny {code}")).await;
    assert!(why.text.contains(&format!("Why do you deny {code}?")), "{}", why.text);
    assert!(why.buttons.is_empty(), "no button does what the rule refuses: {:?}", why.buttons);
    let told = stage.says(APPROVER, &format!("deny without a reason {code}")).await;
    assert!(told.refused && told.text.contains("wants a reason for a no"), "{}", told.text);
    assert_eq!(stage.status(&code).await, "waiting");
    stage.slack_says(APPROVER, &format!("deny {code} because of the freeze")).await;
    assert_eq!(stage.status(&code).await, "denied");
    assert_eq!(times(&stage, &code, "access_denied").await, 1);
}

#[tokio::test]
async fn trust_d4_what_others_hold_is_told_to_nobody_who_only_asks_for_them() {
    let stage = Stage::new().await;
    stage.set_by_hand(&account(APPROVER2), "infra", Some("write"));
    let asked = Form { user: Some(APPROVER2.to_owned()), ..form("admin", "infra", "3 hours", "OPS-18") };
    let code = stage.ask(EMPLOYEE, &asked).await.to_string();
    stage.later(SignedDuration::from_secs(5)).await;
    stage.set_by_hand(&account(APPROVER2), "infra", Some("read"));
    stage.says(APPROVER, &format!("approve {code}")).await;
    assert_eq!(times(&stage, &code, "access_evidence_changed").await, 1);
    let says = async |who: &str| {
        let mut said = String::new();
        for sentence in ["why", "status"] {
            said += &stage.says(who, &format!("{sentence} {code}")).await.text;
        }
        for path in ["access-requests/", "audit?limit=500&code="] {
            said += &stage.get(who, &format!("/api/v1/{path}{code}")).await.to_string();
        }
        said
    };
    let held = ["holds", "Holds already", "\"present\"", "\"before\"", "read now"];
    let (told, seen) = (says(EMPLOYEE).await, says(APPROVER).await);
    let found = |text: &str| held.map(|said| text.contains(said));
    assert_eq!(found(&told), [true, false, false, false, false], "only that it changed: {told}");
    assert!(told.contains("is not what it was"), "{told}");
    let [holds, already, present, _, now] = found(&seen);
    assert!(holds && already && present && now, "{seen}");
}

#[tokio::test]
async fn trust_a6_whoever_asks_for_a_colleague_is_not_told_that_they_hold_more() {
    let stage = Stage::new().await;
    stage.set_by_hand(&account(APPROVER2), "infra", Some("admin"));
    let asked = Form { user: Some(APPROVER2.to_owned()), ..form("write", "infra", "3 hours", "OPS-18") };
    let code = stage.ask(EMPLOYEE, &asked).await.to_string();
    for sentence in ["status", "why"] {
        let told = stage.says(EMPLOYEE, &format!("{sentence} {code}")).await.text;
        assert!(told.contains("write on infra") && !told.contains("admin"), "{told}");
    }
    let (_, comments) = stage.ticket("OPS-18");
    assert!(!comments.iter().any(|comment| comment.contains("admin")), "{comments:#?}");
    let seen = stage.says(APPROVER2, &format!("status {code}")).await.text;
    assert!(seen.contains("Holds already: admin"), "whose it is knows: {seen}");
}
