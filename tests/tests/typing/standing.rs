//! How a request stands is asked in any words; the answer is the request, and nothing is done by it. Who needs longer, and who is given
//! what they ask for, says it in their own language.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, requests};

use crate::{APPROVER, EMPLOYEE, WRITE};

#[tokio::test]
async fn trust_c3_how_a_request_stands_is_answered_with_it_in_whatever_words_it_is_asked() {
    let stage = in_december(Stage::new().await).await;
    let own = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for text in [
        "any update on CODE?",
        "what about my request",
        "has anyone looked at my request yet?",
        "did my request go through?",
        "how is my request for payments-api going",
        "still waiting on CODE",
        "why is it taking so long?",
        "who is it waiting for?",
        "who's blocking my request",
        "wie steht es um meine Anfrage?",
        "was ist mit meiner anfrage",
        "ist meine anfrage schon genehmigt?",
        "wurde CODE schon genehmigt?",
        "wer muss das genehmigen?",
        "où en est ma demande",
        "ma demande en est où ?",
        "cómo va mi solicitud?",
        "novità sulla mia richiesta?",
    ] {
        let card = stage.says(EMPLOYEE, &text.replace("CODE", &own)).await;
        assert!(card.text.contains(&own) || card.title.contains(&own), "{text}: {}", card.text);
        assert!(labels(&card).iter().all(|label| !label.contains("Yes")), "{text}: {}", card.text);
        assert_eq!(stage.status(&own).await, "waiting", "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 1, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_who_needs_it_longer_says_so_in_any_language() {
    for (text, until) in [
        ("mi serve un'altra ora", "2026-12-02 14:00 UTC"),
        ("j'ai besoin d'une heure de plus", "2026-12-02 14:00 UTC"),
        ("otra hora por favor", "2026-12-02 14:00 UTC"),
        ("noch eine stunde bitte", "2026-12-02 14:00 UTC"),
        ("ich brauche web-shop noch bis morgen 12 Uhr", "2026-12-03 11:00 UTC"),
        ("j'ai encore besoin de web-shop jusqu'à demain midi", "2026-12-03 11:00 UTC"),
        ("I'd like to keep web-shop for another day", "2026-12-03 13:00 UTC"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let held =
            stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, text).await;
        let now = stage.says(EMPLOYEE, &format!("status {held}")).await.text;
        assert!(now.contains(until), "{text}: {}\n{now}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_what_is_to_be_set_free_for_somebody_is_asked_for() {
    for text in ["gib mir web-shop frei", "kannst du mir web-shop freischalten", "schalte mir web-shop frei"]
    {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        stage.says(EMPLOYEE, "lesen").await;
        assert_eq!(requests(&stage).await, 1, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_a_no_keeps_its_reason_wherever_the_name_stands() {
    for text in
        ["deny it, ticket is closed", "CODE ablehnen, weil ticket is closed", "no sorry, ticket is closed"]
    {
        let stage = in_december(Stage::new().await).await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        let card = stage.says(APPROVER, &text.replace("CODE", &code)).await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}: it is asked: {}", card.text);
        stage.says(APPROVER, &card.buttons.first().expect("a button").say).await;
        assert_eq!(stage.status(&code).await, "denied", "{text}: {}", card.text);
        let why = stage.says(EMPLOYEE, &format!("why {code}")).await;
        assert!(why.text.contains("ticket is closed"), "{text}: {}", why.text);
    }
}

#[tokio::test]
async fn trust_c3_short_questions_and_giving_up_are_understood_in_every_language() {
    let stage = in_december(Stage::new().await).await;
    let waits = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for text in ["warum?", "pourquoi ?", "who has to approve?"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains(&waits), "{text}: {}", card.text);
    }
    for text in ["ich brauche den Zugriff nicht mehr", "rends l'accès"] {
        let stage = in_december(Stage::new().await).await;
        let held =
            stage.says(EMPLOYEE, "read on web-shop for 1 hour").await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, "is my access still valid?").await;
        assert!(card.text.contains(&held), "{}", card.text);
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(stage.status(&held).await, "given_back", "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_so_much_longer_is_asked_about_and_then_that_much_longer() {
    for text in ["make it 2 hours longer", "can we make it 2 hours longer?", "make it 2 more hours"] {
        let stage = in_december(Stage::new().await).await;
        let held =
            stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
        let ends = async || stage.says(EMPLOYEE, &format!("status {held}")).await.text;
        let asked = stage.says(EMPLOYEE, text).await;
        assert!(asked.text.contains(&held), "{text}: {}", asked.text);
        let done = stage.says(EMPLOYEE, "yes").await;
        assert!(ends().await.contains("2026-12-02 15:00 UTC"), "{text}: {}\n{}", asked.text, done.text);
    }
    // Of what only waits it is asked how long that is in all.
    let stage = in_december(Stage::new().await).await;
    let own = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(EMPLOYEE, "make it 2 hours longer").await;
    assert_eq!(stage.status(&own).await, "waiting");
    assert_eq!(requests(&stage).await, 1);
}

#[tokio::test]
async fn trust_c3_who_can_approve_is_asked_of_what_waits_and_not_of_what_is_held() {
    let stage = in_december(Stage::new().await).await;
    stage.says(EMPLOYEE, "read on web-shop for 4 hours").await;
    let card = stage.says(EMPLOYEE, "who can approve").await;
    assert_eq!(card.title, "Nothing is open", "{}", card.text);
    let waits = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    let card = stage.says(EMPLOYEE, "who can approve").await;
    assert!(card.title.contains(&waits), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_who_can_approve_it_is_asked_of_what_is_being_put_together() {
    let stage = in_december(Stage::new().await).await;
    let old = stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
    stage.says(EMPLOYEE, "write on payments-api for 2 days").await;
    let card = stage.says(EMPLOYEE, "who can approve it?").await;
    assert!(card.title.contains("payments-api") && !card.text.contains(&old), "{}", card.text);
}
