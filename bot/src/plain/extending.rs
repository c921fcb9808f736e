//! Plain sentences that ask for more time: "I need 3 more hours", "extend K7QM2X to 2 days because the rollout slipped".

use countersign_domain::duration::{DurationWord, parse_minutes};
use countersign_domain::request::Code;

use super::reading::{Order, range, turn};
use crate::grammar::{Said, Sentence, joined};
use crate::moment::{is_day_word, is_month, is_time_word};
use crate::normalise::{self, LEXICON, Says, Tag, Word};

/// The most words that are looked at.
const WORDS: usize = 24;
/// The most words of a name: where nothing but more time can be meant, and elsewhere.
const NAME: (usize, usize) = (3, 1);

/// What a sentence says of how much longer an access shall last; `None` where it says something else, or anything that is not
/// understood.
pub fn extends(sentence: &Sentence<'_>) -> Option<Said> {
    let (slots, missing, unsure) =
        read(sentence.text(), &sentence.words).or_else(|| before_remark(sentence))?;
    Some(Said::plainly(slots, missing, unsure))
}

/// The slots of the command, those that lack, and what is asked about.
type Read = (Vec<(&'static str, String)>, Vec<String>, Vec<String>);

/// "2 more hours please, it's going slow": what is said behind the comma may be why, and is asked about. What may be another command,
/// or a part of this one, is none.
fn before_remark(sentence: &Sentence<'_>) -> Option<Read> {
    let words = &sentence.words;
    let at = words.iter().position(|word| word.stop.is_some()).map(|last| last + 1)?;
    let remark = words.get(at..).filter(|remark| !remark.is_empty())?;
    let tells = |at: usize| {
        let tag = LEXICON.tag(&remark[at..]).map(|(tag, _)| tag);
        !remark[at].text.contains(char::is_numeric) && tag.is_none_or(|tag| tag == Tag::Idle)
    };
    let (slots, missing, mut unsure) = read(sentence.text(), &words[..at])?;
    let is_timed = slots.iter().any(|(slot, _)| *slot == "duration");
    if !is_timed || !(0..remark.len()).all(tells) {
        return None;
    }
    unsure.push(sentence.text()[remark[0].start..].trim().to_owned());
    Some((slots, missing, unsure))
}

/// The same of words that are all of what is said.
fn read(text: &str, words: &[Word]) -> Option<Read> {
    let all = words;
    let (words, why) = before_reason(words);
    if words.len() > WORDS {
        return None;
    }
    let says = |says: Says| words.iter().any(|word| says.is_word(word));
    let keeps = says(Says::Keeps);
    let heads = keeps || says(Says::Prolongs);
    let is_added = |word: &Word| Says::More.is_word(word) && !Says::StillNeeded.is_word(word);
    let adds = words.iter().any(|word| is_added(word) && word.lower != "bit")
        || (1..words.len()).any(|at| is_plus(words, at));
    if !(heads || adds || says(Says::StillNeeded)) {
        return None;
    }
    let bare = without_more(words);
    let wants =
        [words, &bare[..]].into_iter().any(|words| matches!(LEXICON.tag(words), Some((Tag::Want, _))));
    let slots = Slots::read(&bare, heads)?;
    let (is_timed, is_named) = (slots.has(|slot| slot != "code"), slots.has(|slot| slot == "code"));
    let is_of_time = |word: &Word| matches!(word.lower.as_str(), "longer" | "länger" | "time");
    // "One more hour" says how long, and nothing else; and nothing is kept without an end.
    if (!heads && !wants || keeps) && !is_timed {
        return None;
    }
    // "I need more access": nothing is said of time.
    if !heads && !is_timed && !all.iter().any(is_of_time) {
        return None;
    }
    // "I still need access to web-shop for 2 hours" may as well be asked by who has none.
    if !heads && !adds && slots.about_access && is_named {
        return None;
    }
    let missing = if is_named { vec![] } else { vec!["code".to_owned()] };
    let why_said = reason(text, why).map(|why| ("reason", why));
    // What may be something else behind the reason is asked about.
    let turned = turn(text, behind(why), Order::Unknown).map(|from| text[from..].trim().to_owned());
    let patience = slots.asks_for_patience().filter(|_| !heads && !is_named);
    let unsure = turned.into_iter().chain(patience).collect();
    Some((slots.said.into_iter().chain(why_said).collect(), missing, unsure))
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
struct Slots {
    said: Vec<(&'static str, String)>,
    /// Nothing but more time can be meant: it is extended, or kept.
    heads: bool,
    /// What stands before says that a name may follow.
    is_led: bool,
    /// It was said in so many words that it is about access.
    about_access: bool,
    /// The permission belongs to the name, and is compared with what is held.
    permission: Option<String>,
}

impl Slots {
    /// What these words say; `None` where any of it is not understood.
    fn read(words: &[Word], heads: bool) -> Option<Self> {
        let counted: Vec<_> = words.iter().map(|word| DurationWord::read(&word.text)).collect();
        let (mut slots, mut at) = (Self { heads, ..Self::default() }, 0);
        while at < words.len() {
            at += slots.take(words, &counted, at)?;
            slots.is_led &= words[at - 1].stop.is_none();
        }
        let permission = slots.permission.take();
        let code = slots.said.iter_mut().find(|(slot, _)| *slot == "code");
        match (permission, code) {
            (Some(permission), Some((_, code))) => *code = format!("{permission} on {code}"),
            (Some(_), None) => return None,
            (None, _) => {}
        }
        Some(slots)
    }

    /// Takes what stands at this place, and says how many words that is.
    fn take(&mut self, words: &[Word], counted: &[DurationWord], at: usize) -> Option<usize> {
        let word = &words[at];
        if let Some(count) = length(words, counted, at).filter(|_| !word.quoted) {
            return self.take_duration(words, at, count);
        }
        if let Some(count) = self.name(&words[at..]) {
            self.said.push(("code", joined(&words[at..at + count])));
            self.is_led = false;
            return Some(count);
        }
        if is_verb(word) {
            self.is_led = true;
            return Some(1);
        }
        match LEXICON.tag(&words[at..]) {
            // "By 2 hours" is so much.
            Some((Tag::Until, count)) if length(words, counted, (at + count).min(words.len())).is_some() => {
                Some(count)
            }
            Some((Tag::Until, count)) => self.take_time(words, at + count).map(|time| count + time),
            _ if Says::AroundMore.is_word(word) => Some(1),
            Some((Tag::Permission(_) | Tag::PermissionOn(_), count)) if self.heads => {
                self.permission = Some(joined(&words[at..at + count]));
                self.is_led = true;
                Some(count)
            }
            Some((tag, count)) => {
                self.about_access |= tag == Tag::Access;
                self.is_led |= leads(tag);
                means_nothing(tag).then_some(count)
            }
            None => None,
        }
    }

    fn take_duration(&mut self, words: &[Word], at: usize, count: usize) -> Option<usize> {
        let before = at.checked_sub(1).map(|before| words[before].lower.as_str());
        // "In one more hour" says when.
        let is_when = matches!(before, Some("in" | "within" | "dans" | "en" | "em" | "over"));
        if is_when || self.has(|slot| matches!(slot, "duration" | "total")) {
            return None;
        }
        let slot = if matches!(before, Some("to" | "auf")) { "total" } else { "duration" };
        self.said.push((slot, joined(&words[at..at + count])));
        self.is_led = false;
        Some(count)
    }

    /// The time from this place on, up to a verb that stands behind it: "bis morgen behalten".
    fn take_time(&mut self, words: &[Word], from: usize) -> Option<usize> {
        let rest = words.get(from..)?;
        let count = rest.iter().position(is_verb).unwrap_or(rest.len());
        if count == 0 {
            return None;
        }
        self.said.push(("time", joined(&rest[..count])));
        self.is_led = false;
        Some(count)
    }

    /// How many of these words name what shall last longer: by how it is written, or where a name may stand.
    fn name(&self, words: &[Word]) -> Option<usize> {
        let word = words.first().filter(|_| !self.has(|slot| slot == "code"))?;
        let is_written_so = word.text.parse::<Code>().is_ok() && is_written_as_code(word)
            || word.text.contains(['-', '_']) && !LEXICON.knows(&word.lower);
        if is_written_so {
            return Some(1);
        }
        if !self.is_led || self.about_access && !self.heads {
            return None;
        }
        let most = if self.heads { NAME.0 } else { NAME.1 };
        let ends = |at: &usize| !may_be_name(&words[*at]) || *at > 0 && words[*at - 1].stop.is_some();
        let count = (0..words.len()).find(ends).unwrap_or(words.len());
        (1..=most).contains(&count).then_some(count)
    }

    /// "Give me 5 more minutes": so short a time is mostly said by who wants to be waited for.
    fn asks_for_patience(&self) -> Option<String> {
        const SHORT: u64 = 10;
        let (_, long) = self.said.iter().find(|(slot, _)| *slot == "duration")?;
        parse_minutes(long).is_ok_and(|minutes| minutes <= SHORT).then(|| long.clone())
    }

    fn has(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.said.iter().any(|(slot, _)| wanted(slot))
    }
}

/// How many words from this place on say how long, or from how long to how long.
fn length(words: &[Word], counted: &[DurationWord], at: usize) -> Option<usize> {
    DurationWord::longest(&counted[at..]).max(range(&words[at..]))
}

/// Whether a word asks for more time by itself, wherever it stands.
fn is_verb(word: &Word) -> bool {
    Says::Prolongs.is_word(word) || Says::Keeps.is_word(word)
}

/// Whether a word may be a name where one can stand: it is known for nothing else.
fn may_be_name(word: &Word) -> bool {
    let lower = word.lower.as_str();
    let is_known = LEXICON.knows(lower)
        || is_verb(word)
        || [Says::Somebody, Says::It, Says::AroundMore, Says::Negates].into_iter().any(|says| says.is(lower))
        || is_time_word(lower)
        || is_day_word(lower)
        || is_month(lower);
    word.quoted || lower.starts_with(char::is_alphabetic) && !is_known
}

/// Whether a name may stand behind such a phrase.
const fn leads(tag: Tag) -> bool {
    matches!(tag, Tag::Want | Tag::On | Tag::For | Tag::Access | Tag::Repository)
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
        let words: Vec<&str> = long.split(' ').filter(|word| !Says::More.is(&word.to_lowercase())).collect();
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
        let word = without_elision(word);
        let is_more = Says::More.is_word(&word) || Says::StillNeeded.is_word(&word) || is_plus(words, at);
        if Says::OneMore.is_word(&word) && !is_counted(words.get(at + 1)) && !is_counted(plain.last()) {
            plain.push(Word { text: "one".to_owned(), lower: "one".to_owned(), ..word });
        } else if !is_more {
            plain.push(word);
        }
    }
    plain
}

/// "Une heure de plus"; elsewhere that adds something else.
fn is_plus(words: &[Word], at: usize) -> bool {
    words[at].lower == "plus" && at > 0 && words[at - 1].lower == "de"
}

/// "D'une heure", "d'un'altra ora": what only leads to the number is no part of it.
fn without_elision(word: &Word) -> Word {
    let behind =
        |text: &str| text.strip_prefix("d'").filter(|rest| rest.starts_with("un")).map(str::to_owned);
    match behind(&word.lower) {
        Some(lower) if !word.quoted => Word { text: lower.clone(), lower, ..word.clone() },
        _ => word.clone(),
    }
}

#[cfg(test)]
mod tests;
