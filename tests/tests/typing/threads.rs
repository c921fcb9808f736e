//! In the thread of a card, or as a reply to it, a word is about that request, whatever else waits: on every surface that has either.

use std::sync::Arc;

use countersign::demo::chats::{DISCORD_CHANNEL, SLACK_CHANNEL, slack_user};
use countersign_sandbox::discord::DiscordMessage;
use countersign_sandbox::slack::SlackAct;
use countersign_tests::discord::shown;
use countersign_tests::stage::Stage;
use countersign_tests::typed::in_december;

use crate::{APPROVER, EMPLOYEE, WRITE};

const ANOTHER: &str = "access write on infra for 2 days ticket OPS-18";
const THIRD: &str = "access write on web-shop for 2 days ticket OPS-19";

/// The code of the request that waits on this repository.
async fn waiting(stage: &Stage, repository: &str) -> String {
    let page = stage.get("demo-admin", "/api/v1/access-requests?status=waiting").await;
    let all = page["items"].as_array().expect("a list");
    let found = all.iter().find(|item| item["repository"] == repository);
    found.and_then(|item| item["code"].as_str()).unwrap_or_else(|| panic!("{page:#}")).to_owned()
}

async fn statuses<const N: usize>(stage: &Stage, codes: [&String; N]) -> [String; N] {
    let mut statuses = [const { String::new() }; N];
    for (status, code) in statuses.iter_mut().zip(codes) {
        *status = stage.status(code).await;
    }
    statuses
}

#[tokio::test]
async fn trust_c3_on_discord_a_reply_is_about_the_card_that_it_answers() {
    let stage = in_december(Stage::on_discord().await).await;
    for text in [WRITE, ANOTHER, THIRD] {
        stage.discord_says(EMPLOYEE, text).await;
    }
    let [first, second, third] = [
        waiting(&stage, "payments-api").await,
        waiting(&stage, "infra").await,
        waiting(&stage, "web-shop").await,
    ];
    let card_of = |talk: Vec<Arc<DiscordMessage>>, code: &str| {
        talk.into_iter().find(|message| shown(message).contains(code)).expect("a card")
    };
    // In private …
    let card = card_of(stage.discord_talk(APPROVER), &first);
    stage.discord_replies(APPROVER, &card, "lgtm").await;
    assert_eq!(statuses(&stage, [&first, &second, &third]).await, ["active", "waiting", "waiting"]);
    // … and where all are.
    let card = card_of(stage.discord_channel(DISCORD_CHANNEL, APPROVER), &second);
    stage.discord_replies(APPROVER, &card, "no, not before the freeze is over").await;
    assert_eq!(statuses(&stage, [&first, &second, &third]).await, ["active", "denied", "waiting"]);
    let story = stage.says("demo-admin", &format!("why {second}")).await;
    assert!(story.text.contains("not before the freeze is over"), "{}", story.text);
    stage.discord_says(EMPLOYEE, ANOTHER).await;
    let fourth = waiting(&stage, "infra").await;
    let card = card_of(stage.discord_talk(EMPLOYEE), &third);
    stage.discord_replies(EMPLOYEE, &card, "cancel").await;
    assert_eq!(statuses(&stage, [&third, &fourth]).await, ["withdrawn", "waiting"]);
}

#[tokio::test]
async fn trust_c3_in_a_thread_of_teams_a_word_is_about_the_request_of_its_card() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER]).await;
    let mut threads = vec![];
    for text in [WRITE, ANOTHER, THIRD] {
        let said = stage.teams_says_to_all(EMPLOYEE, text).await.activity;
        threads.push(said["id"].as_str().expect("an id").to_owned());
    }
    let [first, second, third] = [
        waiting(&stage, "payments-api").await,
        waiting(&stage, "infra").await,
        waiting(&stage, "web-shop").await,
    ];
    stage.teams_says_in_thread(APPROVER, &threads[0], "lgtm").await;
    assert_eq!(statuses(&stage, [&first, &second, &third]).await, ["active", "waiting", "waiting"]);
    stage.teams_says_in_thread(EMPLOYEE, &threads[1], "cancel").await;
    assert_eq!(statuses(&stage, [&first, &second, &third]).await, ["active", "withdrawn", "waiting"]);
    stage.teams_says_in_thread(APPROVER, &threads[2], "no, not before the freeze is over").await;
    assert_eq!(statuses(&stage, [&first, &second, &third]).await, ["active", "withdrawn", "denied"]);
}

#[tokio::test]
async fn trust_c3_in_a_thread_of_slack_looks_good_approves_and_cancel_withdraws_that_request() {
    let stage = in_december(Stage::with_chats().await).await;
    let mut threads = vec![];
    for text in [WRITE, ANOTHER, THIRD] {
        let text = format!("<@U0BOT> {text}");
        let said = stage.slack_user_says(&slack_user(EMPLOYEE), Some(SLACK_CHANNEL), &text).await;
        threads.push(said.ts.expect("a message"));
    }
    let [first, second, third] = [
        waiting(&stage, "payments-api").await,
        waiting(&stage, "infra").await,
        waiting(&stage, "web-shop").await,
    ];
    let says = async |id: &str, thread: &String, text: &str| {
        let (user, text) = (slack_user(id), format!("<@U0BOT> {text}"));
        let (channel, thread) = (Some(SLACK_CHANNEL.to_owned()), Some(thread.clone()));
        stage.in_slack(SlackAct::Say { user, channel, text, thread }).await;
    };
    says(APPROVER, &threads[0], "lgtm").await;
    assert_eq!(statuses(&stage, [&first, &second, &third]).await, ["active", "waiting", "waiting"]);
    says(EMPLOYEE, &threads[1], "cancel").await;
    assert_eq!(statuses(&stage, [&first, &second, &third]).await, ["active", "withdrawn", "waiting"]);
}

#[tokio::test]
async fn trust_c3_in_a_thread_a_no_that_goes_on_with_something_else_than_why_is_asked_about() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER]).await;
    let said = stage.teams_says_to_all(EMPLOYEE, WRITE).await.activity;
    let thread = said["id"].as_str().expect("an id").to_owned();
    let code = waiting(&stage, "payments-api").await;
    for text in [
        "No, wait",
        "No, sorry, I meant approve",
        "No, unless Ada agrees",
        "no, too long, no wait, it is fine",
        "no because risky, approve it",
        // Said to somebody else in the thread, who asked whether anything speaks against it.
        "no, all good",
        "No, no objections",
        "no, it's fine by me",
        "nein, passt so",
        "non, c'est bon",
        "no, está bien",
        "no, va bene",
    ] {
        stage.teams_says_in_thread(APPROVER, &thread, text).await;
        assert_eq!(statuses(&stage, [&code]).await, ["waiting"], "{text}");
        stage.teams_says_in_thread(APPROVER, &thread, "never mind").await;
        assert_eq!(statuses(&stage, [&code]).await, ["waiting"], "{text}");
    }
    stage.teams_says_in_thread(APPROVER, &thread, "no, it is too long").await;
    assert_eq!(statuses(&stage, [&code]).await, ["denied"]);
}

#[tokio::test]
async fn trust_c3_in_a_thread_whose_part_is_done_takes_no_countersignature_back() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER]).await;
    let admin = "access admin on infra for 4 hours ticket OPS-18 because the disk is full";
    let said = stage.teams_says_to_all(EMPLOYEE, admin).await.activity;
    let thread = said["id"].as_str().expect("an id").to_owned();
    let code = waiting(&stage, "infra").await;
    stage.teams_says_in_thread(APPROVER, &thread, "lgtm").await;
    for text in ["I'm done", "I'm done, over to you Ben", "leave it, it looks fine", "ich bin fertig"] {
        stage.teams_says_in_thread(APPROVER, &thread, text).await;
        let card = stage.says("demo-admin", &format!("status {code}")).await;
        assert!(card.text.contains("1 of 2 countersigned"), "{text}: {}", card.text);
    }
    // Their own is given up once that is said to be right.
    stage.teams_says_in_thread(EMPLOYEE, &thread, "I'm done").await;
    assert_eq!(statuses(&stage, [&code]).await, ["waiting"]);
    stage.teams_says_in_thread(EMPLOYEE, &thread, "yes").await;
    assert_eq!(statuses(&stage, [&code]).await, ["withdrawn"]);
}

#[tokio::test]
async fn trust_c3_in_slack_a_question_that_was_put_in_one_thread_is_answered_in_that_one_alone() {
    let stage = in_december(Stage::with_chats().await).await;
    let mut threads = vec![];
    for text in [WRITE, ANOTHER] {
        let text = format!("<@U0BOT> {text}");
        let said = stage.slack_user_says(&slack_user(EMPLOYEE), Some(SLACK_CHANNEL), &text).await;
        threads.push(said.ts.expect("a message"));
    }
    let [first, second] = [waiting(&stage, "payments-api").await, waiting(&stage, "infra").await];
    let says = async |thread: &String, text: &str| {
        let (user, text) = (slack_user(APPROVER), format!("<@U0BOT> {text}"));
        let (channel, thread) = (Some(SLACK_CHANNEL.to_owned()), Some(thread.clone()));
        stage.in_slack(SlackAct::Say { user, channel, text, thread }).await;
        stage.slack_whispers(&slack_user(APPROVER), SLACK_CHANNEL).pop().unwrap_or_default()
    };
    let asked = says(&threads[0], "nope").await;
    assert!(asked.contains(&format!("Why do you deny {first}")), "{asked}");
    // What is said in the other thread is about the other request.
    says(&threads[1], "she reads far too much these days").await;
    says(&threads[1], "never mind").await;
    let shown = stage.slack_channel(SLACK_CHANNEL);
    let mut there = shown.iter().filter(|message| message.thread_ts.as_ref() == Some(&threads[1]));
    assert!(there.all(|message| !message.text.contains(&first)), "{there:#?}");
    assert_eq!(statuses(&stage, [&first, &second]).await, ["waiting", "waiting"]);
    let asked = says(&threads[1], "nope").await;
    assert!(asked.contains(&format!("Why do you deny {second}")), "{asked}");
    // What was asked in the first thread waits there: “good” is no reason of a denial.
    says(&threads[0], "lgtm").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["waiting", "waiting"]);
    says(&threads[0], "never mind").await;
    says(&threads[0], "lgtm").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["active", "waiting"]);
    let asked = says(&threads[1], "because the freeze begins tomorrow").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["active", "denied"], "{asked}");
}

#[tokio::test]
async fn trust_c3_in_teams_a_question_that_was_put_in_one_thread_is_answered_in_that_one_alone() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER]).await;
    let mut threads = vec![];
    for text in [WRITE, ANOTHER] {
        let said = stage.teams_says_to_all(EMPLOYEE, text).await.activity;
        threads.push(said["id"].as_str().expect("an id").to_owned());
    }
    let [first, second] = [waiting(&stage, "payments-api").await, waiting(&stage, "infra").await];
    stage.teams_says_in_thread(APPROVER, &threads[0], "nope").await;
    stage.teams_says_in_thread(APPROVER, &threads[1], "lgtm").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["waiting", "active"]);
    stage.teams_says_in_thread(APPROVER, &threads[0], "because the freeze begins tomorrow").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["denied", "active"]);
}

#[tokio::test]
async fn trust_c3_on_discord_a_reply_to_another_card_answers_no_question_about_this_one() {
    let stage = in_december(Stage::on_discord().await).await;
    for text in [WRITE, ANOTHER] {
        stage.discord_says(EMPLOYEE, text).await;
    }
    let [first, second] = [waiting(&stage, "payments-api").await, waiting(&stage, "infra").await];
    let card_of = |code: &str| {
        let talk = stage.discord_talk(APPROVER);
        talk.into_iter().find(|message| shown(message).contains(code)).expect("a card")
    };
    let [card, other] = [card_of(&first), card_of(&second)];
    stage.discord_replies(APPROVER, &card, "nope").await;
    stage.discord_replies(APPROVER, &other, "because she reads far too much these days").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["waiting", "waiting"]);
    // Whoever answers to no card answers what was asked last, and who answers to this card does, too.
    stage.discord_replies(APPROVER, &card, "never mind").await;
    stage.discord_replies(APPROVER, &card, "nope").await;
    stage.discord_says(APPROVER, "because the freeze begins tomorrow").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["denied", "waiting"]);
    stage.discord_replies(APPROVER, &other, "nope").await;
    stage.discord_replies(APPROVER, &other, "because the freeze begins tomorrow").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["denied", "denied"]);
}

#[tokio::test]
async fn trust_c3_in_slack_what_is_asked_back_in_a_second_thread_leaves_the_question_of_the_first_one_open() {
    let stage = in_december(Stage::with_chats().await).await;
    let says = async |thread: Option<&String>, text: &str| {
        let (user, text) = (slack_user(EMPLOYEE), format!("<@U0BOT> {text}"));
        let (channel, thread) = (Some(SLACK_CHANNEL.to_owned()), thread.cloned());
        let said = stage.in_slack(SlackAct::Say { user, channel, text, thread }).await;
        said.ts.expect("a message")
    };
    let first = says(None, "access write on payments-api for 2 days").await;
    let second = says(None, "access write on infra for 2 days").await;
    // Each ticket goes to the request of its own thread, in whatever order they come.
    says(Some(&first), "OPS-17").await;
    let one = waiting(&stage, "payments-api").await;
    says(Some(&second), "OPS-18").await;
    let two = waiting(&stage, "infra").await;
    for (code, ticket) in [(&one, "OPS-17"), (&two, "OPS-18")] {
        let card = stage.says("demo-admin", &format!("status {code}")).await;
        assert!(card.text.contains(ticket), "{}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_in_teams_a_request_of_its_own_thread_leaves_the_question_of_another_one_open() {
    let stage = in_december(Stage::with_chats().await).await;
    stage.teams_arrive(&[EMPLOYEE]).await;
    let said = stage.teams_says_to_all(EMPLOYEE, "access write on payments-api for 2 days").await.activity;
    let thread = said["id"].as_str().expect("an id").to_owned();
    let whole = stage.teams_says_to_all(EMPLOYEE, ANOTHER).await.activity;
    let other = whole["id"].as_str().expect("an id").to_owned();
    let second = waiting(&stage, "infra").await;
    // What is said in the thread of the second is no answer to what was asked in the first.
    stage.teams_says_in_thread(EMPLOYEE, &other, "OPS-19").await;
    stage.teams_says_in_thread(EMPLOYEE, &thread, "OPS-17").await;
    let first = waiting(&stage, "payments-api").await;
    assert_eq!(statuses(&stage, [&first, &second]).await, ["waiting", "waiting"]);
    let card = stage.says("demo-admin", &format!("status {first}")).await;
    assert!(card.text.contains("OPS-17"), "{}", card.text);
}
