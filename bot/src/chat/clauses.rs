//! The clauses of a sentence that decides more than once: "infra yes, payments no". Each is read by itself, with its own verb and its own
//! reason, and says whether it reads cleanly.

use std::ops::Range;

use super::deciding::{bare, lead, tail};
use super::named::{pieces, without_closing};
use crate::grammar::permission;
use crate::normalise::{self, LEXICON, Says, Tag, Word};

/// More words than this are no list of decisions.
const WORDS: usize = 60;
/// As many words may stand in a clause beside its verb and its names; more of them say something else.
const BESIDE: usize = 2;

/// What a clause says of what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Approve,
    Deny,
    /// "Not infra": nothing is done with that.
    Leave,
}

impl Verdict {
    fn of(command: &str) -> Self {
        if command == "approve" { Self::Approve } else { Self::Deny }
    }

    pub(super) const fn command(self) -> Option<&'static str> {
        match self {
            Self::Approve => Some("approve"),
            Self::Deny => Some("deny"),
            Self::Leave => None,
        }
    }
}

/// One decision of several.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) verdict: Verdict,
    /// What it is on, as it was named.
    pub(super) of: String,
    pub(super) reason: Option<String>,
    /// Whether it says that, and nothing else.
    pub(super) is_clean: bool,
}

/// What stands between two stops, or two "and"s.
struct Part {
    at: Range<usize>,
    verdict: Option<Verdict>,
    /// The words that name something, with the permissions among them.
    of: Vec<String>,
    names: usize,
    /// How many words say something else.
    others: usize,
    /// Where its reason begins.
    because: Option<usize>,
    /// Whether it says yes or no, and not a word more.
    is_alone: bool,
    /// Whether two things are decided differently in it.
    is_mixed: bool,
}

impl Part {
    fn read(words: &[Word], at: Range<usize>, is_name: &dyn Fn(&str) -> bool) -> Self {
        let own = &words[at.clone()];
        let because = (0..own.len()).find_map(|place| match LEXICON.tag(&own[place..]) {
            Some((Tag::Because, count)) => Some((place, at.start + place + count)),
            _ => None,
        });
        let head = without_lead(&own[..because.map_or(own.len(), |(place, _)| place)]);
        let (verdict, rest) = verdict(head);
        let because = because.map(|(_, behind)| behind);
        let is_mixed = is_mixed(head, is_name);
        let is_alone = verdict.is_some() && rest.is_empty();
        let mut part = Self { at, verdict, of: vec![], names: 0, others: 0, because, is_alone, is_mixed };
        for word in rest {
            if names(word, is_name) {
                part.names += 1;
                part.of.push(word.text.clone());
            } else if permission(&word.lower).is_some() {
                part.of.push(word.text.clone());
            } else if !is_beside(word) {
                part.others += 1;
            }
        }
        part
    }

    /// Whether it is a decision on something.
    const fn decides(&self) -> bool {
        self.verdict.is_some() && self.names > 0 && self.others <= BESIDE || self.is_mixed
    }

    /// Whether it says yes or no, and names nothing.
    fn is_bare(&self) -> bool {
        let says = self.verdict.is_some_and(|verdict| verdict != Verdict::Leave);
        says && self.of.is_empty() && self.others == 0
    }

    fn only_names(&self) -> bool {
        self.verdict.is_none() && self.names > 0 && self.others == 0
    }

    /// Whether the next part belongs to this one: "no, infra", "infra, yes".
    fn goes_on_in(&self, next: &Self) -> bool {
        let is_one = self.is_bare() && next.only_names() || self.only_names() && next.is_bare();
        self.because.is_none() && is_one
    }

    /// Whether it says nothing at all.
    fn is_idle(&self) -> bool {
        self.verdict.is_none() && self.of.is_empty() && self.others == 0 && self.because.is_none()
    }
}

/// The decisions of a sentence, where there is more than one, or one thing is told not to be meant; else none. `is_name`: whether a
/// piece of a word is one of a name.
pub(super) fn several(text: &str, is_name: &dyn Fn(&str) -> bool) -> Vec<Clause> {
    let (mut text, mut words) = (text, normalise::words(text));
    if words.len() > WORDS {
        return vec![];
    }
    let mut parts = parts(&words, is_name);
    // "Payments ok" at the end decides; "thanks, ok?" is politeness.
    if !parts.last().is_some_and(Part::decides) {
        text = without_closing(text);
        words = normalise::words(text);
        parts = self::parts(&words, is_name);
    }
    let Some(first) = parts.iter().position(Part::decides) else { return vec![] };
    let approves = parts[first].verdict == Some(Verdict::Approve);
    let begins = |(at, part): (usize, &Part)| {
        // "Infra ok. No, …": a no behind a yes is about something else, or takes it back. An "ok" behind a no is politeness.
        let turns = at > first && approves && part.is_alone && part.verdict == Some(Verdict::Deny);
        (part.decides() || turns).then_some(at)
    };
    let begun: Vec<usize> = parts.iter().enumerate().filter_map(begins).collect();
    if begun.len() < 2 && !parts[first].is_mixed {
        return vec![];
    }
    let ends = begun.iter().skip(1).copied().chain([parts.len()]);
    let clauses: Vec<Clause> =
        begun.iter().zip(ends).map(|(from, until)| clause(text, &words, &parts[*from..until])).collect();
    // Of one thing it is a second thought, and no other decision.
    let is_one = clauses.len() > 1 && clauses.iter().all(|clause| clause.of == clauses[0].of);
    if is_one { vec![] } else { clauses }
}

/// What stands between stops and "and"s; what says yes or no is one with the name beside it.
fn parts(words: &[Word], is_name: &dyn Fn(&str) -> bool) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for at in split(words, is_name) {
        let next = Part::read(words, at, is_name);
        match parts.pop() {
            Some(last) if last.goes_on_in(&next) => {
                parts.push(Part::read(words, last.at.start..next.at.end, is_name));
            }
            last => parts.extend(last.into_iter().chain([next])),
        }
    }
    parts
}

/// One decision, with what follows it until the next one: that is why.
fn clause(text: &str, words: &[Word], parts: &[Part]) -> Clause {
    let own = &parts[0];
    let behind: Vec<&Part> = parts[1..].iter().filter(|part| !part.is_idle()).collect();
    let from = own.because.or_else(|| {
        let next = behind.first()?;
        let only_why = next.of.is_empty() && next.others == 0 && next.verdict.is_none();
        Some(next.because.filter(|_| only_why).unwrap_or(next.at.start))
    });
    let last = behind.last().map_or(own.at.end, |part| part.at.end);
    let written = |from: usize| text.get(words.get(from)?.start..words.get(last - 1)?.end).map(bare);
    let reason = from.and_then(written).filter(|reason| !reason.is_empty()).map(str::to_owned);
    let verdict = own.verdict.unwrap_or(Verdict::Leave);
    let is_clean = !own.is_mixed
        && own.verdict.is_some()
        && own.names > 0
        && own.others == 0
        && (reason.is_none() || verdict == Verdict::Deny);
    Clause { verdict, of: own.of.join(" "), reason, is_clean }
}

/// Where the parts of a sentence are: behind each stop, before each "and", and before what is not meant.
fn split(words: &[Word], is_name: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for at in 1..words.len() {
        // "Infra: yes" is one clause.
        let is_behind = words[at - 1].stop.is_some_and(|stop| !matches!(stop, ':' | '-'));
        let joins = matches!(LEXICON.tag(&words[at..]), Some((Tag::And | Tag::But, _)));
        if is_behind || joins || is_left_out(words, from..at, is_name) {
            parts.push(from..at);
            from = at;
        }
    }
    if from < words.len() {
        parts.push(from..words.len());
    }
    parts
}

/// Whether what follows this part is told not to be meant: "deny payments-api not infra". What a reason denies is its own.
fn is_left_out(words: &[Word], part: Range<usize>, is_name: &dyn Fn(&str) -> bool) -> bool {
    let rest = &words[part.end..];
    if !leaves(&rest[0]) {
        return false;
    }
    let next = rest[1..].iter().take(2).find(|word| !is_beside(word));
    let before = Part::read(words, part, is_name);
    next.is_some_and(|word| names(word, is_name)) && before.decides() && before.because.is_none()
}

fn leaves(word: &Word) -> bool {
    matches!(word.lower.as_str(), "not" | "nicht" | "pas") && !word.quoted
}

/// Whether every piece of a word is one of a name.
fn names(word: &Word, is_name: &dyn Fn(&str) -> bool) -> bool {
    let pieces = pieces(&word.text);
    !pieces.is_empty() && pieces.iter().all(|piece| is_name(piece))
}

/// Whether a word beside a verb and a name says nothing of its own: "archive is a no".
fn is_beside(word: &Word) -> bool {
    const AROUND: [&str; 26] = [
        "to", "for", "on", "in", "of", "is", "a", "an", "the", "it", "one", "and", "also", "ist", "est", "è",
        "es", "é", "für", "pour", "à", "und", "aber", "but", "zu", "das",
    ];
    let says = [Says::AroundName, Says::AroundChoice];
    !word.quoted
        && (AROUND.contains(&word.lower.as_str())
            || says.into_iter().any(|says| says.is_word(word))
            || LEXICON.is_polite(&word.lower))
}

/// A part without what leads to it: "and please", "I".
fn without_lead(mut words: &[Word]) -> &[Word] {
    const WHO: [&str; 3] = ["i", "ich", "je"];
    while let Some(first) = words.first() {
        let count = match LEXICON.tag(words) {
            Some((Tag::And | Tag::But | Tag::Polite | Tag::Hello, count)) => count,
            _ if WHO.contains(&first.lower.as_str()) => 1,
            _ => break,
        };
        words = &words[count..];
    }
    words
}

/// What a part decides, and its other words.
fn verdict(words: &[Word]) -> (Option<Verdict>, &[Word]) {
    if words.len() > 1 && leaves(&words[0]) {
        return (Some(Verdict::Leave), &words[1..]);
    }
    if let Some((command, count)) = lead(words) {
        return (Some(Verdict::of(command)), &words[count..]);
    }
    match tail(words) {
        Some((command, count)) => (Some(Verdict::of(command)), &words[..words.len() - count]),
        None => (None, words),
    }
}

/// Whether a yes and a no stand there with a name between them, and another one beside: "infra yes payments no".
fn is_mixed(words: &[Word], is_name: &dyn Fn(&str) -> bool) -> bool {
    let says = |word: &Word| {
        if Says::Yes.is_word(word) || Says::Approves.is_word(word) {
            Some(Verdict::Approve)
        } else if Says::No.is_word(word) || Says::Denies.is_word(word) {
            Some(Verdict::Deny)
        } else {
            None
        }
    };
    let said: Vec<(usize, Verdict)> =
        words.iter().enumerate().filter_map(|(at, word)| Some((at, says(word)?))).collect();
    let any = |words: &[Word]| words.iter().any(|word| says(word).is_none() && names(word, is_name));
    said.windows(2).any(|pair| {
        let [(from, one), (until, other)] = pair else { return false };
        one != other && any(&words[*from..*until]) && (any(&words[..*from]) || any(&words[*until..]))
    })
}

#[cfg(test)]
mod tests;
