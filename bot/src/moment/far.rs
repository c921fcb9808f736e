//! Times further away than anybody reckons with: each is told to be so, and none is reckoned with until something overflows.

use proptest::prelude::*;

use super::*;

/// A zone far east, one far west, one with half an hour, and one whose clocks change.
const ZONES: [&str; 5] = ["UTC", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu", "Europe/Berlin"];

fn here(now: &str, zone: &str) -> Here {
    Here { now: now.parse().unwrap(), zone: TimeZone::get(zone).unwrap() }
}

#[test]
fn trust_c6_what_is_too_far_away_is_said_to_be_so() {
    for zone in ZONES {
        let here = here("2026-12-02T09:00:00Z", zone);
        for text in [
            "9999-12-31",
            "9999-12-30",
            "9999-12-31 23:59",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59+14:00",
            "9999-12-31T23:59:59.999999999-12:00",
            "31 Dec 9999",
            "December 31, 9999",
            "31.12.9999",
            "3000-01-01",
            "2036-12-31",
            "10 years and a day",
            "999999 days",
            "in 999999 weeks",
            "99999999999999999999 days",
        ] {
            let meant = read(text, &here, Edge::End);
            // What is not even read as a time is asked about.
            let is_odd = meant == Meant::Nothing && !text.contains('-') && !text.ends_with("9999 days");
            assert!(meant == Meant::TooFar || is_odd, "{text} in {zone}: {meant:?}");
        }
        assert!(matches!(read("2036-11-01", &here, Edge::End), Meant::At(_)), "{zone}");
        for past in ["0001-01-01", "-9999-01-01", "0000-12-31 23:59"] {
            assert_eq!(read(past, &here, Edge::End).instants(), [], "{past} in {zone}");
        }
    }
}

/// How a time is written that is at some end of what can be written.
fn extreme() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just(0_i128),
        Just(1),
        Just(i128::from(i64::MAX)),
        Just(i128::from(u64::MAX)),
        Just(i128::MAX),
        -10_i128..100_000,
    ];
    let unit = prop::sample::select(vec![
        "m", "minutes", "h", "hours", "d", "days", "w", "weeks", "Wochen", "jours", "months", "years",
    ]);
    let year =
        prop_oneof![Just(0_i64), Just(1), Just(9999), Just(9998), 2026_i64..2040, -10_000_i64..100_000];
    let behind = prop::sample::select(vec![
        "",
        " 00:00",
        " 23:59",
        " 24:00",
        "T23:59:59.999999999",
        "T23:59Z",
        "T00:00+14:00",
        "T23:59-12:00",
        "T23:59+25:59",
        " 11pm",
        " noon",
    ]);
    let date = (year, 0_u8..14, 0_u8..33, behind).prop_flat_map(|(year, month, day, behind)| {
        prop::sample::select(vec![
            format!("{year:04}-{month:02}-{day:02}{behind}"),
            format!("{day}.{month}.{year}{behind}"),
            format!("{day}/{month}/{year}"),
            format!("{day} Dec {year}{behind}"),
            format!("Jan {day}, {year}"),
        ])
    });
    let lead = prop::sample::select(vec!["", "in ", "before ", "the end of ", "Friday in "]);
    prop_oneof![(lead, number, unit).prop_map(|(lead, number, unit)| format!("{lead}{number} {unit}")), date,]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whenever and wherever it is said, whatever is read is to come, and no further away than ten years; and it can be said and
    /// written again.
    #[test]
    fn trust_c6_nothing_is_read_that_is_further_away_than_ten_years(
        text in extreme(), zone in prop::sample::select(ZONES.to_vec()),
        now in prop::sample::select(vec![
            "2026-12-02T09:00:00Z", "2028-02-29T23:59:59Z", "9989-12-31T00:00:00Z", "9999-12-30T21:59:59Z", "1970-01-02T01:59:59Z",
        ]),
        edge in prop::sample::select(vec![Edge::Beginning, Edge::End]),
    ) {
        let here = here(now, zone);
        for at in read(&text, &here, edge).instants() {
            prop_assert!(at > here.now, "{} in {}: {}", text, zone, at);
            prop_assert!(at <= here.furthest(), "{} in {}: {}", text, zone, at);
            prop_assert!(!here.said(at).is_empty());
            let again = read(&here.written(at), &here, edge);
            prop_assert!(!matches!(again, Meant::TooFar | Meant::Nothing), "{} as {}: {:?}", text, here.written(at), again);
        }
        let _ = near(&text, &here);
        let words: Vec<&str> = text.split_whitespace().collect();
        let _ = stretch(&words);
    }
}
