//! The form and the Home tab.

use std::sync::Arc;

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_sandbox::slack::{SlackAct, SlackPersonKind, SlackView};
use countersign_tests::stage::Stage;
use serde_json::Value;

use super::{ADMINISTER, APPROVER, EMPLOYEE, WRITE, ask, code};

/// Somebody opens the form; its id.
async fn opened(stage: &Stage, act: SlackAct) -> String {
    stage.in_slack(act).await;
    stage.slack().state().views.into_keys().next().expect("the form is open")
}

fn slash(channel: Option<&str>) -> SlackAct {
    let (user, channel) = (slack_user(EMPLOYEE), channel.map(str::to_owned));
    SlackAct::Command { user, channel, text: String::new() }
}

async fn fill(stage: &Stage, view: &str, block: &str, value: &str) {
    let (user, view) = (slack_user(EMPLOYEE), view.to_owned());
    stage.in_slack(SlackAct::Fill { user, view, block: block.to_owned(), value: value.to_owned() }).await;
}

async fn submit(stage: &Stage, view: &str) {
    stage.in_slack(SlackAct::Submit { user: slack_user(EMPLOYEE), view: view.to_owned() }).await;
}

fn view(stage: &Stage, id: &str) -> Arc<SlackView> {
    stage.slack().state().views.remove(id).expect("the form is open")
}

fn text(value: &Value) -> String {
    value["blocks"].to_string()
}

#[tokio::test]
async fn slack_the_form_says_while_it_is_filled_in_what_is_wrong_and_what_it_takes() {
    let stage = Stage::with_chats().await;
    let form = opened(&stage, slash(None)).await;
    fill(&stage, &form, "duration", "soon").await;
    let shown = text(&view(&stage, &form).view);
    assert!(shown.contains("⚠ “soon” is not a duration I can use"), "{shown}");
    assert!(!shown.contains("Say which repository"), "what is empty is not wrong yet: {shown}");
    fill(&stage, &form, "duration", "2 days").await;
    fill(&stage, &form, "permission", "admin").await;
    fill(&stage, &form, "repository", "infra").await;
    let shown = text(&view(&stage, &form).view);
    assert!(!shown.contains('⚠') && shown.contains("The rule admin asks for 2 countersignatures"), "{shown}");
}

#[tokio::test]
async fn slack_the_form_searches_repositories_as_somebody_types() {
    let stage = Stage::with_chats().await;
    let form = opened(&stage, slash(None)).await;
    let search = |user: &str, query: &str| SlackAct::Search {
        user: user.to_owned(),
        view: form.clone(),
        block: "repository".to_owned(),
        query: query.to_owned(),
    };
    for (query, found) in [("pay", vec!["payments-api"]), ("zzz", vec![])] {
        let answer = stage.in_slack(search(&slack_user(EMPLOYEE), query)).await.answer.expect("an answer");
        let options = answer.body.expect("options")["options"].clone();
        let names: Vec<_> =
            options.as_array().expect("a list").iter().map(|one| one["value"].clone()).collect();
        assert_eq!(names, found, "{query}");
    }
}

#[tokio::test]
async fn slack_a_form_with_mistakes_stays_open_and_says_them() {
    let stage = Stage::with_chats().await;
    let form = opened(&stage, slash(Some(SLACK_CHANNEL))).await;
    fill(&stage, &form, "permission", "write").await;
    fill(&stage, &form, "duration", "-1 days").await;
    fill(&stage, &form, "reason", &"x".repeat(3_000)).await;
    submit(&stage, &form).await;
    let errors = view(&stage, &form).errors.clone();
    let wrong: Vec<_> = errors.keys().map(String::as_str).collect();
    assert_eq!(wrong, ["duration", "reason", "repository"], "{errors:#?}");
    assert_eq!(stage.audited("access_requested").await.len(), 0);
    fill(&stage, &form, "repository", "payments-api").await;
    fill(&stage, &form, "duration", "2 days").await;
    fill(&stage, &form, "ticket", "OPS-17").await;
    fill(&stage, &form, "reason", "rollout").await;
    submit(&stage, &form).await;
    assert!(stage.slack().state().views.is_empty(), "it is closed");
    let requests = stage.audited("access_requested").await;
    assert_eq!(requests.len(), 1);
    let code = requests[0]["code"].as_str().expect("a code");
    assert_eq!(stage.status(code).await, "waiting");
    let whispered = stage.slack_whispers(&slack_user(EMPLOYEE), SLACK_CHANNEL);
    assert!(whispered[0].contains("in our private talk"), "{whispered:#?}");
}

#[tokio::test]
async fn slack_a_message_becomes_a_request_by_its_shortcut() {
    let stage = Stage::with_chats().await;
    let said =
        stage.slack_user_says(&slack_user(APPROVER), Some(SLACK_CHANNEL), "who rolls out on Monday?").await;
    let act = SlackAct::Shortcut {
        user: slack_user(EMPLOYEE),
        callback: "countersign.make_request".to_owned(),
        channel: said.channel,
        ts: said.ts,
    };
    let form = opened(&stage, act).await;
    assert!(text(&view(&stage, &form).view).contains("who rolls out on Monday?"));
    for (block, value) in [("permission", "write"), ("repository", "payments-api"), ("ticket", "OPS-17")] {
        fill(&stage, &form, block, value).await;
    }
    submit(&stage, &form).await;
    let card = stage.slack_answer(EMPLOYEE);
    assert!(card.contains("Why: “who rolls out on Monday?”"), "{card}");
}

#[tokio::test]
async fn slack_the_home_tab_shows_what_waits_what_was_asked_and_what_is_held() {
    let stage = Stage::with_chats().await;
    let code = ask(&stage, WRITE).await;
    stage.slack_presses(APPROVER, "Approve").await;
    let waiting = ask(&stage, ADMINISTER).await;
    let home = async |id: &str| {
        let user = slack_user(id);
        stage.in_slack(SlackAct::Home { user: user.clone() }).await;
        text(&stage.slack().state().homes.remove(&user).expect("a Home tab").view)
    };
    let own = home(EMPLOYEE).await;
    assert!(own.contains(&code) && own.contains(&waiting) && own.contains("Give back"), "{own}");
    let theirs = home(APPROVER).await;
    assert!(theirs.contains("Waiting for you") && theirs.contains(&waiting), "{theirs}");
    let act =
        SlackAct::Press { user: slack_user(APPROVER), channel: None, ts: None, button: "Approve".to_owned() };
    stage.in_slack(act).await;
    let card = stage.slack_channel(SLACK_CHANNEL).pop().expect("a card");
    assert!(card.text.contains("waiting, 1 of 2 countersigned"), "{}", card.text);
}

#[tokio::test]
async fn slack_who_is_unknown_finds_the_way_on_the_home_tab_and_gets_no_form() {
    let stage = Stage::with_chats().await;
    stage.joins_slack("U0NOBODY", "Nobody", SlackPersonKind::Member);
    let user = "U0NOBODY".to_owned();
    stage.in_slack(SlackAct::Home { user: user.clone() }).await;
    let home = text(&stage.slack().state().homes.remove(&user).expect("a Home tab").view);
    assert!(home.contains("I do not know you yet") && home.contains("sign in"), "{home}");
    stage.in_slack(SlackAct::Command { user, channel: None, text: String::new() }).await;
    assert!(stage.slack().state().views.is_empty());
    assert!(stage.slack_answer_to("U0NOBODY").contains("I do not know you yet"));
    assert_eq!(stage.refused_of_slack().await, ["nobody here is behind this account"]);
}

#[tokio::test]
async fn slack_one_form_is_one_request_though_it_comes_twice() {
    let stage = Stage::with_chats().await;
    let form = opened(&stage, slash(None)).await;
    for (block, value) in [("permission", "write"), ("repository", "payments-api"), ("ticket", "OPS-17")] {
        fill(&stage, &form, block, value).await;
    }
    stage.slack().deliver_twice(1);
    submit(&stage, &form).await;
    assert_eq!(stage.audited("access_requested").await.len(), 1);
    assert_eq!(stage.status(&code(&stage, EMPLOYEE)).await, "waiting");
}
