//! Giving back, withdrawing, shortening and lengthening in one's own words, and questions about what one asked for.

use countersign_domain::card::Card;
use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels};

use crate::{APPROVER, EMPLOYEE, WRITE};

fn code(card: &Card) -> String {
    card.code.as_ref().unwrap_or_else(|| panic!("no request: {}", card.text)).to_string()
}

#[tokio::test]
async fn trust_c3_what_is_held_is_given_back_in_many_words() {
    for text in [
        "ich brauche web-shop nicht mehr",
        "ich brauche Leserechte auf web-shop nicht mehr",
        "I no longer need read on web-shop",
        "web-shop is not needed any more",
        "gib web-shop zurück",
        "ich bin fertig mit web-shop",
        "web-shop ya no hace falta",
        "I'm done with web-shop",
        "remove my read on web-shop",
        "please remove my read access to web-shop",
    ] {
        let stage = in_december(Stage::new().await).await;
        let held = code(&stage.says(EMPLOYEE, "read on web-shop for 1 hour").await);
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(stage.status(&held).await, "given_back", "{text}: {}", card.text);
    }
    for text in [
        "I'm done",
        "ich bin fertig",
        "not needed any more",
        "forget it, I found another way",
        "revoke my access",
        "I do not need web-shop right now",
        "I don't need web-shop right now",
    ] {
        let stage = in_december(Stage::new().await).await;
        let held = code(&stage.says(EMPLOYEE, "read on web-shop for 1 hour").await);
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "Do you want to give back this one?", "{text}: {}", card.text);
        assert_eq!(stage.status(&held).await, "active", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_another_permission_than_the_one_that_is_named_is_not_given_back() {
    for text in [
        "remove my admin on web-shop",
        "drop my write access to web-shop",
        "revoke my admin on web-shop",
        "ich brauche Schreibrechte auf web-shop nicht mehr",
    ] {
        let stage = in_december(Stage::new().await).await;
        let held = code(&stage.says(EMPLOYEE, "read on web-shop for 1 hour").await);
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(stage.status(&held).await, "active", "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c3_what_waits_and_is_not_needed_any_more_is_offered_to_be_withdrawn() {
    for text in [
        "I no longer need payments-api",
        "ya no necesito payments-api",
        "ich brauche payments-api nicht mehr",
        "give back payments-api",
        "nicht mehr nötig",
        "hat sich erledigt",
        "ya no hace falta",
        "forget it, I found another way",
    ] {
        let stage = in_december(Stage::new().await).await;
        let waits = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "Do you want to withdraw this one?", "{text}: {}", card.text);
        assert_eq!(stage.status(&waits).await, "waiting", "{text}");
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(&waits).await, "withdrawn", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_parts_of_a_request_that_are_said_alone_are_a_change_that_is_asked() {
    for (text, instead) in [
        ("only 4 hours please", "4 hours"),
        ("it is for Ben Approver", "the same for Ben Approver"),
        ("ticket is OPS-18", "the same with ticket OPS-18"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let waits = code(&stage.says(EMPLOYEE, WRITE).await);
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, format!("Shall I withdraw {waits} and ask for {instead} instead?"), "{text}");
        assert_eq!(stage.status(&waits).await, "waiting", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_more_time_is_asked_for_in_other_languages_and_in_few_words() {
    for (text, until) in [
        ("one more hour", "2026-12-02 14:00 UTC"),
        ("noch eine Stunde bitte", "2026-12-02 14:00 UTC"),
        ("verlängere um 1 Stunde", "2026-12-02 14:00 UTC"),
        ("prolonge d'une heure", "2026-12-02 14:00 UTC"),
        ("una hora más", "2026-12-02 14:00 UTC"),
        ("I need one more hour on web-shop", "2026-12-02 14:00 UTC"),
        ("one more day please", "2026-12-03 13:00 UTC"),
        ("keep it until friday noon", "2026-12-04 11:00 UTC"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let held = code(&stage.says(EMPLOYEE, "read on web-shop for 4 hours").await);
        let card = stage.says(EMPLOYEE, text).await;
        let now = stage.says(EMPLOYEE, &format!("status {held}")).await.text;
        assert!(now.contains(until), "{text}: {}\n{now}", card.text);
    }
    let stage = in_december(Stage::new().await).await;
    let held = code(&stage.says(EMPLOYEE, "read on web-shop for 4 hours").await);
    let card = stage.says(EMPLOYEE, "I need web-shop longer").await;
    assert_eq!(card.title, format!("How much longer do you need {held}?"), "{}", card.text);
    stage.says(EMPLOYEE, "cancel").await;
    // In answer to a question it is the answer.
    let card = stage.says(EMPLOYEE, "read on infra for a couple of hours because of the outage").await;
    assert_eq!(card.title, "For how long do you need it?", "{}", card.text);
    stage.says(EMPLOYEE, "one more hour").await;
    let now = stage.says(EMPLOYEE, &format!("status {held}")).await.text;
    assert!(now.contains("2026-12-02 13:00 UTC"), "{now}");
}

#[tokio::test]
async fn trust_c3_questions_about_ones_own_request_are_answered_with_it() {
    let stage = in_december(Stage::new().await).await;
    let own = code(&stage.says(EMPLOYEE, WRITE).await);
    for text in ["is my request approved?", "what happened to my request?", "was my request granted?"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(
            card.text.contains(&own) && labels(&card).iter().all(|label| !label.contains("Yes")),
            "{text}: {}",
            card.text
        );
        assert_eq!(stage.status(&own).await, "waiting", "{text}");
    }
    stage.says(APPROVER, &format!("deny {own} because it is the wrong ticket")).await;
    for text in ["why was my request denied?", "what happened to my request?"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("wrong ticket"), "{text}: {}", card.text);
    }
    let held = code(&stage.says(EMPLOYEE, "read on web-shop for 4 hours").await);
    for text in ["when does it end?", "wann endet es?", "cuándo termina?"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("2026-12-02 13:00 UTC"), "{text}: {}", card.text);
        assert_eq!(stage.status(&held).await, "active", "{text}");
    }
}

#[tokio::test]
async fn what_happened_to_what_is_named_is_the_story_of_that_and_of_nothing_else() {
    let stage = in_december(Stage::new().await).await;
    let held = code(&stage.says(EMPLOYEE, "read on web-shop for 4 hours").await);
    let denied = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("deny {denied} because it is the wrong ticket")).await;
    let card = stage.says(EMPLOYEE, "why?").await;
    assert!(card.title.starts_with(&denied), "{}", card.text);
    for (text, own) in [
        ("what happened to my payments-api request?", &denied),
        ("what happened to my write access?", &denied),
        ("what happened to my web-shop access?", &held),
        ("what happened with the read on web-shop?", &held),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.title.starts_with(own.as_str()), "{text}: {}", card.text);
    }
    for text in [
        "what happened to my infra access?",
        "what happened to my admin access?",
        "why was my access taken away?",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "I know of none", "{text}: {}", card.text);
    }
    stage.says(EMPLOYEE, &format!("give back {held}")).await;
    let card = stage.says(EMPLOYEE, "why was my access taken away?").await;
    assert!(card.title.starts_with(&held), "{}", card.text);
}

#[tokio::test]
async fn trust_c3_a_time_that_is_said_with_what_is_done_at_once_is_told_and_asked_about() {
    for text in [
        "give back web-shop tomorrow",
        "end my web-shop access in 10 minutes",
        "please remove my access to web-shop at 6pm",
        "give it back on friday",
        "ich brauche web-shop ab morgen nicht mehr",
        "give back CODE tomorrow",
    ] {
        let stage = in_december(Stage::new().await).await;
        let held = code(&stage.says(EMPLOYEE, "read on web-shop for 4 hours").await);
        let card = stage.says(EMPLOYEE, &text.replace("CODE", &held)).await;
        assert!(card.title.contains("has no place in that"), "{text}: {}", card.text);
        assert_eq!(stage.status(&held).await, "active", "{text}");
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(&held).await, "given_back", "{text}");
    }
    let stage = in_december(Stage::new().await).await;
    let held = code(&stage.says(EMPLOYEE, "read on web-shop for 4 hours").await);
    let card = stage.says("demo-admin", "revoke web-shop tomorrow").await;
    assert!(card.title.contains("“tomorrow” has no place in that"), "{}", card.text);
    assert_eq!(stage.status(&held).await, "active");
}

#[tokio::test]
async fn trust_c3_a_second_thought_about_what_waits_is_offered_as_a_change_in_every_language() {
    for text in [
        "I need it for 4 hours instead of 2",
        "actually could you make it read only instead, sorry",
        "4 hours should be enough",
        "en fait 2 heures suffisent",
        "mejor por 3 horas",
        "anzi, solo fino a giovedì",
        "na verdade só preciso de 2 horas",
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.title.starts_with(&format!("Shall I withdraw {code}")), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
    }
    // What says more than that is no change unasked.
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for text in ["en fait c'est bizarre", "I need it instead"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(!card.title.starts_with("Shall I withdraw"), "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_what_is_not_needed_any_more_is_asked_about_in_every_language() {
    for text in [
        "finalement je n'en ai plus besoin",
        "muchas gracias, ya terminé, lo devuelvo",
        "pode retirar o pedido",
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(card.title, "Do you want to withdraw this one?", "{text}: {}", card.text);
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
        stage.says(EMPLOYEE, "yes").await;
        assert_eq!(stage.status(&code).await, "withdrawn", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_an_extension_that_waits_is_cancelled_by_its_name_and_the_access_stays() {
    let stage = in_december(Stage::new().await).await;
    let held = code(&stage.says(EMPLOYEE, WRITE).await);
    stage.says(APPROVER, &format!("approve {held}")).await;
    stage.says(EMPLOYEE, &format!("extend {held} for 1 day")).await;
    let card = stage.says(EMPLOYEE, "cancel the extension").await;
    if card.title.contains('?') {
        stage.says(EMPLOYEE, "yes").await;
    }
    assert_eq!(stage.status(&held).await, "active", "{}", card.text);
    let now = stage.says(EMPLOYEE, &format!("status {held}")).await;
    assert!(!now.text.contains("Waits until"), "{}\n{}", card.text, now.text);
}
