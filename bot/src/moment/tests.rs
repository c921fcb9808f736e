//! What people mean by the times they say.

use proptest::prelude::*;

use super::*;

/// Wednesday, 2026-12-02, ten in the morning in Berlin.
fn berlin() -> Here {
    Here { now: "2026-12-02T09:00:00Z".parse().unwrap(), zone: TimeZone::get("Europe/Berlin").unwrap() }
}

fn said(text: &str, edge: Edge) -> String {
    let here = berlin();
    match read(text, &here, edge) {
        Meant::At(at) => here.written(at),
        Meant::Either(all) => all.into_iter().map(|at| here.written(at)).collect::<Vec<_>>().join(" or "),
        Meant::PassedToday(all) => {
            let all: Vec<_> = all.into_iter().map(|at| here.written(at)).collect();
            format!("passed today: {}", all.join(" or "))
        }
        Meant::Passed => "passed".to_owned(),
        Meant::TooFar => "too far".to_owned(),
        Meant::Nothing => "?".to_owned(),
    }
}

#[test]
fn trust_c1_hours_in_words_parts_of_the_day_and_the_weekend_are_read() {
    for (text, ends) in [
        ("half past three", "2026-12-02T15:30+01:00"),
        ("half past 3pm", "2026-12-02T15:30+01:00"),
        ("quarter to four", "2026-12-02T15:45+01:00"),
        ("halb vier", "2026-12-02T15:30+01:00"),
        ("tomorrow half past nine", "2026-12-03T09:30+01:00 or 2026-12-03T21:30+01:00"),
        ("a las 5 de la tarde", "2026-12-02T17:00+01:00"),
        ("5 Uhr nachmittags", "2026-12-02T17:00+01:00"),
        ("friday 5 in the afternoon", "2026-12-04T17:00+01:00"),
        ("10 in the morning", "passed today: 2026-12-03T10:00+01:00"),
        ("noon", "2026-12-02T12:00+01:00"),
        ("over the weekend", "2026-12-06T23:59+01:00"),
        ("the weekend", "2026-12-04T23:59+01:00"),
        ("COB", "2026-12-02T17:00+01:00 or 2026-12-02T18:00+01:00"),
        ("cob friday", "2026-12-04T17:00+01:00 or 2026-12-04T18:00+01:00"),
        // What nobody but the person can know is not guessed.
        ("5", "?"),
        ("half past", "?"),
        ("in the morning", "?"),
        ("12 de la noche", "?"),
    ] {
        assert_eq!(said(text, Edge::End), ends, "{text}");
    }
}

#[test]
fn trust_c1_a_time_of_day_that_has_passed_is_asked_and_no_other_day_is_taken_for_it() {
    for (text, ends) in [
        ("08:00", "passed today: 2026-12-03T08:00+01:00"),
        ("8:00", "passed today: 2026-12-02T20:00+01:00 or 2026-12-03T08:00+01:00"),
        ("8 o'clock", "2026-12-02T20:00+01:00"),
        ("11 o'clock", "2026-12-02T11:00+01:00 or 2026-12-02T23:00+01:00"),
        ("9 Uhr", "passed today: 2026-12-02T21:00+01:00 or 2026-12-03T09:00+01:00"),
        ("till 10am Berlin time", "passed today: 2026-12-03T10:00+01:00"),
        ("10:01", "2026-12-02T10:01+01:00"),
        // Of a clock that has twelve hours the next is meant, or both are offered; never the night by itself.
        ("1:30", "passed today: 2026-12-02T13:30+01:00 or 2026-12-03T01:30+01:00"),
        ("until 9:15", "passed today: 2026-12-02T21:15+01:00 or 2026-12-03T09:15+01:00"),
        ("hasta las 2:30", "passed today: 2026-12-02T14:30+01:00 or 2026-12-03T02:30+01:00"),
        ("11:30", "2026-12-02T11:30+01:00"),
        ("5:30 today", "passed today: 2026-12-02T17:30+01:00"),
        ("today 05:30", "passed"),
        ("5:30 in the afternoon", "2026-12-02T17:30+01:00"),
        ("01:30", "2026-12-03T01:30+01:00"),
        ("2h", "2026-12-03T02:00+01:00"),
        ("13:30", "2026-12-02T13:30+01:00"),
        // A verb is no zone.
        ("demain 9h est", "?"),
        ("morgen 9 Uhr ist", "?"),
        ("3pm est", "2026-12-02T21:00+01:00"),
        // What says how far it is from UTC says that in winter, too.
        ("8pm CEST", "2026-12-02T19:00+01:00"),
        ("8pm CET", "2026-12-02T20:00+01:00"),
        ("3pm EST", "2026-12-02T21:00+01:00"),
    ] {
        assert_eq!(said(text, Edge::End), ends, "{text}");
    }
}

/// What a time means at eleven minutes to midnight in Berlin, on a Sunday.
fn said_at_night(text: &str) -> String {
    let here = Here { now: "2026-11-29T22:49:00Z".parse().unwrap(), ..berlin() };
    match read(text, &here, Edge::End) {
        Meant::At(at) => here.written(at),
        Meant::PassedToday(all) => {
            format!("passed: {}", all.into_iter().map(|at| here.written(at)).collect::<Vec<_>>().join(" or "))
        }
        Meant::Either(all) => all.into_iter().map(|at| here.written(at)).collect::<Vec<_>>().join(" or "),
        other => format!("{other:?}"),
    }
}

#[test]
fn trust_c1_a_time_of_day_that_is_named_at_night_is_the_next_one() {
    for (text, ends) in [
        ("9am in London", "2026-11-30T10:00+01:00"),
        ("9am London", "2026-11-30T10:00+01:00"),
        ("6pm in New York", "2026-11-30T00:00+01:00"),
        ("00:30", "2026-11-30T00:30+01:00"),
        ("noon", "2026-11-30T12:00+01:00"),
        ("24:00", "2026-11-30T00:00+01:00"),
        ("24 Uhr", "2026-11-30T00:00+01:00"),
        ("12am", "2026-11-30T00:00+01:00"),
        ("9 Uhr", "2026-11-30T09:00+01:00"),
        ("17.00 Uhr", "2026-11-30T17:00+01:00"),
        ("18.30 Uhr", "passed: 2026-11-30T18:30+01:00"),
        ("22:00", "passed: 2026-11-30T22:00+01:00"),
        ("tomorrow 24:00", "2026-12-01T00:00+01:00"),
        ("this time tomorrow", "2026-11-30T23:49+01:00"),
        ("this time on Friday", "2026-12-04T23:49+01:00"),
        ("this time next Friday", "2026-12-04T23:49+01:00"),
        ("before Friday", "2026-12-04T00:00+01:00"),
        ("vor Freitag", "2026-12-04T00:00+01:00"),
        ("before 9am", "2026-11-30T09:00+01:00"),
        ("Friday in two weeks", "2026-12-11T23:59+01:00 or 2026-12-18T23:59+01:00"),
        ("morgen früh um 9", "2026-11-30T09:00+01:00"),
        ("tomorrow evening at 9", "2026-11-30T21:00+01:00"),
        ("the rest of the day", "2026-11-29T23:59+01:00"),
        ("9am UTC+5:30", "2026-11-30T04:30+01:00"),
        ("9am IST", "2026-11-30T04:30+01:00 or 2026-11-30T08:00+01:00 or 2026-11-30T10:00+01:00"),
        ("9am NZDT", "passed: 2026-11-30T21:00+01:00"),
    ] {
        assert_eq!(said_at_night(text), ends, "{text}");
    }
}

#[test]
fn trust_c2_what_may_be_meant_by_a_time_that_cannot_be_read_is_found() {
    let here = berlin();
    for (text, ends) in [
        ("tomorow", "2026-12-03T23:59+01:00"),
        ("frday", "2026-12-04T23:59+01:00"),
        ("tomorrow morning", "2026-12-03T09:00+01:00 or 2026-12-03T12:00+01:00"),
        ("morgen Abend", "2026-12-03T18:00+01:00 or 2026-12-03T22:00+01:00"),
        ("lunch", "2026-12-02T12:00+01:00 or 2026-12-02T13:00+01:00"),
        ("next week", "2026-12-06T23:59+01:00 or 2026-12-11T23:59+01:00"),
        ("Christmas", "2026-12-23T23:59+01:00 or 2026-12-24T23:59+01:00 or 2026-12-26T23:59+01:00"),
        ("new year's eve", "2026-12-31T23:59+01:00"),
        ("the christmas party", ""),
        ("next sprint", ""),
        ("soon", ""),
        ("banana", ""),
    ] {
        let near: Vec<_> = near(text, &here).into_iter().map(|at| here.written(at)).collect();
        assert_eq!(near.join(" or "), ends, "{text}");
    }
    assert_eq!(said("vrijdag", Edge::End), "2026-12-04T23:59+01:00");
}

#[test]
fn trust_c1_times_are_those_of_where_the_person_lives() {
    for (text, ends) in [
        ("Friday", "2026-12-04T23:59+01:00"),
        ("fri", "2026-12-04T23:59+01:00"),
        ("Freitag", "2026-12-04T23:59+01:00"),
        ("vendredi", "2026-12-04T23:59+01:00"),
        ("el viernes", "2026-12-04T23:59+01:00"),
        ("5pm", "2026-12-02T17:00+01:00"),
        ("9am", "passed today: 2026-12-03T09:00+01:00"),
        ("17 Uhr", "2026-12-02T17:00+01:00"),
        ("18h30", "2026-12-02T18:30+01:00"),
        ("tomorrow 6pm", "2026-12-03T18:00+01:00"),
        ("tomorrow, 6 p.m.", "2026-12-03T18:00+01:00"),
        ("6pm tomorrow", "2026-12-03T18:00+01:00"),
        ("morgen um 18 Uhr", "2026-12-03T18:00+01:00"),
        ("demain à 18h", "2026-12-03T18:00+01:00"),
        ("mañana a las 18:00", "2026-12-03T18:00+01:00"),
        ("tomorrow noon", "2026-12-03T12:00+01:00"),
        ("the end of the week", "2026-12-04T23:59+01:00"),
        ("Ende der Woche", "2026-12-04T23:59+01:00"),
        ("eod", "2026-12-02T23:59+01:00"),
        ("tomorrow end of day", "2026-12-03T23:59+01:00"),
        ("end of month", "2026-12-31T23:59+01:00"),
        ("2026-12-04", "2026-12-04T23:59+01:00"),
        ("2026-12-04 18:00", "2026-12-04T18:00+01:00"),
        ("2026-12-04T18:00+01:00", "2026-12-04T18:00+01:00"),
        ("Dec 20", "2026-12-20T23:59+01:00"),
        ("20 December 2026", "2026-12-20T23:59+01:00"),
        ("Jan 3", "2027-01-03T23:59+01:00"),
        ("3. Januar", "2027-01-03T23:59+01:00"),
        ("le 3 janvier", "2027-01-03T23:59+01:00"),
        ("3 de enero", "2027-01-03T23:59+01:00"),
        ("24.12.", "2026-12-24T23:59+01:00"),
        ("24/12", "2026-12-24T23:59+01:00"),
        ("12/24/2026", "2026-12-24T23:59+01:00"),
        ("3 days", "2026-12-05T10:00+01:00"),
        ("in zwei Tagen", "2026-12-04T10:00+01:00"),
        ("5pm New York time", "2026-12-02T23:00+01:00"),
        ("17:00 UTC", "2026-12-02T18:00+01:00"),
        ("6pm Asia/Tokyo", "passed today: 2026-12-03T10:00+01:00"),
        // What nobody but the person can know is not guessed.
        ("Wednesday", "2026-12-02T23:59+01:00 or 2026-12-09T23:59+01:00"),
        ("4/12", "2026-12-04T23:59+01:00 or 2027-04-12T23:59+02:00"),
        ("tomorrow 5", "2026-12-03T05:00+01:00 or 2026-12-03T17:00+01:00"),
        ("2026-12-01", "passed"),
        ("yesterday", "?"),
        ("soon", "?"),
        ("5", "?"),
        ("Friday Monday", "?"),
        ("Friday maybe", "?"),
        ("next week", "?"),
        ("end of next week", "2026-12-11T23:59+01:00"),
        ("the 3rd", "2026-12-03T23:59+01:00"),
        ("the 1st", "2027-01-01T23:59+01:00"),
        ("friday noon", "2026-12-04T12:00+01:00"),
        // Parts of the day that mean another hour to everybody.
        ("friday morning", "?"),
        ("friday afternoon", "?"),
        ("COB friday", "2026-12-04T17:00+01:00 or 2026-12-04T18:00+01:00"),
        ("tomorrow evening", "?"),
        ("las 5 de la tarde", "2026-12-02T17:00+01:00"),
    ] {
        assert_eq!(said(text, Edge::End), ends, "{text}");
    }
}

#[test]
fn trust_c6_a_day_begins_where_the_person_lives() {
    for (text, begins) in [
        ("Monday", "2026-12-07T00:00+01:00"),
        ("next friday", "2026-12-04T00:00+01:00"),
        ("tomorrow", "2026-12-03T00:00+01:00"),
        ("Wednesday", "2026-12-09T00:00+01:00"),
        ("2026-12-20 14:00", "2026-12-20T14:00+01:00"),
        ("3 days", "2026-12-05T10:00+01:00"),
    ] {
        assert_eq!(said(text, Edge::Beginning), begins, "{text}");
    }
}

#[test]
fn times_of_day_are_read_as_people_say_them() {
    for (text, minutes) in [
        ("22:00", 1320),
        ("7", 420),
        ("7am", 420),
        ("7:30 pm", 1170),
        ("12am", 0),
        ("12 pm", 720),
        ("24:00", 0),
        ("22 Uhr", 1320),
        ("18h30", 1110),
    ] {
        assert_eq!(read_time(text), Some(minutes), "{text}");
    }
    for text in ["25:00", "7:60", "13pm", "soon", "", "-1"] {
        assert_eq!(read_time(text), None, "{text}");
    }
}

#[test]
fn a_zone_is_found_by_its_name_its_city_and_what_it_is_shortened_to() {
    for (text, name) in [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("CEST", "Europe/Berlin"),
    ] {
        assert_eq!(
            zone(text).and_then(|zone| zone.iana_name().map(str::to_owned)).as_deref(),
            Some(name),
            "{text}"
        );
    }
    for (text, name) in [
        ("NZDT", "Pacific/Auckland"),
        ("New Zealand", "Pacific/Auckland"),
        ("Auckland", "Pacific/Auckland"),
        ("EST", "America/New_York"),
        ("Neuseeland", "Pacific/Auckland"),
        ("Munich", "Europe/Berlin"),
    ] {
        assert_eq!(
            zone(text).and_then(|zone| zone.iana_name().map(str::to_owned)).as_deref(),
            Some(name),
            "{text}"
        );
    }
    for (text, places) in [
        ("IST", "Asia/Kolkata|Europe/Dublin|Asia/Jerusalem"),
        ("UTC+5:30", "Asia/Kolkata|Asia/Colombo"),
        ("GMT+13", "Pacific/Auckland|Pacific/Tongatapu"),
        ("utc-3", "America/Sao_Paulo"),
        ("Canada", "America/Toronto|America/Vancouver|America/Winnipeg|America/Halifax"),
        ("Atlantis", ""),
        ("UTC+25", ""),
        ("UTC+999999", ""),
        ("-0:999999999", ""),
    ] {
        assert_eq!(zone(text), None, "{text}");
        assert_eq!(may_be(text, berlin().now).join("|"), places, "{text}");
    }
    assert_eq!(zone("Atlantis"), None);
    assert_eq!(zone(""), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn trust_c6_no_time_that_anybody_says_lies_in_the_past(
        zone in any::<prop::sample::Index>(), second in 1_400_000_000_i64..2_100_000_000,
        near_a_change in any::<bool>(),
        text in prop::sample::select(vec![
            "Monday", "friday", "tomorrow", "today", "eod", "end of week", "2am", "2:30", "02:30 tomorrow", "0:00", "3 days",
            "Oct 25 2:30am", "midnight", "noon", "29.3.", "31 dec",
        ]),
        end in any::<bool>(),
    ) {
        let zones: Vec<_> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let name: &String = zone.get(&zones);
        let zone = TimeZone::get(name).unwrap();
        let mut now = Timestamp::from_second(second).unwrap();
        let change = zone.following(now).next().map(|change| change.timestamp());
        if let Some(change) = change.filter(|_| near_a_change) {
            now = change + SignedDuration::from_secs(second % 7200 - 3600);
        }
        let here = Here { now, zone };
        match read(text, &here, if end { Edge::End } else { Edge::Beginning }) {
            Meant::At(at) => prop_assert!(at > now, "{text} at {now}: {at}"),
            Meant::Either(all) | Meant::PassedToday(all) => prop_assert!(all.iter().all(|at| *at > now), "{text} at {now}: {all:?}"),
            Meant::Passed => {}
            Meant::TooFar | Meant::Nothing => prop_assert!(false, "{text} was not read"),
        }
    }

    /// Whatever the zone and the season, a clock time that is named ends when the clock shows it next: it is taken for that, or
    /// offered as the first.
    #[test]
    fn trust_c1_a_clock_time_ends_at_the_next_such_time_in_every_zone(
        zone in any::<prop::sample::Index>(), second in 1_400_000_000_i64..2_100_000_000, hour in 0_i8..24,
        minute in prop::sample::select(vec![0_i8, 5, 30, 59]), near_a_change in any::<bool>(), way in 0_usize..5,
    ) {
        let zones: Vec<_> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let name: &String = zone.get(&zones);
        let zone = TimeZone::get(name).unwrap();
        let mut now = Timestamp::from_second(second - second % 60 + 7).unwrap();
        let change = zone.following(now).next().map(|change| change.timestamp());
        if let Some(change) = change.filter(|_| near_a_change) {
            now = change + SignedDuration::from_secs(second % 90_000 - 86_400);
        }
        let half = if hour < 12 { "am" } else { "pm" };
        let of_half = if hour % 12 == 0 { 12 } else { hour % 12 };
        let text = match way {
            0 => format!("{hour:02}:{minute:02}"),
            1 => format!("{of_half}:{minute:02}{half}"),
            2 => format!("at {hour}h{minute:02}"),
            3 => format!("{hour}.{minute:02} Uhr"),
            _ => format!("{hour:02}:{minute:02} UTC"),
        };
        let there = if way == 4 { TimeZone::UTC } else { zone.clone() };
        let here = Here { now, zone };
        let minutes_on = |count: i64| now + SignedDuration::from_mins(count);
        let shows = |at: Timestamp| {
            let clock = there.to_datetime(at);
            clock.hour() == hour && clock.minute() == minute
        };
        // Where the clock skips it, or a whole day, it is shown a day or two later. What it shows now is over.
        let next = (1..3 * 24 * 60).map(minutes_on).find(|at| shows(*at) && there.to_datetime(*at).second() < 60);
        let next = next.expect("every clock shows every time within three days");
        let meant = read(&text, &here, Edge::End);
        let is_asked = matches!(meant, Meant::PassedToday(_) | Meant::Either(_));
        let all = meant.instants();
        prop_assert!(!all.is_empty() && all.iter().all(|at| *at > now), "{text} in {name} at {now}: {all:?}");
        let first = all[0];
        // What the clock skips is the time after the gap.
        let is_skipped = !shows(first);
        let far = first.duration_since(next).abs();
        prop_assert!(
            far < SignedDuration::from_mins(1) || is_skipped && first < next || is_asked && all.iter().any(|at| at.duration_since(next).abs() < SignedDuration::from_mins(1)),
            "{text} in {name} at {now}: {all:?}, not {next}"
        );
    }

    #[test]
    fn no_text_makes_it_fall(text in "\\PC{0,60}|([0-9./:hT +-]|am|dec|fri| ){0,20}") {
        read(&text, &berlin(), Edge::End);
    }
}
