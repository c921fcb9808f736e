//! What may take long is set aside: the worker that answers everybody does none of it. Counted, not timed: a test has one worker, and
//! it is its own thread.

use serde_json::json;

use super::stage::Stage;
use crate::aside::set_aside;
use crate::grammar::work;

/// A stage whose rules are compiled, with something in each list.
async fn stage() -> Stage {
    let stage = Stage::new().await;
    stage.waiting_request().await;
    assert_eq!(stage.get("olga", "/api/v1/requests").await.status, 200);
    stage
}

#[tokio::test]
async fn trust_b2_every_list_is_read_and_drawn_beside_the_worker() {
    let stage = stage().await;
    let pieces = async |path: &str| {
        let before = set_aside();
        assert_eq!(stage.get("olga", path).await.status, 200, "{path}");
        set_aside() - before
    };
    assert_eq!(pieces("/api/v1/me").await, 0, "what is short is answered at once");
    for list in ["requests", "access-requests", "grants", "audit", "effects", "documents", "tickets", "gaps"]
    {
        assert_eq!(pieces(&format!("/api/v1/{list}?limit=500")).await, 1, "{list}");
    }
    assert_eq!(pieces("/api/v1/grants?at=1").await, 2, "the past is folded beside it as well");
}

#[tokio::test]
async fn trust_b2_what_is_long_is_read_beside_the_worker() {
    let stage = stage().await;
    let said = async |text: &str| {
        let before = (work::so_far(), set_aside());
        let answer = stage.post("erin", "/api/v1/chat", &json!({ "text": text }).to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        (work::so_far() - before.0, set_aside() - before.1)
    };
    let (steps, pieces) = said("who can approve payments-api?").await;
    assert!(steps > 0 && pieces == 0, "what is short is read at once: {steps} steps, {pieces} pieces");
    let (steps, pieces) = said(&"please ".repeat(571)).await;
    assert_eq!((steps, pieces), (0, 1), "not one word of 4,000 characters is read on the worker");
}

#[tokio::test]
async fn trust_b2_proposed_rules_are_compiled_beside_the_worker() {
    let stage = stage().await;
    let before = set_aside();
    let text = format!("{}\n// With a remark.\n", countersign_domain::rules::EXAMPLE);
    let proposed = stage.post("olga", "/api/v1/rules/proposals", &json!({ "text": text }).to_string()).await;
    assert_eq!(proposed.status, 202, "{}", proposed.body);
    assert_eq!(set_aside() - before, 2, "compiling and comparing take as long as their author likes");
}
