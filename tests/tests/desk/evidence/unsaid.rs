//! What was not said makes no request: who has an access, or has asked for one, and says the same with less words is told what
//! there is, wherever they say it.

use countersign::demo::chats::slack_user;
use countersign_domain::access::Form;
use countersign_sandbox::TeamsAct;
use countersign_sandbox::discord::DiscordAct;
use countersign_sandbox::jira::Status;
use countersign_sandbox::slack::SlackAct;
use countersign_tests::acting::form;
use countersign_tests::console::read;
use countersign_tests::discord::shown;
use countersign_tests::stage::Stage;
use countersign_tests::teams::{teams_user, words};
use countersign_tests::typed::requests;
use countersign_tests::vendors::Vendor as _;
use jiff::SignedDuration;

use super::{APPROVER, APPROVER2, EMPLOYEE, WRITE, code, rules_with, times};

/// What is said, and what is left out of it.
const UNSAID: &str = "access write on payments-api";
/// What they are told: until when, as each chat writes times.
const HELD: &str = "Erin Employee holds write on payments-api already, until ";
const UNTIL: [&str; 3] =
    ["2026-03-04 09:00 UTC", "<t:1772614800:f>", "{{DATE(2026-03-04T09:00:00Z, SHORT)}}"];

/// Erin has write for two days, of which some hours are over: the usual day would end later.
async fn granted(stage: &Stage) -> String {
    let own = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {own}")).await;
    assert_eq!(stage.status(&own).await, "active");
    stage.later(SignedDuration::from_hours(30)).await;
    own
}

/// They were told what they have and how it lasts longer, and nothing was asked for.
async fn answered(stage: &Stage, own: &str, told: &str) {
    assert!(told.contains(HELD) && told.contains(&format!("through {own}")), "{told}");
    assert!(UNTIL.iter().any(|until| told.contains(until)), "{told}");
    assert!(told.contains(&format!("“extend {own}” and for how long")), "{told}");
    assert_eq!(requests(stage).await, 1, "nothing was asked for: {told}");
}

#[tokio::test]
async fn trust_a6_who_does_not_say_for_how_long_is_told_what_they_have() {
    let stage = Stage::new().await;
    let own = granted(&stage).await;
    for said in [
        UNSAID,
        "access write on payments-api ticket OPS-18",
        "access write on acme/payments-api because it stays so",
        "I still need write on Payments-API",
        "access read on payments-api",
        "access write on payments-api until 2026-03-04 10:00",
        "access write on payments-api for 18 hours",
    ] {
        let card = stage.says(EMPLOYEE, said).await;
        assert_eq!(
            (card.title.as_str(), card.code.as_ref()),
            ("You have that already", None),
            "{}",
            card.text
        );
        answered(&stage, &own, &card.text).await;
    }
    let longer = stage.says(EMPLOYEE, "access write on payments-api for 19 hours ticket OPS-17").await;
    assert!(longer.code.is_some(), "it ends later: {}", longer.text);
    let more = stage.says(EMPLOYEE, "access admin on payments-api ticket OPS-17").await;
    assert!(more.code.is_some(), "it is more: {}", more.text);
}

#[tokio::test]
async fn trust_a6_of_two_accesses_the_longer_one_answers_and_limits_do_not_speak_first() {
    let stage = Stage::new().await;
    rules_with(&stage, "write", "@reason(\"required\")").await;
    let own = granted(&stage).await;
    let long = "access write on payments-api until 2026-03-09 09:00 ticket OPS-17 because rollout";
    let long = code(&stage.says(EMPLOYEE, long).await);
    stage.says(APPROVER, &format!("approve {long}")).await;
    // The day that nobody named would be too long with what there is; and neither ticket nor reason is asked for.
    stage.later(SignedDuration::from_hours(17)).await;
    let card = stage.says(EMPLOYEE, UNSAID).await;
    let told = "holds write on payments-api already, until 2026-03-09 08:00 UTC, through ";
    assert!(card.text.contains(&format!("{told}{long}")) && !card.text.contains(&own), "{}", card.text);
    assert_eq!(requests(&stage).await, 2);
}

#[tokio::test]
async fn trust_a6_the_same_with_less_words_is_answered_with_what_is_open() {
    let stage = Stage::new().await;
    let open = code(&stage.says(EMPLOYEE, WRITE).await);
    for said in [
        UNSAID,
        "access write on payments-api because it stays so",
        "access write on payments-api ticket ops-17",
    ] {
        let card = stage.says(EMPLOYEE, said).await;
        assert_eq!(card.code.as_ref().map(ToString::to_string), Some(open.clone()), "{}", card.text);
        assert!(card.text.contains("You have asked for this already"), "{}", card.text);
    }
    assert_eq!(requests(&stage).await, 1);
    let other = stage.says(EMPLOYEE, "access write on payments-api ticket OPS-18").await;
    assert_ne!(code(&other), open, "another ticket is something else");
    // What it came to where nobody said it, is the same when it is said.
    let bare = code(&stage.says(EMPLOYEE, "access read on infra").await);
    let day = stage.says(EMPLOYEE, "access read on infra for 1 day").await;
    assert_eq!(code(&day), bare);
}

#[tokio::test]
async fn trust_a6_for_a_colleague_without_a_time_it_is_what_they_have_and_no_more_is_told() {
    let stage = Stage::new().await;
    let own = granted(&stage).await;
    let card = stage.says(APPROVER2, "access write on payments-api for Erin Employee ticket OPS-17").await;
    assert_eq!((card.title.as_str(), card.code.as_ref()), ("That is there already", None), "{}", card.text);
    assert!(!card.text.contains(&own) && !card.text.contains("2026-"), "until when is theirs: {}", card.text);
    assert!(card.text.contains("say until when"), "{}", card.text);
    assert_eq!(requests(&stage).await, 1);
    let until = "access write on payments-api for Erin Employee until 2026-03-04 12:00 ticket OPS-17";
    assert!(stage.says(APPROVER2, until).await.code.is_some());
}

#[tokio::test]
async fn trust_a6_the_check_finds_what_an_access_gives_where_the_forge_did_not_say_it_before() {
    let stage = Stage::new().await;
    let own = granted(&stage).await;
    let unsaid = Form { duration: None, ..form("write", "payments-api", "", "OPS-17") };
    let code = stage.ask(EMPLOYEE, &unsaid).await.to_string();
    assert_eq!(stage.status(&code).await, "denied");
    let why = stage.says(EMPLOYEE, &format!("why {code}")).await.text;
    assert!(why.contains(HELD) && why.contains(&own), "{why}");
    let for_erin = Form { user: Some(EMPLOYEE.to_owned()), ..unsaid };
    let code = stage.ask(APPROVER2, &for_erin).await.to_string();
    let why = stage.says(APPROVER2, &format!("why {code}")).await.text;
    assert!(why.contains("holds write on payments-api already") && !why.contains(&own), "{why}");
}

#[tokio::test]
async fn trust_a6_a_ticket_without_a_duration_wants_what_is_held() {
    let stage = Stage::new().await;
    granted(&stage).await;
    for (ticket, duration, status) in [
        ("OPS-91", None, "denied"),
        ("OPS-92", Some("10 hours"), "denied"),
        ("OPS-93", Some("2 days"), "waiting"),
    ] {
        stage.add_ticket(ticket, Status::ToDo, EMPLOYEE);
        let asked = form("write", "payments-api", "", ticket);
        let asked = Form { duration: duration.map(str::to_owned), ..asked };
        let code = stage.ask_by_ticket(ticket, EMPLOYEE, &asked).await.to_string();
        assert_eq!(stage.status(&code).await, status, "{ticket}");
        let comments = stage.ticket(ticket).1.join("\n");
        assert_eq!(comments.contains(HELD), status == "denied", "{comments}");
        assert_eq!(comments.contains("nothing has to be done for it"), status == "denied", "{comments}");
        assert_eq!(times(&stage, &code, "access_granted").await, 0);
    }
}

#[tokio::test]
async fn trust_a6_the_console_answers_with_what_is_held() {
    let stage = Stage::new().await;
    let own = granted(&stage).await;
    let session = stage.signs_in(EMPLOYEE).await;
    let page = session.sends("/say", &[("text", UNSAID)]).await;
    answered(&stage, &own, &read(&page)).await;
}

#[tokio::test]
async fn trust_a6_slack_answers_with_what_is_held_in_sentences_and_in_forms() {
    let stage = Stage::with_chats().await;
    let own = granted(&stage).await;
    stage.slack_says(EMPLOYEE, UNSAID).await;
    answered(&stage, &own, &stage.slack_answer(EMPLOYEE)).await;
    let user = slack_user(EMPLOYEE);
    stage.in_slack(SlackAct::Command { user: user.clone(), channel: None, text: UNSAID.to_owned() }).await;
    answered(&stage, &own, &stage.slack_answer(EMPLOYEE)).await;
    stage.in_slack(SlackAct::Command { user: user.clone(), channel: None, text: String::new() }).await;
    let view = stage.slack().state().views.into_keys().next().expect("the form is open");
    for (block, value) in [("permission", "write"), ("repository", "payments-api")] {
        let (user, view) = (user.clone(), view.clone());
        stage.in_slack(SlackAct::Fill { user, view, block: block.to_owned(), value: value.to_owned() }).await;
    }
    let seen = stage.slack_sees(EMPLOYEE).len();
    stage.in_slack(SlackAct::Submit { user, view }).await;
    assert_eq!(stage.slack_sees(EMPLOYEE).len(), seen + 1, "the form has an answer of its own");
    answered(&stage, &own, &stage.slack_answer(EMPLOYEE)).await;
}

#[tokio::test]
async fn trust_a6_teams_answers_with_what_is_held_in_sentences_and_in_forms() {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER, APPROVER2]).await;
    let own = granted(&stage).await;
    stage.teams_says(EMPLOYEE, UNSAID).await;
    answered(&stage, &own, stage.teams_sees(EMPLOYEE).last().expect("an answer")).await;
    let seen = stage.teams_sees(EMPLOYEE).len();
    let user = teams_user(EMPLOYEE);
    let opened = stage.in_teams(TeamsAct::OpenForm { user: user.clone(), talk: None, about: None }).await;
    let shown = opened.answer.expect("the form");
    let form = shown.pointer("/task/value/card/content/actions/0/data/form").expect("its name");
    let data = serde_json::json!({ "form": form, "permission": "write", "repository": "payments-api" });
    stage.in_teams(TeamsAct::SubmitForm { user, talk: None, data }).await;
    assert_eq!(stage.teams_sees(EMPLOYEE).len(), seen + 1, "the form has an answer of its own");
    let last = stage.teams_talk(EMPLOYEE).pop().and_then(|message| message.card).expect("a card");
    answered(&stage, &own, &words(&last)).await;
}

#[tokio::test]
async fn trust_a6_discord_answers_with_what_is_held_in_commands_and_in_forms() {
    let stage = Stage::on_discord().await;
    let own = granted(&stage).await;
    let last = || shown(&stage.discord_talk(EMPLOYEE).pop().expect("an answer"));
    stage.discord_says(EMPLOYEE, UNSAID).await;
    answered(&stage, &own, &last()).await;
    stage.discord_slash(EMPLOYEE, None, UNSAID).await;
    answered(&stage, &own, &last()).await;
    let interaction = stage.discord_slash(EMPLOYEE, None, "").await;
    let fields = [("permission", "write"), ("repository", "payments-api"), ("reason", "it stays so")];
    let fields = fields.map(|(id, value)| (id.to_owned(), value.to_owned())).into();
    let user = countersign::demo::chats::discord_user(EMPLOYEE);
    stage.in_discord(DiscordAct::Submit { user, interaction, fields }).await;
    answered(&stage, &own, &last()).await;
}
