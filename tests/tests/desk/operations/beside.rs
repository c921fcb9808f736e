//! What waits for one vendor holds nothing else up.

use std::sync::Arc;

use countersign::oversight::Oversight;
use countersign_sandbox::{Call, Fault};
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::until::until;
use countersign_tests::vendors::{Vendor as _, trouble};
use jiff::SignedDuration;

use super::{APPROVER, EMPLOYEE};

const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17 because rollout";

#[tokio::test]
async fn trust_a8_a_comparison_that_waits_for_its_forge_holds_nothing_else_up() {
    let arrange = |world: &mut countersign::world::World| {
        world.oversight = Arc::new(Oversight::comparing_every(Some(SignedDuration::from_hours(24))));
    };
    let stage = Stage::arranged(Arc::new(MemoryStore::new()), |_| {}, arrange).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code");
    stage.says(APPROVER, &format!("approve {code}")).await;
    let matching = format!("GET {}/permissions-config/users?page", stage.forge_path("payments-api"));
    let pause = Fault { matching, times: 1, status: Some(429), retry_after: Some(3_600), ..Fault::default() };
    stage.demo.bitbucket.order(trouble([pause]));
    stage.clock.turn(SignedDuration::from_hours(24));
    let is_paused = |call: &Call| call.status == Some(429);
    until("the forge asks for an hour", || stage.demo.bitbucket.calls().iter().any(is_paused)).await;
    // Real time: nothing turns the clock on.
    let looked_after = stage.bot.overseer.send_due();
    let looked_after = tokio::time::timeout(std::time::Duration::from_secs(30), looked_after).await;
    looked_after.expect("nobody waits for the forge").expect("what is due is looked after");
}
