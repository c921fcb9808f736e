//! Why somebody denies: whatever they write then is the reason, or it is asked whether it is.

use countersign::demo::chats::SLACK_CHANNEL;
use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, press, requests};

use crate::{APPROVER, APPROVER2, EMPLOYEE, WRITE};

#[tokio::test]
async fn trust_c3_a_sentence_that_could_ask_for_access_is_the_reason_of_the_denial_or_is_asked() {
    for text in [
        "access write on payments-api is frozen",
        "write on payments-api for 2 days is too long",
        "I need write on infra for 2 hours OPS-18",
        "I need read on web-shop for 1 hour",
        "we do not need payments-api any more",
        "revoke the old token first",
        "I don't need it any more",
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        stage.says(APPROVER, &format!("deny {code}")).await;
        let card = stage.says(APPROVER, text).await;
        assert_eq!(card.title, format!("Deny {code} because “{text}”?"), "{}", card.text);
        assert_eq!((requests(&stage).await, stage.status(&code).await.as_str()), (1, "waiting"), "{text}");
        stage.says(APPROVER, "yes").await;
        assert_eq!(stage.status(&code).await, "denied", "{text}");
        let story = stage.says("demo-admin", &format!("why {code}")).await;
        assert!(story.text.contains(text), "{}", story.text);
        assert_eq!(requests(&stage).await, 1, "{text}");
    }
}

#[tokio::test]
async fn trust_c3_a_whole_command_is_no_reason_and_the_question_why_waits_on_and_is_said_to() {
    for text in [
        "access read on web-shop for 1 hour",
        "status",
        "help",
        "who has write on infra?",
        "who has write on infra",
        "my access",
        "repositories",
        "who am i",
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        stage.says(APPROVER, &format!("deny {code}")).await;
        let answer = stage.post(APPROVER, "/api/v1/chat", &serde_json::json!({ "text": text })).await;
        stage.settle().await;
        let cards: Vec<Card> = serde_json::from_value(answer["cards"].clone()).expect("cards");
        assert!(!cards[0].title.starts_with("Deny"), "{text}: {}", cards[0].text);
        let last = cards.last().expect("the question");
        assert_eq!(last.title, format!("Why do you deny {code}?"), "{text}: {}", last.text);
        assert!(last.text.contains("This still waits for an answer."), "{text}: {}", last.text);
        assert_eq!(requests(&stage).await, if text.starts_with("access") { 2 } else { 1 }, "{text}");
        stage.says(APPROVER, "yes").await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}: nobody said why");
        stage.says(APPROVER, "because the freeze begins").await;
        assert_eq!(stage.status(&code).await, "denied", "{text}: it was still asked");
    }
}

#[tokio::test]
async fn trust_c2_a_command_beside_a_request_that_lacks_something_leaves_its_question_open_and_says_so() {
    for asked in ["access write on payments-api for 2 days", "access read on web-shop until the release"] {
        for text in ["status", "help", "who has write on infra", "my access"] {
            let stage = in_december(Stage::new().await).await;
            stage.says(EMPLOYEE, asked).await;
            let answer = stage.post(EMPLOYEE, "/api/v1/chat", &serde_json::json!({ "text": text })).await;
            let cards: Vec<Card> = serde_json::from_value(answer["cards"].clone()).expect("cards");
            let last = cards.last().expect("the question");
            assert!(last.text.contains("This still waits for an answer."), "{text}: {}", last.text);
            assert!(cards.len() > 1, "{asked}, {text}: {cards:#?}");
        }
    }
}

#[tokio::test]
async fn trust_c3_what_was_no_reason_is_carried_out_once_that_is_said() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("deny {code}")).await;
    let card = stage.says(APPROVER, "I need read on web-shop for 1 hour").await;
    let own = press(&stage, APPROVER, &card, "No, I want that myself").await;
    assert!(own.text.contains("read on web-shop") && own.text.contains("Status: active"), "{}", own.text);
    assert_eq!(stage.status(&code).await, "waiting", "and nothing was denied");
    // Another reason is read back as one.
    stage.says(APPROVER, &format!("deny {code}")).await;
    stage.says(APPROVER, "write on infra is frozen").await;
    let card = stage.says(APPROVER, "the freeze begins tomorrow").await;
    assert_eq!(card.title, format!("Deny {code} because “the freeze begins tomorrow”?"));
    // What only looks is looked at, and what names a request is about that.
    let other = stage.says(EMPLOYEE, "access write on infra for 1 day ticket OPS-18").await;
    let other = other.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {other}")).await;
    assert_eq!(stage.status(&other).await, "active");
}

#[tokio::test]
async fn trust_c5_a_thumb_down_is_followed_by_the_question_why_or_by_word_that_it_counted() {
    use countersign::demo::chats::slack_user;
    use countersign_sandbox::slack::SlackAct;
    for (annotations, status, told) in [
        ("", "waiting", "Why do you deny"),
        ("@reaction @reason(\"required\")", "waiting", "Why do you deny"),
        ("@reaction", "denied", "without a reason"),
    ] {
        let stage = Stage::with_chats().await;
        let rules =
            stage.get("demo-admin", "/api/v1/rules").await["text"].as_str().expect("rules").to_owned();
        let rules = rules.replacen("@id(\"write\")", &format!("@id(\"write\")\n{annotations}"), 1);
        stage.publish(&rules).await;
        stage.slack_says(EMPLOYEE, &format!("{WRITE} because rollout")).await;
        let message = stage.slack_channel(SLACK_CHANNEL).remove(0);
        let code = message.text.split(':').next().expect("a code").to_owned();
        let user = slack_user(APPROVER2);
        let [channel, ts, name] = [SLACK_CHANNEL, &message.ts, "-1"].map(str::to_owned);
        stage.in_slack(SlackAct::React { user: user.clone(), channel, ts, name }).await;
        assert_eq!(stage.status(&code).await, status, "{annotations:?}");
        let whispers = stage.slack_whispers(&user, SLACK_CHANNEL).join("\n");
        assert!(whispers.contains(told) && whispers.contains(&code), "{annotations:?}: {whispers}");
    }
}

#[tokio::test]
async fn that_a_ticket_is_to_be_opened_first_is_a_reason_and_opens_none() {
    for text in ["open a ticket first", "create a ticket for it", "ask a person about it first"] {
        let stage = in_december(Stage::new().await).await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        stage.says(APPROVER, &format!("deny {code}")).await;
        let card = stage.says(APPROVER, text).await;
        assert!(card.title.starts_with(&format!("Deny {code} because")), "{text}: {}", card.text);
    }
}
