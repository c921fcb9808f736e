//! What is chosen of what was offered: nothing but what is plainly said, and nothing that anybody asks for by it.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, requests};

use crate::{APPROVER, EMPLOYEE, WRITE};

const READ: &str = "access read on infra for 2 hours";

async fn asks(stage: &Stage, text: &str) -> String {
    stage.says(EMPLOYEE, text).await.code.expect("a code").to_string()
}

/// Two of the employee's requests that wait, and one of the approver's own.
async fn two_wait() -> (Stage, [String; 2]) {
    let stage = in_december(Stage::new().await).await;
    let both = [asks(&stage, WRITE).await, asks(&stage, READ).await];
    stage.says(APPROVER, "access write on web-shop for 1 day ticket OPS-18").await;
    (stage, both)
}

async fn statuses(stage: &Stage, codes: &[String; 2]) -> [String; 2] {
    [stage.status(&codes[0]).await, stage.status(&codes[1]).await]
}

async fn again(stage: &Stage, token: &str, question: &str) -> Card {
    stage.says(token, "never mind").await;
    stage.says(token, question).await
}

#[tokio::test]
async fn trust_c3_a_no_or_a_change_at_a_yes_or_no_countersigns_nothing() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, WRITE).await;
    for text in [
        "no, Erin",
        "make it write",
        "thanks Erin!",
        "sorry, Erin",
        "not Erin",
        "rather write",
        "I meant Erin",
        "no Erin",
        "anything but write",
        "hi Erin",
        "no, payments-api",
        "I meant payments-api",
        "Erin, no",
        // A name alone is no yes.
        "Erin",
        "Erin, please",
        "the Erin one",
        "payments-api",
    ] {
        let card = again(&stage, APPROVER, "lgtm").await;
        assert_eq!(card.title, "Do you want to countersign this one?", "{text}");
        let card = stage.says(APPROVER, text).await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 1, "{text}: {}", card.text);
    }
    again(&stage, APPROVER, "lgtm").await;
    stage.says(APPROVER, "yes, payments-api").await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_c3_of_a_list_nothing_is_countersigned_that_was_not_plainly_chosen() {
    let (stage, codes) = two_wait().await;
    for text in [
        "no, infra",
        "make it write",
        "I meant infra",
        "no infra",
        "rather infra",
        "not infra",
        "thanks Erin",
        "sorry, infra",
        "no, the first one",
        "make it the second one",
        "no wait, infra",
    ] {
        let card = again(&stage, APPROVER, "approve").await;
        assert_eq!(card.title, "Which one do you want to countersign?", "{text}");
        let card = stage.says(APPROVER, text).await;
        assert_eq!(statuses(&stage, &codes).await, ["waiting", "waiting"], "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 3, "{text}: {}", card.text);
    }
    again(&stage, APPROVER, "approve").await;
    stage.says(APPROVER, "infra").await;
    assert_eq!(statuses(&stage, &codes).await, ["waiting", "waiting"], "it is shown, and asked");
    stage.says(APPROVER, "yes").await;
    assert_eq!(statuses(&stage, &codes).await, ["waiting", "active"]);
}

#[tokio::test]
async fn trust_c3_who_means_all_of_a_list_is_told_that_each_is_done_by_itself() {
    let (stage, codes) = two_wait().await;
    for text in ["approve all of them", "approve both"] {
        let card = again(&stage, APPROVER, text).await;
        assert!(card.text.contains("Each is done by itself."), "{text}: {}", card.text);
        assert_eq!(statuses(&stage, &codes).await, ["waiting", "waiting"], "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_of_a_list_nothing_is_withdrawn_that_was_not_plainly_chosen() {
    let (stage, codes) = two_wait().await;
    for text in ["make it write", "no, infra", "no wait, infra", "rather infra", "no infra", "I meant infra"]
    {
        let card = again(&stage, EMPLOYEE, "withdraw").await;
        assert_eq!(card.title, "Which one do you want to withdraw?", "{text}");
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(statuses(&stage, &codes).await, ["waiting", "waiting"], "{text}: {}", card.text);
    }
    again(&stage, EMPLOYEE, "withdraw").await;
    stage.says(EMPLOYEE, "infra").await;
    assert_eq!(statuses(&stage, &codes).await, ["waiting", "withdrawn"]);
}

#[tokio::test]
async fn trust_c3_what_a_change_would_leave_as_it_is_is_not_asked_anew() {
    let (stage, codes) = two_wait().await;
    let card = stage.says(EMPLOYEE, "I meant infra").await;
    assert_eq!(card.title, format!("Shall I withdraw {} and ask for the same on infra instead?", codes[0]));
    for text in ["infra", "make it infra"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(statuses(&stage, &codes).await, ["waiting", "waiting"], "{text}: {}", card.text);
    }
    stage.says(EMPLOYEE, "never mind").await;
    let card = stage.says(EMPLOYEE, &format!("replace {} with infra", codes[1])).await;
    assert_eq!(card.title, "There is nothing to change", "{}", card.text);
    assert_eq!(requests(&stage).await, 3);
}

#[tokio::test]
async fn trust_c3_an_approvers_answer_at_a_list_is_no_request_of_their_own() {
    for question in ["approve", "deny"] {
        let (stage, codes) = two_wait().await;
        for text in [
            "ok: looks fine",
            "looks wrong to me",
            "looks ok but I want Ben to look too",
            "write on archive for 1 day OPS-18",
        ] {
            again(&stage, APPROVER, question).await;
            let card = stage.says(APPROVER, text).await;
            assert_eq!(requests(&stage).await, 3, "{question}, {text}: {}", card.text);
            assert!(card.text.contains(&codes[0]), "{question}, {text}: it stays in question: {}", card.text);
            assert_eq!(statuses(&stage, &codes).await, ["waiting", "waiting"], "{question}, {text}");
        }
        // It may be theirs, and then they say so.
        again(&stage, APPROVER, question).await;
        let card = stage.says(APPROVER, "read on web-shop").await;
        assert_eq!(labels(&card).last(), Some(&"No, I want that myself"), "{}", card.text);
        assert_eq!(requests(&stage).await, 3);
        let card = stage.says(APPROVER, "I need read access to web-shop for 1 hour").await;
        assert_eq!(born(&stage, &card).await, "read on web-shop for demo-approver 60 minutes ticket -");
    }
    for (text, countersigned) in
        [("read on infra", ["waiting", "active"]), ("the write one", ["active", "waiting"])]
    {
        let (stage, codes) = two_wait().await;
        stage.says(APPROVER, "approve").await;
        stage.says(APPROVER, text).await;
        let card = stage.says(APPROVER, "yes").await;
        assert_eq!(statuses(&stage, &codes).await, countersigned, "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 3, "{text}");
    }
}

#[tokio::test]
async fn trust_c2_a_drafts_answer_keeps_all_its_parts() {
    let stage = in_december(Stage::new().await).await;
    for text in ["no, infra", "no infra", "not infra"] {
        stage.says(EMPLOYEE, "write for 1 day OPS-17").await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        assert!(card.text.contains("“write” for “1 day”"), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "never mind").await;
    }
    stage.says(EMPLOYEE, "write for 1 day OPS-17").await;
    let card = stage.says(EMPLOYEE, "infra, read only").await;
    assert_eq!(born(&stage, &card).await, "read on infra for demo-employee 1440 minutes ticket OPS-17");
    stage.says(EMPLOYEE, "access owner on web-shop for 1 hour").await;
    let card = stage.says(EMPLOYEE, "not admin").await;
    assert!(card.text.contains("on “web-shop” for “1 hour”"), "{}", card.text);
    assert_eq!(requests(&stage).await, 1, "{}", card.text);
    let card = stage.says(EMPLOYEE, "read I guess").await;
    assert_eq!(born(&stage, &card).await, "read on web-shop for demo-employee 60 minutes ticket -");
}

#[tokio::test]
async fn trust_c3_a_question_does_not_swallow_what_is_none_of_it() {
    let stage = in_december(Stage::new().await).await;
    let code = asks(&stage, WRITE).await;
    let card = stage.says(EMPLOYEE, "make it 3 hours").await;
    assert!(card.title.starts_with("Shall I withdraw"), "{}", card.text);
    for text in ["thanks Ada!", "thanks, all done"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "You are welcome", "{text}: {}", card.text);
    }
    stage.says(APPROVER, &format!("approve {code}")).await;
    // What it asked is over.
    let card = stage.says(EMPLOYEE, "hmpf grmbl").await;
    assert!(!card.text.contains("Shall I withdraw") && card.refused, "{}", card.text);
    asks(&stage, READ).await;
    stage.says(APPROVER, "deny").await;
    let card = stage.says(APPROVER, "what for?").await;
    assert!(card.title.starts_with("Why do you deny") && labels(&card).is_empty(), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_a_list_of_what_is_over_is_forgotten_and_hides_nothing_that_waits() {
    let (stage, codes) = two_wait().await;
    stage.says(APPROVER, "approve").await;
    for code in &codes {
        stage.says(EMPLOYEE, &format!("withdraw {code}")).await;
    }
    let new = asks(&stage, "access write on infra for 1 day ticket OPS-18").await;
    let card = stage.says(APPROVER, "lgtm").await;
    assert_eq!(card.title, "Do you want to countersign this one?", "{}", card.text);
    assert!(card.text.contains(&new) && codes.iter().all(|code| !card.text.contains(code)), "{}", card.text);
    // Where only a part of it is over, it is asked anew with what has come since.
    let (stage, codes) = two_wait().await;
    stage.says(APPROVER, "approve").await;
    stage.says(EMPLOYEE, &format!("withdraw {}", codes[0])).await;
    let new = asks(&stage, "access write on infra for 1 day ticket OPS-18").await;
    let card = stage.says(APPROVER, "lgtm").await;
    assert!(!card.text.contains(&codes[0]), "{}", card.text);
    assert!(card.text.contains(&codes[1]) && card.text.contains(&new), "{}", card.text);
}
