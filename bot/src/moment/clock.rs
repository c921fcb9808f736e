//! Times of day, as people say and write them: in minutes since midnight.

use jiff::civil::{Date, DateTime, Time};

use super::days::has;
use super::names::{HOURS, PARTS_OF_HOUR};

/// The minutes of a day of the clock.
pub(super) const DAY: u16 = 24 * 60;

/// A time of day as people say it: `22:00`, `7`, `7am`, `7:30 pm`, `18h30`, `22 Uhr`. In minutes since midnight.
pub fn read_time(text: &str) -> Option<u16> {
    let mut text = with_colon(text.trim()).to_lowercase().replace([' ', '.'], "");
    for behind in ["uhr", "o'clock", "heures", "horas"] {
        text = text.strip_suffix(behind).unwrap_or(&text).to_owned();
    }
    let (digits, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (_, Some(digits)) => (digits, Some(12)),
        _ => (text.as_str(), None),
    };
    let (hour, minute) = digits.split_once([':', 'h']).unwrap_or((digits, "0"));
    let minute = if minute.is_empty() { "0" } else { minute };
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        None if hour == 24 && minute == 0 => 0,
        None if hour < 24 => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        _ => return None,
    };
    (minute < 60).then_some(hour * 60 + minute)
}

/// A word that can be nothing but a time of day: with a colon, an `h`, or the half of the day.
pub(super) fn clock_time(word: &str) -> Option<u16> {
    let marked = word.contains(':') || word.ends_with("am") || word.ends_with("pm") || word.contains('h');
    let word = word.trim_end_matches('.');
    read_time(word).filter(|_| marked && word.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a time of day is said by a clock that has twelve hours: "1:30", which "01:30", "1:30 pm" and "1h30" are not.
pub(super) fn is_of_twelve(word: &str) -> bool {
    let hour = word.split_once(':').map_or("", |(hour, _)| hour);
    let is_of_a_half = word.ends_with(|sign: char| sign.is_alphabetic());
    !is_of_a_half && !hour.starts_with('0') && hour.parse().is_ok_and(|hour: u8| (1..=12).contains(&hour))
}

/// What the clock shows so many minutes behind the midnight with which a day begins: 24:00 is the next day's first minute.
pub(super) fn on(day: Date, minutes: u16) -> Option<DateTime> {
    let day = if minutes < DAY { day } else { day.tomorrow().ok()? };
    let minutes = minutes % DAY;
    let time = Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()?;
    Some(day.to_datetime(time))
}

/// "24:00", "24 Uhr": the end of a day, whichever it is.
pub(super) fn is_end_of_day(phrase: &str) -> bool {
    let bare = phrase.trim_end_matches("uhr").trim_end().trim_end_matches('h').trim_end();
    matches!(bare, "24:00" | "24.00") || bare == "24" && bare != phrase
}

/// "17.00 Uhr" is written so where a point stands between hours and minutes.
fn with_colon(text: &str) -> String {
    let is_digit = |sign: &u8| sign.is_ascii_digit();
    let hours = text.bytes().take_while(is_digit).count();
    let behind = text.as_bytes().get(hours..).unwrap_or_default();
    let minutes = behind.iter().skip(1).take_while(|sign| is_digit(sign)).count();
    let is_clock = (1..=2).contains(&hours) && behind.first() == Some(&b'.') && minutes == 2;
    if is_clock { text.replacen('.', ":", 1) } else { text.to_owned() }
}

/// "half past three", "quarter to 4pm", "halb vier": at both halves of the day, where none is named.
pub(super) fn part_of_hour(before: &str, hour: &str) -> Option<Vec<u16>> {
    let (part, _) = PARTS_OF_HOUR.iter().find(|(_, names)| names.contains(&before))?;
    let named = HOURS.iter().find(|(_, names)| has(names, hour)).map(|(hour, _)| *hour);
    let bare = named.or_else(|| hour.parse().ok().filter(|hour| (1..=12).contains(hour)));
    let (hours, from): (&[i16], i16) = match bare {
        Some(hour) => (&[0, 12], hour % 12 * 60),
        None => (&[0], i16::try_from(clock_time(hour)?).ok()?),
    };
    let at = |half: &i16| u16::try_from((from + part + half * 60).rem_euclid(24 * 60)).ok();
    hours.iter().map(at).collect()
}
