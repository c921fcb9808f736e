//! The model that only quotes.

use std::sync::Arc;

use crate::support::{Heard, Never, passage, step};
use countersign_domain::ports::{Message, Model as _, Step};
use countersign_encoder::MiniLm;
use countersign_models::Quoting;
use proptest::prelude::*;

fn desk(question: &str) -> Step {
    let mut step = step(question);
    step.passages = vec![
        passage(
            "The canteen opens at noon. It serves soup on Mondays.\n\n- Vegetarians find the green counter.\n- Guests pay in cash.",
            &["Canteen"],
        ),
        passage(
            "If you forgot your password, open the self-service page and choose Reset. A new one is sent to your phone. \
             Passwords are valid for 90 days.",
            &["Accounts", "Passwords"],
        ),
    ];
    step
}

fn with_meaning() -> Quoting {
    static MODEL: std::sync::LazyLock<MiniLm> = std::sync::LazyLock::new(MiniLm::built_in);
    Quoting::new(Some(Arc::new(MODEL.clone())))
}

#[tokio::test]
async fn it_says_what_stands_there_and_where() {
    let step = desk("I can't remember my login credentials, what now?");
    let mut heard = Heard::default();
    let done = with_meaning().step(&step, &mut heard, &Never).await.unwrap();
    assert!(done.text.contains("open the self-service page and choose Reset. [2]"), "{}", done.text);
    assert!(!done.text.contains("soup"), "{}", done.text);
    assert_eq!(heard.texts().concat(), done.text);
    assert!(
        done.claims
            .iter()
            .all(|claim| claim.passage == 2 && claim.of.of(&done.text) == claim.quote.as_deref())
    );
}

#[tokio::test]
async fn without_meaning_words_decide() {
    let done =
        Quoting::new(None).step(&desk("When does the canteen open at noon?"), &mut (), &Never).await.unwrap();
    assert!(done.text.starts_with("The canteen opens at noon. [1]"), "{}", done.text);
}

#[tokio::test]
async fn what_is_not_there_it_does_not_know() {
    for question in ["Who won the world cup of 1954?", "", "xyzzy"] {
        for model in [with_meaning(), Quoting::new(None)] {
            let done = model.step(&desk(question), &mut (), &Never).await.unwrap();
            assert!(done.text.is_empty() && done.claims.is_empty(), "{question}: {}", done.text);
        }
    }
    let mut without = desk("When is the VPN closed?");
    without.passages.clear();
    assert!(with_meaning().step(&without, &mut (), &Never).await.unwrap().claims.is_empty());
}

#[tokio::test]
async fn what_people_asked_in_vain_is_quoted_and_what_says_something_else_is_not() {
    const PASSWORDS: &str = include_str!("../../../../bot/assets/demo/documents/passwords.md");
    const BONUS: &str = include_str!("../../../../bot/assets/demo/documents/bonus.md");
    const VPN: &str = include_str!("../../../../bot/assets/demo/documents/vpn.md");
    let body = |text: &'static str| text.split_once("\n\n").map_or(text, |(_, body)| body);
    for (question, title, text, said) in [
        ("how do I reset my password?", "Passwords", body(PASSWORDS), Some("in the portal under")),
        ("how big is the bonus?", "Bonus", body(BONUS), Some("ten percent")),
        // It reads English: of this it has the document at most, and a sentence of it would be a guess.
        ("Wann ist das VPN geschlossen?", "The VPN", body(VPN), None),
        ("What is the airspeed of an unladen swallow?", "The VPN", body(VPN), None),
    ] {
        let mut step = step(question);
        step.passages = vec![passage(text, &[title])];
        let done = with_meaning().step(&step, &mut (), &Never).await.unwrap();
        match said {
            Some(said) => assert!(done.text.contains(said), "{question}: {}", done.text),
            None => assert_eq!(done.text, "", "{question}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever stands in passages and whatever is asked: every claim is a passage's very words.
    #[test]
    fn it_invents_nothing(texts in prop::collection::vec("(?s)([a-z]{1,8}[ .!?\n]|é|知。|- ){0,60}", 0..4), question in "[a-z]{1,8}( [a-z]{1,8}){0,4}") {
        let mut step = step(&question);
        step.passages = texts.iter().map(|text| passage(text, &[])).collect();
        step.messages = vec![Message::Person { text: texts.first().map_or(question.clone(), |text| text.chars().take(40).collect()) }];
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let done = runtime.block_on(Quoting::new(None).step(&step, &mut (), &Never)).unwrap();
        for claim in &done.claims {
            let quote = claim.of.of(&done.text).unwrap();
            prop_assert_eq!(Some(quote), claim.quote.as_deref());
            prop_assert!(texts[claim.passage as usize - 1].contains(quote));
        }
        let spoken: String = done.claims.iter().map(|claim| format!("{} [{}]", claim.quote.as_deref().unwrap(), claim.passage)).collect::<Vec<_>>().join("\n\n");
        prop_assert!(done.claims.is_empty() || done.text == spoken);
    }
}
