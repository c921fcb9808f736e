//! What is not plainly one of the offers chooses nothing, whatever it is made of.

use countersign_domain::question::Within;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const LABELS: [&str; 2] = [
    "K7QM2X: Erin Employee asks for write on payments-api for 1 day",
    "X2QM7K: Erin Employee asks for read on infra for 2 hours",
];

/// A list of what can be countersigned.
fn list() -> Question {
    let offer = |label: &&str| Offer { label: (*label).to_owned(), say: format!("approve {}", &label[..6]) };
    let id = Code::candidate(Uuid::from_u128(7), 0);
    let (offers, within) = (LABELS.iter().map(offer).collect(), Within::default());
    Question { id, about: About::Which, wish: None, offers, within }
}

/// A request that lacks its repository.
fn draft() -> Question {
    let offers = ["payments-api", "infra"].map(|name| Offer { label: name.to_owned(), say: name.to_owned() });
    let (about, wish) = (About::Part(Field::Repository), Some(Box::default()));
    Question { about, wish, offers: offers.into(), ..list() }
}

fn choice(question: &Question, said: &str) -> Option<usize> {
    chosen(question, &Sentence::new(said))
}

#[test]
fn trust_c3_an_offer_is_chosen_by_its_own_words() {
    for (said, place) in [
        ("infra", 1),
        ("the infra one, please", 1),
        ("read on infra", 1),
        ("the write one", 0),
        ("payments-api, thanks", 0),
        ("yes, infra", 1),
        ("the second one", 1),
        ("Erin Employee asks for write on payments-api", 0),
    ] {
        assert_eq!(choice(&list(), said), Some(place), "{said}");
    }
    for (said, place) in [("infra", 1), ("the infra one, please", 1), ("use infra", 1), ("ok, infra", 1)] {
        assert_eq!(choice(&draft(), said), Some(place), "{said}");
    }
}

#[test]
fn trust_c3_of_an_answer_no_half_is_left_out() {
    for said in [
        "infra, read only",
        "infra for 2 hours",
        "no infra",
        "not infra",
        "infra until Friday",
        "infra OPS-17",
    ] {
        assert_eq!(choice(&draft(), said), None, "{said}");
    }
}

/// What is said before a name by who does not choose it, or says more.
const LEADS: &[&str] = &[
    "no",
    "no,",
    "nope,",
    "not",
    "never",
    "rather",
    "make it",
    "I meant",
    "sorry,",
    "wait,",
    "oh,",
    "actually",
    "anything but",
    "all but",
    "except",
    "maybe",
    "perhaps",
    "thanks",
    "hi",
    "dear",
    "ask",
    "tell",
    "deny",
    "withdraw",
    "is it",
    "what about",
    "without",
    "unless",
    "if",
    "nein,",
    "nicht",
    "lieber",
    "non,",
    "pas",
    "kein",
    "no wait,",
    "why not",
    "look at",
    "looks like",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn trust_c3_whoever_says_no_or_puts_something_right_chooses_nothing(
        lead in prop::sample::select(LEADS),
        name in prop::sample::select(vec!["infra", "payments-api", "read on infra", "the write one", "K7QM2X"]),
        behind in prop::sample::select(vec!["", " please", " one", "!", ", thanks"]),
    ) {
        let said = format!("{lead} {name}{behind}");
        prop_assert_eq!(choice(&list(), &said), None, "{}", said);
    }

    /// Whatever is chosen, every word of it is that offer's own, or says nothing.
    #[test]
    fn trust_c3_what_is_not_plainly_one_of_the_offers_is_never_carried_out(
        words in prop::collection::vec(prop::sample::select(vec![
            "infra", "payments-api", "write", "read", "on", "for", "Erin", "Employee", "asks", "1", "day", "K7QM2X", "the", "one",
            "please", "yes", "no", "not", "but", "rather", "sorry", "thanks", "Ben", "web-shop", "admin", "too", "looks", "wrong",
            "wait", "make", "it", "and", "or", "tomorrow", "instead", "I", "meant",
        ]), 1..6),
        between in prop::sample::select(vec![" ", ", "]),
    ) {
        let said = words.join(between);
        if let Some(place) = choice(&list(), &said) {
            let own = own_words(&list().offers[place]);
            // What closes a sentence belongs to none of what is said in it.
            let closes = |word: &&&str| **word == "thanks" || FILLERS.contains(*word);
            let closing = words.iter().rev().take_while(closes).count();
            for word in &words[..words.len() - closing] {
                let is_own = own.contains(&folded(word)) || FILLERS.contains(word);
                prop_assert!(is_own, "{} of {:?}", word, said);
            }
            prop_assert!(words.iter().any(|word| names(&own, &folded(word)) || word.parse::<usize>().is_ok()), "{}", said);
        }
    }
}
