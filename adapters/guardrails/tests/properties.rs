//! What holds for whatever text.

use std::time::{Duration, Instant};

use countersign_domain::ports::{Crossing, Screened, Verdict};
use countersign_guardrails::{BuiltIn, Policy};
use proptest::prelude::*;

fn built_in() -> &'static BuiltIn {
    static ONE: std::sync::LazyLock<BuiltIn> =
        std::sync::LazyLock::new(|| BuiltIn::new(Policy::default()).unwrap());
    &ONE
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
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn findings_stand_between_characters_and_masking_leaves_nothing_to_mask(text in texts()) {
        for finding in built_in().findings(&text) {
            let at = finding.at.unwrap();
            prop_assert!(at.of(&text).is_some_and(|part| !part.is_empty()), "{:?}", finding);
        }
        let judge = |text: &str| built_in().judge(Screened { at: Crossing::Untrusted, text, sources: &[] });
        if let Verdict::Masked { text: masked, what } = judge(&text) {
            prop_assert!(what.windows(2).all(|two| two[0].at.unwrap().to <= two[1].at.unwrap().from));
            let outside = what.iter().rev().fold(text.clone(), |mut rest, finding| {
                let at = finding.at.unwrap();
                rest.replace_range(at.from as usize..at.to as usize, "");
                rest
            });
            prop_assert!(outside.len() <= text.len() && !masked.contains("4111 1111 1111 1111"));
        }
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
    ];
    for part in worst {
        let time = |length: usize| {
            let text = part.repeat(length / part.len());
            (0..3)
                .map(|_| {
                    let begun = Instant::now();
                    std::hint::black_box(built_in().findings(&text));
                    begun.elapsed()
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
