//! Second thoughts behind a reason that is whole, without a comma: nothing is granted or decided by them, and a good reason is not asked about.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, request, requests};

use crate::{APPROVER, EMPLOYEE, WRITE};

#[tokio::test]
async fn trust_c2_a_second_thought_behind_a_whole_reason_asks_for_nothing() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "read on web-shop weil der Build rot ist nein",
        "read on web-shop because the build is red not yet",
        "read on web-shop because the build is red maybe later",
        "read on web-shop parce que le build est cassé plus tard",
        "lectura en web-shop porque el build está roto mejor no",
        "leitura no web-shop porque o build está parado ainda não",
        "lettura su web-shop perché il build è rotto meglio di no",
        "read on web-shop weil der Build rot ist lieber erst am Montag",
        "read on web-shop weil ich den Fehler suchen muss doch nicht",
        "read on web-shop for the audit no",
        "read on web-shop for the release tomorrow maybe not",
        "read on web-shop because of the audit forget it",
        "read on web-shop because the rollout hangs cancel that",
        "read on web-shop because tbd",
        "read on web-shop because <please fill in>",
        "read on web-shop because no longer relevant",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    // What the clause itself says is its reason.
    for reason in [
        "the build does not start",
        "customers wait",
        "I have to check whether the fix works or not",
        "the release cannot wait",
        "der Build rot ist",
        "ich den Fehler suchen muss",
        "ça ne marche pas",
        "el build no funciona",
        "il build è rotto",
        "o build está parado",
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, &format!("read on web-shop for 1 hour because {reason}")).await;
        assert!(card.code.is_some(), "{reason}: {}", card.text);
        assert_eq!(request(&stage, &card).await["reason"], reason, "{reason}");
    }
}

#[tokio::test]
async fn trust_c2_a_second_thought_behind_the_reason_of_a_denial_denies_nothing() {
    let stage = in_december(Stage::new().await).await;
    let waits = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for reason in [
        "weil der Freeze noch läuft doch nicht",
        "because the freeze is on not yet",
        "because the freeze begins not yet",
        "because it is risky never mind",
        "lehne CODE ab weil die Woche zu lang ist nein",
    ] {
        let text = if reason.contains("CODE") { reason.to_owned() } else { format!("deny CODE {reason}") };
        let card = stage.says(APPROVER, &text.replace("CODE", &waits)).await;
        assert_eq!(stage.status(&waits).await, "waiting", "{text}: {}", card.text);
        stage.says(APPROVER, "cancel").await;
    }
    for verb in ["lehne OPS-17 ab", "je refuse la demande OPS-17", "rechazo OPS-17", "rifiuto OPS-17"] {
        let card = stage.says(APPROVER, verb).await;
        assert!(card.text.contains(&waits), "{verb}: {}", card.text);
        assert_eq!(stage.status(&waits).await, "waiting", "why is asked first: {verb}: {}", card.text);
        stage.says(APPROVER, "cancel").await;
    }
    // What was called off before is asked about, with why.
    let card = stage.says(APPROVER, "lehne OPS-17 ab, weil der Freeze noch läuft").await;
    assert_eq!(card.title, "Do you want to deny this one because “der Freeze noch läuft”?", "{}", card.text);
    let card = stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&waits).await, "denied", "{}", card.text);
}
