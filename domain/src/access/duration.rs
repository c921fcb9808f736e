//! Durations as people write and read them, in whole minutes: `2 days`, `1h 30m`, `a week`.

use std::fmt::Write as _;

/// The longest duration there is: ten years of 365 days, in minutes.
const MAX_MINUTES: u64 = 10 * 365 * DAY;

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// How many characters of a wrong word are repeated to the one who wrote it.
const SHOWN: usize = 24;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationFault {
    /// Nothing is there.
    #[error("the duration is empty: write it like `2 days`, `12h` or `1h 30m`")]
    Empty,
    /// It is no time at all.
    #[error("the duration is zero: the shortest is 1 minute")]
    Zero,
    /// It would end before it begins.
    #[error("the duration is negative: the shortest is 1 minute")]
    Negative,
    /// It has a part of a unit.
    #[error("the duration has a fraction: use whole numbers, like `1h 30m`")]
    Fraction,
    /// It is longer than ten years.
    #[error("the duration is longer than ten years")]
    Absurd,
    /// Its number does not even fit a computer's word.
    #[error("the duration's number is too large")]
    Overflow,
    /// A number without a unit behind it.
    #[error("`{0}` has no unit: write it like `2 days`, `12h` or `30m`")]
    UnitMissing(String),
    /// A unit without a number before it.
    #[error("`{0}` has no number before it: write it like `2 days`")]
    NumberMissing(String),
    /// A word where a number should stand.
    #[error("`{0}` is not a number here: use digits, like `2 days`")]
    UnknownNumber(String),
    /// A word that is no unit.
    #[error("`{0}` is not a unit of time: use minutes, hours, days or weeks")]
    UnknownUnit(String),
    /// Units that do not go from large to small, each once.
    #[error("`{0}` stands in the wrong place: write the units from large to small, each once, like `1d 12h`")]
    OutOfOrder(String),
    /// A character that has no place in a duration.
    #[error("{0:?} has no place in a duration: write it like `2 days`, `12h` or `1h 30m`")]
    Unreadable(char),
}

/// Reads a duration into minutes: a number and a unit (minutes, hours, days, weeks; `m`, `h`, `d`, `w`), the units
/// from large to small, each once. Numbers are digits, or words up to twelve. The result is one minute to ten years.
pub fn parse_minutes(text: &str) -> Result<u64, DurationFault> {
    let mut words = words(text)?.into_iter();
    let mut total: u64 = 0;
    let mut smaller_than = u64::MAX;
    while let Some(word) = words.next() {
        let number = number(&word)?;
        let Some(unit_word) = words.next() else {
            return Err(DurationFault::UnitMissing(shown(&word)));
        };
        let unit = unit(&unit_word).ok_or_else(|| DurationFault::UnknownUnit(shown(&unit_word)))?;
        if unit >= smaller_than {
            return Err(DurationFault::OutOfOrder(shown(&unit_word)));
        }
        smaller_than = unit;
        let part = number.checked_mul(unit).ok_or(DurationFault::Overflow)?;
        total = total.checked_add(part).ok_or(DurationFault::Overflow)?;
    }
    match total {
        _ if smaller_than == u64::MAX => Err(DurationFault::Empty),
        0 => Err(DurationFault::Zero),
        1..=MAX_MINUTES => Ok(total),
        _ => Err(DurationFault::Absurd),
    }
}

/// Says minutes in days, hours and minutes: `2 days`, `1 hour 30 minutes`. [`parse_minutes`] reads it back.
pub fn say_minutes(minutes: u64) -> String {
    let parts = [(minutes / DAY, "day"), (minutes % DAY / HOUR, "hour"), (minutes % HOUR, "minute")];
    let mut said = String::new();
    for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
        let space = if said.is_empty() { "" } else { " " };
        let plural = if count == 1 { "" } else { "s" };
        write!(said, "{space}{count} {unit}{plural}").expect("writing to a string cannot fail");
    }
    if said.is_empty() { "0 minutes".to_owned() } else { said }
}

/// Cuts the text into numbers and words, lower-case, without what only joins them (`and`, commas, spaces).
fn words(text: &str) -> Result<Vec<String>, DurationFault> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let digit_follows = characters.peek().is_some_and(char::is_ascii_digit);
        match character {
            '-' | '−' if words.is_empty() => return Err(DurationFault::Negative),
            '.' | ',' | '/' if digit_follows && previous.is_ascii_digit() => {
                return Err(DurationFault::Fraction);
            }
            '.' if digit_follows => return Err(DurationFault::Fraction),
            _ if character.is_numeric() && !character.is_ascii_digit() => {
                return Err(DurationFault::Fraction);
            }
            _ if character.is_ascii_digit() || character.is_alphabetic() => {
                let same = previous.is_ascii_digit() == character.is_ascii_digit() && is_word(previous);
                match words.last_mut() {
                    Some(word) if same => word.extend(character.to_lowercase()),
                    _ => words.push(character.to_lowercase().collect()),
                }
            }
            _ if character.is_whitespace() || character == ',' => {}
            _ => return Err(DurationFault::Unreadable(character)),
        }
        previous = character;
    }
    words.retain(|word| word != "and");
    Ok(words)
}

fn is_word(character: char) -> bool {
    character.is_ascii_digit() || character.is_alphabetic()
}

/// A count: digits, or a word up to twelve.
fn number(word: &str) -> Result<u64, DurationFault> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        return word.parse().map_err(|_| DurationFault::Overflow);
    }
    match word {
        "a" | "an" => Ok(1),
        "half" | "quarter" => Err(DurationFault::Fraction),
        "minus" => Err(DurationFault::Negative),
        _ => match (0_u64..).zip(WORDS).find(|(_, name)| *name == word) {
            Some((value, _)) => Ok(value),
            None if unit(word).is_some() => Err(DurationFault::NumberMissing(shown(word))),
            None => Err(DurationFault::UnknownNumber(shown(word))),
        },
    }
}

/// The minutes of a unit.
fn unit(word: &str) -> Option<u64> {
    match word {
        "m" | "min" | "mins" | "minute" | "minutes" => Some(1),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(HOUR),
        "d" | "day" | "days" => Some(DAY),
        "w" | "wk" | "wks" | "week" | "weeks" => Some(WEEK),
        _ => None,
    }
}

fn shown(word: &str) -> String {
    if word.chars().count() <= SHOWN {
        return word.to_owned();
    }
    let start: String = word.chars().take(SHOWN).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
            ("1.5 days", Fraction),
            ("1,5 days", Fraction),
            (".5h", Fraction),
            ("1/2 day", Fraction),
            ("½ day", Fraction),
            ("half a day", Fraction),
            ("11 years", UnknownUnit(own("years"))),
            ("522 weeks", Absurd),
            ("99999999999999999999 minutes", Overflow),
            ("18446744073709551615 weeks", Overflow),
            ("2", UnitMissing(own("2"))),
            ("2 days 3", UnitMissing(own("3"))),
            ("days", NumberMissing(own("days"))),
            ("soon", UnknownNumber(own("soon"))),
            ("2 fortnights", UnknownUnit(own("fortnights"))),
            ("2 hours 1 day", OutOfOrder(own("day"))),
            ("1h 1h", OutOfOrder(own("h"))),
            ("2 days!", Unreadable('!')),
            ("2\u{202e}d", Unreadable('\u{202e}')),
            ("2-3 days", Unreadable('-')),
        ] {
            assert_eq!(parse_minutes(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn a_fault_repeats_only_the_beginning_of_a_huge_word() {
        let fault = parse_minutes(&format!("2 {}", "x".repeat(1_000_000))).unwrap_err();
        assert!(fault.to_string().len() < 200);
    }

    #[test]
    fn minutes_are_said_in_words() {
        for (minutes, said) in [
            (0, "0 minutes"),
            (1, "1 minute"),
            (90, "1 hour 30 minutes"),
            (2880, "2 days"),
            (10080, "7 days"),
        ] {
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
}
