//! Answers as people give them: with doubt around them, several at once, or none at all; what cannot be read repeats the question and
//! keeps what was understood.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, press, requests};

use crate::{EMPLOYEE, title};

#[tokio::test]
async fn trust_c2_an_answer_with_doubt_or_a_correction_around_it_is_that_answer() {
    let write =
        |repository: &str| format!("write on {repository} for demo-employee 2880 minutes ticket OPS-17");
    for (answers, request) in [
        (&["OPS-17 I think"][..], write("payments-api")),
        (&["hm, OPS-17"], write("payments-api")),
        (&["I think it's ops17"], write("payments-api")),
        (&["ops 17, I guess"], write("payments-api")),
        (&["probably OPS-17"], write("payments-api")),
        (&["ich glaube OPS-17"], write("payments-api")),
        (&["it should be OPS-17, sorry"], write("payments-api")),
        (&["for web-shop I mean", "OPS-17"], write("web-shop")),
        (&["sorry, web-shop I meant", "OPS-17"], write("web-shop")),
        (&["no wait, web-shop", "OPS-17"], write("web-shop")),
        (&["web-shop, OPS-17 I think"], write("web-shop")),
        (&["OPS-17 for the rollout"], write("payments-api")),
        (&["actually read"], "read on payments-api for demo-employee 2880 minutes ticket -".to_owned()),
    ] {
        let stage = in_december(Stage::new().await).await;
        let mut card = stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
        assert_eq!(title(&card), "Which ticket does it belong to?");
        for answer in answers {
            card = stage.says(EMPLOYEE, answer).await;
        }
        assert!(card.code.is_some(), "{answers:?}: {}", card.text);
        assert_eq!(born(&stage, &card).await, request, "{answers:?}");
        assert_eq!(requests(&stage).await, 1, "{answers:?}");
    }
}

#[tokio::test]
async fn trust_c2_an_answer_with_a_question_mark_is_asked_about_and_a_yes_takes_it() {
    for (asked, answer, offered, yes) in [
        ("write on payments-api for 2 days", "hm ops17?", "OPS-17", "yes"),
        ("write on payments-api for 2 days", "OPS-17 maybe?", "OPS-17", "yes please"),
        ("write on payments for 2 days OPS-17", "payments-api?", "payments-api", "yes"),
        ("write on payments-api OPS-17 for a couple of days", "2 days?", "2 days", "2 days"),
    ] {
        let stage = in_december(Stage::new().await).await;
        stage.says(EMPLOYEE, asked).await;
        let card = stage.says(EMPLOYEE, answer).await;
        assert_eq!(
            (title(&card), labels(&card)),
            (format!("Do you mean “{offered}”?").as_str(), vec![offered]),
            "{answer}"
        );
        assert_eq!(requests(&stage).await, 0, "{answer}");
        let card = stage.says(EMPLOYEE, yes).await;
        let request = "write on payments-api for demo-employee 2880 minutes ticket OPS-17";
        assert_eq!(born(&stage, &card).await, request, "{answer}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_who_has_no_answer_is_told_so_and_asked_again_with_all_that_is_known() {
    for (asked, question, all) in [
        (
            "write on payments-api for 2 days",
            "Which ticket does it belong to?",
            &[
                "I have none",
                "I don't have a ticket",
                "none",
                "no ticket",
                "I don't know",
                "hm, not sure",
                "kein Ticket",
            ][..],
        ),
        (
            "read on web-shop for a couple of hours",
            "For how long do you need it?",
            &["no idea", "I don't know yet", "whatever"],
        ),
        ("write OPS-17 for 2 days", "Which repository is it for?", &["dunno", "not sure", "keine Ahnung"]),
        ("read on web-shop for he for 2 hours", "For whom is it?", &["I'm not sure", "I don't know"]),
    ] {
        let stage = in_december(Stage::new().await).await;
        let first = stage.says(EMPLOYEE, asked).await;
        assert_eq!(title(&first), question, "{}", first.text);
        for answer in all {
            let card = stage.says(EMPLOYEE, answer).await;
            assert_eq!((title(&card), labels(&card)), (question, labels(&first)), "{answer}: {}", card.text);
            assert!(card.text.contains("So far I have:"), "{answer}: {}", card.text);
            assert!(card.text.contains("I can"), "{answer}: {}", card.text);
        }
        assert_eq!(requests(&stage).await, 0);
    }
}

#[tokio::test]
async fn trust_c2_what_is_no_answer_repeats_the_question_with_its_buttons() {
    let stage = in_december(Stage::new().await).await;
    let first = stage.says(EMPLOYEE, "access owner on web-shop for 2 hours").await;
    for text in ["blah blah blah blah blah", "what a nice day it is today, my friends"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!((title(&card), labels(&card)), (title(&first), labels(&first)), "{text}: {}", card.text);
        assert!(card.text.contains("could not take that") && card.text.contains("web-shop"), "{}", card.text);
    }
    let card = press(&stage, EMPLOYEE, &first, "read").await;
    assert!(card.text.contains("I do not ask that any more") || card.code.is_some(), "{}", card.text);
}

#[tokio::test]
async fn trust_c2_several_answers_in_one_sentence_are_all_taken_and_what_is_left_is_asked() {
    for (answer, asked) in [
        ("payments-api, OPS-17, 2 hours", None),
        ("payments-api, OPS-17, 2 hours, rollout", None),
        ("payments-api, 2 hours, OPS-17, the build is broken", None),
        (
            "payments-api, OPS-17, 2 hours, blue",
            Some("I am not sure about “blue”. Did I understand the rest right?"),
        ),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, "I need write access").await;
        assert_eq!(title(&card), "Which repository is it for?", "{}", card.text);
        let mut card = stage.says(EMPLOYEE, answer).await;
        if let Some(asked) = asked {
            assert_eq!(title(&card), asked, "{answer}");
            card = stage.says(EMPLOYEE, "yes").await;
        }
        let request = "write on payments-api for demo-employee 120 minutes ticket OPS-17";
        assert_eq!(born(&stage, &card).await, request, "{answer}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_some_of_several_repositories_are_asked_for_and_no_other() {
    const ASKED: &str = "write on payments-api, web-shop and infra for OPS-17 please";
    for (answer, repositories) in [
        ("the first two", &["payments-api", "web-shop"][..]),
        ("first 2", &["payments-api", "web-shop"]),
        ("the last two", &["web-shop", "infra"]),
        ("payments-api and web-shop", &["payments-api", "web-shop"]),
        ("just payments-api and infra please", &["payments-api", "infra"]),
        ("1 and 3", &["payments-api", "infra"]),
        ("the first and the last", &["payments-api", "infra"]),
        ("all but infra", &["payments-api", "web-shop"]),
        ("all except the first", &["web-shop", "infra"]),
        ("the first one", &["payments-api"]),
        ("web-shop", &["web-shop"]),
        ("all of them", &["payments-api", "web-shop", "infra"]),
    ] {
        let stage = in_december(Stage::new().await).await;
        stage.says(EMPLOYEE, ASKED).await;
        let card = stage.says(EMPLOYEE, answer).await;
        assert!(card.code.is_some(), "{answer}: {}", card.text);
        let page = stage.get("demo-admin", "/api/v1/access-requests?limit=100").await;
        let items = page["items"].as_array().expect("a list").iter();
        let mut asked: Vec<_> =
            items.map(|item| item["repository"].as_str().expect("a name").to_owned()).collect();
        let mut expected: Vec<_> = repositories.iter().map(ToString::to_string).collect();
        asked.sort();
        expected.sort();
        assert_eq!(asked, expected, "{answer}");
    }
}

#[tokio::test]
async fn trust_c2_the_second_of_two_people_is_offered_once_the_first_is_done_with() {
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "give me and Ben Approver read on web-shop for 1 hour").await;
    assert_eq!(labels(&card).len(), 2, "{}", card.text);
    let all = stage.post(EMPLOYEE, "/api/v1/chat", &serde_json::json!({ "text": "1" })).await;
    stage.settle().await;
    assert_eq!(all["cards"][1]["title"], "Shall I ask for this one as well?", "{all:#}");
    assert_eq!(requests(&stage).await, 1);
    stage.says(EMPLOYEE, "yes").await;
    assert_eq!(requests(&stage).await, 2, "both have it");
    // Also where the first one has to be asked about.
    let stage = in_december(Stage::new().await).await;
    let card = stage.says(EMPLOYEE, "write on payments-api for Ben Approver and me for 1 hour").await;
    assert_eq!(labels(&card).len(), 2, "{}", card.text);
    let card = stage.says(EMPLOYEE, "1").await;
    assert_eq!(title(&card), "Which ticket does it belong to?");
    let card = stage.says(EMPLOYEE, "and for me").await;
    assert_eq!(title(&card), "Which ticket does it belong to?", "and nothing is lost: {}", card.text);
    assert!(card.text.contains("After that I ask for"), "{}", card.text);
    assert_eq!(requests(&stage).await, 0);
    let all = stage.post(EMPLOYEE, "/api/v1/chat", &serde_json::json!({ "text": "OPS-17" })).await;
    stage.settle().await;
    assert_eq!(all["cards"][1]["title"], "Shall I ask for this one as well?", "{all:#}");
    stage.says(EMPLOYEE, "and for me").await;
    stage.says(EMPLOYEE, "OPS-18").await;
    let page = stage.get("demo-admin", "/api/v1/access-requests?limit=100").await;
    let items = page["items"].as_array().expect("a list").iter();
    let mut users: Vec<_> = items.map(|item| item["user"].as_str().unwrap_or_default().to_owned()).collect();
    users.sort();
    assert_eq!(users, ["demo-approver2", "demo-employee"]);
}

#[tokio::test]
async fn trust_c3_the_same_for_somebody_else_is_asked_and_done_once_that_is_right() {
    for (text, user) in [
        ("and for Ben Approver", "demo-approver2"),
        ("same for Ben Approver please", "demo-approver2"),
        ("Ben Approver too", "demo-approver2"),
        ("also for demo-approver2", "demo-approver2"),
    ] {
        let stage = in_december(Stage::new().await).await;
        stage.says(EMPLOYEE, "read on web-shop for 1 hour").await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(title(&card), "Shall I ask for this as well?", "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 1, "{text}");
        let card = stage.says(EMPLOYEE, "yes").await;
        let request = format!("read on web-shop for {user} 60 minutes ticket -");
        assert_eq!(born(&stage, &card).await, request, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c2_what_is_no_ticket_is_looked_up_as_none_and_of_two_it_is_asked_which() {
    for (answer, offered) in
        [("later", &[][..]), ("17", &["OPS-17"]), ("OPS-17 and OPS-18", &["OPS-17", "OPS-18"])]
    {
        let stage = in_december(Stage::new().await).await;
        stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
        let card = stage.says(EMPLOYEE, answer).await;
        assert!(!card.text.contains("I cannot tell whether"), "{answer}: {}", card.text);
        let own: Vec<&str> = labels(&card).into_iter().filter(|label| label.starts_with("OPS-")).collect();
        assert_eq!(own, offered, "{answer}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{answer}: {}", card.text);
        let card = stage.says(EMPLOYEE, "OPS-18").await;
        let request = "write on payments-api for demo-employee 2880 minutes ticket OPS-18";
        assert_eq!(born(&stage, &card).await, request, "{answer}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_a_question_is_called_off_in_any_words_and_what_tells_something_is_no_name() {
    let stage = in_december(Stage::new().await).await;
    for text in ["actually forget it", "non laisse tomber", "retire ma demande", "doch nicht"] {
        stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("I forgot it"), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{text}");
    }
    for text in ["I still need it!", "same again please"] {
        stage.says(EMPLOYEE, "write on payments for 2 days OPS-17").await;
        let card = stage.says(EMPLOYEE, text).await;
        assert!(!card.text.contains("There is no repository"), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
}

#[tokio::test]
async fn trust_c2_the_same_on_another_repository_is_asked_for_as_well_and_takes_no_drafts_place() {
    let stage = in_december(Stage::new().await).await;
    stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
    let card = stage.says(EMPLOYEE, "same for infra please, OPS-18").await;
    assert!(card.text.contains("payments-api") && card.text.contains("infra"), "{}", card.text);
    let first = stage.says(EMPLOYEE, "OPS-17").await;
    assert!(first.text.contains("payments-api"), "{}", first.text);
    assert_eq!(requests(&stage).await, 1);
    let second = stage.says(EMPLOYEE, "yes").await;
    assert!(second.text.contains("infra") && second.text.contains("OPS-18"), "{}", second.text);
    assert_eq!(requests(&stage).await, 2);
}

#[tokio::test]
async fn trust_c2_each_is_nobodys_name() {
    let stage = in_december(Stage::new().await).await;
    stage.says(EMPLOYEE, "access read on web-shop for everyone for 1 hour").await;
    for all in ["each", "both"] {
        let card = stage.says(EMPLOYEE, all).await;
        assert!(card.text.contains("For whom is it?"), "{all}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{all}");
    }
}

#[tokio::test]
async fn trust_c2_what_may_be_one_of_two_times_stays_offered_after_what_is_neither() {
    let stage = in_december(Stage::new().await).await;
    let asked = stage.says(EMPLOYEE, "read on web-shop for 2 to 3 days").await;
    assert_eq!(labels(&asked).len(), 2, "{}", asked.text);
    for text in ["hmm", "xyz"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(labels(&card), labels(&asked), "{text}: {}", card.text);
    }
    assert_eq!(requests(&stage).await, 0);
}
