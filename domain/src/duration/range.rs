//! From how long to how long: "2 to 3 days", "between two and four hours", "a day or two". Which length is meant nobody can tell, so
//! none is read; both ends are offered.

use super::number::{number, number_of, unit};
use super::{Piece, added, say_minutes, words};

/// What leads to two ends that may be joined by an "and".
const LEADS: [&str; 6] = ["between", "zwischen", "entre", "tra", "fra", "tussen"];
/// What joins the ends behind such a lead.
const ANDS: [&str; 6] = ["and", "und", "et", "y", "e", "en"];
/// What joins them anywhere.
const JOINS: [&str; 4] = ["-", "to", "bis", "tot"];
/// What leaves open which one it is.
const ORS: [&str; 4] = ["or", "oder", "ou", "o"];
/// What joins numbers, and means something else behind anything but a number: "a quarter of an hour", "14h à 17h".
const BETWEEN_NUMBERS: [&str; 3] = ["a", "à", "of"];
/// The most words of a range.
const LONGEST: usize = 12;

/// How many of these words say from how long to how long, the most that do.
pub fn range_length(words: &[&str]) -> Option<usize> {
    let first = words.first()?.to_lowercase();
    let begins = first.starts_with(|sign: char| sign.is_ascii_digit())
        || LEADS.contains(&first.as_str())
        || number(&first).is_ok();
    let most = words.len().min(LONGEST);
    (1..=most).rev().find(|count| begins && ends(&words[..*count].join(" ")).is_some())
}

/// Both ends, as they can be read, where a text is such a range and nothing else.
pub(super) fn ends(text: &str) -> Option<[String; 2]> {
    let parts = parts(text)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let is_led = parts.first().is_some_and(|first| LEADS.contains(first));
    let rest = &parts[usize::from(is_led)..];
    (1..rest.len()).find_map(|at| {
        let (one, join, other) = (&rest[..at], rest[at], &rest[at + 1..]);
        let is_or = ORS.contains(&join);
        let counts = || matches!(one, [one] if number_of(one).is_some());
        let joins = is_or
            || JOINS.contains(&join)
            || is_led && ANDS.contains(&join)
            || BETWEEN_NUMBERS.contains(&join) && counts();
        let clock = is_hour_of_the_clock(one) && is_hour_of_the_clock(other);
        if !joins || clock {
            return None;
        }
        let found = match (exact(one), exact(other)) {
            (Some(one), Some(other)) => Some((one, other)),
            (None, Some(minutes)) => exact(&in_units_of(one, other)?).map(|one| (one, minutes)),
            // "A day or two".
            (Some(minutes), None) if is_or => exact(&in_units_of(other, one)?).map(|other| (minutes, other)),
            _ => None,
        };
        found.filter(|(one, other)| one != other).map(|(one, other)| [say_minutes(one), say_minutes(other)])
    })
}

/// The words of a text, with a dash between two numbers as one of its own.
fn parts(text: &str) -> Option<Vec<String>> {
    let mut spaced = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_between = !spaced.is_empty() && signs.peek().is_some_and(char::is_ascii_digit);
        match sign {
            '-' | '–' | '—' | '−' if is_between => spaced.push_str(" - "),
            '–' | '—' | '−' => spaced.push('-'),
            sign => spaced.extend(sign.to_lowercase()),
        }
    }
    let parts: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    (parts.len() <= LONGEST + 2).then_some(parts)
}

/// The minutes that words come to by themselves.
fn exact(parts: &[&str]) -> Option<u64> {
    let pieces: Vec<Piece> = words(&parts.join(" ")).ok()?.into_iter().map(Piece::of).collect();
    added(pieces.iter()).ok()
}

/// A number that is counted in the smallest unit of the other end.
fn in_units_of<'p>(number: &[&'p str], other: &[&'p str]) -> Option<Vec<&'p str>> {
    let last = other.last()?.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
    (unit(last).is_some() && !number.is_empty()).then(|| number.iter().copied().chain([last]).collect())
}

/// "14h", "17h30": from one to the other is a part of the day.
fn is_hour_of_the_clock(parts: &[&str]) -> bool {
    let [word] = parts else { return false };
    let behind = word.trim_start_matches(|sign: char| sign.is_ascii_digit());
    behind.len() < word.len()
        && behind.strip_prefix('h').is_some_and(|minutes| minutes.chars().all(|sign| sign.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duration::{DurationFault, Vague, parse_minutes, vague};

    #[test]
    fn trust_c2_from_how_long_to_how_long_is_offered_by_both_ends_and_never_read() {
        for (text, offers) in [
            ("2 to 3 days", "2 days|3 days"),
            ("two to three days", "2 days|3 days"),
            ("2-3 days", "2 days|3 days"),
            ("2 – 3 days", "2 days|3 days"),
            ("2 days to 3 days", "2 days|3 days"),
            ("1-2h", "1 hour|2 hours"),
            ("one or two hours", "1 hour|2 hours"),
            ("an hour or two", "1 hour|2 hours"),
            ("a day or two", "1 day|2 days"),
            ("between 2 and 4 hours", "2 hours|4 hours"),
            ("half an hour to 2 hours", "30 minutes|2 hours"),
            ("2 bis 3 Tage", "2 days|3 days"),
            ("ein oder zwei Stunden", "1 hour|2 hours"),
            ("zwischen 2 und 4 Stunden", "2 hours|4 hours"),
            ("2 à 3 jours", "2 days|3 days"),
            ("une ou deux heures", "1 hour|2 hours"),
            ("entre 2 et 4 heures", "2 hours|4 hours"),
            ("2 a 3 días", "2 days|3 days"),
            ("una o dos horas", "1 hour|2 hours"),
            ("entre 2 y 4 horas", "2 hours|4 hours"),
            ("tra 2 e 4 ore", "2 hours|4 hours"),
            ("due o tre giorni", "2 days|3 days"),
        ] {
            let (why, may_be) = vague(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((why, may_be.join("|").as_str()), (Vague::Range, offers), "{text}");
            assert_eq!(parse_minutes(text), Err(DurationFault::Range), "{text}");
            let all: Vec<&str> = text.split(' ').collect();
            assert_eq!(range_length(&all), Some(all.len()), "{text}");
            let more: Vec<&str> = all.iter().copied().chain(["please"]).collect();
            assert_eq!(range_length(&more), Some(all.len()), "{text}");
        }
    }

    #[test]
    fn what_is_one_length_or_a_time_of_day_is_no_range() {
        for text in [
            "2 days",
            "2-day",
            "half a day",
            "a quarter of an hour",
            "three quarters of an hour",
            "two and a half hours",
            "an hour and a half",
            "a day and twelve hours",
            "2 heures et demie",
            "an hour or so",
            "14h à 17h",
            "14h-17h",
            "2 and 4 hours",
            "2 to infra",
            "2026-12-03",
            "2 to 2 days",
            "between 2 and 4pm",
            "-2 days",
            "to",
            "",
        ] {
            assert_eq!(ends(text), None, "{text}");
        }
    }
}
