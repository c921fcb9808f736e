//! What nobody wants to meet: questions of any length and script, models that say anything or nothing, people who come at once or lose
//! their rights in the middle, files of no use, and a tracker that is down.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign::seed::seed;
use countersign_domain::ports::ModelFaultKind;
use countersign_sandbox::slack::SlackAct;
use countersign_sandbox::{Fault, Faults};
use countersign_tests::answers::Next;
use countersign_tests::stage::tenant;
use countersign_tests::until::{until, until_seen};
use countersign_tests::vendors::trouble;
use jiff::SignedDuration;
use serde_json::json;

use super::*;

const CLOSED: &str = "When is the VPN closed?";

async fn with_vpn() -> (Stage, Arc<Answers>) {
    let (stage, answers) = stage().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    (stage, answers)
}

#[tokio::test]
async fn conversation_a_question_of_a_hundred_kilobytes_is_told_to_be_too_long_and_asked_of_nobody() {
    let (stage, answers) = with_vpn().await;
    let long = format!("When is {} closed?", "the VPN ".repeat(12_500));
    let card = stage.says(EMPLOYEE, &long).await;
    assert!(card.text.len() < 2_000, "nor is it repeated: {} bytes", card.text.len());
    let refused = stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": long })).await;
    assert_eq!(refused["status"], 422, "{refused:#}");
    assert!(refused["detail"].as_str().unwrap().len() < 1_000, "{refused:#}");
    assert!(answers.asked.lock().unwrap().is_empty());
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays"), "{card:#?}");
}

#[tokio::test]
async fn conversation_questions_of_emoji_and_in_arabic_are_questions_like_any_other() {
    let (stage, _) = with_vpn().await;
    live(&stage, "name=key.txt&groups=*", "كلمة المرور صالحة لمدة ثلاثين يوما.\n").await;
    let ask = async |text: &str| {
        let asked = stage.post(EMPLOYEE, "/api/v1/conversations", &json!({ "text": text })).await;
        asked["answer"].clone()
    };
    for emoji in
        ["🍕🍕🍕?", "\u{1F469}\u{200D}\u{1F467}?", "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308} \u{2049}\u{FE0F}"]
    {
        let answer = ask(emoji).await;
        assert_eq!(answer["kind"], "unknown", "{emoji}: {answer:#}");
        let card = stage.says(EMPLOYEE, emoji).await;
        assert!(!card.text.is_empty(), "{emoji}");
    }
    let answer = ask("كم يوما كلمة المرور صالحة؟").await;
    assert!(answer["text"].as_str().is_some_and(|text| text.contains("ثلاثين")), "{answer:#}");
}

#[tokio::test]
async fn conversation_what_stands_in_a_code_block_of_a_question_decides_nothing() {
    let (stage, _) = with_vpn().await;
    let card = stage.says(EMPLOYEE, "access write on infra for 2 days ticket OPS-17").await;
    let code = card.code.expect("a request").to_string();
    let question = format!("How do I run this on the VPN?\n```\napprove {code}\n```");
    stage.says(APPROVER, &question).await;
    let asked = stage.post(APPROVER, "/api/v1/conversations", &json!({ "text": question })).await;
    assert_eq!(asked["stage"], "answered", "{asked:#}");
    assert_eq!(stage.status(&code).await, "waiting", "nobody has approved it");
}

#[tokio::test]
async fn conversation_whatever_a_model_says_the_person_hears_something_and_nothing_is_done() {
    let (stage, answers) = with_vpn().await;
    let wish = json!({ "permission": "write", "repository": "payments-api" });
    for (next, hears) in [
        (Next::Say(""), "I do not know"),
        (Next::Say(" \u{200B}\n"), "I do not know"),
        (Next::Call("access", json!("{\"permission\": \"wri")), "I do not know"),
        (Next::Call("access", json!({ "permission": ["write"] })), "I do not know"),
        (Next::Call("delete_everything", json!({})), "I do not know"),
        (Next::CallOften("delete_everything", json!({}), 1_000), "I do not know"),
        (Next::CallOften("access", wish, 1_000), "I can ask for that in your name"),
    ] {
        answers.next(next.clone());
        let card = stage.says(EMPLOYEE, CLOSED).await;
        assert!(said(&card).contains(hears), "{next:?}: {card:#?}");
        let offered = card.buttons.iter().filter(|button| button.say.starts_with("access ")).count();
        assert_eq!(offered, usize::from(hears.starts_with("I can")), "one button at most: {card:#?}");
    }
    for _ in 0..2 {
        answers.next(Next::Fail(ModelFaultKind::Malformed));
    }
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("I could not answer that just now"), "half JSON: {card:#?}");
    let asked = stage.get(ADMIN, "/api/v1/requests").await;
    let kinds: Vec<_> = asked["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
    assert_eq!(kinds, ["document"], "nothing was asked for: {asked:#}");
    let proposed = stage.get("demo-auditor", "/api/v1/audit?type=tool_proposed&limit=500").await;
    let proposed = proposed["items"].as_array().map_or(0, Vec::len);
    assert!(proposed < 100, "of thousands of wishes the log keeps {proposed}");
}

#[tokio::test]
async fn conversation_a_model_that_never_answers_is_asked_once_more_and_then_the_person_is_told() {
    let (stage, answers) = with_vpn().await;
    for _ in 0..2 {
        answers.next(Next::Wait);
    }
    stage.says_without_waiting(EMPLOYEE, CLOSED).await;
    for asked in 1..=2 {
        until("the model is asked", || answers.asked.lock().unwrap().len() == asked).await;
        assert_eq!(last(&stage, EMPLOYEE).await["stage"], "thinking");
        stage.clock.turn(SignedDuration::from_mins(5));
    }
    stage.settle().await;
    let turn = last(&stage, EMPLOYEE).await;
    assert_eq!((&turn["stage"], &turn["failed"]), (&json!("failed"), &json!("silent_between")), "{turn:#}");
    let card = stage.says(EMPLOYEE, CLOSED).await;
    assert!(said(&card).contains("closed on Sundays"), "the next question is answered: {card:#?}");
}

#[tokio::test]
async fn conversation_two_people_who_go_on_in_one_thread_at_once_are_both_answered() {
    let (stage, answers) = in_chats().await;
    live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    for _ in 0..2 {
        answers.next(Next::Wait);
    }
    let asks = async |who: &str, text: &str, thread: Option<String>| {
        let (user, text) = (slack_user(who), format!("<@U0BOT> {text}"));
        let act = SlackAct::Say { user, channel: Some(SLACK_CHANNEL.to_owned()), text, thread };
        // A model that waits lets the bot never settle.
        stage.slack().act(act).await.expect("it can be said in Slack")
    };
    let thread = asks(EMPLOYEE, CLOSED, None).await.ts;
    until("the model is asked", || answers.asked.lock().unwrap().len() == 1).await;
    asks(APPROVER, "How long are tokens valid?", thread.clone()).await;
    until("it is asked by both", || answers.asked.lock().unwrap().len() == 2).await;
    until_seen("both are answered", async || {
        answers.go_on.notify_one();
        let audit = stage.get("demo-auditor", "/api/v1/audit?type=turn_answered").await;
        audit["items"].as_array().map(Vec::len) == Some(2)
    })
    .await;
    stage.settle().await;
    let shown = stage.slack_channel(SLACK_CHANNEL).into_iter().map(|message| message.text);
    let shown = shown.collect::<Vec<_>>().join("\n");
    assert!(shown.contains("closed on Sundays") && shown.contains("valid for 30 days"), "{shown}");
    let opened = stage.get("demo-auditor", "/api/v1/audit?type=conversation_opened").await;
    assert_eq!(opened["items"].as_array().map(Vec::len), Some(1), "it is one talk: {opened:#}");
}

#[tokio::test]
async fn conversation_whoever_loses_a_group_while_they_are_answered_is_told_nothing_of_what_it_reads() {
    let (mut stage, answers) = stage().await;
    live(&stage, "name=pay.txt&title=Pay&groups=approvers", "The bonus is paid in March.\n").await;
    answers.next(Next::Wait);
    stage.says_without_waiting(APPROVER, "When is the bonus paid?").await;
    until("the model is asked", || answers.asked.lock().unwrap().len() == 1).await;
    let acme = stage.demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
    let approver = acme.people.iter_mut().find(|person| person.id.as_str() == APPROVER);
    approver.expect("the approver").groups.remove("approvers");
    let config = stage.demo.config.tenants[&tenant()].clone();
    let bot = &stage.bot;
    seed(&bot.world, &bot.engine, &bot.directory, &tenant(), &config).await.expect("the tenant is seeded");
    answers.go_on.notify_one();
    stage.settle().await;
    let turn = last(&stage, APPROVER).await;
    assert_eq!(turn["stage"], "answered", "{turn:#}");
    assert!(!turn["answer"].to_string().contains("March"), "{turn:#}");
    assert_eq!(turn["answer"]["gone"].as_array().map(Vec::len), Some(1), "and it is said so: {turn:#}");
}

#[tokio::test]
async fn document_a_path_in_a_files_name_leads_nowhere() {
    let (stage, _) = stage().await;
    for (name, title) in [
        ("..%2F..%2Fetc%2Fpasswd.txt", "passwd"),
        ("C%3A%5CUsers%5Cerin%5Cpay.txt", "pay"),
        ("%2Fproc%2Fself%2Fenviron", "environ"),
        ("..", "file"),
    ] {
        let told = bring(&stage, EMPLOYEE, &format!("name={name}&groups=*"), VPN.as_bytes()).await;
        let stands = stage.get(EMPLOYEE, &format!("/api/v1/documents/{}", code(&told))).await;
        assert_eq!((&stands["title"], &stands["status"]), (&json!(title), &json!("waiting")), "{stands:#}");
    }
}

#[tokio::test]
async fn document_files_of_no_use_are_refused_and_nobody_is_asked_about_them() {
    let (stage, answers) = stage().await;
    let large = vec![b'a'; (1 << 20) + 1];
    for (name, bytes, says) in [
        ("empty.txt", &b""[..], "There is no file with it"),
        ("locked.pdf", &b"%PDF-1.7 encrypted"[..], "with a password only"),
        ("notes.txt", &[0x7f, b'E', b'L', b'F', 0xff, 0xfe][..], "I do not read files of this kind"),
        ("large.txt", &large[..], "larger than 1 MiB"),
    ] {
        let told = bring(&stage, EMPLOYEE, &format!("name={name}&groups=*"), bytes).await;
        let stands = match told["code"].as_str() {
            Some(code) => stage.get(EMPLOYEE, &format!("/api/v1/documents/{code}")).await,
            None => told.clone(),
        };
        assert!(stands["violations"].to_string().contains(says), "{name}: {stands:#}");
    }
    let waits = stage.get(ADMIN, "/api/v1/requests?in=waiting").await;
    assert_eq!(waits["items"], json!([]), "{waits:#}");
    assert!(answers.indexed().is_empty());
}

#[tokio::test]
async fn ticket_one_is_opened_answered_and_resolved_while_the_tracker_is_down() {
    let (stage, _) = stage().await;
    let down = Fault { times: u32::MAX, status: Some(503), ..Fault::default() };
    stage.demo.jira.order(trouble([down]));
    for number in 1..=3 {
        let text = format!("The lift is stuck, number {number}");
        let opened = stage.post(EMPLOYEE, "/api/v1/tickets", &json!({ "text": text })).await;
        assert_eq!(opened["opened"]["number"], number, "{opened:#}");
        stage.later(SignedDuration::from_mins(20)).await;
    }
    stage.post(APPROVER, "/api/v1/tickets/2/replies", &json!({ "text": "Which one?", "waits": true })).await;
    let resolved = stage.post(APPROVER, "/api/v1/tickets/3/resolve", &json!({ "how": "with oil" })).await;
    assert_eq!(resolved["status"], "resolved", "{resolved:#}");
    stage.demo.jira.order(Faults::default());
    stage.settle().await;
    let tickets = stage.get(EMPLOYEE, "/api/v1/tickets").await;
    let stands: Vec<_> =
        tickets["items"].as_array().unwrap().iter().map(|ticket| &ticket["status"]).collect();
    assert_eq!(stands, ["resolved", "waiting", "open"], "nothing is lost: {tickets:#}");
}
