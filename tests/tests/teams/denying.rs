//! Saying no in Teams: the button opens a field for the reason, which whom it concerns reads.

use countersign_sandbox::TeamsAct;
use countersign_tests::teams::teams_user;

use crate::{APPROVER, EMPLOYEE, WRITE, stage};

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
