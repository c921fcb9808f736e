//! The durations of a plain sentence: how long it shall last.

use countersign_domain::duration::vague;

use super::why::{Clause, is_of_work};
use super::{DURATION, Expected, REASON, Reading, starts_with_digit};
use crate::grammar::{is_key, joined, looks_like_a_duration};
use crate::normalise::{Tag, Word};

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
/// Of these, what says that one unit is meant which begins now: "the next hour".
const NEXT: [&str; 8] =
    ["next", "coming", "nächste", "nächsten", "kommende", "prochaine", "próxima", "volgende"];
/// The unit that is not a day of the calendar as well: "the next day" may be tomorrow.
const HOUR: [&str; 5] = ["hour", "stunde", "heure", "hora", "uur"];

impl Reading<'_> {
    /// Behind `for`: how long, a ticket, or who.
    pub(super) fn take_for(&mut self) {
        self.expected = Expected::For;
        if self.take_next_hour() || self.take_stretch() {
            return;
        }
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
        if !self.take_moment() && !self.take_doing_behind_for() {
            self.take_purpose_behind_for();
        }
    }

    /// "For the next hour", which is one.
    fn take_next_hour(&mut self) -> bool {
        let part = &self.rest()[..self.part_length()];
        let is_before = |word: &&Word| {
            FILLERS.contains(&word.lower.as_str())
                || NEXT.contains(&word.lower.as_str())
                || word.lower == "la"
        };
        let count = part.iter().take(3).take_while(is_before).count();
        let is_next = count > 0 && NEXT.contains(&part[count - 1].lower.as_str());
        if !is_next || !part.get(count).is_some_and(|unit| HOUR.contains(&unit.lower.as_str())) {
            return false;
        }
        self.at += count + 1;
        self.set_duration("1 hour".to_owned());
        true
    }

    /// "A couple of hours", without a "for": what it may be is asked.
    pub(super) fn take_vague(&mut self) -> bool {
        /// The most words of one.
        const WORDS: usize = 5;
        let may_begin = matches!(self.tag(self.at), None | Some((Tag::Idle, 1)));
        if self.expected != Expected::Nothing || !may_begin {
            return false;
        }
        let part = &self.rest()[..self.part_length().min(WORDS)];
        let is_vague = |count: &usize| {
            let words = &part[..*count];
            words.iter().all(|word| !word.quoted) && vague(&joined(words)).is_some()
        };
        // All of its words, and none that only stands beside it.
        let Some(count) = (2..=part.len()).find(is_vague) else { return false };
        let text = joined(&part[..count]);
        self.at += count;
        self.set_duration(text);
        true
    }

    /// "Pour corriger un bug", "for fixing the build": what it is for. The ending alone is no proof of a deed: Claire, Omar and
    /// Sterling end so as well.
    fn take_doing_behind_for(&mut self) -> bool {
        let start = self.at;
        let (Some(lead), [first, ..]) = (start.checked_sub(1), self.rest()) else { return false };
        let endings: &[&str] = match self.words[lead].lower.as_str() {
            "for" => &["ing"],
            "pour" => &["er", "ir", "re"],
            "para" => &["ar", "er", "ir"],
            _ => return false,
        };
        let is_doing = first.text == first.lower
            && first.text.chars().all(char::is_alphabetic)
            && is_of_work(first)
            && endings.iter().any(|ending| first.lower.ends_with(ending));
        // Only then it is known at once how far it goes.
        if !is_doing || !self.is_complete() || self.plain.reason.is_some() {
            return false;
        }
        let mut part = self.words[start..start + self.loose_length(start)].to_vec();
        let (from, to) = (first.start, part.last().map_or(first.end, |last| last.end));
        if let Some(last) = part.last_mut() {
            // Whoever asks for it as a whole may end so.
            last.stop = None;
        }
        let tells_why = part.len() <= REASON && Clause::of(&part, &self.plain.repositories) == Clause::Why;
        if !tells_why {
            return false;
        }
        self.plain.reason = Some(self.text[from..to].trim_end_matches([' ', ',', '.', '?', '!']).to_owned());
        self.at = start + part.len();
        self.expected = Expected::Nothing;
        true
    }

    /// Whether a duration follows behind words that change nothing of it: "infra next 2 days".
    pub(super) fn begins_next_duration(&self, at: usize) -> bool {
        let is_filler = |at: usize| {
            let word = self.words.get(at).filter(|word| !word.quoted && word.stop.is_none());
            word.is_some_and(|word| FILLERS.contains(&word.lower.as_str()))
        };
        is_filler(at)
            && (self.looks.duration(at + 1).is_some()
                || is_filler(at + 1) && self.looks.duration(at + 2).is_some())
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
}
