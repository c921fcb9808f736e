//! Plain sentences that ask for more time: "I need 3 more hours", "extend K7QM2X to 2 days because the rollout slipped".

use countersign_domain::duration::{DurationWord, parse_minutes};
use countersign_domain::request::Code;

use super::reading::{Order, turn};
use crate::grammar::{Said, Sentence, joined};
use crate::normalise::{self, LEXICON, Tag, Word};

/// What such a sentence begins with, unless somebody needs more or longer.
const HEADS: [&str; 19] = [
    "prolunga",
    "prolungare",
    "estendi",
    "estendere",
    "extend",
    "prolong",
    "lengthen",
    "verlängere",
    "verlängern",
    "prolonge",
    "prolonger",
    "prolongez",
    "prolonga",
    "prolongar",
    "extiende",
    "amplía",
    "verleng",
    "estende",
    "prolongue",
];
/// What keeps something, where it is said until when.
const KEEPS: [&str; 3] = ["keep", "behalte", "garde"];
/// Said of what is added.
const MORE: [&str; 16] = [
    "ancora",
    "più",
    "mais",
    "encore",
    "more",
    "longer",
    "additional",
    "extra",
    "further",
    "another",
    "länger",
    "mehr",
    "weitere",
    "noch",
    "más",
    "bit",
];
/// Of one more, the word before is the number.
const ONE_MORE: &str = "another";
/// Words between, which say nothing here.
const AROUND: [&str; 13] =
    ["de", "it", "by", "with", "time", "some", "little", "um", "etwas", "please", "that", "this", "more"];
/// The most words that are looked at.
const WORDS: usize = 24;

/// What a sentence says of how much longer an access shall last; `None` where it says something else, or anything that is not
/// understood.
pub fn extends(sentence: &Sentence<'_>) -> Option<Said> {
    let (words, why) = before_reason(&sentence.words);
    let first = words.first()?;
    let keeps = KEEPS.contains(&first.lower.as_str());
    let heads = keeps || HEADS.contains(&first.lower.as_str());
    let wants = matches!(LEXICON.tag(words), Some((Tag::Want, _)));
    let says_more = words.iter().any(|word| MORE.contains(&word.lower.as_str()) && word.lower != "bit");
    if words.len() > WORDS || !(heads || says_more) {
        return None;
    }
    let mut slots = Slots::read(&without_more(words), usize::from(heads))?.0;
    let has = |wanted: &dyn Fn(&str) -> bool| slots.iter().any(|(slot, _)| wanted(slot));
    let (is_timed, is_named) = (has(&|slot| slot != "code"), has(&|slot| slot == "code"));
    let is_of_time = |word: &Word| matches!(word.lower.as_str(), "longer" | "länger" | "time");
    // "One more hour" says how long, and nothing else; and nothing is kept without an end.
    if (!heads && !wants || keeps) && !is_timed {
        return None;
    }
    // "I need more access": nothing is said of time.
    if !heads && !is_timed && !sentence.words.iter().any(is_of_time) {
        return None;
    }
    let missing = if is_named { vec![] } else { vec!["code".to_owned()] };
    slots.extend(reason(sentence.text(), why).map(|why| ("reason", why)));
    // What may be something else behind the reason is asked about.
    let unsure = turn(sentence.text(), behind(why), Order::Unknown)
        .map(|from| sentence.text()[from..].trim().to_owned());
    Some(Said::plainly(slots, missing, unsure.into_iter().collect()))
}

/// The words behind what leads to a reason.
fn behind(why: &[Word]) -> &[Word] {
    LEXICON.tag(why).map_or(why, |(_, because)| &why[because..])
}

/// Why, as far as it is no more than that.
fn reason(text: &str, why: &[Word]) -> Option<String> {
    let (_, because) = LEXICON.tag(why)?;
    let from = why.get(because)?.start;
    let to = turn(text, behind(why), Order::Unknown).unwrap_or(text.len()).max(from);
    let said = text.get(from..to)?.trim().trim_end_matches([',', ';', '-', '–', '—', '(']).trim_end();
    (!said.is_empty()).then(|| said.to_owned())
}

/// What is said of more time, by the slots of the command.
#[derive(Default)]
struct Slots(Vec<(&'static str, String)>);

impl Slots {
    /// What these words say from this place on; `None` where any of it is not understood.
    fn read(words: &[Word], from: usize) -> Option<Self> {
        let counted: Vec<_> = words.iter().map(|word| DurationWord::read(&word.text)).collect();
        let (mut slots, mut at) = (Self::default(), from);
        while at < words.len() {
            at += slots.take(words, &counted, at)?;
        }
        Some(slots)
    }

    /// Takes what stands at this place, and says how many words that is.
    fn take(&mut self, words: &[Word], counted: &[DurationWord], at: usize) -> Option<usize> {
        let word = &words[at];
        if let Some(count) = DurationWord::longest(&counted[at..]).filter(|_| !word.quoted) {
            let before = at.checked_sub(1).map(|before| words[before].lower.as_str());
            // "In one more hour" says when.
            if matches!(before, Some("in" | "within" | "dans" | "en" | "em" | "over")) {
                return None;
            }
            let slot = if matches!(before, Some("to" | "auf")) { "total" } else { "duration" };
            if self.has("duration") || self.has("total") {
                return None;
            }
            self.0.push((slot, joined(&words[at..at + count])));
            return Some(count);
        }
        let names = word.text.parse::<Code>().is_ok() && is_written_as_code(word)
            || word.text.contains(['-', '_']) && !LEXICON.knows(&word.lower);
        if names && !self.has("code") {
            self.0.push(("code", word.text.clone()));
            return Some(1);
        }
        match LEXICON.tag(&words[at..]) {
            // "By 2 hours" is so much.
            Some((Tag::Until, count))
                if DurationWord::longest(&counted[(at + count).min(words.len())..]).is_some() =>
            {
                Some(count)
            }
            Some((Tag::Until, count)) if at + count < words.len() => {
                self.0.push(("time", joined(&words[at + count..])));
                Some(words.len() - at)
            }
            _ if AROUND.contains(&word.lower.as_str()) => Some(1),
            Some((tag, count)) => means_nothing(tag).then_some(count),
            None => None,
        }
    }

    fn has(&self, slot: &str) -> bool {
        self.0.iter().any(|(own, _)| *own == slot)
    }
}

/// Whether a phrase says nothing of how long.
const fn means_nothing(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Idle
            | Tag::Access
            | Tag::On
            | Tag::For
            | Tag::Polite
            | Tag::Me
            | Tag::Want
            | Tag::Repository
            | Tag::About
    )
}

/// Whether what the grammar read of such a sentence can be what was meant.
pub fn is_extension(said: &Said) -> bool {
    let holds_time = |text: &str| {
        let counted: Vec<_> = text.split(' ').map(DurationWord::read).collect();
        (0..counted.len()).any(|at| DurationWord::longest(&counted[at..]).is_some())
    };
    let counts = |code: &str| parse_minutes(&format!("{code} hours")).is_ok();
    let code = said.get("code").is_none_or(|code| !counts(code))
        && said.get("code").is_none_or(|code| {
            let is_code = |word: &str| word.parse::<Code>().is_ok() && word.chars().any(char::is_uppercase);
            code.parse::<Code>().is_ok() && !code.contains(' ')
                || !holds_time(code) && !code.starts_with(char::is_numeric) && !code.split(' ').any(is_code)
        });
    let long = said.get("duration").is_none_or(|long| {
        let words: Vec<&str> =
            long.split(' ').filter(|word| !MORE.contains(&word.to_lowercase().as_str())).collect();
        parse_minutes(&words.join(" ")).is_ok()
            || !holds_time(long) && !long.trim().is_empty() && words.len() > 1
    });
    // A time is no reason, and nothing that is taken back behind one.
    let is_time = |time: &str| before_reason(&normalise::words(time)).1.is_empty();
    let is_reason = |reason: &str| turn(reason, &normalise::words(reason), Order::Unknown).is_none();
    code && long && said.get("time").is_none_or(is_time) && said.get("reason").is_none_or(is_reason)
}

fn is_written_as_code(word: &Word) -> bool {
    let has_digit = word.text.chars().any(|c| c.is_ascii_digit());
    (has_digit || word.text.chars().all(|c| !c.is_ascii_lowercase())) && !LEXICON.knows(&word.lower)
}

/// The words before the reason, and those from its "because" on.
fn before_reason(words: &[Word]) -> (&[Word], &[Word]) {
    let because = |at: &usize| matches!(LEXICON.tag(&words[*at..]), Some((Tag::Because, _)));
    words.split_at((0..words.len()).find(because).unwrap_or(words.len()))
}

/// The words without those that say that it is more: "3 more hours" are 3 hours, and "another hour" is one.
fn without_more(words: &[Word]) -> Vec<Word> {
    let is_counted = |word: Option<&Word>| {
        let counts = |word: &Word| parse_minutes(&format!("{} hours", word.text)).is_ok();
        word.is_some_and(|word| word.text.starts_with(char::is_numeric) || counts(word))
    };
    let mut plain: Vec<Word> = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        if word.lower == ONE_MORE && !is_counted(words.get(at + 1)) {
            plain.push(Word { text: "one".to_owned(), lower: "one".to_owned(), ..word.clone() });
        } else if !MORE.contains(&word.lower.as_str()) {
            plain.push(word.clone());
        }
    }
    plain
}
