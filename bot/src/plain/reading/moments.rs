//! The moments of a plain sentence: until when, and from when, though access begins when it is countersigned.

use countersign_domain::duration::parse_minutes;

use super::people::OBTAIN;
use super::{Expected, Reading, is_address, starts_with_digit};
use crate::grammar::{is_key, joined};
use crate::moment::{self, Stretch, is_day_word, is_month};
use crate::normalise::{Tag, Word};
use crate::plain::Plain;

/// Words between those of a time.
const WITHIN: [&str; 29] = [
    "the", "at", "of", "next", "this", "on", "in", "um", "am", "im", "à", "a", "le", "la", "las", "el", "de",
    "du", "por", "den", "der", "dans", "alle", "al", "ore", "às", "ao", "di", "il",
];
/// What says that a number before it is a time of day.
const OF_THE_CLOCK: [&str; 7] = ["am", "pm", "a.m", "p.m", "uhr", "o'clock", "heures"];
/// What says that it ends before the time behind it, or has to be there by then.
pub(super) const BEFORE: [&str; 5] = ["before", "vor", "avant", "antes", "prima"];
/// What leads to the place whose time is meant.
const PLACED: [&str; 3] = ["in", "à", "en"];
/// These days begin now: what is for them lasts until they end.
const TODAY: [&str; 10] =
    ["today", "tonight", "heute", "aujourd'hui", "ce", "hoy", "esta", "oggi", "stasera", "hoje"];

impl Reading<'_> {
    /// How many of the next words are a time that was said without "until".
    pub(super) fn moment_length(&self) -> usize {
        self.moment_length_from(self.at)
    }

    fn moment_length_from(&self, from: usize) -> usize {
        let mut length = 0;
        let rest = &self.words[from..self.at + self.part_length()];
        for (index, word) in rest.iter().enumerate() {
            let lower = word.lower.as_str();
            let is_hour = index > 0 && starts_with_digit(&rest[index - 1]) && OF_THE_CLOCK.contains(&lower);
            if word.quoted || is_key(&word.text) || is_address(lower) {
                break;
            }
            if self.looks.is_time(from + index) || is_hour || begins_next(&rest[index..]) {
                length = (index + if begins_next(&rest[index..]) { 2 } else { 1 }).max(length);
            } else if length > 0 && is_at_hour(&rest[..=index]) {
                // "tomorrow at 9".
                length = index + 1;
            } else if !WITHIN.contains(&lower) && !starts_with_digit(word)
                || self.looks.duration(from + index).is_some()
            {
                break;
            }
        }
        length
    }

    /// How many of the words from here on say that it is before a time: "before Friday", "vor 17 Uhr"; but "vor 2 Tagen" is long ago.
    fn before_length(&self, at: usize) -> Option<usize> {
        const BETWEEN: [&str; 7] = ["the", "dem", "le", "la", "del", "de", "di"];
        self.words.get(at).filter(|word| BEFORE.contains(&word.lower.as_str()) && !word.quoted)?;
        let is_between = |word: &&Word| BETWEEN.contains(&word.lower.as_str());
        let between = self.words[at + 1..].iter().take(2).take_while(is_between).count();
        let from = at + 1 + between;
        let is_near = from < self.at + self.part_length();
        let length = if is_near { self.moment_length_from(from) } else { 0 };
        (length > 0).then_some(1 + between + length)
    }

    /// "Before Friday": that may be when it ends, or when it has to be there. It is asked.
    pub(super) fn take_before(&mut self) -> bool {
        let Some(length) = self.before_length(self.at) else { return false };
        if matches!(self.expected, Expected::Person | Expected::Ticket) {
            return false;
        }
        let text = joined(&self.rest()[..length]);
        self.at += length;
        self.set_begin(&text);
        true
    }

    /// "By tomorrow", "by 5pm": it has to be there by then, or ends then. That is asked; "by the end of the week" ends.
    pub(super) fn is_due(&mut self, start: usize) -> bool {
        const BY: [&str; 5] = ["by", "d'ici", "entro", "entro il", "entro le"];
        const ENDS: [&str; 8] = ["end", "eod", "eow", "eom", "cob", "fin", "fine", "fim"];
        let count = self.time_length();
        let words = &self.rest()[..count];
        let is_end = words.iter().any(|word| ENDS.contains(&word.lower.as_str()));
        // "By 2 hours" is so long.
        let is_by = BY.contains(&self.words[start].lower.as_str()) && self.duration().is_none();
        if !is_by || count == 0 || is_end {
            return false;
        }
        self.at += count;
        self.expected = Expected::Nothing;
        self.set_begin(&joined(&self.words[start..self.at]));
        true
    }

    /// "Since Friday", "since 1 hour" tell no reason, and nothing can begin then.
    pub(super) fn take_since(&mut self, start: usize) -> bool {
        let length = self.moment_length().max(self.duration().unwrap_or(0));
        if self.words[start].lower != "since" || length == 0 || length < self.rest().len() {
            return false;
        }
        self.at += length;
        self.set_begin(&joined(&self.words[start..self.at]));
        true
    }

    /// "This week", "this afternoon": the word before it means nothing elsewhere.
    pub(super) fn take_this(&mut self) -> bool {
        const THIS: [&str; 11] =
            ["this", "diese", "dieses", "diesen", "cette", "cet", "ce", "esta", "este", "questa", "questo"];
        let rest = self.rest();
        let is_this = rest.first().is_some_and(|word| THIS.contains(&word.lower.as_str()) && !word.quoted);
        is_this && (begins_next(rest) || self.looks.is_time(self.at + 1)) && self.take_moment()
    }

    /// Behind `for`: a stretch of time that is named without its ends. One that may begin later is asked about.
    pub(super) fn take_stretch(&mut self) -> bool {
        let near: Vec<&str> =
            self.rest()[..self.part_length()].iter().map(|word| word.lower.as_str()).collect();
        let Some((stretch, count)) = moment::stretch(&near) else { return false };
        let text = joined(&self.rest()[..count]);
        self.at += count;
        match stretch {
            Stretch::Weekend | Stretch::Evening => self.set_begin(&text),
            Stretch::Day | Stretch::Week => {
                self.expected = Expected::Nothing;
                self.set_until(text);
            }
        }
        true
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
        // "Between 2 and 4 hours" is how long.
        let is_span = begins_span(rest)
            && self.duration().is_none()
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
            // "Stasera alle 9": elsewhere "alle" is everybody.
            let leads_to_hour = rest.get(..count + 2).is_some_and(is_at_hour)
                && self.looks.duration(self.at + count + 1).is_none();
            let ends_time = match self.tag(self.at + count) {
                _ if leads_to_hour => false,
                // "Bis Freitag haben": the verb stands last.
                _ if OBTAIN.contains(&word.lower.as_str()) => true,
                // "bis morgen um 18 Uhr", "until friday in the morning", "viernes por la mañana".
                Some((Tag::On | Tag::For, _)) => {
                    let at = self.at + count;
                    !self.leads_to_time(at + 1) && !self.leads_to_zone(at) && !self.leads_to_weeks(at)
                }
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
        self.looks.is_time(at) || begins_next(&self.words[at..]) || self.before_length(at).is_some()
    }

    /// Whether the place follows whose time is meant: "9am in London".
    fn leads_to_zone(&self, at: usize) -> bool {
        let words = &self.words[at..];
        let [lead, next, ..] = words else { return false };
        let is_meant = !self.plain.repositories.is_empty() || next.text.starts_with(char::is_uppercase);
        let is_zone = |count: usize| {
            let name = words.get(1..=count).map(joined);
            name.is_some_and(|name| moment::zone(&name).is_some())
        };
        at > self.at
            && PLACED.contains(&lead.lower.as_str())
            && !next.quoted
            && is_meant
            && (is_zone(1) || lead.stop.is_none() && next.stop.is_none() && is_zone(2))
    }

    /// Whether it is a day of a week that is so far: "Friday in two weeks".
    fn leads_to_weeks(&self, at: usize) -> bool {
        const WEEK: u64 = 7 * 24 * 60;
        let is_day = at > self.at && is_day_word(&self.words[at - 1].lower);
        let count = self.looks.duration(at + 1).filter(|_| is_day).unwrap_or(0);
        let weeks = joined(&self.words[at + 1..at + 1 + count]);
        count == 2 && parse_minutes(&weeks).is_ok_and(|minutes| minutes % WEEK == 0)
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

/// Whether these words end with an hour of a day that was named before: "at 9", "alle 9:30".
fn is_at_hour(words: &[Word]) -> bool {
    const AT: [&str; 8] = ["at", "um", "à", "a", "las", "om", "às", "alle"];
    let [.., at, hour] = words else { return false };
    let number = hour.text.split([':', '.', 'h']).next().unwrap_or_default();
    AT.contains(&at.lower.as_str()) && number.parse::<u8>().is_ok_and(|hour| hour <= 24)
}

/// "next week", "nächste Woche": when it shall begin, or how long it shall be.
pub(super) fn begins_next(words: &[Word]) -> bool {
    const NEXT: [&str; 14] = [
        "next",
        "this",
        "coming",
        "nächste",
        "nächsten",
        "kommende",
        "diese",
        "prochaine",
        "cette",
        "esta",
        "prossima",
        "questa",
        "próxima",
        "próximo",
    ];
    const UNITS: [&str; 12] = [
        "week",
        "weekend",
        "month",
        "sprint",
        "quarter",
        "year",
        "woche",
        "monat",
        "semaine",
        "semana",
        "settimana",
        "mês",
    ];
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
