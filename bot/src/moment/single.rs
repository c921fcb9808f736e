//! What a single word says of a time.

use countersign_domain::duration::parse_minutes;

use super::clock::clock_time;
use super::days::{has, month};
use super::names::{DAYS, DAYS_BEFORE, END_OF_DAY, END_OF_WEEK, PARTS, TIMES, WEEKDAYS};
use super::read::TONIGHT;

/// Whether a word can be nothing but a part of a time; short names of days are words of their own, too.
pub fn is_time_word(word: &str) -> bool {
    let is = |names: &[&str]| names.contains(&word);
    let is_weekday = |names: &str| word.chars().count() > 3 && has(names, word);
    WEEKDAYS.iter().any(|(_, names)| is_weekday(names))
        || DAYS.iter().any(|(_, names)| is(names))
        || TIMES.iter().any(|(_, names)| is(names))
        || is(END_OF_DAY)
        || is(TONIGHT)
        || is(END_OF_WEEK)
        || is(PARTS)
        || clock_time(word).is_some() && parse_minutes(word).is_err()
}

/// Whether a word says which day is meant.
pub fn is_day_word(word: &str) -> bool {
    let is_weekday = |names: &str| word.chars().count() > 2 && has(names, word);
    WEEKDAYS.iter().any(|(_, names)| is_weekday(names)) || DAYS.iter().any(|(_, names)| names.contains(&word))
}

/// Whether a word names a day that is over.
pub fn is_day_before(word: &str) -> bool {
    DAYS_BEFORE.contains(&word)
}

/// Whether a word is the name of a month.
pub fn is_month(word: &str) -> bool {
    month(word).is_some()
}
