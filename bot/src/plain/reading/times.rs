//! The times of a plain sentence: how long, until when, and from when, though access begins when it is countersigned.

use super::{Expected, Reading, duration_of, is_address, starts_with_digit};
use crate::grammar::{is_key, joined, looks_like_a_duration};
use crate::moment::{is_month, is_time_word};
use crate::normalise::{LEXICON, Tag, Word};

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
        let fillers = self.rest().iter().take_while(|word| FILLERS.contains(&word.lower.as_str())).count();
        // "a" and "the" may be a part of the duration, as in "the afternoon".
        let length = |skipped: usize| duration_of(&self.rest()[skipped..]).map(|count| (skipped, count));
        if let Some((skipped, count)) = length(0).or_else(|| (1..=fillers).find_map(length)) {
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
        self.take_moment();
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
                .filter(|word| !word.quoted && LEXICON.tag(&rest[1..]).is_none() && !is_key(&word.text));
            return 1 + usize::from(unit.is_some() && rest[0].stop.is_none());
        }
        let ends = |index: &usize| {
            let tag = LEXICON.tag(&rest[*index..]);
            let word = &rest[*index];
            word.quoted
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
            if is_time_word(lower) || is_hour || begins_next(&rest[index..]) {
                length = (index + if begins_next(&rest[index..]) { 2 } else { 1 }).max(length);
            } else if !WITHIN.contains(&lower) && !starts_with_digit(word)
                || duration_of(&rest[index..]).is_some()
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
        let first = rest.iter().find(|word| !WITHIN.contains(&word.lower.as_str()));
        let is_time = |word: &Word| {
            is_time_word(&word.lower)
                || is_month(&word.lower)
                || starts_with_digit(word) && !is_key(&word.text)
        };
        if !first.is_some_and(is_time) {
            return self.unsure(start);
        }
        let ends = |index: &usize| {
            let tag = LEXICON.tag(&rest[*index..]);
            *index > 0
                && (tag.is_some_and(|(tag, _)| tag == Tag::Until)
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
        let is_article = matches!(LEXICON.tag(self.rest()), Some((Tag::Idle, 1)));
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
            let ends_time = match LEXICON.tag(&rest[count..]) {
                // "bis morgen um 18 Uhr", "until friday in the morning", "viernes por la mañana".
                Some((Tag::On | Tag::For, _)) => !leads_to_time(&rest[count + 1..]),
                Some((Tag::Idle | Tag::Until | Tag::Hello, _)) | None => is_key(&word.text),
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
}

/// Whether these words begin with a time that can be nothing else.
pub(super) fn begins_moment(words: &[Word]) -> bool {
    words.first().is_some_and(|word| is_time_word(&word.lower)) || begins_next(words)
}

/// Whether these words begin with a word that may lead from a time to a time, and a number.
pub(super) fn begins_span(words: &[Word]) -> bool {
    let [from, begin, ..] = words else { return false };
    matches!(from.lower.as_str(), "von" | "de" | "des" | "between" | "zwischen")
        && !from.quoted
        && starts_with_digit(begin)
}

/// "next week", "nächste Woche": when it shall begin, or how long it shall be.
fn begins_next(words: &[Word]) -> bool {
    const NEXT: [&str; 8] =
        ["next", "this", "coming", "nächste", "nächsten", "kommende", "diese", "prochaine"];
    const UNITS: [&str; 9] =
        ["week", "weekend", "month", "sprint", "quarter", "year", "woche", "monat", "semaine"];
    let [first, second, ..] = words else { return false };
    NEXT.contains(&first.lower.as_str()) && UNITS.contains(&second.lower.as_str()) && first.stop.is_none()
}

/// Whether these words begin with a time of day, and no duration.
fn leads_to_time(words: &[Word]) -> bool {
    let behind = words.iter().find(|word| !WITHIN.contains(&word.lower.as_str()));
    behind.is_some_and(|next| starts_with_digit(next) && !is_key(&next.text) || is_time_word(&next.lower))
        && (duration_of(words).is_none() || words[0].lower.contains(['h', ':']))
}
