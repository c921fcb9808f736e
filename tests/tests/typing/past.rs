//! What was, what nobody is to have, and what is not needed any more: nothing is asked for or given up by it unasked.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, press, requests};
use jiff::SignedDuration;

use crate::{APPROVER, EMPLOYEE, WRITE, title};

#[tokio::test]
async fn trust_c3_who_asks_what_they_had_is_told_and_asks_for_nothing() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, "read on web-shop for 1 hour").await.code.expect("a code").to_string();
    stage.says(EMPLOYEE, &format!("give back {code}")).await;
    let waits = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for text in [
        "did I have read on web-shop last week?",
        "did I ever have access to web-shop",
        "have I had read on web-shop before?",
        "hatte ich Leserechte auf web-shop?",
        "avais-je la lecture sur web-shop ?",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "What you had there", "{text}: {}", card.text);
        assert!(card.text.contains(&format!("{code}: read on web-shop")), "{text}: {}", card.text);
        assert!(card.text.contains("given back"), "{text}: {}", card.text);
    }
    for text in [
        "did I have write on infra last week?",
        "did I get write on infra?",
        "had I write on infra in November?",
        // What only waits was never had.
        "did I have write on payments-api?",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "You had none that I gave", "{text}: {}", card.text);
    }
    assert_eq!(requests(&stage).await, 2);
    assert_eq!(stage.status(&waits).await, "waiting");
    let card = stage.says(EMPLOYEE, "cancel").await;
    assert_eq!(title(&card), "Do you want to withdraw this one?", "no draft was begun: {}", card.text);
}

#[tokio::test]
async fn trust_c2_what_nobody_is_to_have_begins_no_draft() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "nobody should get write on infra",
        "no one may have write on infra",
        "nobody needs admin on payments-api",
        "none of us needs write on infra for OPS-18",
        "niemand braucht Schreibrechte auf infra",
        "personne n'a besoin d'écriture sur infra",
        "nadie necesita escritura en infra",
        "nessuno ha bisogno di scrittura su infra",
        "ninguém precisa de escrita em infra",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "I asked for nothing", "{text}: {}", card.text);
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(requests(&stage).await, 0, "{text}");
    }
    // A no, and one of something, are no nobody.
    let card = stage.says(EMPLOYEE, "no, one hour of read on web-shop please").await;
    assert_ne!(title(&card), "I asked for nothing", "{}", card.text);
}

#[tokio::test]
async fn trust_c3_what_is_not_needed_is_asked_where_it_is_held_as_well_as_asked_for() {
    for (text, chosen, status) in [
        ("I no longer need write on payments-api", "Withdraw", ["active", "withdrawn"]),
        ("I don't need payments-api any more", "Give back", ["given_back", "waiting"]),
        ("ich brauche payments-api nicht mehr", "Withdraw", ["active", "withdrawn"]),
    ] {
        let stage = in_december(Stage::new().await).await;
        let held = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        stage.says(APPROVER, &format!("approve {held}")).await;
        assert_eq!(stage.status(&held).await, "active");
        // It lasts longer, and so it is no request for what is held.
        let longer = "access write on payments-api for 6 days ticket OPS-18 because the rollout slipped";
        let waits = stage.says(EMPLOYEE, longer).await.code.expect("a code").to_string();
        assert_ne!(held, waits);
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "Which of these do you not need any more?", "{text}: {}", card.text);
        assert_eq!([stage.status(&held).await, stage.status(&waits).await], ["active", "waiting"], "{text}");
        let label =
            labels(&card).into_iter().find(|label| label.starts_with(chosen)).expect("both").to_owned();
        press(&stage, EMPLOYEE, &card, &label).await;
        assert_eq!([stage.status(&held).await, stage.status(&waits).await], status, "{text}");
    }
    // What is said to be given back is that, whatever waits.
    let stage = in_december(Stage::new().await).await;
    let held = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {held}")).await;
    stage.says(EMPLOYEE, "give back payments-api").await;
    assert_eq!(stage.status(&held).await, "given_back");
}

#[tokio::test]
async fn trust_c3_a_number_that_a_list_does_not_have_is_told_how_long_it_is() {
    let stage = in_december(Stage::new().await).await;
    let first = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    let ask = "access write on infra for 1 hour ticket OPS-18";
    let second = stage.says(EMPLOYEE, ask).await.code.expect("a code").to_string();
    for said in ["approve", "deny because too long"] {
        let list = stage.says(APPROVER, said).await;
        assert_eq!(labels(&list).len(), 2, "{said}: {}", list.text);
        for number in ["7", "3", "0"] {
            let card = stage.says(APPROVER, number).await;
            assert!(card.text.contains("There are only 2 to choose from"), "{said}, {number}: {}", card.text);
            assert_eq!(labels(&card), labels(&list), "{said}, {number}: it waits on");
        }
        stage.says(APPROVER, "cancel").await;
    }
    assert_eq!([stage.status(&first).await, stage.status(&second).await], ["waiting", "waiting"]);
}

#[tokio::test]
async fn trust_c2_what_begins_as_a_command_is_no_permission() {
    let stage = in_december(Stage::new().await).await;
    for text in
        ["retire document ABC", "rules back to yesterday", "history of ticket ABC", "compare access now"]
    {
        let card = stage.says(EMPLOYEE, "access to web-shop").await;
        assert_eq!(title(&card), "Which permission do you need?", "{}", card.text);
        let card = stage.says(EMPLOYEE, text).await;
        assert!(!card.text.contains("is not a permission"), "{text}: {}", card.text);
        // The draft is as it was.
        let card = stage.says(EMPLOYEE, "read").await;
        assert!(card.code.is_some(), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "give back web-shop").await;
    }
}

#[tokio::test]
async fn trust_c3_take_that_back_said_twice_takes_back_one_countersignature() {
    let stage = in_december(Stage::new().await).await;
    let mut codes = Vec::new();
    for ask in [
        "access admin on infra for 4 hours ticket OPS-18 because the disk is full",
        "access admin on payments-api for 4 hours ticket OPS-17 because of the rollout",
    ] {
        codes.push(stage.says(EMPLOYEE, ask).await.code.expect("a code").to_string());
    }
    for code in &codes {
        stage.says(APPROVER, &format!("approve {code}")).await;
    }
    stage.says(APPROVER, &format!("take back {}", codes[1])).await;
    let card = stage.says(APPROVER, "take that back").await;
    assert_eq!(title(&card), "Do you want to take back this one?", "{}", card.text);
    let counted = stage.says("demo-admin", &format!("status {}", codes[0])).await;
    assert!(counted.text.contains("1 of 2 countersigned"), "{}", counted.text);
}

#[tokio::test]
async fn trust_c3_why_tells_of_more_time_that_nobody_answered_before_it_was_over() {
    let stage = in_december(Stage::new().await).await;
    let ask = "access write on payments-api for 4 hours ticket OPS-17";
    let code = stage.says(EMPLOYEE, ask).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    stage.says(EMPLOYEE, &format!("extend {code} by 2 hours because the rollout slipped")).await;
    let waits = stage.says(APPROVER, &format!("status {code}")).await;
    assert!(waits.text.contains("an extension waits"), "{}", waits.text);
    stage.later(SignedDuration::from_hours(5)).await;
    assert_eq!(stage.status(&code).await, "expired");
    let story = stage.says(EMPLOYEE, &format!("why {code}")).await.text;
    assert!(story.contains("Nobody countersigned the extension in time."), "{story}");
    // It can be decided on no more.
    let card = stage.says(APPROVER, "approve the extension").await;
    assert_eq!(title(&card), "No extension waits for you", "{}", card.text);
}
