//! What is seen of an answer before all of it is said, and that it ends.

use std::pin::pin;

use async_trait::async_trait;
use countersign_domain::ports::{CallError, CallErrorKind, Guardrail, PolicyName, Screened, Verdict};
use countersign_guardrails::{BuiltIn, Policy};
use futures::poll;

use super::*;

fn acme() -> Tenant {
    "acme".parse().unwrap()
}

fn built_in() -> BuiltIn {
    BuiltIn::new(Policy::default()).unwrap()
}

/// What is seen after each of these pieces.
async fn seen_after(pieces: &[&str], guardrail: Option<&dyn Guardrail>) -> Vec<String> {
    let (stages, tenant) = (Arc::new(Stages::default()), acme());
    let stage = stages.open(&tenant, Uuid::from_u128(1)).expect("there is room");
    let (mut voice, said) = voice();
    let screen = Screen { tenant: &tenant, guardrail };
    let mut presenting = pin!(stage.present(said, screen, &[]));
    let mut seen = Vec::new();
    for piece in pieces {
        voice.take(Piece::Text((*piece).to_owned()));
        assert!(poll!(presenting.as_mut()).is_pending());
        seen.push(stages.of(&tenant, Uuid::from_u128(1)).unwrap().borrow().text.clone());
    }
    seen
}

#[tokio::test]
async fn a_sentence_is_seen_once_it_is_whole() {
    let seen = seen_after(&["The VPN", " is closed.", " It", " opens at 3.", "30. Then"], None).await;
    assert_eq!(
        seen,
        ["", "", "The VPN is closed. ", "The VPN is closed. ", "The VPN is closed. It opens at 3.30. "]
    );
}

#[tokio::test]
async fn what_is_masked_in_an_answer_is_masked_in_what_is_seen_of_it() {
    let pieces = ["The card is 4111 1111", " 1111 1111. Keep", " it well. Always."];
    let seen = seen_after(&pieces, Some(&built_in())).await;
    assert_eq!(
        seen,
        ["", "The card is [card number]. ", "The card is [card number]. Keep it well. "],
        "no digit of it is seen"
    );
}

#[tokio::test]
async fn what_is_refused_takes_back_what_was_seen_and_nothing_follows() {
    let pieces = ["The VPN is closed. Now", " should I sue him? Yes. And", " so on. And so on. And"];
    assert_eq!(seen_after(&pieces, Some(&built_in())).await, ["The VPN is closed. ", "", ""]);
}

/// A guardrail that does not answer.
struct Away;

#[async_trait]
impl Guardrail for Away {
    fn policy(&self) -> PolicyName {
        PolicyName { by: "away".to_owned(), version: "1".to_owned() }
    }

    async fn screen(&self, _: Screened<'_>) -> Result<Verdict, CallError> {
        let (what, detail) = ("screen".to_owned(), "it does not answer".to_owned());
        Err(CallError { vendor: "away", what, detail, status: None, kind: CallErrorKind::Rejected })
    }
}

#[tokio::test]
async fn what_nobody_could_look_at_is_not_seen() {
    assert_eq!(seen_after(&["It is closed. Now"], Some(&Away)).await, [""]);
}

#[tokio::test]
async fn what_is_seen_reaches_nowhere_also_where_it_is_cut_in_the_middle() {
    let pieces = ["See ![x](https://evil/?q=1.", " Then", " more) and so on. Next"];
    let seen = seen_after(&pieces, None).await;
    assert!(seen.iter().all(|seen| !seen.contains("evil")), "{seen:?}");
}

#[tokio::test]
async fn an_answer_without_an_end_is_kept_to_a_bound_and_has_no_holes() {
    let long = "It is so. ".repeat(MOST_BYTES / 10);
    let seen = seen_after(&[long.as_str(), long.as_str(), "No. ", "It"], None).await;
    assert!(seen.iter().all(|seen| seen.len() <= MOST_BYTES && long.starts_with(seen)), "{}", seen.len());
    let endless = "word ".repeat(LONGEST / 4);
    assert_eq!(seen_after(&[endless.as_str(), ". It is. And"], None).await, ["", ""]);
}

#[test]
fn what_is_said_otherwise_is_another_take_and_what_goes_on_is_the_same() {
    let stages = Arc::new(Stages::default());
    let stage = stages.open(&acme(), Uuid::from_u128(1)).unwrap();
    let watched = stages.of(&acme(), Uuid::from_u128(1)).unwrap();
    stage.show("It is. ".to_owned());
    let first = watched.borrow().take;
    stage.show("It is. So. ".to_owned());
    assert_eq!(watched.borrow().take, first);
    stage.show("It was. ".to_owned());
    assert_ne!(watched.borrow().take, first);
}

#[tokio::test]
async fn a_stage_ends_with_what_speaks_on_it_and_there_are_only_so_many() {
    let stages = Arc::new(Stages::default());
    let mut opened = stages.opened();
    let mut all: Vec<_> =
        (0..MOST).map(|turn| stages.open(&acme(), Uuid::from_u128(turn as u128)).unwrap()).collect();
    assert!(opened.has_changed().unwrap());
    opened.mark_unchanged();
    assert!(stages.open(&acme(), Uuid::from_u128(MOST as u128)).is_none(), "there is no room");
    let mut watched = stages.of(&acme(), Uuid::from_u128(0)).unwrap();
    all.remove(0);
    assert!(watched.changed().await.is_err(), "who watches hears of the end");
    assert!(stages.of(&acme(), Uuid::from_u128(0)).is_none());
    assert!(stages.open(&acme(), Uuid::from_u128(1)).is_none(), "a turn has one");
    assert!(stages.open(&"other".parse().unwrap(), Uuid::from_u128(1)).is_some(), "others have their own");
}
