//! What people write, and where: in private, in channels, much too much, and with second thoughts.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_sandbox::slack::SlackAct;
use countersign_sandbox::{Fault, Faults, SlackState};
use countersign_tests::slack::labels;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;

use super::{ADMIN, APPROVER, APPROVER2, AUDITOR, EMPLOYEE, WRITE, ask};

#[tokio::test]
async fn slack_a_mention_in_a_channel_is_answered_in_its_thread_for_everybody() {
    let stage = Stage::with_chats().await;
    let user = slack_user(EMPLOYEE);
    let said = stage.slack_user_says(&user, Some(SLACK_CHANNEL), &format!("<@U0BOT> {WRITE}")).await;
    let messages = stage.slack_channel(SLACK_CHANNEL);
    let card = messages.iter().find(|message| message.thread_ts == said.ts).expect("a card in the thread");
    assert!(card.only.is_none() && card.text.contains("waiting, 0 of 1 countersigned"), "{card:#?}");
    assert_eq!(labels(card), ["Approve", "Deny"], "the same for everybody");
    assert!(card.text.contains("Holds already: nothing"), "whoever decides sees what is held: {}", card.text);
    stage.slack_presses_on(AUDITOR, SLACK_CHANNEL, card, "Approve").await;
    let told = stage.slack_whispers(&slack_user(AUDITOR), SLACK_CHANNEL);
    assert_eq!(told.len(), 1, "who may not is told alone");
    stage.slack_presses_on(APPROVER, SLACK_CHANNEL, card, "Approve").await;
    let card = stage.slack().state().message(SLACK_CHANNEL, &card.ts).expect("the card").clone();
    assert!(card.text.contains("Status: active"), "{}", card.text);
    assert_eq!(labels(&card), [""; 0]);
}

#[tokio::test]
async fn slack_a_yes_to_a_denial_that_is_over_is_none_to_the_request_of_the_thread() {
    let stage = Stage::with_chats().await;
    let asks = "<@U0BOT> access write on infra for 2 hours ticket OPS-18";
    let thread = stage.slack_user_says(&slack_user(EMPLOYEE), Some(SLACK_CHANNEL), asks).await.ts;
    let messages = stage.slack_channel(SLACK_CHANNEL);
    let card = messages.iter().find(|message| message.thread_ts == thread).expect("a card in the thread");
    let of_thread = card.text.split(':').next().expect("a code").to_owned();
    let other = ask(&stage, WRITE).await;
    let says = async |text: &str| {
        let (user, channel) = (slack_user(APPROVER), Some(SLACK_CHANNEL.to_owned()));
        let text = format!("<@U0BOT> {text}");
        stage.in_slack(SlackAct::Say { user, channel, text, thread: thread.clone() }).await;
        stage.slack_whispers(&slack_user(APPROVER), SLACK_CHANNEL).pop().expect("an answer")
    };
    let asked = says("deny payments").await;
    assert!(asked.contains("Do you want to deny this one?") && asked.contains(&other), "{asked}");
    stage.slack_says(EMPLOYEE, &format!("withdraw {other}")).await;
    let asked = says("yes").await;
    assert_eq!(stage.status(&other).await, "withdrawn");
    assert_eq!(stage.status(&of_thread).await, "waiting", "nobody said yes to that one: {asked}");
    assert!(asked.contains("Do you want to countersign this one?") && asked.contains(&of_thread), "{asked}");
    says("yes").await;
    assert_eq!(stage.status(&of_thread).await, "active", "now they did");
}

#[tokio::test]
async fn slack_a_mention_that_is_refused_is_answered_to_who_said_it_alone() {
    let stage = Stage::with_chats().await;
    let user = slack_user(EMPLOYEE);
    let mentions = async |text: &str| {
        stage.slack_user_says(&user, Some(SLACK_CHANNEL), &format!("<@U0BOT> {text}")).await
    };
    let rules = stage.get(ADMIN, "/api/v1/rules").await["text"].as_str().expect("the rules' text").to_owned();
    let forbid = "@id(\"frozen\") forbid (principal, action, resource == Repository::\"payments-api\");";
    stage.publish(&format!("{rules}\n{forbid}")).await;
    mentions("access write on payments-api for 2 days ticket OPS-17 because rollout").await;
    let told = stage.slack_whispers(&user, SLACK_CHANNEL);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("Status: denied"), "{told:#?}");
    let request = told[0].split(':').next().expect("a code").to_owned();
    mentions(&format!("status {request}")).await;
    stage.later(SignedDuration::from_secs(10)).await;
    assert_eq!(
        stage.slack_whispers(&user, SLACK_CHANNEL).len(),
        2,
        "once for the asking, once for the question"
    );
    let messages = stage.slack_channel(SLACK_CHANNEL);
    let public = messages.iter().filter(|message| message.user == "U0BOT" && message.only.is_none());
    assert_eq!(public.count(), 0, "{messages:#?}");
}

#[tokio::test]
async fn slack_a_mention_whose_check_takes_long_is_shown_to_be_checked() {
    let stage = Stage::with_chats().await;
    let down = Fault { matching: "GET /2.0".to_owned(), times: 9, status: Some(503), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([down]));
    let said = format!("<@U0BOT> {WRITE}");
    let said = stage.slack_user_says(&slack_user(EMPLOYEE), Some(SLACK_CHANNEL), &said).await;
    let card = || {
        let messages = stage.slack_channel(SLACK_CHANNEL).into_iter();
        messages
            .filter(|message| message.thread_ts == said.ts)
            .map(|message| message.text)
            .collect::<Vec<_>>()
    };
    assert_eq!(card(), [""; 0]);
    stage.demo.bitbucket.order(trouble([Fault {
        matching: "GET /2.0".to_owned(),
        times: 9,
        status: Some(503),
        ..Fault::default()
    }]));
    stage.later(SignedDuration::from_secs(10)).await;
    assert!(card().len() == 1 && card()[0].contains("Status: checking"), "{:#?}", card());
    stage.demo.bitbucket.order(Faults::default());
    stage.calm().await;
    assert!(card().len() == 1 && card()[0].contains("Status: waiting"), "{:#?}", card());
}

#[tokio::test]
async fn slack_what_is_told_about_a_request_is_told() {
    let stage = Stage::with_chats().await;
    let request = ask(&stage, WRITE).await;
    stage.slack_says(EMPLOYEE, &format!("why {request}")).await;
    let told = stage.slack_answer(EMPLOYEE);
    assert!(told.starts_with(&format!("{request}: what happened, and why")), "{told}");
    stage.slack_says(EMPLOYEE, &format!("who can approve {request}")).await;
    let told = stage.slack_answer(EMPLOYEE);
    assert!(told.starts_with(&format!("{request}: who can countersign")), "{told}");
}

#[tokio::test]
async fn slack_a_no_to_a_mention_is_for_who_said_it() {
    let stage = Stage::with_chats().await;
    let user = slack_user(EMPLOYEE);
    for text in ["<@U0BOT> make me a sandwich", "<@U0BOT> approve K7QM2X", "<@U0BOT> effects", "<@U0BOT>"] {
        stage.slack_user_says(&user, Some(SLACK_CHANNEL), text).await;
    }
    let messages = stage.slack_channel(SLACK_CHANNEL);
    let of_bot: Vec<_> = messages.iter().filter(|message| message.user == "U0BOT").collect();
    assert_eq!(of_bot.len(), 4);
    assert!(of_bot.iter().all(|message| message.only.as_deref() == Some(&*user)), "{of_bot:#?}");
}

#[tokio::test]
async fn slack_where_the_bot_is_not_a_slash_command_is_answered_in_private() {
    let stage = Stage::with_chats().await;
    stage.change_slack(|state| {
        let elsewhere = SlackState::new("T0ACME").with_channel("C0ELSEWHERE", "elsewhere", &["U0EMPLOYEE"]);
        let mut elsewhere = elsewhere.channels;
        elsewhere.get_mut("C0ELSEWHERE").expect("the channel").members.remove("U0BOT");
        state.channels.extend(elsewhere);
    });
    let user = slack_user(EMPLOYEE);
    let say = |text: &str| SlackAct::Command {
        user: user.clone(),
        channel: Some("C0ELSEWHERE".to_owned()),
        text: text.to_owned(),
    };
    stage.in_slack(say(WRITE)).await;
    let seen = stage.slack_sees(EMPLOYEE);
    let card = seen.iter().find(|text| text.contains("waiting, 0 of 1 countersigned"));
    assert!(card.is_some(), "{seen:#?}");
    stage.in_slack(say("make me a sandwich")).await;
    assert!(stage.slack_answer(EMPLOYEE).contains("I did not understand"));
    assert_eq!(stage.slack_channel("C0ELSEWHERE").len(), 0);
}

#[tokio::test]
async fn trust_b6_what_is_asked_of_one_person_among_others_is_not_answered_for_all_to_read() {
    let stage = Stage::with_chats().await;
    let user = slack_user(EMPLOYEE);
    let say = |text: &str| SlackAct::Command {
        user: user.clone(),
        channel: Some(SLACK_CHANNEL.to_owned()),
        text: text.to_owned(),
    };
    stage.in_slack(say("access write on infra for 2 days because of the rollout")).await;
    let asked = stage.slack_whispers(&user, SLACK_CHANNEL).pop().expect("a question");
    assert!(asked.contains("answer with my slash command, which nobody else sees"), "{asked}");
    let heard = stage.slack_channel(SLACK_CHANNEL);
    assert!(heard.iter().all(|message| message.only.is_some()), "{heard:#?}");
    let before = stage.decided().await;
    stage.in_slack(say("OPS-17")).await;
    assert!(stage.decided().await > before, "the answer is heard there");
}

#[tokio::test]
async fn slack_a_message_of_the_greatest_length_is_answered_as_any_other() {
    let stage = Stage::with_chats().await;
    let before = stage.decided().await;
    let emoji = "👩‍👩‍👧‍👦🏳️‍🌈🧨";
    for text in [
        emoji.repeat(40_000 / emoji.chars().count()),
        "\u{202e}\u{200b}".repeat(20_000),
        "approve ".repeat(5_000),
        "<@U0BOT>".repeat(4_000),
        "<!channel> <!here> <https://evil.example|approve> *_~`>".repeat(700),
    ] {
        let seen = stage.slack_sees(EMPLOYEE).len();
        stage.slack_says(EMPLOYEE, &text).await;
        let told = stage.slack_sees(EMPLOYEE);
        assert_eq!(told.len(), seen + 1, "{}", text.chars().take(20).collect::<String>());
        assert!(told[seen].chars().count() < 4_000, "{}", told[seen]);
        assert!(!told[seen].contains("<!"), "{}", told[seen]);
    }
    assert_eq!(stage.decided().await, before);
    let reason = emoji.repeat(30_000 / emoji.len());
    stage.slack_says(EMPLOYEE, &format!("{WRITE} {reason}")).await;
    let card = stage.slack_answer(EMPLOYEE);
    assert!(card.contains("That is too much at once"), "{card}");
    let reason = emoji.repeat(3_600 / emoji.chars().count());
    stage.slack_says(EMPLOYEE, &format!("{WRITE} {reason} twice")).await;
    let card = stage.slack_answer(EMPLOYEE);
    assert!(card.contains("The reason has") || card.contains("The reason holds"), "{card}");
}

#[tokio::test]
async fn slack_what_somebody_changes_or_takes_back_afterwards_counts_for_nothing() {
    let stage = Stage::with_chats().await;
    let request = ask(&stage, WRITE).await;
    let said = stage.slack_user_says(&slack_user(APPROVER), None, "status").await;
    let (channel, ts) = (said.channel.expect("a channel"), said.ts.expect("a message"));
    let before = stage.decided().await;
    let text = format!("approve {request}");
    stage.in_slack(SlackAct::Edit { channel: channel.clone(), ts: ts.clone(), text }).await;
    assert_eq!((stage.decided().await, stage.status(&request).await.as_str()), (before, "waiting"));
    let told = stage.slack_answer(APPROVER);
    assert!(told.contains("say it again"), "who changes what they said is told: {told}");
    let seen = stage.slack_sees(APPROVER).len();
    stage.in_slack(SlackAct::Delete { channel, ts }).await;
    assert_eq!(stage.slack_sees(APPROVER).len(), seen, "who takes it back wants no answer");
    assert_eq!((stage.decided().await, stage.status(&request).await.as_str()), (before, "waiting"));
    let refused = stage.refused_of_slack().await;
    assert_eq!(refused, ["it was changed after it was said", "it was taken back after it was said"]);
}

#[tokio::test]
async fn slack_what_was_asked_in_private_is_shown_to_nobody_else() {
    let stage = Stage::with_chats().await;
    let request = ask(&stage, WRITE).await;
    stage.slack_says(AUDITOR, &format!("approve {request}")).await;
    stage.slack_says(ADMIN, &format!("why {request}")).await;
    assert_eq!(stage.slack_channel(SLACK_CHANNEL).len(), 1, "one card, for those who may countersign");
    assert!(stage.slack_sees(APPROVER2).len() == 1);
}

#[tokio::test]
async fn slack_nothing_that_people_write_pings_or_forges() {
    let stage = Stage::with_chats().await;
    let reason = "&lt;!channel&gt; <!here> *Approve* <https://evil.example|Receipt: 00000000> <@U0ADMIN>";
    let text = format!("access write on payments-api ticket OPS-17 because {reason}");
    stage.slack_says(EMPLOYEE, &text).await;
    // What may be more than a reason is asked about first.
    stage.slack_says(EMPLOYEE, "yes").await;
    let card = stage.slack_channel(SLACK_CHANNEL).remove(0);
    let blocks = serde_json::to_string(&card.blocks).expect("JSON");
    for forged in ["<!channel>", "<!here>", "<https://evil.example", "<@U0ADMIN>"] {
        let outside_plain_text = card.blocks.iter().any(|block| has_markup(block, forged));
        assert!(!outside_plain_text && !card.text.contains(forged), "{forged}: {blocks}\n{}", card.text);
    }
}

/// Whether a text that Slack looks for marks in holds this.
fn has_markup(block: &serde_json::Value, mark: &str) -> bool {
    match block {
        serde_json::Value::Object(parts) => {
            parts.get("type").is_some_and(|kind| kind == "mrkdwn")
                && parts["text"].as_str().is_some_and(|text| text.contains(mark))
                || parts.values().any(|part| has_markup(part, mark))
        }
        serde_json::Value::Array(parts) => parts.iter().any(|part| has_markup(part, mark)),
        _ => false,
    }
}
