//! What holds for whatever text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use countersign_domain::ports::{Crossing, Screened, Verdict};
use countersign_guardrails::{BuiltIn, Policy};
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

fn built_in() -> &'static BuiltIn {
    static ONE: std::sync::LazyLock<BuiltIn> =
        std::sync::LazyLock::new(|| BuiltIn::new(Policy::default()).unwrap());
    &ONE
}

fn judge(text: &str) -> Verdict {
    built_in().judge(Screened { at: Crossing::Asked, text, sources: &[] })
}

fn masked(text: &str) -> String {
    match judge(text) {
        Verdict::Masked { text, .. } => text,
        other => format!("{other:?}"),
    }
}

/// How long this thread has worked: what else the machine does meanwhile takes no part in it.
fn worked() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("it is above zero")
}

/// A number, and what stands for it.
const NUMBERS: &[(&str, &str)] = &[
    ("4111 1111 1111 1111", "[card number]"),
    ("5500-0000-0000-0004", "[card number]"),
    ("378282246310005", "[card number]"),
    ("DE89 3704 0044 0532 0130 00", "[bank account]"),
    ("GB82WEST12345698765432", "[bank account]"),
    ("536-90-4399", "[national id]"),
    ("756.9217.0769.85", "[national id]"),
    ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
];

/// Every character that Unicode says is to be ignored.
fn ignorable() -> &'static [char] {
    static ALL: std::sync::LazyLock<Vec<char>> = std::sync::LazyLock::new(|| {
        let ranges = CodePointSetData::new::<DefaultIgnorableCodePoint>().iter_ranges();
        ranges.flatten().filter_map(char::from_u32).collect()
    });
    &ALL
}

/// Each of them, between any two characters of a card and of an account.
#[test]
fn no_ignorable_character_hides_a_number() {
    for c in ignorable() {
        let between =
            |number: &str| number.chars().map(String::from).collect::<Vec<_>>().join(&c.to_string());
        let hiding = format!("{}, {}.", between("4111111111111111"), between("DE89370400440532013000"));
        assert_eq!(masked(&hiding), "[card number], [bank account].", "U+{:04X}", u32::from(*c));
    }
}

/// Texts of what finders look at.
fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "(?s).{0,20}",
        "[0-9 .-]{1,30}",
        "[A-Z]{2}[0-9]{2}[A-Z0-9 ]{0,30}",
        "(ignore|approve|all|previous|instructions|password|:|is|@|\u{200B}|é| |\n){1,12}",
        Just("4111 1111 1111 1111".to_owned()),
        Just("DE89 3704 0044 0532 0130 00".to_owned()),
        Just("ada@example.com".to_owned()),
        "(password: hunter2!|AKIAIOSFODNN7EXAMPLE|://a:s3cret@|AB12|536-90-4399|\u{AD}|\u{2028}|\u{E0041}|\u{A0}| |-|x){1,6}",
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn findings_stand_between_characters_and_apart(text in texts()) {
        for finding in built_in().findings(&text) {
            let at = finding.at.unwrap();
            prop_assert!(at.of(&text).is_some_and(|part| !part.is_empty()), "{:?}", finding);
        }
        if let Verdict::Masked { what, .. } = judge(&text) {
            prop_assert!(what.windows(2).all(|two| two[0].at.unwrap().to <= two[1].at.unwrap().from));
        }
    }

    #[test]
    fn what_was_masked_has_nothing_to_mask(text in texts()) {
        if let Verdict::Masked { text: masked, .. } = judge(&text) {
            prop_assert_eq!(judge(&masked), Verdict::Passed, "{:?}", masked);
        }
    }

    /// Whatever nobody sees, anywhere in a number and as often as one likes: the number is masked whole.
    #[test]
    fn what_nobody_sees_hides_no_number(
        (number, mask) in prop::sample::select(NUMBERS),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..8),
    ) {
        let mut hiding = number.to_owned();
        for (place, c) in places {
            // Not before and not behind it, so that it is known what is left.
            let within: Vec<usize> = hiding.char_indices().map(|(at, _)| at).skip(1).collect();
            hiding.insert(*place.get(&within), *c.get(ignorable()));
        }
        prop_assert_eq!(masked(&format!("it is {hiding} as I said")), format!("it is {mask} as I said"));
    }

    /// Nor does what only looks like the space, the hyphen and the digits of everybody's keyboard.
    #[test]
    fn other_spaces_hyphens_and_digits_hide_no_number(
        (number, mask) in prop::sample::select(NUMBERS),
        between in prop::sample::select(vec!['\u{A0}', '\u{2009}', '\u{202F}', '\u{3000}']),
        hyphen in prop::sample::select(vec!['\u{2010}', '\u{2011}', '\u{2013}', '\u{2212}', '\u{FF0D}']),
        wide in any::<bool>(),
    ) {
        let widened = |c: char| if wide && c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c };
        let hiding: String = number.chars().map(|c| match c { ' ' => between, '-' => hyphen, c => widened(c) }).collect();
        prop_assert_eq!(masked(&format!("it is {hiding} as I said")), format!("it is {mask} as I said"));
    }

    /// A card is found wherever it stands among words, and never with another digit at its end.
    #[test]
    fn check_digits_decide(digits in prop::collection::vec(0_u8..10, 15), wrong in 1_u8..10) {
        let mut card: Vec<u8> = [vec![4], digits[1..].to_vec()].concat();
        let luhn = |card: &[u8]| -> u32 {
            card.iter().rev().enumerate().map(|(at, d)| {
                let d = u32::from(*d) * if at % 2 == 0 { 2 } else { 1 };
                if d > 9 { d - 9 } else { d }
            }).sum()
        };
        let check = u8::try_from((10 - luhn(&card) % 10) % 10).unwrap();
        card.push(check);
        let text = |card: &[u8]| format!("card {} ok", card.iter().map(ToString::to_string).collect::<String>());
        let is_card = |text: &str| built_in().findings(text).iter().any(|f| f.kind == countersign_domain::ports::FindingKind::Card);
        let all_same = card.iter().all(|digit| *digit == card[0]);
        prop_assert!(all_same || is_card(&text(&card)));
        card[15] = (check + wrong) % 10;
        prop_assert!(!is_card(&text(&card)));
    }
}

/// What would make a finder that looks back take for ever takes as long as it is long.
#[test]
fn whatever_is_written_takes_time_as_it_is_long() {
    let worst = [
        "1 ",
        "4111 ",
        "0-",
        "a@",
        "a.",
        "@a.",
        "eyJ",
        "eyJaaaaaaaaaa.",
        "-----BEGIN PRIVATE KEY-----",
        "ignore all ",
        "DE89",
        "DE89 3704 0044 0532 0130 01 ",
        "((((",
        "+1 (",
        "how to make a ",
        "password is ",
        "://a:",
        "\u{200B}",
        "ß",
        "\n",
        "![](",
        "send a ",
        "İ",
        "4111 1111 1111 1111 ",
        "x",
        "2 55 08 14 ",
        "cookie:a=",
        "cookie:1=1",
        "password: s3://",
        "AIza",
    ];
    for part in worst {
        let time = |length: usize| {
            let text = part.repeat(length / part.len());
            (0..3)
                .map(|_| {
                    let begun = worked();
                    std::hint::black_box(built_in().findings(&text));
                    worked().saturating_sub(begun)
                })
                .min()
                .unwrap()
        };
        let (short, long) = (time(32_000), time(256_000));
        // Eight times as long; twice that is noise, 64 times would be the square.
        let most = short * 24 + Duration::from_millis(20);
        assert!(long < most, "{part:?}: {short:?}, then {long:?}");
    }
}
