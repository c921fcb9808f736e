//! Who reads what of a private document is one rule, whichever way they come: its readers and who brought it read it; who sees that there is
//! one because of a role sees nothing that stands in it, and not what it is called.

use countersign::demo::chats::{SLACK_CHANNEL, slack_user};
use countersign_domain::audience::Acl;
use countersign_sandbox::SharedFile;
use countersign_sandbox::slack::SlackAct;
use serde_json::json;

use super::*;

const AUDITOR: &str = "demo-auditor";
const BONUS: &str = "name=bonus.txt&title=Bonus&groups=approvers";
const SAYS: &str = "It is ten percent of the yearly salary.\n";

/// What somebody is told of a document, by every way there is: each with the way.
async fn by_every_way(stage: &Stage, token: &str, code: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for path in [
        "documents/CODE",
        "documents/CODE/text",
        "documents/CODE/changes",
        "requests/CODE",
        "audit?code=CODE&limit=500",
        "requests",
        "documents",
    ] {
        let path = format!("/api/v1/{}", path.replace("CODE", code));
        all.push((path.clone(), stage.get_text(token, &path).await));
    }
    let page = stage.signs_in(token).await.page(&format!("/documents?shown={code}")).await;
    all.push(("the page".to_owned(), page));
    for say in ["status CODE", "why CODE", "show document CODE", "documents"] {
        let say = say.replace("CODE", code);
        let card = stage.says(token, &say).await;
        all.push((say, serde_json::to_string(&card).expect("a card is JSON")));
    }
    all
}

#[tokio::test]
async fn document_an_auditor_who_is_no_reader_sees_that_it_exists_and_nothing_of_what_it_says() {
    let (stage, _) = stage().await;
    let lives = live(&stage, BONUS, SAYS).await;
    let waits = code(&bring(&stage, EMPLOYEE, BONUS, SAYS.as_bytes()).await);
    for code in [&lives, &waits] {
        for (way, told) in by_every_way(&stage, AUDITOR, code).await {
            let told = told.to_lowercase();
            assert!(!told.contains("bonus") && !told.contains("ten percent"), "{way}: {told}");
        }
        let stands = stage.get(AUDITOR, &format!("/api/v1/documents/{code}")).await;
        assert_eq!((&stands["title"], &stands["by"]), (&Value::Null, &json!(EMPLOYEE)), "{stands:#}");
        assert_eq!(stands["file"]["size"], SAYS.len(), "{stands:#}");
        let text = stage.get(AUDITOR, &format!("/api/v1/documents/{code}/text")).await;
        assert_eq!(text["status"], 403, "{text:#}");
        let card = stage.says(AUDITOR, &format!("status {code}")).await;
        assert!(card.text.contains("members of approvers") && card.text.contains("digest"), "{}", card.text);
        let kinds = stage.history(code).await;
        assert!(kinds.contains(&"document_extracted".to_owned()), "{kinds:?}");
    }
}

#[tokio::test]
async fn document_a_version_for_everybody_tells_nobody_what_stood_in_the_one_before_that_was_for_some() {
    let (stage, _) = stage().await;
    let first = live(&stage, BONUS, SAYS).await;
    let query = format!("name=pay.txt&title=Pay&document={first}&groups=*");
    let second = code(&bring(&stage, EMPLOYEE, &query, b"Pay comes in March.\n").await);
    let decides = stage.says(ADMIN, &format!("status {second}")).await;
    assert!(decides.text.contains("- 1: “It is ten percent"), "who decides sees what goes: {}", decides.text);
    stage.says(ADMIN, &format!("approve {second}")).await;
    for (way, told) in by_every_way(&stage, AUDITOR, &second).await {
        assert!(!told.contains("ten percent"), "{way}: {told}");
    }
    let theirs = stage.get_text(AUDITOR, &format!("/api/v1/documents/{second}/text")).await;
    assert_eq!(theirs, "Pay comes in March.\n");
}

#[tokio::test]
async fn document_an_administrator_who_may_not_read_it_brings_nothing_in_its_place_to_be_told_what_that_takes_away()
 {
    let (stage, _) = with(|settings| {
        settings.collections.insert("payroll".to_owned(), Acl::of(["hr".to_owned()]));
    })
    .await;
    let query = "name=pay.txt&title=Bonus&collection=payroll";
    let lives = live(&stage, &format!("{query}&groups=*"), SAYS).await;
    let listed = stage.get(ADMIN, "/api/v1/documents").await;
    assert_eq!(listed["items"][0]["code"], json!(lives), "they see that there is one: {listed:#}");
    let told = bring(&stage, ADMIN, &format!("name=x.txt&document={lives}"), b"Nothing.\n").await;
    let detail = told["detail"].as_str().unwrap_or_else(|| panic!("it is refused: {told:#}"));
    assert!(detail.contains("that you may read") && !told.to_string().contains("Bonus"), "{told:#}");
    // Who brought it does.
    let next = bring(&stage, EMPLOYEE, &format!("name=pay.txt&document={lives}"), b"Twelve percent.\n").await;
    assert_eq!((&next["version"], &next["title"]), (&json!(2), &json!("Bonus")), "{next:#}");
}

#[tokio::test]
async fn document_a_reader_finds_it_by_its_code_everywhere() {
    let (stage, _) = stage().await;
    let code = live(&stage, BONUS, SAYS).await;
    let stands = stage.get(APPROVER, &format!("/api/v1/documents/{code}")).await;
    assert_eq!((&stands["title"], &stands["status"]), (&json!("Bonus"), &json!("live")), "{stands:#}");
    assert_eq!(stage.get_text(APPROVER, &format!("/api/v1/documents/{code}/text")).await, SAYS);
    for say in ["status CODE", "show document CODE"] {
        let card = stage.says(APPROVER, &say.replace("CODE", &code)).await;
        assert!(
            !card.refused && card.text.contains("Bonus") && card.text.contains("ten percent"),
            "{card:#?}"
        );
    }
    let refused = stage.says(APPROVER, &format!("narrow document {code} to approvers")).await;
    assert!(refused.refused && refused.text.contains("Only who brought it"), "{refused:#?}");
    // Who is neither a reader nor anything else finds nothing.
    let own = code_of_approvers(&stage).await;
    for path in ["documents/CODE", "documents/CODE/text", "requests/CODE"] {
        let none = stage.get(EMPLOYEE, &format!("/api/v1/{}", path.replace("CODE", &own))).await;
        assert_eq!(none["status"], 404, "{path}: {none:#}");
    }
}

/// A document that an approver brought for approvers.
async fn code_of_approvers(stage: &Stage) -> String {
    let code = code(&bring(stage, APPROVER, "name=on_call.txt&groups=approvers", b"Ben is on call.\n").await);
    stage.says(ADMIN, &format!("approve {code}")).await;
    code
}

#[tokio::test]
async fn document_who_brought_one_for_others_reads_it_and_is_told_that_answers_are_not_taken_from_it() {
    const SAID: &str = "You brought it for others";
    let (stage, _) = stage().await;
    let code = live(&stage, BONUS, SAYS).await;
    let listed = stage.says(EMPLOYEE, "documents").await;
    assert!(listed.text.contains("Bonus") && listed.text.contains(SAID), "{}", listed.text);
    let card = stage.says(EMPLOYEE, &format!("status {code}")).await;
    assert!(card.text.contains(SAID) && card.text.contains("ten percent"), "{}", card.text);
    let items = stage.get(EMPLOYEE, "/api/v1/documents").await;
    assert_eq!(items["items"][0]["answers_you"], false, "{items:#}");
    let answer = stage.says(EMPLOYEE, "How many percent of the yearly salary is the bonus?").await;
    assert!(said(&answer).contains("I do not know"), "{answer:#?}");
    let theirs = stage.says(APPROVER, "documents").await;
    assert!(theirs.text.contains("Bonus") && !theirs.text.contains(SAID), "{}", theirs.text);
}

#[tokio::test]
async fn document_a_private_one_has_no_name_in_a_channel_whoever_asks() {
    let (stage, _) = in_chats().await;
    let code = live(&stage, BONUS, SAYS).await;
    for text in [
        format!("<@U0BOT> status {code}"),
        "<@U0BOT> documents".to_owned(),
        format!("<@U0BOT> show document {code}"),
    ] {
        let (user, channel) = (slack_user(APPROVER), Some(SLACK_CHANNEL.to_owned()));
        let act = SlackAct::Say { user, channel, text, thread: None };
        stage.slack().act(act).await.expect("it can be said in Slack");
        stage.settle().await;
    }
    let all: Vec<_> = stage.slack_channel(SLACK_CHANNEL).into_iter().map(|message| message.text).collect();
    let answers: Vec<_> = all.iter().filter(|text| !text.contains("<@U0BOT>")).collect();
    assert!(answers.iter().any(|text| text.contains(&code)), "{all:#?}");
    assert!(!answers.iter().any(|text| text.contains("Bonus") || text.contains("ten percent")), "{all:#?}");
    // Nor does the audit say what others were told of it.
    let audit = stage.get_text(AUDITOR, &format!("/api/v1/audit?code={code}&limit=500")).await;
    assert!(audit.contains("document_live") && !audit.contains("ten percent"), "{audit}");
}

#[tokio::test]
async fn document_what_a_reader_was_shown_of_a_private_one_in_a_chat_is_told_to_nobody_else_afterwards() {
    let (stage, _) = in_chats().await;
    let code = live(&stage, BONUS, SAYS).await;
    stage.slack_says(APPROVER, &format!("show document {code}")).await;
    stage.slack_says(APPROVER, "documents").await;
    let theirs = stage.slack_sees(APPROVER).join("\n");
    assert!(theirs.contains("ten percent") && theirs.contains("Bonus"), "{theirs}");
    for path in ["audit?type=effect_claimed,effect_succeeded&order=newest&limit=500", "effects?limit=500"] {
        let told = stage.get_text(AUDITOR, &format!("/api/v1/{path}")).await;
        assert!(told.contains("\"tell\""), "{path} has that they were told something: {told}");
        assert!(!told.contains("ten percent") && !told.contains("Bonus"), "{path}: {told}");
    }
}

#[tokio::test]
async fn document_what_is_said_in_a_chat_to_bring_a_private_one_tells_the_auditor_nothing_of_it() {
    let (stage, _) = in_chats().await;
    let says = "add document called Bonus for approvers because it is ten percent";
    stage.shares("slack", EMPLOYEE, says, SharedFile::text("bonus.txt", SAYS)).await;
    let events = stage.audited("document_requested").await;
    let code = events.last().and_then(|event| event["code"].as_str()).expect("it was brought");
    let told = stage.get_text(AUDITOR, &format!("/api/v1/audit?code={code}&limit=500")).await;
    assert!(told.contains("interaction_received") && told.contains("document_requested"), "{told}");
    let told = told.to_lowercase();
    assert!(!told.contains("bonus") && !told.contains("ten percent"), "{told}");
}

#[tokio::test]
async fn document_what_a_reader_was_answered_from_a_private_one_is_told_to_nobody_else_by_the_audit() {
    let (stage, _) = stage().await;
    live(&stage, BONUS, SAYS).await;
    live(&stage, "name=vpn.txt&groups=*", VPN).await;
    let answer = stage.says(APPROVER, "How much percent of the yearly salary is it?").await;
    assert!(said(&answer).contains("ten percent"), "{answer:#?}");
    stage.says(APPROVER, "When is the VPN closed?").await;
    let kinds = "passages_retrieved,model_step_finished,turn_answered";
    let told = stage.get_text(AUDITOR, &format!("/api/v1/audit?type={kinds}&limit=500")).await;
    assert!(told.contains("closed on Sundays"), "what everybody may read is told: {told}");
    assert!(!told.contains("ten percent") && !told.contains("Bonus"), "{told}");
}
