//! What a ticket says beside its form: its summary, the lines that every template has, and the first line of its reason. Whatever of it
//! may mean somebody else, something else or another time asks for nothing until that is said otherwise.

use countersign_sandbox::jira::Status;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::Vendor as _;
use serde_json::json;

use super::{AUDITOR, EMPLOYEE, deliver, requests_under, stage, webhook};

/// A new ticket of Erin's with a whole form, this title, and this line beside it.
async fn with(stage: &Stage, number: usize, title: &str, line: &str) -> String {
    let key = format!("ACC-{}", 200 + number);
    stage.add_ticket(&key, Status::ToDo, EMPLOYEE);
    let text = format!("Permission: read\nRepository: web-shop\nDuration: 2 hours\n{line}");
    let mut body = webhook("jira:issue_created", &key, &json!(text));
    body["issue"]["fields"]["summary"] = json!(title);
    deliver(stage, &key, &body).await;
    key
}

/// That the ticket was told this, and asked for nothing.
async fn is_told(stage: &Stage, key: &str, told: &str) {
    assert!(requests_under(stage, key).await.is_empty(), "{told}");
    let (status, comments) = stage.ticket(key);
    assert_eq!((status.as_str(), comments.len()), ("To Do", 1), "{told}: {comments:#?}");
    assert!(comments[0].contains(told), "{told}: {}", comments[0]);
}

#[tokio::test]
async fn trust_d4_a_summary_is_held_to_the_same_as_a_line_beside_the_form() {
    let stage = stage().await;
    for (number, title) in [
        "Access for Ben Approver",
        "Ben needs access",
        "Please remove access",
        "Cancel: access",
        "Question about access",
        "How do I ask for access?",
        "Template for access",
        "[TEST] access",
        "Access from Monday",
        "Access to infra",
        "DRAFT - do not grant",
    ]
    .into_iter()
    .enumerate()
    {
        let key = with(&stage, number, title, "").await;
        is_told(&stage, &key, "The ticket's title may say something that the form does not").await;
    }
    // It stands on the ticket, and nowhere else.
    let log = stage.get_text(AUDITOR, "/api/v1/export").await;
    for title in ["Access for Ben Approver", "Please remove access", "DRAFT - do not grant"] {
        assert!(!log.contains(title), "{title} stands in the log");
    }
    assert!(log.contains("unread_title"), "{log}");
    for (number, title) in [
        "Access to web-shop",
        "Read access for the checkout incident",
        "Zugriff auf web-shop",
        "[Access request] web-shop",
        "Need read on web-shop for release 4.2",
        "Access for Erin Employee, please",
        "Access",
    ]
    .into_iter()
    .enumerate()
    {
        let key = with(&stage, 50 + number, title, "").await;
        let all = requests_under(&stage, &key).await;
        let [request] = &all[..] else { panic!("{title}: {:?}", stage.ticket(&key)) };
        assert_eq!((&request["permission"], &request["user"]), (&json!("read"), &json!(EMPLOYEE)), "{title}");
    }
    // Mended, the ticket is the request.
    let mut mended = webhook(
        "jira:issue_updated",
        "ACC-200",
        &json!("Permission: read\nRepository: web-shop\nDuration: 2 hours\n"),
    );
    mended["issue"]["fields"]["summary"] = json!("Access to web-shop");
    deliver(&stage, "mended", &mended).await;
    assert_eq!(requests_under(&stage, "ACC-200").await.len(), 1, "{:?}", stage.ticket("ACC-200"));
}

#[tokio::test]
async fn trust_d4_a_line_of_every_template_is_told_where_it_names_somebody_or_a_repository() {
    let stage = stage().await;
    for (number, line) in
        ["Environment: infra", "Team: Ben", "Component: payments-api, checkout", "| Team | Ada's team |"]
            .into_iter()
            .enumerate()
    {
        let key = with(&stage, number, "Access, please", line).await;
        let label = line.trim_matches(['|', ' ']).split([':', ' ']).next().unwrap_or_default();
        is_told(&stage, &key, &format!("“{label}: ")).await;
    }
    for (number, line) in ["Environment: production", "Team: Payments", "Component: web-shop", "Team: Erin's"]
        .into_iter()
        .enumerate()
    {
        let key = with(&stage, 50 + number, "Access, please", line).await;
        assert_eq!(requests_under(&stage, &key).await.len(), 1, "{line}: {:?}", stage.ticket(&key));
    }
}

#[tokio::test]
async fn trust_d4_the_first_line_of_a_reason_is_looked_at_as_the_others_are() {
    let stage = stage().await;
    for (number, (reason, told)) in [
        ("the rollout, only after Ada approved it", "only after Ada approved it"),
        ("rollout. Please not before Monday", "Please not before Monday"),
        ("a bug, never mind", "never mind"),
        ("for Ben", "for Ben"),
        ("the rollout, rather infra", "rather infra"),
    ]
    .into_iter()
    .enumerate()
    {
        let key = with(&stage, number, "Access, please", &format!("Reason: {reason}")).await;
        is_told(&stage, &key, told).await;
    }
    let key = with(&stage, 50, "Access, please", "Reason: the rollout. The build fails.").await;
    let all = requests_under(&stage, &key).await;
    assert_eq!(all.len(), 1, "{:?}", stage.ticket(&key));
    assert_eq!(all[0]["reason"], "the rollout. The build fails.");
}
