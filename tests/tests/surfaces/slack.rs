//! Slack: people ask, countersign and are told where they talk, over Socket Mode and over signed HTTP.

mod asking;
mod certain;
mod deciding;
mod down;
mod groups;
mod http;
mod malformed;
mod people;
mod reactions;
mod talking;
mod views;

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_sandbox::slack::SlackAct;
use countersign_tests::slack::labels;
use countersign_tests::stage::Stage;
use jiff::SignedDuration;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";
const AUDITOR: &str = "demo-auditor";
/// A sentence that asks for what one countersignature grants.
const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";
/// A sentence that asks for what two countersignatures grant.
const ADMINISTER: &str = "access admin on infra for 3 hours ticket OPS-18 because certificates";

/// The code in the newest card that somebody sees.
fn code(stage: &Stage, id: &str) -> String {
    let newest = stage.slack_sees(id).pop().expect("the bot said something");
    newest.split([':', ' ']).next().expect("a code").to_owned()
}

/// Somebody asks in Slack in private; the request's code.
async fn ask(stage: &Stage, text: &str) -> String {
    stage.slack_says(EMPLOYEE, text).await;
    code(stage, EMPLOYEE)
}

/// Publishes the example's rules with these annotations more on the rule of this name.
async fn rules_with(stage: &Stage, rule: &str, annotations: &str) {
    let name = format!("@id(\"{rule}\")");
    let text = countersign_domain::rules::EXAMPLE.replace(&name, &format!("{name}\n{annotations}"));
    stage.publish(&text).await;
}

#[tokio::test]
async fn slack_a_form_becomes_an_access_by_two_countersignatures_and_is_given_back() {
    let stage = Stage::with_chats().await;
    let user = slack_user(EMPLOYEE);
    stage.in_slack(SlackAct::Command { user: user.clone(), channel: None, text: String::new() }).await;
    let view = stage.slack().state().views.into_keys().next().expect("the form is open");
    let fields = [
        ("permission", "admin"),
        ("repository", "infra"),
        ("duration", "3 hours"),
        ("ticket", "OPS-18"),
        ("reason", "the certificates expire"),
    ];
    for (block, value) in fields {
        let (view, block, value) = (view.clone(), block.to_owned(), value.to_owned());
        stage.in_slack(SlackAct::Fill { user: user.clone(), view, block, value }).await;
    }
    stage.in_slack(SlackAct::Submit { user, view }).await;
    let code = code(&stage, EMPLOYEE);
    assert_eq!(stage.status(&code).await, "waiting");

    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "waiting");
    stage.slack_presses(APPROVER2, "Approve").await;
    assert_eq!(stage.status(&code).await, "active");
    assert_eq!(stage.held(EMPLOYEE, "infra").as_deref(), Some("admin"));
    let told = stage.slack_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("Granted: "), "{told}");

    stage.later(SignedDuration::from_mins(136)).await;
    let told = stage.slack_sees(EMPLOYEE).join("\n---\n");
    assert!(told.contains("It ends soon: "), "{told}");
    stage.slack_presses(EMPLOYEE, "Give back").await;
    assert_eq!(stage.status(&code).await, "given_back");
    assert_eq!(stage.held(EMPLOYEE, "infra"), None);
    let talk = stage.slack_talk(EMPLOYEE);
    let is_news = |text: &str| ["Granted: ", "It ends soon: "].iter().any(|news| text.contains(news));
    let news: Vec<_> = talk.iter().filter(|(_, message)| is_news(&message.text)).collect();
    assert_eq!(news.len(), 2, "what was told stays said: {talk:#?}");
    for (_, message) in news {
        assert_eq!(labels(message), [""; 0], "what is over can be neither extended nor given back");
        let said = &message.text;
        assert!(said.contains("The permission was taken back") && !said.contains("I am taking"), "{said}");
    }
}

#[tokio::test]
async fn slack_one_request_is_one_card_wherever_it_is_shown() {
    let stage = Stage::with_chats().await;
    stage.slack_says(EMPLOYEE, "access write on payments-api for 2 days ticket OPS-17 because rollout").await;
    let code = code(&stage, EMPLOYEE);
    let cards = || {
        let own = [EMPLOYEE, APPROVER, APPROVER2, ADMIN].into_iter().map(|id| stage.slack_sees(id));
        let shared = stage.slack_channel(SLACK_CHANNEL).into_iter().map(|message| vec![message.text]);
        own.chain(shared).collect::<Vec<_>>()
    };
    for card in cards() {
        assert_eq!(card.len(), 1, "{card:#?}");
        assert!(card[0].contains("waiting, 0 of 1 countersigned"), "{card:#?}");
    }
    stage.slack_presses(APPROVER, "Approve").await;
    for card in cards() {
        assert!(card[0].contains(&format!("{code}: Erin Employee has write on payments-api")), "{card:#?}");
        assert!(card[0].contains("Status: active"), "{card:#?}");
        assert!(card[0].contains("Countersigned by: Ada Approver"), "{card:#?}");
    }
    let channel = stage.slack_channel(SLACK_CHANNEL).remove(0);
    assert_eq!(labels(&channel), [""; 0], "what is decided cannot be decided again");
}

#[tokio::test]
async fn slack_an_old_button_counts_for_nothing_and_its_card_is_drawn_anew() {
    let stage = Stage::with_chats().await;
    stage.slack_says(EMPLOYEE, "access write on payments-api ticket OPS-17").await;
    let code = code(&stage, EMPLOYEE);
    let (channel, old) = stage.slack_talk(APPROVER).pop().expect("a card");
    stage.slack_denies(APPROVER2, "").await;
    // A client that has not heard of it yet still shows the button.
    stage.change_slack(|state| {
        let messages = &mut state.channels.get_mut(&channel).expect("the talk").messages;
        messages.find_mut(|_| true).expect("the card").blocks.clone_from(&old.blocks);
    });
    stage.slack_presses(APPROVER, "Approve").await;
    assert_eq!(stage.status(&code).await, "denied");
    let seen = stage.slack_sees(APPROVER).join("\n---\n");
    assert!(seen.contains("There is nothing to decide here any more"), "{seen}");
    assert!(seen.contains("Denied by Ben Approver"), "{seen}");
}
