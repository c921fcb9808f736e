//! What is said behind a reason, in the place of a request, or beside an open question: nothing that was not said is done, and what
//! is said plainly is taken.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, request, requests};

use crate::{APPROVER, APPROVER2, EMPLOYEE, WRITE, title};

fn code(card: &Card) -> String {
    card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string()
}

#[tokio::test]
async fn trust_c2_another_act_behind_the_reason_of_a_decision_is_asked_first() {
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(EMPLOYEE, "access admin on infra for 4 hours ticket OPS-18").await;
    for tail in [
        "because risky, approve infra",
        "because risky and approve infra",
        "because risky\napprove infra",
        "because risky, infra is fine",
        "because risky, lgtm infra",
        "because risky, deny infra too",
        "because risky, infra suits me more",
        "because it should be denied?",
        "because I am not sure",
        "because risky never mind",
        "because risky no wait",
        "because risky tomorrow",
        "because risky infra",
        "because risky says Ben",
        "because risky, Ben decides",
        "because risky, what do you think",
        "because not",
        "because why not",
        "because no reason",
        "because I want to approve it",
        "because it should be approved",
        "because Ben should decide",
        "because I would rather approve infra",
        "weil riskant doch nicht",
    ] {
        let card = stage.says(APPROVER, &format!("deny payments-api {tail}")).await;
        // What reads as a second decision is offered as one.
        let asked = ["I take one decision at a time", "Is all of it the reason"];
        assert!(asked.iter().any(|asked| title(&card).contains(asked)), "{tail}: {}", card.text);
        assert_eq!(stage.status(&erins).await, "waiting", "{tail}");
        stage.says(APPROVER, "cancel").await;
    }
    // The usual kindness is no act.
    stage.says(APPROVER, &format!("deny {erins} because too long, please ask for one hour")).await;
    assert_eq!(stage.status(&erins).await, "denied");
}

#[tokio::test]
async fn trust_c2_another_act_behind_the_reason_of_an_ending_is_asked_first() {
    let stage = in_december(Stage::new().await).await;
    let erins = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {erins}")).await;
    for tail in [
        "because freeze and give read",
        "because of the freeze, and infra too",
        "because of the freeze, on Friday",
        "because freeze never mind",
        "because freeze on Friday",
        "because freeze Ben",
    ] {
        let card = stage.says(APPROVER, &format!("revoke {erins} {tail}")).await;
        assert!(title(&card).contains("Is all of it the reason"), "{tail}: {}", card.text);
        assert_eq!(stage.status(&erins).await, "active", "{tail}");
        stage.says(APPROVER, "cancel").await;
    }
    let card = stage.says(EMPLOYEE, &format!("extend {erins} by 1 hour because of a bug never mind")).await;
    assert!(title(&card).contains("I am not sure about “never mind”"), "{}", card.text);
    stage.says(EMPLOYEE, "cancel").await;
    stage.says(APPROVER, &format!("revoke {erins} because of the freeze, the release is on Friday")).await;
    assert_eq!(stage.status(&erins).await, "revoked");
}

#[tokio::test]
async fn trust_c2_a_name_behind_a_reason_is_looked_up_and_asked_about() {
    let stage = in_december(Stage::new().await).await;
    for tail in [
        "of a bug for Ben",
        "of a bug, infra",
        "of a bug, I prefer infra",
        "of a bug, Ben too",
        "of a bug infra",
        "of a bug or infra",
        "of a bug with Ben",
        "of a bug Ben needs it",
    ] {
        let card = stage.says(EMPLOYEE, &format!("read on web-shop for 1 hour because {tail}")).await;
        assert!(title(&card).ends_with('?'), "{tail}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{tail}");
        stage.says(EMPLOYEE, "cancel").await;
    }
    for reason in ["I wait for Ben", "Ben asked me to", "the release is tomorrow"] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, &format!("read on web-shop for 1 hour because {reason}")).await;
        assert_eq!(request(&stage, &card).await["reason"], reason, "{}", card.text);
    }
    let card = stage.says(EMPLOYEE, "read on web-shop for 1 hour because of cost, speed and safety").await;
    assert_eq!(request(&stage, &card).await["reason"], "cost, speed and safety", "{}", card.text);
}

#[tokio::test]
async fn trust_c2_what_only_reads_like_a_request_is_asked_as_one_question() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "read on web-shop for 1 hour too short",
        "read on web-shop for 1 hour still there",
        "read on web-shop for 1 hour again?",
        "my read on web-shop for 1 hour",
        "reading web-shop now",
        "read my message on web-shop please",
        "can you look at web-shop?",
        "would you view infra",
        "please clone web-shop for me",
        "\"read on web-shop for 1 hour\"",
        "“read on web-shop for 1 hour”",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(title(&card).ends_with('?'), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    for text in ["can you give me read on web-shop for 1 hour?", "can I clone infra for 1 hour"] {
        let before = requests(&stage).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, before + 1, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c1_a_word_or_two_of_work_at_the_end_are_the_reason() {
    for (text, reason) in [
        ("read on web-shop for 1 hour code review", "code review"),
        ("Lesen auf web-shop für 1 Stunde Fehlersuche", "Fehlersuche"),
        ("read on web-shop for 1 hour hotfix", "hotfix"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(request(&stage, &card).await["reason"], reason, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_a_question_that_takes_a_yes_takes_every_plain_one() {
    for yes in [
        "yes",
        "ok",
        "yes please",
        "ja",
        "oui",
        "sí",
        "👍",
        "right",
        "yes yes",
        "klar",
        "alright",
        "no problem",
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, "read on web-shop for 1 hour, the moon is bright").await;
        assert_eq!(labels(&card), ["Yes, like that", "Yes, and that is why"]);
        let card = stage.says(EMPLOYEE, yes).await;
        assert!(card.code.is_some(), "{yes}: {}", card.text);
    }
    for (said, status) in [
        ("yes yes", "active"),
        ("yes sir", "active"),
        ("no problem", "active"),
        ("kein Problem", "active"),
        ("okay then", "active"),
        ("please do", "active"),
        ("stimmt", "active"),
        ("got it", "active"),
        ("not ok", "waiting"),
        ("nicht ok", "waiting"),
        ("pas d'accord", "waiting"),
        ("mejor no", "waiting"),
        ("natürlich nicht", "waiting"),
        ("of course not", "waiting"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let erins = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(APPROVER, "lgtm").await;
        assert_eq!(title(&card), "Do you want to countersign this one?", "{}", card.text);
        let card = stage.says(APPROVER, said).await;
        assert_eq!(stage.status(&erins).await, status, "{said}: {}", card.text);
        // A clear no is one: nothing is asked any more.
        let was_no_answer = card.text.contains("could not take that");
        assert!(!was_no_answer, "{said}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_who_regrets_what_they_did_is_told_what_can_still_be_done() {
    for regret in
        ["no wait", "wait, wrong one", "oops", "I change my mind", "that was wrong", "actually no wait"]
    {
        let stage = in_december(Stage::new().await).await;
        let erins = code(&stage.says(EMPLOYEE, WRITE).await);
        stage.says(APPROVER, &format!("approve {erins}")).await;
        let card = stage.says(APPROVER, regret).await;
        assert!(card.text.contains("say “revoke” and the code"), "{regret}: {}", card.text);
        assert_eq!(stage.status(&erins).await, "active", "{regret}");

        let second = code(&stage.says(EMPLOYEE, "access admin on infra for 4 hours ticket OPS-18").await);
        stage.says(APPROVER2, &format!("approve {second}")).await;
        let card = stage.says(APPROVER2, regret).await;
        assert_eq!(title(&card), "Do you want to take back this one?", "{regret}: {}", card.text);
        stage.says(APPROVER2, "no").await;

        stage.says(APPROVER2, &format!("deny {second} because of the freeze")).await;
        stage.says(EMPLOYEE, "access read on infra for 1 hour").await;
        let third = code(
            &stage
                .says(EMPLOYEE, "access write on payments-api for Ada Approver for 1 day ticket OPS-17")
                .await,
        );
        stage.says(EMPLOYEE, &format!("withdraw {third}")).await;
        let card = stage.says(EMPLOYEE, regret).await;
        assert!(
            card.text.contains(&format!("You withdrew {third}")) || title(&card).contains("withdraw"),
            "{regret}: {}",
            card.text
        );
    }
}

#[tokio::test]
async fn trust_c2_another_sentence_beside_an_open_question_is_no_answer_to_it() {
    for other in ["show access of Rita please", "remove read on web-shop for Ben", "what does Ada have?"] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
        assert_eq!(title(&card), "Which ticket does it belong to?");
        let card = stage.says(EMPLOYEE, other).await;
        assert!(!card.text.contains("could not take that for an answer"), "{other}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{other}");
    }
}

#[tokio::test]
async fn trust_c2_of_two_requests_none_is_lost_and_no_length_is_guessed() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "read on web-shop for 1 hour and then write for 1 hour OPS-17").await;
    assert!(labels(&card).iter().any(|label| label.starts_with("write on web-shop")), "{}", card.text);
    assert!(labels(&card).iter().any(|label| label.starts_with("read on web-shop")), "{}", card.text);
    stage.says(EMPLOYEE, "cancel").await;
    for text in [
        "read on web-shop for less than 1 hour",
        "read on web-shop for at least 1 hour",
        "read on web-shop for 1 or 2 hours",
        "read on web-shop for 3 hours once Ben is back",
        "read on web-shop for 1 hour, same for infra",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(title(&card).ends_with('?'), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    stage.says(EMPLOYEE, "yesterday I asked for read on web-shop for 3 hours").await;
    assert_eq!(requests(&stage).await, 0);
}
