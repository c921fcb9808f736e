//! Repositories that are called as words that say something else: in answer to which repository, the name is never taken for a yes, a no
//! or a permission, nor these for a name.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, press, requests};
use countersign_tests::vendors::Vendor as _;

use crate::{EMPLOYEE, title};

/// A stage with repositories that are called so.
async fn stage() -> Stage {
    let stage = in_december(Stage::new().await).await;
    for name in ["yes", "ok", "no", "read", "admin", "stop"] {
        stage.add_repository(name);
    }
    stage
}

#[tokio::test]
async fn trust_c2_a_repository_that_is_called_as_a_word_is_asked_about_in_answer_to_which() {
    for name in ["yes", "ok", "no", "read", "admin", "stop"] {
        let stage = stage().await;
        let card = stage.says(EMPLOYEE, "I need read for 1 hour").await;
        assert!(card.title.contains("repository"), "{name}: {}", card.text);
        let mut card = stage.says(EMPLOYEE, name).await;
        if card.code.is_none() {
            assert_eq!(title(&card), format!("Do you mean the repository “{name}”?"), "{}", card.text);
            assert_eq!(requests(&stage).await, 0, "{name}");
            card = press(&stage, EMPLOYEE, &card, name).await;
        }
        let request = format!("read on {name} for demo-employee 60 minutes ticket -");
        assert_eq!(born(&stage, &card).await, request, "{name}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_a_yes_and_a_no_stay_what_they_are_where_they_answer() {
    let stage = stage().await;
    for (answer, all) in [("no", 0), ("stop", 0), ("yes", 1)] {
        let card = stage.says(EMPLOYEE, "read on the-web-shop for 1 hour").await;
        assert_eq!(labels(&card), ["web-shop"], "{}", card.text);
        let card = stage.says(EMPLOYEE, answer).await;
        assert_eq!(requests(&stage).await, all, "{answer}: {}", card.text);
        assert!(!card.text.contains("the repository “"), "{answer}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_a_repository_that_is_called_no_is_chosen_and_refused_by_a_word_where_it_is_offered() {
    for (answer, all) in [("no", 0), ("nope", 0), ("stop", 0), ("yes", 1), ("\"no\"", 1)] {
        let stage = stage().await;
        stage.says(EMPLOYEE, "I need read for 1 hour").await;
        let card = stage.says(EMPLOYEE, "no").await;
        assert_eq!(title(&card), "Do you mean the repository “no”?", "{}", card.text);
        let card = stage.says(EMPLOYEE, answer).await;
        assert_eq!(requests(&stage).await, all, "{answer}: {}", card.text);
        assert_ne!(title(&card), "Do you mean the repository “no”?", "{answer}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c1_what_stands_for_several_repositories_is_no_name() {
    let stage = stage().await;
    for text in
        ["read on web-shop* for 1 hour", "read on web-* for 1 hour", "access read on *-shop for 1 hour"]
    {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        assert!(card.title.contains('?'), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    let card = stage.says(EMPLOYEE, "read on *web-shop* for 1 hour").await;
    assert_eq!(born(&stage, &card).await, "read on web-shop for demo-employee 60 minutes ticket -");
}

#[tokio::test]
async fn trust_c1_what_is_struck_out_is_taken_back_and_what_is_left_is_shown_first() {
    for text in [
        "read on ~~infra~~ web-shop for 1 hour",
        "read on ~infra~ web-shop for 1 hour",
        "~admin~ read on web-shop for 1 hour",
        "read on web-shop for <s>2 days</s> 1 hour",
        "read on <del>infra</del> web-shop for 1 hour",
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        let card = stage.says(EMPLOYEE, "yes").await;
        let request = "read on web-shop for demo-employee 60 minutes ticket -";
        assert_eq!(born(&stage, &card).await, request, "{text}: {}", card.text);
    }
}
