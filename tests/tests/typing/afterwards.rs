//! What is said of a request that was denied, granted or ended: it is about that one, and nothing is done on a guess.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_domain::card::Card;
use countersign_sandbox::slack::SlackAct;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, press, requests};

use crate::{APPROVER, EMPLOYEE, WRITE, title};

fn code(card: &Card) -> String {
    card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string()
}

/// The code of a request that was denied.
async fn denied(stage: &Stage) -> String {
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("deny {code} because it is the wrong ticket")).await;
    assert_eq!(stage.status(&code).await, "denied");
    code
}

#[tokio::test]
async fn trust_c3_why_of_what_was_denied_or_ended_tells_its_story() {
    for text in ["why?", "why", "why was it denied?", "why was this denied", "what happened to it?"] {
        let stage = in_december(Stage::new().await).await;
        let code = denied(&stage).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains(&code) && card.text.contains("wrong ticket"), "{text}: {}", card.text);
    }
    let stage = in_december(Stage::new().await).await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {code}")).await;
    stage.says("demo-admin", &format!("revoke {code} because the contract ended")).await;
    for text in ["why?", "why was it revoked?"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(
            card.text.contains(&code) && card.text.contains("the contract ended"),
            "{text}: {}",
            card.text
        );
    }
}

#[tokio::test]
async fn trust_c3_make_it_after_a_denial_is_a_draft_of_what_was_denied_with_the_change() {
    for (text, request) in [
        ("make it OPS-18", "write on payments-api for demo-employee 2880 minutes ticket OPS-18"),
        ("make it 4 hours", "write on payments-api for demo-employee 240 minutes ticket OPS-17"),
        (
            "actually make it 4 hours, OPS-18",
            "write on payments-api for demo-employee 240 minutes ticket OPS-18",
        ),
        ("change it to OPS-18", "write on payments-api for demo-employee 2880 minutes ticket OPS-18"),
        ("no, 4 hours", "write on payments-api for demo-employee 240 minutes ticket OPS-17"),
        ("change CODE to OPS-18", "write on payments-api for demo-employee 2880 minutes ticket OPS-18"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let old = denied(&stage).await;
        let card = stage.says(EMPLOYEE, &text.replace("CODE", &old)).await;
        assert_eq!(title(&card), format!("{old} was denied. Shall I ask for this instead?"), "{text}");
        assert!(card.text.contains("So far I have: “write” on “payments-api”"), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 1, "nothing is asked for unasked: {text}");
        let card = stage.says(EMPLOYEE, "yes").await;
        assert_eq!(born(&stage, &card).await, request, "{text}: {}", card.text);
        assert_eq!(stage.status(&old).await, "denied", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_make_it_means_the_newest_thing_and_is_asked_where_two_may_be_meant() {
    let stage = in_december(Stage::new().await).await;
    let waits = code(&stage.says(EMPLOYEE, "access write on infra for 1 day ticket OPS-18").await);
    let old = denied(&stage).await;
    let card = stage.says(EMPLOYEE, "make it 4 hours").await;
    assert_eq!(title(&card), "Which one do you want to change?", "{}", card.text);
    let label =
        labels(&card).into_iter().find(|label| label.contains(&old)).expect("the denied one").to_owned();
    assert!(labels(&card).iter().any(|label| label.contains(&waits)), "{}", card.text);
    let card = press(&stage, EMPLOYEE, &card, &label).await;
    assert_eq!(title(&card), format!("{old} was denied. Shall I ask for this instead?"));
    let card = stage.says(EMPLOYEE, "yes").await;
    let request = "write on payments-api for demo-employee 240 minutes ticket OPS-17";
    assert_eq!(born(&stage, &card).await, request);
    assert_eq!(stage.status(&waits).await, "waiting");
    // What ended is asked for anew where nothing else is there.
    let stage = in_december(Stage::new().await).await;
    let ended = code(&stage.says(EMPLOYEE, "read on web-shop for 1 hour").await);
    stage.says(EMPLOYEE, &format!("give back {ended}")).await;
    let card = stage.says(EMPLOYEE, "make it 2 hours").await;
    assert_eq!(title(&card), format!("{ended} is over. Shall I ask for this instead?"));
    // Nobody changes what is another's.
    let card = stage.says("demo-auditor", &format!("change {ended} to 3 hours")).await;
    assert_eq!(title(&card), format!("Only Erin Employee can change what {ended} asks for."));
}

#[tokio::test]
async fn trust_c3_in_its_thread_what_is_said_of_a_denied_request_is_about_that_one() {
    let stage = in_december(Stage::with_chats().await).await;
    let user = slack_user(EMPLOYEE);
    let said = stage.slack_user_says(&user, Some(SLACK_CHANNEL), &format!("<@U0BOT> {WRITE}")).await;
    let thread = said.ts.expect("a message");
    let card = stage.slack_channel(SLACK_CHANNEL).into_iter();
    let mut card = card.filter(|message| message.thread_ts.as_deref() == Some(&thread));
    let code = card.next().expect("a card").text.split(':').next().expect("a code").to_owned();
    // Something newer waits elsewhere.
    stage.slack_says(EMPLOYEE, "access write on infra for 2 days ticket OPS-18").await;
    stage.says(APPROVER, &format!("deny {code} because it is the wrong ticket")).await;
    let says = async |text: &str| {
        let (user, text) = (user.clone(), format!("<@U0BOT> {text}"));
        let (channel, thread) = (Some(SLACK_CHANNEL.to_owned()), Some(thread.clone()));
        stage.in_slack(SlackAct::Say { user, channel, text, thread }).await;
        stage.slack_whispers(&slack_user(EMPLOYEE), SLACK_CHANNEL).join("\n")
            + &stage.slack_channel(SLACK_CHANNEL).into_iter().map(|message| message.text).collect::<String>()
    };
    let told = says("why?").await;
    assert!(told.contains("wrong ticket"), "{told}");
    let told = says("make it OPS-18").await;
    assert!(told.contains(&format!("{code} was denied. Shall I ask for this instead?")), "{told}");
    says("yes").await;
    assert_eq!(requests(&stage).await, 3);
}

#[tokio::test]
async fn trust_c3_who_does_not_need_what_was_granted_gives_it_back() {
    for text in [
        "actually never mind, give it back",
        "never mind, I don't need it any more",
        "nvm, I no longer need it",
        "oh, scrap that, give it back",
        "never mind. I'm done with it",
        "I no longer need it",
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = code(&stage.says(EMPLOYEE, "read on web-shop for 1 hour").await);
        assert_eq!(stage.status(&code).await, "active");
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(stage.status(&code).await, "given_back", "{text}: {}", card.text);
    }
    // A word alone ends nothing unasked.
    for text in ["never mind", "cancel", "withdraw it", "forget it"] {
        let stage = in_december(Stage::new().await).await;
        let code = code(&stage.says(EMPLOYEE, "read on web-shop for 1 hour").await);
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "Do you want to give back this one?", "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "active", "{text}");
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(&code).await, "given_back", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_who_does_not_need_what_waits_is_offered_the_withdrawal() {
    for text in
        ["I no longer need it", "never mind, I don't need it any more", "give it back", "give back CODE"]
    {
        let stage = in_december(Stage::new().await).await;
        let code = code(&stage.says(EMPLOYEE, WRITE).await);
        let said = serde_json::json!({ "text": text.replace("CODE", &code) });
        let all = stage.post(EMPLOYEE, "/api/v1/chat", &said).await;
        let titles: Vec<_> =
            all["cards"].as_array().expect("cards").iter().map(|card| &card["title"]).collect();
        assert!(
            titles.iter().any(|title| *title == "Do you want to withdraw this one?"),
            "{text}: {titles:?}"
        );
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(&code).await, "withdrawn", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_who_does_not_need_what_was_only_asked_back_drops_the_draft() {
    for text in ["I no longer need it", "never mind, I don't need it any more", "give it back"] {
        let stage = in_december(Stage::new().await).await;
        let held = code(&stage.says(EMPLOYEE, "read on web-shop for 1 hour").await);
        stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("I forgot it"), "{text}: {}", card.text);
        assert_eq!(stage.status(&held).await, "active", "{text}");
        assert_eq!(requests(&stage).await, 1, "{text}");
    }
}

#[tokio::test]
async fn trust_c3_a_request_without_a_permission_inherits_none_from_what_is_over() {
    for text in ["Add me to web-shop", "Add me as a collaborator to web-shop", "I want access to web-shop"] {
        let stage = in_december(Stage::new().await).await;
        let old = code(&stage.says(EMPLOYEE, "admin on payments-api for 2 hours OPS-17").await);
        stage.says(EMPLOYEE, &format!("withdraw {old}")).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "Which permission do you need?", "{text}: {}", card.text);
        assert!(!card.text.contains("admin” on") && !card.text.contains("OPS-17"), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 1, "{text}");
    }
    // What clearly refers inherits, but for the permission on another repository.
    for text in ["make it web-shop", "no, web-shop"] {
        let stage = in_december(Stage::new().await).await;
        denied(&stage).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "Which permission do you need?", "{text}: {}", card.text);
        assert!(card.text.contains("on “web-shop” for “2 days”"), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 1, "{text}");
    }
    // Parts alone refer to nothing that is over.
    let stage = in_december(Stage::new().await).await;
    denied(&stage).await;
    let card = stage.says(EMPLOYEE, "it is for Ben Approver").await;
    assert!(!card.text.contains("So far I have"), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_an_approvers_counter_offer_is_no_new_request_of_an_old_one() {
    for text in ["give him only 30 minutes", "make it 30 minutes", "no, 30 minutes"] {
        let stage = in_december(Stage::new().await).await;
        let old = code(&stage.says(APPROVER, "write on infra for 2 hours OPS-17").await);
        stage.says(APPROVER, &format!("withdraw {old}")).await;
        let waits = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(APPROVER, text).await;
        assert!(!card.text.contains(&old), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 2, "{text}");
        assert_eq!(stage.status(&waits).await, "waiting", "{text}");
        if text != "no, 30 minutes" {
            let only = format!("Only Erin Employee can change what {waits} asks for.");
            assert_eq!(title(&card), only, "{text}: {}", card.text);
        }
    }
}

#[tokio::test]
async fn trust_c3_why_something_was_denied_is_asked_of_what_was_denied() {
    let stage = in_december(Stage::new().await).await;
    let denied = code(&stage.says(EMPLOYEE, "write on infra for 2 days OPS-18").await);
    stage.says(APPROVER, &format!("deny {denied} because of the freeze")).await;
    let ended = code(&stage.says(EMPLOYEE, "read on infra for 1 hour").await);
    stage.says(APPROVER, &format!("approve {ended}")).await;
    stage.says("demo-admin", &format!("revoke {ended} because the contract ended")).await;
    let held = code(&stage.says(EMPLOYEE, "read on web-shop for 4 hours").await);
    for text in [
        "why was it denied",
        "why was my request denied?",
        "who denied it?",
        "why not?",
        "why was write on infra denied",
        "warum wurde es abgelehnt?",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("the freeze") && !card.text.contains(&held), "{text}: {}", card.text);
    }
    let card = stage.says(EMPLOYEE, "why was it revoked?").await;
    assert!(card.text.contains("the contract ended"), "{}", card.text);
}
