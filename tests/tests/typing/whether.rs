//! Whether something should be done, and that it should not, is said in the words of the command that would do it: nothing is done by it, and
//! whatever is asked meanwhile takes it for no answer.

use countersign_tests::stage::Stage;
use countersign_tests::typed::in_december;

use crate::{APPROVER, EMPLOYEE, WRITE};

#[tokio::test]
async fn trust_c3_who_asks_whether_to_give_something_back_is_asked_also_while_a_question_waits() {
    for text in [
        "should I give back web-shop?",
        "what if I give back web-shop",
        "do I have to give back read on web-shop?",
        "soll ich web-shop zurückgeben?",
        "muss ich web-shop zurückgeben",
    ] {
        let stage = in_december(Stage::new().await).await;
        let held =
            stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
        stage.says(EMPLOYEE, "access to infra").await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "Do you want to give back this one?", "{text}: {}", card.text);
        assert_eq!(stage.status(&held).await, "active", "{text}");
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(&held).await, "given_back", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_what_is_forbidden_is_not_done_and_the_draft_waits_on() {
    let stage = in_december(Stage::new().await).await;
    let held = stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
    for draft in [false, true] {
        if draft {
            stage.says(EMPLOYEE, "access to infra for 1 hour").await;
        }
        for text in ["do not give back web-shop", "please don't give back web-shop!"] {
            let card = stage.says(EMPLOYEE, text).await;
            assert_eq!(card.title, "I did nothing", "{text}: {}", card.text);
            assert!(card.text.contains(&format!("give back {held}")), "{text}: {}", card.text);
            assert_eq!(stage.status(&held).await, "active", "{text}");
        }
    }
    let card = stage.says(EMPLOYEE, "read").await;
    assert!(card.code.is_some(), "the draft is as it was: {}", card.text);
}

#[tokio::test]
async fn trust_c3_an_approver_who_asks_whether_to_decide_is_shown_it_and_decides_nothing() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for (text, question) in [
        ("should I approve payments-api", "Do you want to countersign this one?"),
        ("what if I deny payments-api", "Do you want to deny this one?"),
        ("shall we approve it?", "Do you want to countersign this one?"),
    ] {
        let card = stage.says(APPROVER, text).await;
        assert_eq!(card.title, question, "{text}: {}", card.text);
        stage.says(APPROVER, "cancel").await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
    }
    let card = stage.says(APPROVER, "don't approve payments-api").await;
    assert_eq!(card.title, "I did nothing", "{}", card.text);
    assert_eq!(stage.status(&code).await, "waiting");
}
