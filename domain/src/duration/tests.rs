//! Durations as people write them, and as they are said.

use proptest::prelude::*;

use super::number::WEEK;
use super::*;

#[test]
fn durations_are_read_as_people_write_them() {
    for (text, minutes) in [
        ("2 days", 2880),
        ("2d", 2880),
        ("90 minutes", 90),
        ("1h 30m", 90),
        ("1h30m", 90),
        ("1 hour, 30 min", 90),
        ("a day and twelve hours", 2160),
        ("A Day", 1440),
        ("one week", 10080),
        ("an hour", 60),
        ("  7\tDAYS ", 10080),
        ("0h 5m", 5),
        ("520 weeks", 520 * WEEK),
        ("1h30", 90),
        ("2h 15", 135),
        ("1.5 days", 2160),
        ("1,5 Stunden", 90),
        ("½ day", 720),
        ("1½ hours", 90),
        ("half a day", 720),
        ("half day", 720),
        ("half an hour", 30),
        ("an hour and a half", 90),
        ("two and a half hours", 150),
        ("une demi-heure", 30),
        ("anderthalb Stunden", 90),
        ("٢ days", 2880),
        ("２４ hours", 1440),
        ("zwei Tage", 2880),
        ("3 heures", 180),
        ("dos días", 2880),
        ("una semana", 10080),
        ("¼ day", 360),
        ("¾ hour", 45),
        ("1 day ½ hour", 1470),
        ("1.25 hours", 75),
        ("a fortnight", 2 * WEEK),
        ("ne Stunde", 60),
        ("nen Tag", 1440),
        ("2 heures et demie", 150),
        ("una hora y media", 90),
        ("zwei Stunden und eine halbe", 150),
        ("2 hours and half an hour", 150),
        ("a quarter of an hour", 15),
        ("a quarter hour", 15),
        ("three quarters of an hour", 45),
        ("eine Viertelstunde", 15),
        ("un quart d'heure", 15),
        ("un cuarto de hora", 15),
        ("an hour and a quarter", 75),
        ("une heure et quart", 75),
        ("2 Std 30 Min", 150),
        ("due ore", 120),
        ("un'ora", 60),
        ("mezz'ora", 30),
        ("un'ora e mezza", 90),
        ("duas horas", 120),
        ("uma hora e meia", 90),
        ("tre giorni", 3 * 1440),
    ] {
        assert_eq!(parse_minutes(text), Ok(minutes), "{text}");
    }
}

#[test]
fn what_is_no_duration_is_refused_for_its_own_reason() {
    use DurationFault::*;
    let own = str::to_owned;
    for (text, fault) in [
        ("", Empty),
        (" , ", Empty),
        ("0 days", Zero),
        ("zero hours", Zero),
        ("-2 days", Negative),
        ("minus 2 days", Negative),
        ("−1h", Negative),
        ("0.01 hours", Fraction),
        (".5h", Fraction),
        ("1/2 day", Fraction),
        ("1.2.3 days", Fraction),
        ("quarter day", Fraction),
        ("a quarter", UnknownUnit(own("quarter"))),
        ("a quarter of", UnknownUnit(own("quarter"))),
        ("2 of days", UnknownUnit(own("of"))),
        ("11 years", UnknownUnit(own("years"))),
        ("522 weeks", Absurd),
        ("99999999999999999999 minutes", Overflow),
        ("18446744073709551615 weeks", Overflow),
        ("2", UnitMissing(own("2"))),
        ("2 days 3", UnitMissing(own("3"))),
        ("days", NumberMissing(own("days"))),
        ("soon", UnknownNumber(own("soon"))),
        ("a few days", NoNumber),
        ("a couple of hours", NoNumber),
        ("2 months", Months),
        ("2 moons", UnknownUnit(own("moons"))),
        ("2 hours 1 day", OutOfOrder(own("day"))),
        ("1h 1h", OutOfOrder(own("h"))),
        ("2 days!", Unreadable('!')),
        ("2\u{202e}d", Unreadable('\u{202e}')),
        ("2-3 days", Range),
        ("2. days", Unreadable('.')),
        ("1/day", Unreadable('/')),
        ("⅓ day", Fraction),
        ("1h60", UnitMissing(own("60"))),
        // A part that nothing joins to it is none of it.
        ("2 hours half", UnitMissing(own("half"))),
        ("1 hour a half", UnknownUnit(own("half"))),
        ("1h 30d'", Unreadable('\'')),
    ] {
        assert_eq!(parse_minutes(text), Err(fault), "{text:?}");
    }
}

/// Words that are looked at one by one are the same durations as their text, and of several the longest.
#[test]
fn trust_b2_words_looked_at_once_are_the_durations_of_their_text() {
    for (text, longest) in [
        ("2 days", Some(2)),
        ("1h30 more", Some(1)),
        ("1h 30", Some(2)),
        ("an hour and a half", Some(5)),
        ("two and a half hours please", Some(5)),
        ("1 day and read", Some(2)),
        ("1 2 days", None),
        ("a quarter of an hour please", Some(5)),
        ("2 days of work", Some(2)),
        ("2 hours and half an hour", Some(6)),
        ("a quarter", None),
        ("an hour xyz and a half", Some(2)),
        ("2 hours half the team is out", Some(2)),
        ("1 day quarter end close", Some(2)),
        // However long a text is, what is no part of any duration ends the look.
        ("2 hours xyz 1 day", Some(2)),
        ("-2 days", None),
        ("days", None),
        ("web-shop", None),
        ("2 hours 1 day", Some(3)),
        ("", None),
    ] {
        let words: Vec<_> = text.split(' ').map(DurationWord::read).collect();
        assert_eq!(DurationWord::longest(&words), longest, "{text}");
        let as_text = |count: &usize| {
            let said: Vec<_> = text.split(' ').take(*count).collect();
            !JOINS.contains(&said[count - 1]) && parse_minutes(&said.join(" ")).is_ok()
        };
        assert_eq!((1..=words.len()).rev().find(as_text), longest, "{text}");
    }
}

#[test]
fn a_fault_repeats_only_the_beginning_of_a_huge_word() {
    let fault = parse_minutes(&format!("2 {}", "x".repeat(1_000_000))).unwrap_err();
    assert!(fault.to_string().len() < 200);
}

#[test]
fn minutes_are_said_in_words() {
    for (minutes, said) in
        [(0, "0 minutes"), (1, "1 minute"), (90, "1 hour 30 minutes"), (2880, "2 days"), (10080, "7 days")]
    {
        assert_eq!(say_minutes(minutes), said);
    }
    assert_eq!(say_minutes(DAY + HOUR + 1), "1 day 1 hour 1 minute");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_is_read_back(minutes in 1..=MAX_MINUTES) {
        prop_assert_eq!(parse_minutes(&say_minutes(minutes)), Ok(minutes));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        if let Ok(minutes) = parse_minutes(&text) {
            prop_assert!((1..=MAX_MINUTES).contains(&minutes));
        }
    }
}
