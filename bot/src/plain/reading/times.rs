//! The times of a plain sentence: how long, until when, and from when, though access begins when it is countersigned.

use super::{DURATION, Expected, Reading, is_address, starts_with_digit};
use crate::grammar::{is_key, joined, looks_like_a_duration};
use crate::moment::{is_day_word, is_month};
use crate::normalise::{Tag, Word};
use crate::plain::Plain;

/// Said before a duration, and changing nothing of it.
const FILLERS: [&str; 25] = [
    "the",
    "next",
    "coming",
    "about",
    "around",
    "roughly",
    "approximately",
    "another",
    "max",
    "maximum",
    "die",
    "nächsten",
    "kommenden",
    "etwa",
    "ungefähr",
    "circa",
    "ca",
    "les",
    "prochains",
    "prochaines",
    "environ",
    "los",
    "las",
    "próximos",
    "próximas",
];
/// Words between those of a time.
const WITHIN: [&str; 22] = [
    "the", "at", "of", "next", "this", "on", "in", "um", "am", "im", "à", "a", "le", "la", "las", "el", "de",
    "du", "por", "den", "der", "dans",
];
/// What says that a number before it is a time of day.
const OF_THE_CLOCK: [&str; 7] = ["am", "pm", "a.m", "p.m", "uhr", "o'clock", "heures"];
/// These days begin now: what is for them lasts until they end.
const TODAY: [&str; 7] = ["today", "tonight", "heute", "aujourd'hui", "ce", "hoy", "esta"];

impl Reading<'_> {
    /// Behind `for`: how long, a ticket, or who.
    pub(super) fn take_for(&mut self) {
        self.expected = Expected::For;
        if let Some((skipped, count)) = self.duration_behind_fillers() {
            let text = joined(&self.rest()[skipped..skipped + count]);
            self.at += skipped + count;
            return self.set_duration(text);
        }
        // A duration that is none is still one: what is wrong with it is asked.
        let count = self.length_of_bad_duration();
        let text = joined(&self.rest()[..count]);
        if count > 0 && looks_like_a_duration(&text) {
            self.at += count;
            return self.set_duration(text);
        }
        if !self.take_moment() {
            self.take_purpose_behind_for();
        }
    }

    /// The next duration, and how many words are said before it that change nothing of it. "a" and "the" may be a part of the
    /// duration, as in "the afternoon".
    fn duration_behind_fillers(&self) -> Option<(usize, usize)> {
        let mut skipped = 0;
        // So many words and no more: a row of them is looked at for each.
        while skipped < DURATION {
            if let Some(count) = self.looks.duration(self.at + skipped) {
                return Some((skipped, count));
            }
            let word = self.rest().get(skipped)?;
            skipped += match self.tag(self.at + skipped) {
                Some((Tag::About, count)) => count,
                _ if FILLERS.contains(&word.lower.as_str()) => 1,
                _ => return None,
            };
        }
        None
    }

    /// "about half an hour", "no more than 2 hours", without a "for".
    pub(super) fn take_about(&mut self) -> bool {
        if matches!(self.expected, Expected::Person | Expected::Ticket) {
            return false;
        }
        let Some((skipped, count)) = self.duration_behind_fillers().filter(|(skipped, _)| *skipped > 0)
        else {
            return false;
        };
        let text = joined(&self.rest()[skipped..skipped + count]);
        self.at += skipped + count;
        self.set_duration(text);
        true
    }

    /// How many words may be meant as a duration: a number and what follows it, or all up to the next that is known.
    fn length_of_bad_duration(&self) -> usize {
        let rest = &self.rest()[..self.part_length()];
        // What stands in quotation marks is a name.
        if rest.first().is_none_or(|word| word.quoted) {
            return 0;
        }
        if rest.first().is_some_and(starts_with_digit) {
            let unit = rest
                .get(1)
                .filter(|word| !word.quoted && self.tag(self.at + 1).is_none() && !is_key(&word.text));
            // "2 working days".
            let kind = unit.and(rest.get(2)).filter(|_| rest[1].stop.is_none());
            let is_unit =
                kind.is_some_and(|unit| looks_like_a_duration(&unit.lower) && !starts_with_digit(unit));
            let count = usize::from(unit.is_some()) + usize::from(is_unit);
            return 1 + if rest[0].stop.is_none() { count } else { 0 };
        }
        let ends = |index: &usize| {
            let tag = self.tag(self.at + *index);
            let word = &rest[*index];
            // "for Ben 1 day": the name ends where the duration begins.
            word.quoted
                || *index > 0 && self.looks.duration(self.at + *index).is_some()
                || is_key(&word.text)
                || tag.is_some_and(|(tag, _)| !matches!(tag, Tag::Idle | Tag::And))
        };
        (0..rest.len()).find(ends).unwrap_or(rest.len())
    }

    /// A number and a word where a duration may stand: "2 horus" is asked about as one.
    pub(super) fn take_number(&mut self, word: &Word) -> bool {
        let fits = matches!(self.expected, Expected::Nothing) && self.is_complete();
        let is_number = starts_with_digit(word) && !is_key(&word.text);
        // Only behind a number is it known at once how many words are meant.
        if !fits || !is_number {
            return false;
        }
        let count = self.length_of_bad_duration();
        let text = joined(&self.rest()[..count]);
        if !looks_like_a_duration(&text) {
            return false;
        }
        self.at += count;
        self.set_duration(text);
        true
    }

    /// How many of the next words are a time that was said without "until".
    pub(super) fn moment_length(&self) -> usize {
        let mut length = 0;
        let rest = &self.rest()[..self.part_length()];
        for (index, word) in rest.iter().enumerate() {
            let lower = word.lower.as_str();
            let is_hour = index > 0 && starts_with_digit(&rest[index - 1]) && OF_THE_CLOCK.contains(&lower);
            if word.quoted || is_key(&word.text) || is_address(lower) {
                break;
            }
            if self.looks.is_time(self.at + index) || is_hour || begins_next(&rest[index..]) {
                length = (index + if begins_next(&rest[index..]) { 2 } else { 1 }).max(length);
            } else if length > 0 && is_at_hour(&rest[..=index]) {
                // "tomorrow at 9".
                length = index + 1;
            } else if !WITHIN.contains(&lower) && !starts_with_digit(word)
                || self.looks.duration(self.at + index).is_some()
            {
                break;
            }
        }
        length
    }

    /// A time without "until": it may be when it shall begin, or end.
    pub(super) fn take_moment(&mut self) -> bool {
        let length = self.moment_length();
        if length == 0 || matches!(self.expected, Expected::Person | Expected::Ticket) {
            return false;
        }
        let words = &self.rest()[..length];
        let text = joined(words);
        let is_today = words.iter().any(|word| TODAY.contains(&word.lower.as_str()));
        let for_it = self.expected == Expected::For;
        self.at += length;
        if for_it && is_today {
            self.expected = Expected::Nothing;
            self.set_until(text);
        } else {
            self.set_begin(&text);
        }
        true
    }

    fn set_begin(&mut self, text: &str) {
        if self.expected == Expected::For {
            self.expected = Expected::Nothing;
        }
        let before = self.plain.begins.take();
        self.plain.begins = Some(before.map_or_else(|| text.to_owned(), |before| format!("{before} {text}")));
    }

    /// Behind `from`: when it shall begin, where a time follows.
    pub(super) fn take_from(&mut self, start: usize) {
        let rest = self.rest();
        let first = rest.iter().position(|word| !WITHIN.contains(&word.lower.as_str()));
        let is_time = |index: usize| {
            let word = &rest[index];
            self.looks.is_time(self.at + index)
                || is_month(&word.lower)
                || starts_with_digit(word) && !is_key(&word.text)
        };
        if !first.is_some_and(is_time) {
            return self.unsure(start);
        }
        let ends = |index: &usize| {
            *index > 0
                && (self.tag(self.at + *index).is_some_and(|(tag, _)| tag == Tag::Until)
                    || matches!(rest[*index].lower.as_str(), "to" | "à"))
        };
        let whole = self.time_length();
        let count = (0..whole).find(ends).unwrap_or(whole);
        self.at += count;
        self.set_begin(&joined(&self.words[start..self.at]));
        self.expected = Expected::Nothing;
    }

    /// `von 14 bis 17 Uhr`, `de 14h à 17h`: from a time to a time, where the word before means much else.
    pub(super) fn take_span(&mut self) -> bool {
        let rest = self.rest();
        let [_, begin, to, end, ..] = rest else { return false };
        let is_span = begins_span(rest)
            && matches!(to.lower.as_str(), "bis" | "à" | "a" | "to" | "and" | "und")
            && [begin, end]
                .into_iter()
                .all(|word| starts_with_digit(word) && !word.quoted && !is_key(&word.text));
        if !is_span {
            return false;
        }
        let text = joined(&rest[..2]);
        self.at += 3;
        self.set_begin(&text);
        self.take_until();
        true
    }

    /// `infra an hour`: the article, which means nothing elsewhere, counts.
    pub(super) fn take_counted_by_article(&mut self) -> bool {
        let is_article = matches!(self.tag(self.at), Some((Tag::Idle, 1)));
        let Some(count) = self.duration().filter(|count| *count > 1 && is_article) else { return false };
        if self.expected != Expected::Nothing {
            return false;
        }
        let text = joined(&self.rest()[..count]);
        self.at += count;
        self.set_duration(text);
        true
    }

    /// Behind a word that leads to a repository, once that was named: when it shall begin.
    pub(super) fn take_time_behind_on(&mut self, start: usize) -> bool {
        if self.plain.begins.is_some()
            && matches!(self.words[start].lower.as_str(), "to" | "à")
            && self.rest().first().is_some_and(starts_with_digit)
        {
            self.take_until();
            return true;
        }
        let length = self.moment_length().max(self.duration().unwrap_or(0));
        if length == 0 {
            return false;
        }
        self.at += length;
        self.set_begin(&joined(&self.words[start..self.at]));
        true
    }

    /// Behind `until`: everything up to what is surely no time.
    pub(super) fn take_until(&mut self) {
        let count = self.time_length();
        let text = joined(&self.rest()[..count]);
        self.at += count;
        self.expected = Expected::Nothing;
        if count == 0 { self.unsure(self.at - 1) } else { self.set_until(text) }
    }

    fn set_until(&mut self, text: String) {
        match &self.plain.until {
            Some(known) if *known != text => self.plain.other_times.push(format!("until {text}")),
            _ => self.plain.until = Some(text),
        }
    }

    /// How many of the next words are a time, as far as they are not surely something else.
    fn time_length(&self) -> usize {
        let mut count = 0;
        let rest = self.rest();
        while let Some(word) = rest.get(count) {
            let ends_time = match self.tag(self.at + count) {
                // "bis morgen um 18 Uhr", "until friday in the morning", "viernes por la mañana".
                Some((Tag::On | Tag::For, _)) => !self.leads_to_time(self.at + count + 1),
                Some((Tag::Idle | Tag::Until | Tag::Hello | Tag::About, _)) | None => is_key(&word.text),
                Some(_) => true,
            };
            if word.quoted || ends_time || is_address(&word.lower) {
                break;
            }
            // "until friday for 2 hours": the duration is one of its own.
            count += 1;
            // "tomorrow, 6pm", "Dec 20, 2026".
            let goes_on = rest.get(count).is_some_and(|next| starts_with_digit(next) && !is_key(&next.text));
            if word.stop.is_some_and(|stop| stop != ',' || !goes_on)
                && !(word.stop == Some('.') && starts_with_digit(word))
            {
                break;
            }
        }
        count
    }

    /// Whether a time begins at this place that can be nothing else.
    pub(super) fn begins_moment(&self, at: usize) -> bool {
        self.looks.is_time(at) || begins_next(&self.words[at..])
    }

    /// Whether a time of day begins at this place, and no duration.
    fn leads_to_time(&self, at: usize) -> bool {
        let words = &self.words[at.min(self.words.len())..];
        let behind = words.iter().position(|word| !WITHIN.contains(&word.lower.as_str()));
        let is_time = |index: usize| {
            let next = &words[index];
            starts_with_digit(next) && !is_key(&next.text) || self.looks.is_time(at + index)
        };
        behind.is_some_and(is_time)
            && (self.looks.duration(at).is_none() || words[0].lower.contains(['h', ':']))
    }
}

/// Whether these words begin with a word that may lead from a time to a time, and a number.
pub(super) fn begins_span(words: &[Word]) -> bool {
    let [from, begin, ..] = words else { return false };
    matches!(from.lower.as_str(), "von" | "de" | "des" | "between" | "zwischen")
        && !from.quoted
        && starts_with_digit(begin)
}

/// Whether these words end with an hour of a day that was named before: "at 9".
fn is_at_hour(words: &[Word]) -> bool {
    const AT: [&str; 7] = ["at", "um", "à", "a", "las", "om", "às"];
    let [.., at, hour] = words else { return false };
    AT.contains(&at.lower.as_str()) && hour.text.parse::<u8>().is_ok_and(|hour| hour <= 24)
}

/// "next week", "nächste Woche": when it shall begin, or how long it shall be.
pub(super) fn begins_next(words: &[Word]) -> bool {
    const NEXT: [&str; 8] =
        ["next", "this", "coming", "nächste", "nächsten", "kommende", "diese", "prochaine"];
    const UNITS: [&str; 9] =
        ["week", "weekend", "month", "sprint", "quarter", "year", "woche", "monat", "semaine"];
    let [first, second, ..] = words else { return false };
    NEXT.contains(&first.lower.as_str()) && UNITS.contains(&second.lower.as_str()) && first.stop.is_none()
}

/// "Tomorrow between 2 and 4pm": what ends at a time of day ends on the day it begins.
pub(super) fn on_the_day_it_begins(plain: &mut Plain) {
    let (Some(begins), Some(until)) = (&plain.begins, &mut plain.until) else { return };
    let names_day = |text: &str| text.split(' ').any(|word| is_day_word(&word.to_lowercase()));
    if !names_day(until)
        && let Some(day) = begins.split(' ').find(|word| is_day_word(&word.to_lowercase()))
    {
        *until = format!("{day} {until}");
    }
}
