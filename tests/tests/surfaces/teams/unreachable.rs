//! Somebody whom Teams cannot reach: everybody else is spoken to as always.

use countersign::demo::chats::teams_object;
use countersign_sandbox::{Fault, Faults};

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, stage};

#[tokio::test]
async fn trust_d1_one_unreachable_person_delays_nobody_elses_card() {
    let stage = stage().await;
    let path = format!("POST /v3/conversations/a:1{}/", teams_object(APPROVER2));
    let fault = Fault { matching: path, times: 10_000, status: Some(500), ..Fault::default() };
    stage.teams().order(Faults { next: vec![fault], ..Faults::default() });
    for hours in 1..=12 {
        let before = [APPROVER, ADMIN].map(|id| stage.teams_talk(id).len());
        stage
            .teams_says(EMPLOYEE, &format!("access write on payments-api for {hours} hours ticket OPS-17"))
            .await;
        // The clock stands: what comes late does not come.
        let after = [APPROVER, ADMIN].map(|id| stage.teams_talk(id).len());
        assert_eq!(after, before.map(|count| count + 1), "the card of request {hours}");
    }
}
