//! A sentence that decides more than once: each clause with its own verb, one at a time, and never the opposite behind a bare yes.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels};
use countersign_tests::vendors::Vendor as _;

use crate::{APPROVER, EMPLOYEE, WRITE};

/// Two requests that wait: write on payments-api, and read on infra.
async fn two_wait() -> (Stage, String, String) {
    let stage = in_december(Stage::new().await).await;
    let pay = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    let infra = stage.says(EMPLOYEE, "access read on infra for 2 hours").await.code.expect("a code");
    (stage, pay, infra.to_string())
}

#[tokio::test]
async fn trust_c3_each_of_several_decisions_is_offered_with_its_own_verb() {
    for (said, yes_to_infra) in [
        ("infra yes, payments no", true),
        ("payments-api: yes. infra: no", false),
        ("yes to infra, no to payments-api", true),
        ("no to infra, yes to payments-api", false),
        ("deny infra, approve payments-api", false),
        ("infra: ja, payments-api: nein", true),
    ] {
        let (stage, pay, infra) = two_wait().await;
        let card = stage.says(APPROVER, said).await;
        assert_eq!(card.title, "I take one decision at a time. Which one first?", "{said}: {}", card.text);
        let (good, bad) = if yes_to_infra { (&infra, &pay) } else { (&pay, &infra) };
        let all = labels(&card);
        let is_there =
            |verb: &str, code: &str| all.iter().any(|label| label.starts_with(&format!("{verb} {code}")));
        assert!(is_there("Countersign", good) && is_there("Deny", bad), "{said}: {all:?}");
        let card = stage.says(APPROVER, "yes").await;
        for code in [&pay, &infra] {
            assert_eq!(
                stage.status(code).await,
                "waiting",
                "a bare yes is none to two: {said}: {}",
                card.text
            );
        }
    }
}

#[tokio::test]
async fn trust_c3_a_repository_behind_the_first_hundred_is_known_by_name_and_the_forge_is_asked_once() {
    let (stage, pay, _) = two_wait().await;
    for number in 0..120 {
        stage.add_repository(&format!("aaa-{number:03}"));
    }
    stage.add_repository("zulu-billing");
    let searched = || {
        let calls = stage.demo.bitbucket.calls();
        let is_search = |asked: &str| asked.contains("pagelen=100&") && asked.contains("values.slug");
        calls.iter().filter(|call| is_search(&call.request)).count()
    };
    let before = searched();
    let said = "yes to zulu-billing, no to payments-api";
    let card = stage.says(APPROVER, said).await;
    assert_eq!(card.title, "I take one decision at a time", "{}", card.text);
    assert_eq!(stage.status(&pay).await, "waiting");
    let once = searched();
    assert!(once > before, "else nothing was looked for");
    stage.says(APPROVER, said).await;
    assert_eq!(searched(), once, "what the forge said a moment ago is not asked again");
    // Where all that is named waits, nobody need ask what else there is.
    stage.later(jiff::SignedDuration::from_mins(2)).await;
    stage.says(APPROVER, "no to payments-api, yes to infra").await;
    assert_eq!(searched(), once);
}

#[tokio::test]
async fn trust_c3_the_reason_of_one_decision_is_its_own() {
    let (stage, pay, infra) = two_wait().await;
    let card = stage.says(APPROVER, "approve payments-api; deny infra because cert expired").await;
    let deny = card.buttons.iter().find(|button| button.label.starts_with("Deny")).expect("a denial");
    let asked = stage.says(APPROVER, &deny.say).await;
    assert_eq!(asked.title, "Do you want to deny this one because “cert expired”?", "{}", asked.text);
    stage.says(APPROVER, "yes").await;
    assert_eq!(
        (stage.status(&infra).await, stage.status(&pay).await),
        ("denied".to_owned(), "waiting".to_owned())
    );
    let story = stage.says(EMPLOYEE, &format!("why {infra}")).await;
    assert!(story.text.contains("“cert expired”") && !story.text.contains("payments-api"), "{}", story.text);
}

#[tokio::test]
async fn trust_c3_what_does_not_read_cleanly_is_nothing_that_a_yes_could_confirm() {
    for said in
        ["yes to archive, no to payments-api", "infra yes payments no", "infra ok. nein, weil kein Fenster"]
    {
        let (stage, pay, infra) = two_wait().await;
        let card = stage.says(APPROVER, said).await;
        assert_eq!(card.title, "I take one decision at a time", "{said}: {}", card.text);
        stage.says(APPROVER, "no infra").await;
        stage.says(APPROVER, said).await;
        let card = stage.says(APPROVER, "yes").await;
        for code in [&pay, &infra] {
            assert_eq!(stage.status(code).await, "waiting", "{said}: {}", card.text);
        }
    }
}
