//! Reading a time: every word of it must be known, and they must fit together, or nothing is read.

use countersign_domain::duration::{DurationFault, digit, parse_minutes};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};

use super::clock::{self, clock_time, is_end_of_day, is_of_twelve, part_of_hour, read_time};
use super::days::{
    coming_weekdays, end_of_week, end_of_weekend, has, in_weeks, month, next_date, next_ordinal,
    numeric_days, ordinal,
};
use super::exact::{instant, is_beyond, is_written_beyond};
use super::names::{
    BEFORE, CLOSES, DAYS, END_OF_DAY, END_OF_MONTH, END_OF_NEXT_WEEK, END_OF_WEEK, END_OF_WEEKEND, IDLE,
    PLACED, REST_OF_DAY, TIMES, WEEKDAYS,
};
use super::{Edge, Here, Meant, has_verb, zone_of_time};
use halves::HALVES;

mod elsewhere;
mod halves;

pub(super) use halves::TONIGHT;

/// In minutes since midnight.
const NOON: u16 = 12 * 60;
/// The longest time that is read, in characters.
const LONGEST: usize = 80;
/// What says that a number before it is an hour.
const HALVES_AND_HOURS: [&str; 12] =
    ["o’clock", "am", "pm", "a.m.", "p.m.", "a.m", "p.m", "uhr", "heures", "horas", "o'clock", "h"];
/// Before a number these say that it is an hour.
const AT: [&str; 8] = ["at", "um", "alle", "ore", "às", "à", "las", "om"];
/// The most words that are one name together.
const PHRASE: usize = 5;
/// Who names a time of day that is over for longer than this means the next one; else it may be a slip, or they are late.
const JUST_NOW: SignedDuration = SignedDuration::from_hours(6);

/// What somebody means by a time. A day without a time is its beginning or its end, as `edge` says.
pub fn read(text: &str, here: &Here, edge: Edge) -> Meant {
    read_any(text, here, edge).by(here.furthest())
}

/// The same, however far away.
fn read_any(text: &str, here: &Here, edge: Edge) -> Meant {
    if text.chars().count() > LONGEST {
        return Meant::Nothing;
    }
    let text = text.chars().map(|c| digit(c).unwrap_or(c)).collect::<String>();
    if has_verb(&text) {
        return Meant::Nothing;
    }
    if let Some(at) = instant(text.trim(), here) {
        return if at > here.now { Meant::At(at) } else { Meant::Passed };
    }
    if is_written_beyond(text.trim(), here) {
        return Meant::TooFar;
    }
    let lower = text.to_lowercase().replace(['(', ')', ';'], " ").replace(", ", " ");
    // "This time tomorrow" is at what the clock shows now.
    let clock = here.now.to_zoned(here.zone.clone()).strftime("%H:%M").to_string();
    let lower = THIS_TIME.iter().fold(lower, |lower, said| lower.replace(said, &clock));
    let words: Vec<&str> = lower.split_whitespace().collect();
    if let Some(then) = behind_before(&words) {
        // What ends before Friday ends as it begins.
        return Parts::read(then, here).map_or(Meant::Nothing, |then| then.meant(here, Edge::Beginning));
    }
    if let Some(parts) = Parts::read(&words, here) {
        return parts.by_either_day(&words, here, edge);
    }
    match without_end_of(&words).and_then(|day| Parts::read(day, here)) {
        Some(day) => day.meant(here, Edge::End),
        None => from_now(&lower, here),
    }
}

/// The day in "the end of Friday".
fn without_end_of<'w, 't>(words: &'w [&'t str]) -> Option<&'w [&'t str]> {
    const LEADS: [&[&str]; 6] = [
        &["the", "end", "of"],
        &["end", "of"],
        &["ende", "von"],
        &["ende"],
        &["fin", "de"],
        &["final", "de"],
    ];
    LEADS.iter().find_map(|lead| words.strip_prefix(*lead))
}

/// The time in "before Friday".
fn behind_before<'w, 't>(words: &'w [&'t str]) -> Option<&'w [&'t str]> {
    let lead = |lead: &&&str| {
        let lead: Vec<&str> = lead.split(' ').collect();
        words.starts_with(&lead)
    };
    BEFORE.iter().find(lead).map(|lead| &words[lead.split(' ').count()..])
}

/// The time of day that it is now.
const THIS_TIME: [&str; 6] =
    ["this time", "the same time", "same time", "um diese zeit", "à cette heure", "a esta hora"];

/// `3 days`, `in 3 days`.
fn from_now(text: &str, here: &Here) -> Meant {
    let text = text.trim();
    let text = ["in ", "for ", "für ", "pour ", "por ", "dans ", "en "]
        .iter()
        .find_map(|lead| text.strip_prefix(lead))
        .unwrap_or(text);
    match parse_minutes(text) {
        Ok(minutes) => here.after(minutes).map_or(Meant::TooFar, Meant::At),
        Err(DurationFault::Absurd | DurationFault::Overflow) => Meant::TooFar,
        Err(_) => Meant::Nothing,
    }
}

/// What was found in the words.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that a word may say")]
struct Parts {
    /// The day; several where it is not clear which.
    days: Vec<Date>,
    /// The times of day, in minutes; several where it is not clear which.
    times: Vec<u16>,
    /// The end of the day, whichever it is.
    ends: bool,
    /// Behind noon, or before it, where that was said.
    is_late: Option<bool>,
    /// It is this evening, at the time that is named, or as it ends.
    is_tonight: bool,
    /// The time itself says which half of the day it is of: "9am", "09:00", "21:00".
    says_half: bool,
    /// An hour was named, and neither a day nor a half of one beside it yet.
    is_bare: bool,
    /// The time is one of a clock that has twelve hours, or as many again.
    is_by_the_clock: bool,
    /// Whose time it is; several where it is not clear whose.
    zones: Vec<TimeZone>,
}

impl Parts {
    /// `None` where a word is not known, or two say the same thing.
    fn read(words: &[&str], here: &Here) -> Option<Self> {
        let mut parts = Self::default();
        let mut rest = words;
        while !rest.is_empty() {
            let taken = (1..=rest.len().min(PHRASE)).rev().find(|count| parts.take(&rest[..*count], here));
            rest = &rest[taken?..];
        }
        if parts.is_tonight && !parts.on_this_evening(here) {
            return None;
        }
        if let Some(is_late) = parts.is_late {
            parts.in_half(is_late);
        }
        // "5" alone is no time, and "in the morning" alone is none that can be told.
        let is_placed = !parts.is_bare || !parts.days.is_empty() || parts.is_late.is_some();
        let is_told = parts.is_late.is_none() || !parts.times.is_empty();
        let says_something = !parts.days.is_empty() || !parts.times.is_empty() || parts.ends;
        (says_something && is_placed && is_told).then_some(parts)
    }

    /// Takes these words as one thing, where they are one.
    fn take(&mut self, words: &[&str], here: &Here) -> bool {
        let phrase = words.join(" ");
        let phrase = phrase.as_str();
        let today = here.zone.to_datetime(here.now).date();
        let is = |names: &[&str]| names.contains(&phrase);
        let day =
            DAYS.iter().find(|(_, names)| is(names)).and_then(|(far, _)| today.checked_add(far.days()).ok());
        let day = day
            .or_else(|| is(END_OF_WEEK).then(|| end_of_week(today)))
            .or_else(|| is(END_OF_NEXT_WEEK).then(|| end_of_week(today).checked_add(7.days()).ok()).flatten())
            .or_else(|| is(END_OF_WEEKEND).then(|| end_of_weekend(today)))
            .or_else(|| is(END_OF_MONTH).then(|| today.last_of_month()));
        if let Some(day) = day {
            self.ends |= is(END_OF_WEEKEND) || is(END_OF_WEEK) || is(END_OF_NEXT_WEEK) || is(END_OF_MONTH);
            return self.set_days(vec![day]);
        }
        if is(TONIGHT) {
            return !std::mem::replace(&mut self.is_tonight, true);
        }
        if is(END_OF_DAY) || is(REST_OF_DAY) {
            return !std::mem::replace(&mut self.ends, true);
        }
        if let Some((time, _)) = TIMES.iter().find(|(_, names)| is(names)) {
            return self.set_times(vec![*time]);
        }
        if is(CLOSES.1) {
            return self.set_times(CLOSES.0.to_vec());
        }
        if let Some((is_late, _)) = HALVES.iter().find(|(_, names)| is(names)) {
            return self.is_late.replace(*is_late).is_none();
        }
        if is_end_of_day(phrase) {
            return self.set_times(vec![clock::DAY]);
        }
        if let Some(days) = in_weeks(words, today) {
            return self.set_days(days);
        }
        // "9am in London".
        if let [place, rest @ ..] = words
            && PLACED.contains(place)
            && (1..=2).contains(&rest.len())
        {
            return self.set_zone(&rest.join(" "));
        }
        if let [before @ .., hour] = words
            && let Some(times) = part_of_hour(&before.join(" "), hour)
        {
            return self.set_times(times);
        }
        match words {
            [word] => self.take_word(word, today),
            [one, two] => self.take_two(one, two, today),
            [one, two, three] => self.take_three(one, two, three, today),
            _ => false,
        }
    }

    fn take_word(&mut self, word: &str, today: Date) -> bool {
        if let Some((weekday, _)) = WEEKDAYS.iter().find(|(_, names)| has(names, word.trim_end_matches('.')))
        {
            return self.set_days(coming_weekdays(*weekday, today));
        }
        // "the 3rd": of this month, or of the next.
        if let Some(day) = ordinal(word).filter(|_| !word.ends_with(|c: char| c.is_ascii_digit() || c == '.'))
        {
            return self.set_days(next_ordinal(day, today).into_iter().collect());
        }
        if let Some(days) = numeric_days(word, today) {
            return self.set_days(days);
        }
        if let Some(time) = clock_time(word) {
            self.is_by_the_clock = is_of_twelve(word);
            self.says_half = word.ends_with('m') || word.starts_with('0') || time >= NOON + 60;
            return self.set_times(vec![time]);
        }
        if IDLE.contains(&word) {
            return true;
        }
        // "at 5": nobody but the person knows of which half of the day.
        if self.times.is_empty()
            && let Ok(hour @ 1..=12) = word.parse::<u16>()
        {
            self.is_bare = true;
            return self.set_times(vec![hour % 12 * 60, (hour % 12 + 12) * 60]);
        }
        self.set_zone(word)
    }

    fn set_zone(&mut self, name: &str) -> bool {
        let named = if self.zones.is_empty() { zone_of_time(name) } else { vec![] };
        let known = !named.is_empty();
        if known {
            self.zones = named;
        }
        known
    }

    /// `dec 20`, `20. dezember`, `6 pm`, `18 uhr`, `dec 20th`.
    fn take_two(&mut self, one: &str, two: &str, today: Date) -> bool {
        if AT.contains(&one)
            && let Ok(hour @ 13..=23) = two.parse::<u16>()
        {
            self.says_half = true;
            return self.set_times(vec![hour * 60]);
        }
        let named = |word: &str, number: &str| Some((month(word)?, ordinal(number)?));
        if let Some((month, day)) = named(one, two).or_else(|| named(two, one)) {
            return self.set_days(next_date(month, day, today).into_iter().collect());
        }
        if HALVES_AND_HOURS.contains(&two)
            && let Some(time) = read_time(&format!("{one} {two}"))
        {
            self.is_by_the_clock = !two.contains('m') && time <= NOON;
            self.says_half = two.contains('m') || one.starts_with('0') || time >= NOON + 60;
            // "8 o'clock" is in the morning and in the evening.
            let both = two.contains("clock") && (1..=NOON).contains(&time);
            let later = both.then_some(time % NOON + NOON);
            return self
                .set_times(std::iter::once(if both { time % NOON } else { time }).chain(later).collect());
        }
        self.set_zone(&format!("{one} {two}"))
    }

    /// `20 dec 2026`, `dec 20 2026`, `20 de diciembre`.
    fn take_three(&mut self, one: &str, two: &str, three: &str, today: Date) -> bool {
        if matches!(two, "of" | "de") {
            return month(three).is_some() && self.take_two(one, three, today);
        }
        let Ok(year @ 2000..=2200) = three.parse::<i16>() else { return false };
        let named = |word: &str, number: &str| Date::new(year, month(word)?, ordinal(number)?).ok();
        self.set_days(named(one, two).or_else(|| named(two, one)).into_iter().collect())
    }

    fn set_days(&mut self, days: Vec<Date>) -> bool {
        let first = self.days.is_empty() && !days.is_empty();
        if first {
            self.days = days;
        }
        first
    }

    fn set_times(&mut self, times: Vec<u16>) -> bool {
        let first = self.times.is_empty();
        if first {
            self.times = times;
        }
        first
    }

    fn meant(self, here: &Here, edge: Edge) -> Meant {
        let of = |zone: &TimeZone| {
            let there = Here { now: here.now, zone: zone.clone() };
            Self { zones: vec![], ..self.clone() }.meant(&there, edge)
        };
        match self.zones.as_slice() {
            [] => self.meant_here(here, edge),
            [zone] => of(zone),
            // "9am IST": in Dublin or in Delhi, nobody but the person knows.
            zones => Meant::either(zones.iter().flat_map(|zone| of(zone).instants()).collect()),
        }
    }

    fn meant_here(self, here: &Here, edge: Edge) -> Meant {
        let civil = self.civil(here, edge);
        if !civil.is_empty() && civil.iter().all(|at| is_beyond(at.date(), here)) {
            return Meant::TooFar;
        }
        let found = civil.into_iter().filter_map(|at| here.coming(at)).collect::<Vec<_>>();
        if found.is_empty() { self.tomorrow(here) } else { Meant::either(found) }
    }

    /// Six o'clock, said at seven: tomorrow's, or a slip; and where the hour may be of the evening, that one. Said at night it is the
    /// next one.
    fn tomorrow(mut self, here: &Here) -> Meant {
        let said = self.times.clone();
        if self.is_by_the_clock && self.is_late.is_none() {
            self.times.extend(said.iter().map(|time| time % NOON + NOON));
        }
        if !self.days.is_empty() || self.times.is_empty() {
            // "5:30 today", said at noon, is of the evening.
            let found: Vec<_> =
                self.civil(here, Edge::End).into_iter().filter_map(|at| here.coming(at)).collect();
            let is_other = self.times.len() > said.len() && !found.is_empty();
            return if is_other { Meant::PassedToday(found) } else { Meant::Passed };
        }
        let mut found: Vec<Timestamp> = self.times.iter().filter_map(|time| next(*time, here)).collect();
        found.sort();
        found.dedup();
        match (said.as_slice(), found.as_slice()) {
            (_, []) => Meant::Passed,
            ([only], [first, ..]) if next(*only, here) == Some(*first) && is_long_over(*only, here) => {
                Meant::At(*first)
            }
            _ => Meant::PassedToday(found),
        }
    }

    fn civil(&self, here: &Here, edge: Edge) -> Vec<DateTime> {
        let today = here.zone.to_datetime(here.now).date();
        let last = Time::constant(23, 59, 0, 0);
        let days = if self.days.is_empty() { vec![today] } else { self.days.clone() };
        if self.times.is_empty() {
            let time = if edge == Edge::End || self.ends { last } else { Time::midnight() };
            return days.into_iter().map(|day| day.to_datetime(time)).collect();
        }
        let at = |day: &Date| {
            let times = self.times.iter();
            times.filter_map(|minutes| clock::on(*day, *minutes)).collect::<Vec<_>>()
        };
        days.iter().flat_map(at).collect()
    }
}

/// When the clock shows this next.
fn next(minutes: u16, here: &Here) -> Option<Timestamp> {
    let today = here.zone.to_datetime(here.now).date();
    let days = [Some(today), today.tomorrow().ok(), today.checked_add(2.days()).ok()];
    days.into_iter().flatten().find_map(|day| here.coming(clock::on(day, minutes)?))
}

/// Whether the clock showed this so long ago today that nobody means that.
fn is_long_over(minutes: u16, here: &Here) -> bool {
    let today = here.zone.to_datetime(here.now).date();
    let last = clock::on(today, minutes).and_then(|at| here.zone.to_timestamp(at).ok());
    last.is_some_and(|last| here.now.duration_since(last) > JUST_NOW)
}
