//! What counts as shown, and for which decision.

use countersign_domain::card::{ButtonStyle, CardField};

use super::*;

fn code(number: u128) -> Code {
    Code::candidate(Uuid::from_u128(number), 0)
}

fn spot(person: &str) -> Spot {
    let (tenant, person) = ("acme".parse().unwrap(), person.parse().unwrap());
    Spot::at(&tenant, &person, "terminal", &Scene::default())
}

fn looks(shown: &[(u128, Option<&str>)]) -> Looks {
    shown
        .iter()
        .map(|(number, receipt)| (code(*number), receipt.map(|text| Digest::of(text.as_bytes()))))
        .collect()
}

/// What was shown at last by each interaction, and whether the first request may be decided on by who names none.
#[test]
fn trust_c3_only_what_was_shown_last_and_alone_is_what_a_bare_decision_is_on() {
    let (one, receipt, now) = (code(1), Digest::of(b"as it stands"), Uuid::from_u128(9));
    let stands = Some("as it stands");
    for (shown, may) in [
        (vec![], false),
        (vec![(1, looks(&[(1, stands)]))], true),
        // Beside it something is told of another, of which nothing can be decided.
        (vec![(1, looks(&[(1, stands), (2, None)]))], true),
        (vec![(1, looks(&[(1, stands)])), (1, looks(&[(2, None)]))], true),
        (vec![(1, looks(&[(2, None)])), (2, looks(&[(1, stands)]))], true),
        // What speaks of no request takes nothing's place.
        (vec![(1, looks(&[(1, stands)])), (2, looks(&[]))], true),
        // It was shown, and is only spoken of by now; what was shown beside it is not any more.
        (vec![(1, looks(&[(1, stands)])), (2, looks(&[(1, None)]))], true),
        (vec![(1, looks(&[(1, stands), (2, stands)])), (2, looks(&[(1, None)]))], true),
        (vec![(1, looks(&[(1, stands)])), (2, looks(&[(1, None), (2, stands)]))], false),
        (vec![(1, looks(&[(1, stands)])), (2, looks(&[(1, Some("as it is now"))]))], false),
        // Only its name was told, or another content was shown.
        (vec![(1, looks(&[(1, None)]))], false),
        (vec![(1, looks(&[(1, Some("as it was"))]))], false),
        // Another one was shown, beside it or since.
        (vec![(1, looks(&[(2, stands)]))], false),
        (vec![(1, looks(&[(1, stands), (2, stands)]))], false),
        (vec![(1, looks(&[(1, stands)])), (2, looks(&[(2, stands)]))], false),
        (vec![(1, looks(&[(1, stands)])), (2, looks(&[(2, None)]))], false),
    ] {
        let view = InView::default();
        for (by, looks) in &shown {
            view.show(spot("frank"), Some(Uuid::from_u128(*by)), looks.clone());
        }
        assert_eq!(view.holds((&spot("frank"), now), (&one, receipt), Known::Alone), may, "{shown:?}");
        assert!(
            !view.holds((&spot("ada"), now), (&one, receipt), Known::Ever),
            "somebody else was shown nothing: {shown:?}"
        );
    }
}

#[test]
fn trust_c3_a_sentence_that_comes_twice_decides_on_nothing_that_it_was_answered_with() {
    let (view, receipt) = (InView::default(), Digest::of(b"as it stands"));
    let (first, next) = (Uuid::from_u128(1), Uuid::from_u128(2));
    view.show(spot("frank"), Some(first), looks(&[(1, Some("as it stands"))]));
    assert!(
        !view.holds((&spot("frank"), first), (&code(1), receipt), Known::Alone),
        "it was asked, and comes again"
    );
    assert!(view.holds((&spot("frank"), next), (&code(1), receipt), Known::Alone));
}

#[test]
fn trust_c3_what_alone_was_spoken_of_last_can_be_ended_by_who_names_none() {
    let (view, first, now) = (InView::default(), Some(Uuid::from_u128(1)), Uuid::from_u128(9));
    let speaks_of = |by| view.speaks_of((&spot("frank"), by), &code(1));
    assert!(!speaks_of(now));
    view.show(spot("frank"), first, looks(&[(1, None)]));
    assert!(speaks_of(now) && !speaks_of(Uuid::from_u128(1)));
    let is_on_another = |number| view.is_on_another((&spot("frank"), now), &code(number));
    assert!(is_on_another(2) && !is_on_another(1));
    view.show(spot("frank"), first, looks(&[(2, None)]));
    assert!(!speaks_of(now));
}

#[test]
fn trust_c3_a_kind_is_what_was_shown_last_beside_whatever_else() {
    let view = InView::default();
    let (stands, receipt, now) = (Some("as it stands"), Digest::of(b"as it stands"), Uuid::from_u128(9));
    let last = |number| view.holds((&spot("frank"), now), (&code(number), receipt), Known::Last);
    view.show(spot("frank"), Some(Uuid::from_u128(1)), looks(&[(1, stands), (2, stands)]));
    assert!(last(1) && last(2));
    view.show(spot("frank"), Some(Uuid::from_u128(2)), looks(&[(2, stands)]));
    assert!(!last(1) && last(2), "something else was shown since");
}

#[test]
fn trust_c3_beside_what_a_name_may_be_of_is_known_until_the_one_is_shown_by_itself() {
    let view = InView::default();
    let (stands, by) = (Some("as it stands"), Uuid::from_u128);
    let rivals = || view.rivals(&spot("frank"), &code(1));
    view.answer(&spot("frank"), by(1), looks(&[(1, stands), (2, stands)]));
    assert_eq!(rivals(), [code(2)], "they were shown beside each other");
    view.answer(&spot("frank"), by(2), looks(&[(2, None)]));
    assert_eq!(rivals(), [code(2)], "the other one was decided on");
    // What is sent by itself meanwhile is nothing that who speaks has asked to see.
    view.show(spot("frank"), Some(by(3)), looks(&[(1, stands)]));
    assert_eq!(rivals(), [code(2)], "the other one is what they were answered with last");
    view.answer(&spot("frank"), by(4), looks(&[(1, stands)]));
    assert!(rivals().is_empty());
    assert_eq!(view.rivals(&spot("frank"), &code(3)).len(), 2, "of it nothing was told");
    assert!(view.has_told((&spot("frank"), by(9)), &code(2)));
    assert!(!view.has_told((&spot("frank"), by(1)), &code(2)), "it was told by that itself");
    assert!(!view.has_told((&spot("ada"), by(9)), &code(2)));
}

#[test]
fn trust_c3_what_somebody_said_no_to_does_not_count_as_shown_any_more() {
    let view = InView::default();
    let (stands, receipt, now) = (Some("as it stands"), Digest::of(b"as it stands"), Uuid::from_u128(9));
    view.show(spot("frank"), None, looks(&[(1, stands), (2, stands)]));
    view.forget(&spot("frank"), [code(1)]);
    for (number, counts) in [(1, false), (2, true)] {
        let holds = view.holds((&spot("frank"), now), (&code(number), receipt), Known::Ever);
        assert_eq!(holds, counts, "{number}");
    }
    view.show(spot("frank"), None, looks(&[(1, stands)]));
    assert!(view.holds((&spot("frank"), now), (&code(1), receipt), Known::Alone), "it was shown once more");
}

#[test]
fn trust_c3_behind_a_list_a_bare_decision_is_on_nothing_that_was_shown_before_it() {
    let view = InView::default();
    let (stands, receipt, now) = (Some("as it stands"), Digest::of(b"as it stands"), Uuid::from_u128(9));
    view.show(spot("frank"), None, looks(&[(1, stands)]));
    view.pass(&spot("frank"));
    view.show(spot("frank"), Some(Uuid::from_u128(1)), looks(&[(1, None), (2, None)]));
    assert!(!view.holds((&spot("frank"), now), (&code(1), receipt), Known::Alone));
    assert!(view.holds((&spot("frank"), now), (&code(1), receipt), Known::Ever), "by its name it is known");
}

#[test]
fn trust_c3_what_is_named_was_shown_lately_beside_others_or_before_them_and_as_it_stands() {
    let view = InView::default();
    view.show(spot("frank"), None, looks(&[(1, Some("as it stands")), (2, Some("as it stands"))]));
    let (one, receipt, now) = (code(1), Digest::of(b"as it stands"), Uuid::from_u128(9));
    assert!(view.holds((&spot("frank"), now), (&one, receipt), Known::Ever));
    view.show(spot("frank"), Some(Uuid::from_u128(2)), looks(&[(2, Some("as it stands")), (3, None)]));
    assert!(view.holds((&spot("frank"), now), (&one, receipt), Known::Ever), "others were shown since");
    let other = |number| view.holds((&spot("frank"), now), (&code(number), receipt), Known::Ever);
    assert!(other(2) && !other(3), "of the third one only the name was told");
    assert!(!view.holds((&spot("frank"), now), (&one, receipt), Known::Alone));
    assert!(!view.holds((&spot("frank"), now), (&one, Digest::of(b"as it is now")), Known::Ever));
    view.show(spot("frank"), None, looks(&[(1, Some("as it is now"))]));
    assert!(!view.holds((&spot("frank"), now), (&one, receipt), Known::Ever), "it was shown otherwise since");
}

#[test]
fn trust_c3_what_a_card_speaks_of_and_what_can_be_decided_on_it_are_told_apart() {
    let receipt = Digest::of(b"as it stands");
    let (approve, revoke) = (format!("approve K7QM2X receipt {receipt}"), "revoke K7QM2X".to_owned());
    assert_eq!(decided_by(&approve), Some(("K7QM2X".parse().unwrap(), Some(receipt))));
    assert_eq!(decided_by(&format!("deny without a reason K7QM2X receipt {receipt}")), decided_by(&approve));
    assert_eq!(
        (decided_by(&revoke), decided_by("receipt"), decided_by("answer K7QM2X with 1")),
        (None, None, None)
    );
    let text = "P7QM2X: write on infra, ticket OPS-17, beside R7QM2X. Receipt: 3f12ab90. Nobody else knows by when. \
                You can say: answer PH4JG3 with 1";
    let codes: Vec<String> = codes_in(text).map(|code| code.to_string()).collect();
    assert_eq!(codes, ["P7QM2X", "R7QM2X"]);
}

#[test]
fn trust_c3_a_card_of_which_a_part_is_cut_off_does_not_count_as_shown() {
    let (code, receipt): (Code, _) = ("P7QM2X".parse().unwrap(), Digest::of(b"as it stands"));
    let say = format!("approve {code} receipt {receipt}");
    let mut card = crate::cards::nothing(("Rules P7QM2X", "583 more lines change"));
    card.code = Some(code.clone());
    card.buttons = vec![crate::cards::button("Approve", ButtonStyle::Primary, say)];
    assert_eq!(on_cards([&card])[&code], Some(receipt));
    let label = words::ALL_OF_IT.to_owned();
    card.fields.push(CardField { label, value: "the page".to_owned(), link: None, note: None });
    assert_eq!(on_cards([&card])[&code], None);
}

#[test]
fn trust_c3_who_is_helped_is_shown_no_request() {
    for spec in crate::commands::COMMANDS.iter().copied() {
        assert_eq!(on_cards([&crate::cards::help_one(spec)]), Looks::new(), "{}", spec.name);
    }
    let everything = crate::cards::help_all(crate::commands::COMMANDS.iter().copied());
    assert_eq!(on_cards([&everything]), Looks::new());
}
