//! What is said after something else: answers, corrections, remarks and second thoughts. Nothing is lost on the way, and
//! nothing is done that nobody said.
//!
//! It is Wednesday, 2026-12-02, ten in the morning in Berlin, where everybody of the demo lives.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, press, requests};
use jiff::SignedDuration;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const WRITE: &str = "access write on payments-api for 2 days ticket OPS-17";
const INFRA: &str = "access write on infra for 2 days ticket OPS-18";

async fn on_wednesday() -> Stage {
    in_december(Stage::new().await).await
}

async fn asks(stage: &Stage, text: &str) -> String {
    stage.says(EMPLOYEE, text).await.code.expect("a code").to_string()
}

#[tokio::test]
async fn trust_c3_a_second_thought_after_deny_denies_nothing() {
    let stage = on_wednesday().await;
    let code = asks(&stage, WRITE).await;
    for text in [
        "hmm let me think",
        "actually no, approve it",
        "never mind, approve",
        "scrap that",
        "take that back",
        "Oh, sorry. I clicked the wrong button.",
        "nicht ablehnen!",
        "aprove payments-api",
        "statsu",
        "because risky, no wait, approve it",
        "because too long, take that back",
    ] {
        stage.says(APPROVER, "deny").await;
        let card = stage.says(APPROVER, text).await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}: {}", card.text);
        stage.says(APPROVER, "cancel").await;
    }
    stage.says(APPROVER, "deny").await;
    stage.says(APPROVER, "too broad").await;
    let card = stage.says(APPROVER, "too late in the week").await;
    assert_eq!(card.title, format!("Deny {code} because “too late in the week”?"));
    press(&stage, APPROVER, &card, "Yes, deny it").await;
    assert_eq!(stage.status(&code).await, "denied");
    let story = stage.says("demo-admin", &format!("why {code}")).await;
    assert!(story.text.contains("“too late in the week”"), "{}", story.text);
    // What can be nothing but a reason is one at once.
    let code = asks(&stage, WRITE).await;
    stage.says(APPROVER, "deny").await;
    stage.says(APPROVER, "because the freeze begins").await;
    assert_eq!(stage.status(&code).await, "denied");
}

#[tokio::test]
async fn trust_c3_another_one_that_was_meant_is_asked_about_and_none_is_denied() {
    let stage = on_wednesday().await;
    let (first, second) = (asks(&stage, WRITE).await, asks(&stage, INFRA).await);
    for text in ["no I meant infra", "I meant infra", "sorry, I meant infra"] {
        stage.says(APPROVER, "deny payments-api").await;
        let card = stage.says(APPROVER, text).await;
        assert_eq!(card.title, "Do you want to deny this one?", "{text}");
        assert!(card.text.contains(&second), "{text}: {}", card.text);
    }
    assert_eq!(stage.status(&first).await, "waiting");
    assert_eq!(stage.status(&second).await, "waiting");
}

#[tokio::test]
async fn trust_c2_what_was_not_read_is_kept_whatever_else_is_answered() {
    for (text, answer, unread) in [
        ("read on web-shop until the release, but not infra", "2 days", "“but not infra”"),
        ("read on web-shop for 1 day, unless Ben objects", "make it 2 days", "“unless Ben objects”"),
        ("write on payments-api for 2 days, but only reading, not pushing", "OPS-17", "“but only reading"),
    ] {
        let stage = on_wednesday().await;
        stage.says(EMPLOYEE, text).await;
        let card = stage.says(EMPLOYEE, answer).await;
        assert_eq!(requests(&stage).await, 0, "{text}, {answer}: {}", card.text);
        assert!(card.title.contains(unread), "{text}, {answer}: {}", card.text);
        let card = stage.says(EMPLOYEE, "yes").await;
        let request = born(&stage, &card).await;
        assert!(request.contains("for demo-employee 2880 minutes"), "{request}");
    }
}

#[tokio::test]
async fn trust_c2_a_colleague_who_was_named_is_asked_about_until_that_is_said() {
    let stage = on_wednesday().await;
    let card = stage.says(EMPLOYEE, "read on web-shop for 2 hours Ben").await;
    assert_eq!(card.title, "You named “Ben”. For whom is it?", "{}", card.text);
    assert_eq!(labels(&card), ["For Ben Approver", "For me"]);
    let card = stage.says(EMPLOYEE, "3 hours").await;
    assert_eq!(card.title, "You named “Ben”. For whom is it?", "{}", card.text);
    let card = press(&stage, EMPLOYEE, &card, "For Ben Approver").await;
    assert_eq!(born(&stage, &card).await, "read on web-shop for demo-approver2 180 minutes ticket -");
    stage.says(EMPLOYEE, "read on web-shop for 2 hours Ben").await;
    let card = stage.says(EMPLOYEE, "for me").await;
    assert_eq!(born(&stage, &card).await, "read on web-shop for demo-employee 120 minutes ticket -");
}

#[tokio::test]
async fn trust_c3_a_change_is_offered_as_it_was_read_or_asked() {
    let stage = on_wednesday().await;
    let code = asks(&stage, WRITE).await;
    for (text, change) in [
        ("sorry, I meant infra", "the same on infra"),
        ("make it infra", "the same on infra"),
        ("make it the web shop", "the same on web-shop"),
        ("make it web-shop for 3 days", "the same on web-shop for 3 days"),
        ("no, 3 hours", "3 hours"),
        ("actually 3 hours", "3 hours"),
        ("make it read", "read"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, format!("Shall I withdraw {code} and ask for {change} instead?"), "{text}");
        stage.says(EMPLOYEE, "never mind").await;
    }
    for text in ["make it blue", "make it urgent", "make it 3 hours or so blue"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "I could not read that change", "{text}");
    }
    let card = stage.says(EMPLOYEE, "make it longer").await;
    assert_eq!(card.title, "For how long do you need it?");
    stage.says(EMPLOYEE, "never mind").await;
    assert_eq!(stage.status(&code).await, "waiting");
    stage.says(EMPLOYEE, "sorry, I meant infra").await;
    let card = stage.says(EMPLOYEE, "yes").await;
    assert_eq!(born(&stage, &card).await, "write on infra for demo-employee 2880 minutes ticket OPS-17");
    assert_eq!(stage.status(&code).await, "withdrawn");
}

#[tokio::test]
async fn trust_c2_a_correction_finds_its_own_place() {
    let stage = on_wednesday().await;
    stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
    let card = stage.says(EMPLOYEE, "sorry I meant infra").await;
    assert_eq!(card.title, "Which ticket does it belong to?", "{}", card.text);
    assert!(card.text.contains("“write” on “infra”"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "wait, it is for Ben").await;
    assert_eq!(card.title, "Whom do you mean by “Ben”?", "{}", card.text);
    let card = stage.says(EMPLOYEE, "OPS-17").await;
    assert_eq!(card.title, "Whom do you mean by “Ben”?", "{}", card.text);
    let card = stage.says(EMPLOYEE, "yes").await;
    assert_eq!(born(&stage, &card).await, "write on infra for demo-approver2 2880 minutes ticket OPS-17");
}

#[tokio::test]
async fn trust_c2_a_moment_answers_how_long() {
    for (answer, lasting) in [
        ("Friday", "until 2026-12-04T22:59:00Z"),
        ("tomorrow 6pm", "until 2026-12-03T17:00:00Z"),
        ("2026-12-04 18:00", "until 2026-12-04T17:00:00Z"),
        ("tomorrow", "until 2026-12-03T22:59:00Z"),
        ("5pm", "until 2026-12-02T16:00:00Z"),
        ("within 2 days", "2880 minutes"),
        ("until friday", "until 2026-12-04T22:59:00Z"),
        ("2 days", "2880 minutes"),
    ] {
        let stage = on_wednesday().await;
        stage.says(EMPLOYEE, "read on web-shop until the release").await;
        let card = stage.says(EMPLOYEE, answer).await;
        let request = born(&stage, &card).await;
        assert_eq!(request, format!("read on web-shop for demo-employee {lasting} ticket -"), "{answer}");
    }
}

#[tokio::test]
async fn trust_c2_a_remark_takes_no_questions_place() {
    let stage = on_wednesday().await;
    let code = asks(&stage, WRITE).await;
    stage.says(APPROVER, "lgtm").await;
    for text in ["too broad, ask for read", "looks good to me except the duration"] {
        stage.says(APPROVER, text).await;
        assert_eq!(requests(&stage).await, 1, "{text}");
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
    }
    stage.says(APPROVER, "yes").await;
    assert_eq!(stage.status(&code).await, "active", "the question was still there");
    let card = stage.says(APPROVER, "looks good to me except the duration").await;
    assert_eq!(card.title, "I decided nothing");
    stage.says(EMPLOYEE, "access owner on web-shop for 2 hours").await;
    for text in ["write? no, read", "whatever lets me clone"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("on “web-shop” for “2 hours”"), "{text}: {}", card.text);
    }
    let card = stage.says(EMPLOYEE, "read").await;
    assert_eq!(born(&stage, &card).await, "read on web-shop for demo-employee 120 minutes ticket -");
}

#[tokio::test]
async fn trust_c3_what_is_there_is_found_by_whatever_it_is_called() {
    let stage = on_wednesday().await;
    let (first, second) = (asks(&stage, WRITE).await, asks(&stage, INFRA).await);
    for (text, asked, meant) in [
        ("approve the first one", "Do you want to countersign this one?", &second),
        ("deny the second, too broad", "Do you want to deny this one?", &first),
        ("deny payments", "Do you want to deny this one?", &first),
        ("approve erins", "Which one do you want to countersign?", &first),
    ] {
        let card = stage.says(APPROVER, text).await;
        assert_eq!(card.title, asked, "{text}: {}", card.text);
        assert!(card.text.contains(meant.as_str()), "{text}: {}", card.text);
        stage.says(APPROVER, "never mind").await;
    }
    stage.says(APPROVER, "status").await;
    stage.says(APPROVER, "approve payments-api, thanks Erin!").await;
    assert_eq!([stage.status(&first).await, stage.status(&second).await], ["active", "waiting"]);
    let card = stage.says(EMPLOYEE, "withdraw it please, no longer needed").await;
    assert_eq!(card.title, "Do you want to withdraw this one?", "{}", card.text);
    stage.says(EMPLOYEE, "yes").await;
    assert_eq!(stage.status(&second).await, "withdrawn");
    let card = stage.says(EMPLOYEE, "extend it to friday").await;
    assert!(card.text.contains("extension"), "{}", card.text);
}

#[tokio::test]
async fn trust_a10_what_is_offered_fits_beside_what_was_held_before() {
    let stage = on_wednesday().await;
    stage.says(EMPLOYEE, "read on web-shop for 1 hour").await;
    stage.later(SignedDuration::from_mins(61)).await;
    for text in ["read on web-shop for 30 days", "read on web-shop for 7 days"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(
            (card.title.as_str(), labels(&card)),
            ("For how long do you need it?", vec!["6 days 22 hours"])
        );
    }
    stage.later(SignedDuration::from_mins(3)).await;
    let card = stage.says(EMPLOYEE, "yes").await;
    let code = card.code.as_ref().expect("a request").to_string();
    assert_eq!(stage.status(&code).await, "active", "{}", card.text);
}

#[tokio::test]
async fn trust_c3_what_is_said_of_ones_own_request_afterwards() {
    let stage = on_wednesday().await;
    let code = asks(&stage, WRITE).await;
    for text in ["scrap that", "undo", "I take that back"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "Do you want to withdraw this one?", "{text}: {}", card.text);
        stage.says(EMPLOYEE, "no").await;
    }
    let card = stage.says(EMPLOYEE, "is it done yet?").await;
    assert!(card.text.contains(&code), "{}", card.text);
    stage.says(APPROVER, &format!("approve {code}")).await;
    for text in ["extend it", "make it longer"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, format!("How much longer do you need {code}?"), "{text}");
    }
    let card = stage.says(EMPLOYEE, "3 hours").await;
    assert!(card.text.contains("extension"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "when does my access end?").await;
    assert!(card.text.contains("write on payments-api"), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_an_account_that_is_nobodys_is_named() {
    let stage = on_wednesday().await;
    let card = stage.says(EMPLOYEE, "unlink slack/T0ACME/UXYZ").await;
    assert_eq!(card.title, "Nothing was forgotten", "{}", card.text);
}
