//! Days, as people name them: by the week, by the month and by the calendar.

use countersign_domain::duration::parse_minutes;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::names::{MONTHS, WEEKDAYS};

pub(super) fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let place = MONTHS.iter().position(|names| has(names, word))?;
    i8::try_from(place + 1).ok()
}

/// A day of a month: `20`, `20.`, `20th`, `1er`.
pub(super) fn ordinal(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let behind = &word[digits.len()..];
    let fits = matches!(behind, "" | "." | "st" | "nd" | "rd" | "th" | "er" | "º" | "ter" | "ten");
    digits.parse().ok().filter(|day| fits && (1..=31).contains(day))
}

/// This weekday, from today on. Today's own is as likely to be meant as the next week's.
pub(super) fn coming_weekdays(weekday: Weekday, today: Date) -> Vec<Date> {
    let next = today.nth_weekday(1, weekday).ok();
    let own = (today.weekday() == weekday).then_some(today);
    own.into_iter().chain(next).collect()
}

pub(super) fn end_of_week(today: Date) -> Date {
    match today.weekday() {
        Weekday::Friday | Weekday::Sunday => today,
        Weekday::Saturday => today.tomorrow().unwrap_or(today),
        _ => today.nth_weekday(1, Weekday::Friday).unwrap_or(today),
    }
}

pub(super) fn end_of_weekend(today: Date) -> Date {
    let sunday = today.nth_weekday(1, Weekday::Sunday).unwrap_or(today);
    if today.weekday() == Weekday::Sunday { today } else { sunday }
}

/// The next such day, today included.
pub(super) fn next_date(month: i8, day: i8, today: Date) -> Option<Date> {
    let in_year = |year| Date::new(year, month, day).ok();
    in_year(today.year()).filter(|date| *date >= today).or_else(|| in_year(today.year() + 1))
}

pub(super) fn next_ordinal(day: i8, today: Date) -> Option<Date> {
    let of = |month: Date| Date::new(month.year(), month.month(), day).ok();
    let next = today.first_of_month().checked_add(1.month()).ok();
    of(today).filter(|date| *date >= today).or_else(|| of(next?))
}

/// `2026-12-04`, `4.12.`, `4.12.2026`, `12/24/2026`; both readings of `4/12`.
pub(super) fn numeric_days(word: &str, today: Date) -> Option<Vec<Date>> {
    if let Ok(date) = word.parse::<Date>() {
        return Some(vec![date]);
    }
    let (separator, parts) = ['.', '/'].into_iter().find_map(|separator| {
        let parts: Option<Vec<i16>> =
            word.trim_end_matches('.').split(separator).map(|part| part.parse().ok()).collect();
        parts.filter(|parts| (2..=3).contains(&parts.len())).map(|parts| (separator, parts))
    })?;
    let date = |day: i16, month: i16| {
        let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
        match parts.get(2) {
            Some(year) => Date::new(if *year < 100 { 2000 + year } else { *year }, month, day).ok(),
            None => next_date(month, day, today),
        }
    };
    let mut dates: Vec<_> = date(parts[0], parts[1]).into_iter().collect();
    if separator == '/' {
        dates.extend(date(parts[1], parts[0]));
        dates.sort();
        dates.dedup();
    }
    (!dates.is_empty()).then_some(dates)
}

pub(super) fn has(names: &str, word: &str) -> bool {
    names.split(' ').any(|name| name == word)
}

/// "Friday in two weeks", "Montag in einer Woche": so many weeks behind the next one, or in the week that is so many weeks on.
/// Where these are two days, nobody but the person knows which is meant.
pub(super) fn in_weeks(words: &[&str], today: Date) -> Option<Vec<Date>> {
    const WEEK: u64 = 7 * 24 * 60;
    let [day, "in" | "dans" | "en", count, unit] = words else { return None };
    let (weekday, _) = WEEKDAYS.iter().find(|(_, names)| has(names, day))?;
    let minutes = parse_minutes(&format!("{count} {unit}")).ok().filter(|minutes| minutes % WEEK == 0)?;
    let weeks = i64::try_from(minutes / WEEK).ok()?;
    let then = today.checked_add(weeks.weeks()).ok()?;
    let monday = then.checked_sub(i64::from(then.weekday().to_monday_zero_offset()).days()).ok()?;
    let in_week = monday.checked_add(i64::from(weekday.to_monday_zero_offset()).days()).ok()?;
    let behind = coming_weekdays(*weekday, today).first()?.checked_add(weeks.weeks()).ok()?;
    let mut days = vec![in_week, behind];
    days.sort();
    days.dedup();
    Some(days)
}
