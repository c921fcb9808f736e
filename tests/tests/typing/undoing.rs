//! Who thinks better of what they did: it is undone while it can be, and else it is said how to end it.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, press};

use crate::{APPROVER, APPROVER2, EMPLOYEE, WRITE};

/// Two have to countersign it.
const ADMINISTER: &str = "access admin on infra for 4 hours ticket OPS-18 because the disk is full";

fn code(card: &Card) -> String {
    card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string()
}

#[tokio::test]
async fn trust_c3_who_takes_back_that_takes_the_countersignature_back_while_it_can_be() {
    for text in
        ["take that back", "I take that back", "undo that", "oops, undo", "I changed my mind", "take back"]
    {
        let stage = in_december(Stage::new().await).await;
        let code = code(&stage.says(EMPLOYEE, ADMINISTER).await);
        let card = stage.says(APPROVER, &format!("approve {code}")).await;
        assert!(card.text.contains("1 of 2 countersigned"), "{}", card.text);
        let card = stage.says(APPROVER, text).await;
        assert!(card.text.contains("0 of 2 countersigned"), "{text}: {}", card.text);
        // Who asked has countersigned nothing: theirs is the request, and that is asked first.
        let card = stage.says(EMPLOYEE, "undo that").await;
        assert_eq!(card.title, "Do you want to withdraw this one?", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_whoever_withdraws_the_request_right_after_a_draft_means_the_draft() {
    for text in ["puoi ritirare la richiesta?", "withdraw my request", "can you withdraw the request?"] {
        let stage = in_december(Stage::new().await).await;
        let waiting = code(&stage.says(EMPLOYEE, WRITE).await);
        // It lacks its ticket.
        stage.says(EMPLOYEE, "write on infra for 2 hours").await;
        let card = stage.says(EMPLOYEE, text).await;
        assert!(!card.text.contains(&waiting), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(&waiting).await, "waiting", "{text}");
        // Named by its code, or where no draft is open, it is the request.
        let stage = in_december(Stage::new().await).await;
        let waiting = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains(&waiting), "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_a_slip_is_asked_about_and_a_question_decides_nothing() {
    for text in ["cancel", "sorry, wrong button", "that was by mistake", "take that back?"] {
        let stage = in_december(Stage::new().await).await;
        let code = code(&stage.says(EMPLOYEE, ADMINISTER).await);
        stage.says(APPROVER, &format!("approve {code}")).await;
        let card = stage.says(APPROVER, text).await;
        assert_eq!(card.title, "Do you want to take back this one?", "{text}: {}", card.text);
        let card = stage.says(APPROVER, "yes").await;
        assert!(card.text.contains("0 of 2 countersigned"), "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_what_is_set_already_is_said_so_with_how_to_end_it() {
    for text in ["take that back", "undo", "take back CODE", "take back payments-api", "take back"] {
        let stage = in_december(Stage::new().await).await;
        let code = code(&stage.says(EMPLOYEE, WRITE).await);
        stage.says(APPROVER, &format!("approve {code}")).await;
        assert_eq!(stage.status(&code).await, "active");
        let card = stage.says(APPROVER, &text.replace("CODE", &code)).await;
        assert!(card.text.contains("cannot be taken back any more"), "{text}: {}", card.text);
        assert!(card.text.contains("say “revoke” and the code"), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "active", "{text}");
        stage.says(APPROVER, &format!("revoke {code}")).await;
        assert_eq!(stage.status(&code).await, "revoked", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_of_several_that_can_be_undone_it_is_asked_which_and_what_is_denied_stays_so() {
    let stage = in_december(Stage::new().await).await;
    let first = code(&stage.says(EMPLOYEE, ADMINISTER).await);
    let own = code(&stage.says(APPROVER, WRITE).await);
    stage.says(APPROVER, &format!("approve {first}")).await;
    let card = stage.says(APPROVER, "take that back").await;
    assert_eq!(
        (card.title.as_str(), labels(&card).len()),
        ("Which of these do you mean?", 2),
        "{}",
        card.text
    );
    let label = labels(&card).into_iter().find(|label| label.contains(&own)).expect("their own").to_owned();
    press(&stage, APPROVER, &card, &label).await;
    assert_eq!(stage.status(&own).await, "withdrawn");

    stage.says(APPROVER2, &format!("deny {first} because of the freeze")).await;
    let card = stage.says(APPROVER2, "take that back").await;
    assert!(card.text.contains(&format!("You denied {first}")), "{}", card.text);
    assert_eq!(stage.status(&first).await, "denied");
    let card = stage.says("demo-auditor", "take that back").await;
    assert_eq!(card.title, "There is nothing to take back");
}

#[tokio::test]
async fn trust_c3_a_decision_whose_reason_turns_into_something_else_is_asked_first() {
    for (tail, by) in [
        ("deny CODE because too long, no wait, it is fine", APPROVER),
        ("deny CODE because too long. Sorry, I meant approve", APPROVER),
        ("deny CODE because too long, take that back", APPROVER),
        ("deny CODE because too long, take it back", APPROVER),
        ("deny web-shop because risky, approve infra", APPROVER),
        ("withdraw CODE because it is late (just kidding)", EMPLOYEE),
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = code(&stage.says(EMPLOYEE, ADMINISTER).await);
        let text = tail.replace("CODE", &code).replace("web-shop", "infra");
        let card = stage.says(by, &text).await;
        // A withdrawal has no place for a reason.
        let asks = if by == EMPLOYEE { "has no place in that" } else { "Is all of it the reason" };
        assert!(card.title.contains(asks), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
        // What is said to be right is done, with all of it for the reason.
        let label = labels(&card).first().map(|label| (*label).to_owned()).expect("an offer");
        press(&stage, by, &card, &label).await;
        assert!(["denied", "withdrawn"].contains(&stage.status(&code).await.as_str()), "{text}");
    }
    let stage = in_december(Stage::new().await).await;
    let code = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {code}")).await;
    let card =
        stage.says(APPROVER, &format!("revoke {code} because of the freeze. Not now, on Friday")).await;
    assert!(card.title.contains("Is all of it the reason"), "{}", card.text);
    assert_eq!(stage.status(&code).await, "active");
    stage.says(APPROVER, &format!("revoke {code} because of the freeze. Nobody needs it")).await;
    assert_eq!(stage.status(&code).await, "revoked");
}

#[tokio::test]
async fn a_list_of_which_not_all_is_shown_says_how_many_more_there_are() {
    let stage = in_december(Stage::new().await).await;
    let all = ["write on payments-api", "write on infra", "write on web-shop", "admin on payments-api"];
    let all = all.into_iter().chain(["admin on infra", "admin on web-shop", "read on infra"]);
    for what in all {
        let card =
            stage.says(EMPLOYEE, &format!("access {what} for 4 hours ticket OPS-18 because disk")).await;
        assert_eq!(stage.status(&code(&card)).await, "waiting", "{what}: {}", card.text);
    }
    for text in ["cancel", "withdraw it", "make it 3 hours"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(labels(&card).len(), 5, "{text}: {}", card.text);
        assert!(card.text.contains("There are 2 more."), "{text}: {}", card.text);
        // The rest of it is one answer away.
        let shown: Vec<String> = labels(&card).into_iter().map(str::to_owned).collect();
        let rest = stage.says(EMPLOYEE, "show me the rest").await;
        assert_eq!(labels(&rest).len(), 2, "{text}: {}", rest.text);
        assert!(
            labels(&rest).iter().all(|label| !shown.iter().any(|own| own == label)),
            "{text}: {}",
            rest.text
        );
        let last = stage.says(EMPLOYEE, "more").await;
        assert!(last.text.contains("These are the last of them."), "{text}: {}", last.text);
        stage.says(EMPLOYEE, "forget it").await;
    }
}

#[tokio::test]
async fn trust_c3_who_thinks_better_of_taking_back_is_told_of_no_other_request() {
    for text in ["no wait", "I changed my mind"] {
        let stage = in_december(Stage::new().await).await;
        let done = code(&stage.says(EMPLOYEE, WRITE).await);
        stage.says(APPROVER, &format!("approve {done}")).await;
        let taken = code(&stage.says(EMPLOYEE, ADMINISTER).await);
        stage.says(APPROVER, &format!("approve {taken}")).await;
        stage.says(APPROVER, &format!("take back {taken}")).await;
        let card = stage.says(APPROVER, text).await;
        assert!(!card.text.contains(&done), "{text}: {}", card.text);
        assert!(!card.text.contains("cannot be taken back any more"), "{text}: {}", card.text);
    }
}
