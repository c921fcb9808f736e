//! The same decision a second time, by whatever chat it is said.

use countersign_sandbox::{Fault, Faults};

use crate::stage::Stage;
use crate::vendors::trouble;

/// Whoever approves twice is told what came of the first time: that it is being set, and then that it is. `approves` says it, and
/// answers what is seen.
pub async fn is_told_what_came_of_it(stage: &Stage, code: &str, approves: impl AsyncFn() -> String) {
    let busy = Fault {
        matching: "PUT /2.0/repositories".to_owned(),
        times: 100_000,
        status: Some(503),
        ..Fault::default()
    };
    stage.demo.bitbucket.order(trouble([busy]));
    approves().await;
    assert_eq!(stage.status(code).await, "granting");
    let told = approves().await;
    assert!(told.contains("You have countersigned it; it is being set."), "{told}");
    stage.demo.bitbucket.order(Faults::default());
    stage.calm().await;
    assert_eq!(stage.status(code).await, "active");
    let told = approves().await;
    assert!(told.contains("You have countersigned it already, and it is active now."), "{told}");
}
