//! Saying no in Teams: the button opens a field for the reason, which whom it concerns reads; and saying yes twice.

use countersign_domain::rules::EXAMPLE;
use countersign_sandbox::TeamsAct;
use countersign_tests::again::is_told_what_came_of_it;
use countersign_tests::teams::teams_user;

use super::{ADMIN, APPROVER, APPROVER2, AUDITOR, EMPLOYEE, WRITE, code, stage};

#[tokio::test]
async fn trust_c5_teams_denying_asks_for_the_reason_on_the_card() {
    let stage = stage().await;
    stage.teams_says(EMPLOYEE, WRITE).await;
    let message = stage.teams_talk(APPROVER).pop().expect("a card").id;
    let (user, button) = (teams_user(APPROVER), "Deny".to_owned());
    let inputs = [("why".to_owned(), "not during the freeze".to_owned())].into();
    stage.in_teams(TeamsAct::Press { user, message, button, inputs }).await;
    let told = stage.teams_sees(EMPLOYEE).join("\n");
    assert!(told.contains("Denied by Ada Approver: “not during the freeze”"), "{told}");
}

#[tokio::test]
async fn trust_c5_teams_the_reason_may_be_left_empty() {
    let stage = stage().await;
    stage.teams_says(EMPLOYEE, WRITE).await;
    stage.teams_presses(APPROVER, "Deny").await;
    let told = stage.teams_sees(EMPLOYEE).join("\n");
    assert!(told.contains("Denied by Ada Approver, without a reason."), "{told}");
}

#[tokio::test]
async fn trust_c5_teams_a_thumb_down_denies_where_the_rule_lets_a_reaction_decide_and_nowhere_else() {
    for (annotation, status) in [("@remind_after(\"2 days\")", "waiting"), ("@reaction", "denied")] {
        let stage = stage().await;
        stage.publish(&EXAMPLE.replace("@id(\"write\")", &format!("@id(\"write\")\n{annotation}"))).await;
        stage.teams_says_to_all(EMPLOYEE, WRITE).await;
        let (code, message) = (code(&stage), stage.teams_channel().pop().expect("a card").id);
        // Teams names every emoji but its first six by its code point.
        let (user, kind) = (teams_user(APPROVER), "1f44e_thumbsdown".to_owned());
        stage.in_teams(TeamsAct::React { user, message, kind, back: false }).await;
        assert_eq!(stage.status(&code).await, status, "{annotation}");
    }
}

#[tokio::test]
async fn trust_c5_teams_who_approves_twice_is_told_what_came_of_it() {
    let stage = stage().await;
    stage.teams_says(EMPLOYEE, WRITE).await;
    let code = code(&stage);
    let approves = async || {
        stage.teams_says(APPROVER, &format!("approve {code}")).await;
        stage.teams_sees(APPROVER).join("\n---\n")
    };
    is_told_what_came_of_it(&stage, &code, approves).await;
}

#[tokio::test]
async fn trust_e3_teams_a_denial_is_told_to_who_asked_and_to_nobody_else() {
    let stage = stage().await;
    stage.teams_says(EMPLOYEE, WRITE).await;
    let code = code(&stage);
    let others = [APPROVER, APPROVER2, ADMIN, AUDITOR];
    let shared = || stage.teams_channel().len();
    let before = (
        stage.teams_sees(EMPLOYEE).len(),
        [APPROVER2, ADMIN, AUDITOR].map(|id| stage.teams_sees(id).len()),
        shared(),
    );
    stage.teams_says(APPROVER, &format!("deny {code} because not during the freeze")).await;
    let seen = stage.teams_sees(EMPLOYEE);
    assert_eq!(seen.len(), before.0 + 1, "one message more, so that they are told: {seen:#?}");
    let told = seen.last().expect("a message");
    assert!(told.starts_with(&format!("Denied: {code}: ")), "{told}");
    assert!(told.contains("Denied by Ada Approver: “not during the freeze”"), "who and why: {told}");
    let after = [APPROVER2, ADMIN, AUDITOR].map(|id| stage.teams_sees(id).len());
    assert_eq!((after, shared()), (before.1, before.2), "nobody else");
    for id in others {
        let seen = stage.teams_sees(id).join("\n");
        assert!(!seen.contains(&format!("Denied: {code}")), "{id}: {seen}");
    }
    let elsewhere = [stage.slack_sees(EMPLOYEE), stage.discord_sees(EMPLOYEE)].concat();
    assert!(elsewhere.is_empty(), "once is enough: {elsewhere:#?}");
}
