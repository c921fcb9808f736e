//! Why access is asked for, and for whom who is not named: nothing leads the reason but itself, and nobody is guessed.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, press, request, requests};

use crate::{EMPLOYEE, title};

#[tokio::test]
async fn trust_c1_a_reason_is_said_without_the_word_that_leads_to_it() {
    for (text, reason) in [
        ("read on web-shop for 1 hour, for the rollout", "the rollout"),
        ("read on web-shop for 1 hour for the rollout", "the rollout"),
        ("read on web-shop for 1 hour because for the rollout", "the rollout"),
        ("read on web-shop for 1 hour because because the build is broken", "the build is broken"),
        ("read on web-shop for 1 hour to fix the build", "fix the build"),
        ("read on web-shop for 1 hour because to fix the build", "fix the build"),
        ("read on web-shop for 1 hour because of the rollout", "the rollout"),
        ("read on web-shop for 1 hour because for loops are broken", "for loops are broken"),
        (
            "read on web-shop for 1 hour because since Monday the build is broken",
            "since Monday the build is broken",
        ),
        ("read on web-shop for 1 hour because to-do lists are broken", "to-do lists are broken"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.code.is_some(), "{text}: {}", card.text);
        assert_eq!(request(&stage, &card).await["reason"], reason, "{text}");
    }
}

#[tokio::test]
async fn trust_c2_somebody_who_is_not_named_is_asked_for() {
    for text in [
        "he needs read on web-shop for 2 hours",
        "she needs read on web-shop for 2 hours",
        "read on web-shop for him for 2 hours",
        "please give her read on web-shop for 2 hours",
        "they need read on web-shop for 2 hours",
        "read on web-shop for my colleague for 2 hours",
        "er braucht Leserechte auf web-shop für 2 Stunden",
        "somebody needs read on web-shop for 2 hours",
    ] {
        let stage = in_december(Stage::new().await).await;
        stage.says(EMPLOYEE, "read on infra for Ben Approver for 1 hour").await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "For whom is it?", "{text}: {}", card.text);
        assert_eq!(labels(&card), ["Ben Approver", "For me"], "{text}");
        assert!(card.text.contains("I cannot tell who"), "{text}: {}", card.text);
        let before = requests(&stage).await;
        let card = press(&stage, EMPLOYEE, &card, "Ben Approver").await;
        assert_eq!(requests(&stage).await, before + 1, "{text}");
        let asked = born(&stage, &card).await;
        assert_eq!(asked, "read on web-shop for demo-approver2 120 minutes ticket -", "{text}");
    }
}
