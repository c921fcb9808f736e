//! Microsoft Teams: people ask, countersign and are told where they talk, over the connector and signed activities.

mod bad_input;
mod denying;
mod groups;
mod life;
mod local;
mod shown;
mod unreachable;

use countersign_tests::stage::Stage;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";
const AUDITOR: &str = "demo-auditor";
const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

/// A stage whose people are in Teams.
async fn stage() -> Stage {
    let stage = Stage::with_chats().await;
    stage.teams_arrive(&[EMPLOYEE, APPROVER, APPROVER2, ADMIN, AUDITOR]).await;
    stage
}

/// The code in the newest card of the channel.
fn code(stage: &Stage) -> String {
    let newest = stage.teams_channel().pop().expect("the bot said something");
    let words = countersign_tests::teams::words(&newest.card.expect("a card"));
    words.split(':').next().expect("a code").to_owned()
}

/// How many events of these types there are.
async fn count(stage: &Stage, kinds: &[&str]) -> usize {
    stage.log_after(None).await.iter().filter(|event| kinds.contains(&event.kind.as_str())).count()
}
