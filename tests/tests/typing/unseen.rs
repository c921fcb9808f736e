//! A decision that names nothing is on what was shown last where it is said, wherever people talk: what nobody was shown there is shown first,
//! with a question, and so is what became the only one while something else was looked at.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_domain::card::Card;
use countersign_sandbox::slack::SlackAct;
use countersign_tests::stage::Stage;
use countersign_tests::typed::in_december;
use countersign_tests::wherever::{SURFACES, says_on};
use serde_json::json;

use crate::{APPROVER, EMPLOYEE, WRITE};

const ANOTHER: &str = "access write on infra for 2 days ticket OPS-18";

/// Decisions that name nothing.
const BARE: [&str; 6] =
    ["approve", "approve it", "countersign", "deny because too broad", "genehmigt", "deny without a reason"];

/// What an approver is told of one request while another waits, too; CODE stands for it.
const TOLD_OF_ANOTHER: [&str; 6] = [
    "status CODE",
    "why CODE",
    "approve",
    "deny CODE because too broad",
    "who can approve CODE",
    "approve CODE",
];

async fn asks(stage: &Stage, text: &str) -> String {
    let card = stage.says(EMPLOYEE, text).await;
    card.code.unwrap_or_else(|| panic!("no request: {}", card.text)).to_string()
}

/// Every card of an answer.
async fn answer(stage: &Stage, token: &str, text: &str) -> Vec<Card> {
    let answer = stage.post(token, "/api/v1/chat", &json!({ "text": text })).await;
    stage.settle().await;
    serde_json::from_value(answer["cards"].clone()).expect("cards")
}

#[tokio::test]
async fn trust_c3_wherever_people_talk_a_bare_decision_is_on_nothing_that_was_not_shown_last() {
    let stage = in_december(Stage::with_chats().await).await;
    for (turn, surface) in SURFACES.into_iter().enumerate() {
        // Every way is gone on two surfaces, with another decision on each.
        for (way, told) in TOLD_OF_ANOTHER.into_iter().enumerate().filter(|(way, _)| (way + turn) % 2 == 0) {
            let first = asks(&stage, WRITE).await;
            let other = asks(&stage, ANOTHER).await;
            says_on(&stage, surface, APPROVER, &told.replace("CODE", &first)).await;
            // Where it was not decided, it is taken back meanwhile.
            stage.says(EMPLOYEE, &format!("withdraw {first}")).await;
            let bare = BARE[(turn + way) % BARE.len()];
            says_on(&stage, surface, APPROVER, bare).await;
            assert_eq!(stage.status(&other).await, "waiting", "{surface}: “{told}”, and then “{bare}”");
            // What the bot asked about is over as well.
            for own in [format!("withdraw {other}"), format!("give back {first}")] {
                stage.says(EMPLOYEE, &own).await;
            }
        }
    }
}

#[tokio::test]
async fn trust_c3_what_was_never_shown_is_shown_with_the_question_and_a_bare_decision_is_on_that_then() {
    for (text, again) in [("approve", "approve"), ("approve it", "yes"), ("countersign", "approve it")] {
        let stage = in_december(Stage::new().await).await;
        let code = asks(&stage, WRITE).await;
        let cards = answer(&stage, APPROVER, text).await;
        assert_eq!(cards[0].title, "Do you want to countersign this one?", "{text}: {}", cards[0].text);
        let card = cards.last().expect("its card");
        assert_eq!(card.code.as_ref().map(ToString::to_string), Some(code.clone()), "{text}: {}", card.text);
        assert!(card.text.contains("write on payments-api"), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
        stage.says(APPROVER, again).await;
        assert_eq!(stage.status(&code).await, "active", "{text}, and then {again}");
    }
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, WRITE).await;
    let cards = answer(&stage, APPROVER, "deny").await;
    assert_eq!(cards[0].title, format!("Why do you deny {code}?"), "{}", cards[0].text);
    assert!(cards.iter().any(|card| card.text.contains("write on payments-api")), "{cards:#?}");
    let card = stage.says(APPROVER, "deny because too broad").await;
    assert_eq!(stage.status(&code).await, "denied", "{}", card.text);
}

#[tokio::test]
async fn trust_c3_a_card_that_an_approver_was_sent_counts_as_shown_there() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.slack_says(EMPLOYEE, WRITE).await;
    stage.settle().await;
    let page = stage.get("demo-admin", "/api/v1/access-requests?status=waiting").await;
    let code = page["items"][0]["code"].as_str().expect("a request").to_owned();
    // Somewhere else it was not.
    stage.says(APPROVER, "approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    says_on(&stage, "slack", APPROVER, "approve").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_c3_what_was_shown_and_asked_about_since_is_what_a_bare_decision_is_on() {
    for between in ["who can approve CODE", "why CODE", "help approve", "help"] {
        let stage = in_december(Stage::new().await).await;
        let code = asks(&stage, WRITE).await;
        stage.says(APPROVER, &format!("status {code}")).await;
        stage.says(APPROVER, &between.replace("CODE", &code)).await;
        let card = stage.says(APPROVER, "approve").await;
        assert_eq!(stage.status(&code).await, "active", "{between}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_an_access_of_somebody_else_is_not_ended_by_who_names_none_and_was_shown_none() {
    for text in ["revoke", "revoke it because the freeze begins"] {
        let stage = in_december(Stage::new().await).await;
        let code = asks(&stage, WRITE).await;
        stage.says(APPROVER, &format!("approve {code}")).await;
        assert_eq!(stage.status(&code).await, "active");
        let cards = answer(&stage, "demo-admin", text).await;
        assert_eq!(stage.status(&code).await, "active", "{text}: {cards:#?}");
        assert!(cards.iter().any(|card| card.text.contains("write on payments-api")), "{text}: {cards:#?}");
        let card = stage.says("demo-admin", text).await;
        assert_eq!(stage.status(&code).await, "revoked", "{text}: {}", card.text);
    }
    // Who was told of it ends it at once.
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, WRITE).await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    let card = stage.says(APPROVER, "revoke").await;
    assert_eq!(stage.status(&code).await, "revoked", "{}", card.text);
}

#[tokio::test]
async fn trust_c3_what_a_slash_command_in_a_channel_is_answered_with_in_private_was_shown_there() {
    let stage = in_december(Stage::with_chats().await).await;
    let code = asks(&stage, WRITE).await;
    // What came last in private is another one, which is over.
    let other = asks(&stage, ANOTHER).await;
    stage.says(EMPLOYEE, &format!("withdraw {other}")).await;
    stage.settle().await;
    let (user, channel) = (slack_user(APPROVER), Some(SLACK_CHANNEL.to_owned()));
    stage.in_slack(SlackAct::Command { user, channel, text: format!("status {code}") }).await;
    stage.settle().await;
    stage.slack_says(APPROVER, "approve").await;
    assert_eq!(stage.status(&code).await, "active", "{}", stage.slack_answer(APPROVER));
}
