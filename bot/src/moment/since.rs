//! Moments that are over, as people and programs name them: `yesterday`, `yesterday 18:00`, `Monday`, `2026-03-01`, `3 days`, or an instant.

use countersign_domain::duration::parse_minutes;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};

use super::Here;
use super::clock::{clock_time, on};
use super::exact::instant;

/// The moment since when something is asked for, in the time of who asks.
pub fn since(said: &str, here: &Here) -> Option<Timestamp> {
    let (word, now) = (said.trim().to_lowercase(), here.now.to_zoned(here.zone.clone()));
    if let Some(at) = instant(said.trim(), here) {
        return Some(at);
    }
    if let Some(day) = day(&word, &now) {
        return day.to_zoned(here.zone.clone()).ok().map(|begins| begins.timestamp());
    }
    long_ago(&word, here).or_else(|| at_a_time(&word, &now, here))
}

/// So long before now.
fn long_ago(word: &str, here: &Here) -> Option<Timestamp> {
    let long = word.strip_suffix(" ago").unwrap_or(word);
    let long = long.strip_prefix("the last ").or_else(|| long.strip_prefix("last ")).unwrap_or(long);
    let minutes = i64::try_from(parse_minutes(long).ok()?).ok()?;
    here.now.checked_sub(SignedDuration::try_from_mins(minutes)?).ok()
}

/// The day that is named: it has begun.
fn day(word: &str, now: &Zoned) -> Option<Date> {
    if let Ok(date) = word.parse::<Date>() {
        return Some(date);
    }
    let days = match word {
        "today" => 0,
        "yesterday" => 1,
        weekday => (1..=7).find(|days| is_called(now, *days, weekday))?,
    };
    now.date().checked_sub(days.days()).ok()
}

/// A time of a day that is named, or the last one at which the clock showed it.
fn at_a_time(word: &str, now: &Zoned, here: &Here) -> Option<Timestamp> {
    let (named, time) = match word.rsplit_once(' ') {
        Some((named, time)) => (Some(named.strip_suffix(" at").unwrap_or(named)), time),
        None => (None, word),
    };
    let minutes = clock_time(time)?;
    let at = |day: Date| here.zone.to_timestamp(on(day, minutes)?).ok();
    match named {
        Some("at") | None => {
            let today = at(now.date()).filter(|today| *today <= here.now);
            today.or_else(|| at(now.date().yesterday().ok()?))
        }
        Some(named) => at(day(named, now)?).filter(|at| *at <= here.now),
    }
}

fn is_called(now: &Zoned, days: i64, weekday: &str) -> bool {
    let day = now.checked_sub(days.days());
    day.is_ok_and(|day| day.strftime("%A").to_string().to_lowercase() == weekday)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn here() -> Here {
        // A Wednesday, at ten o'clock.
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        Here { now: "2026-12-02T09:00:00Z".parse().expect("an instant"), zone }
    }

    #[test]
    fn a_moment_that_is_over_is_named_in_many_ways_and_is_that_of_who_names_it() {
        for (said, meant) in [
            ("today", "2026-12-01T23:00:00Z"),
            ("Yesterday", "2026-11-30T23:00:00Z"),
            ("yesterday 18:00", "2026-12-01T17:00:00Z"),
            ("yesterday at 6pm", "2026-12-01T17:00:00Z"),
            ("today 9:30", "2026-12-02T08:30:00Z"),
            ("9:30", "2026-12-02T08:30:00Z"),
            ("at 18:00", "2026-12-01T17:00:00Z"),
            ("monday", "2026-11-29T23:00:00Z"),
            ("Monday 14:00", "2026-11-30T13:00:00Z"),
            ("wednesday", "2026-11-24T23:00:00Z"),
            ("2026-11-01", "2026-10-31T23:00:00Z"),
            ("2026-11-01 08:00", "2026-11-01T07:00:00Z"),
            ("2 hours", "2026-12-02T07:00:00Z"),
            ("2 hours ago", "2026-12-02T07:00:00Z"),
            ("the last 3 days", "2026-11-29T09:00:00Z"),
            ("3 days", "2026-11-29T09:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
        ] {
            assert_eq!(since(said, &here()).map(|at| at.to_string()).as_deref(), Some(meant), "{said}");
        }
        for said in ["the flood", "today 18:00", "yesterday 25:00", "at", ""] {
            assert_eq!(since(said, &here()), None, "{said}");
        }
    }
}
