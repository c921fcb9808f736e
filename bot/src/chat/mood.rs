//! Whether a sentence asks: a question decides nothing, and is no answer.

use crate::grammar::Sentence;
use crate::normalise::{self, LEXICON, Tag, Word};

/// What a question begins with, also where its mark was left out.
const BEGINNINGS: &[&str] = &[
    "can you",
    "could you",
    "would you",
    "will you",
    "can someone",
    "could someone",
    "can somebody",
    "could somebody",
    "can anybody",
    "could anybody",
    "can we",
    "could we",
    "can i",
    "could i",
    "may i",
    "should i",
    "should we",
    "shall i",
    "shall we",
    "must i",
    "do i",
    "do you",
    "did you",
    "does",
    "is",
    "are",
    "were",
    "who",
    "whom",
    "whose",
    "who's",
    "what",
    "what's",
    "which",
    "why",
    "when",
    "where",
    "how",
    "kannst du",
    "könntest du",
    "könntet ihr",
    "können sie",
    "könnten sie",
    "kann ich",
    "soll ich",
    "darf ich",
    "würdest du",
    "wer",
    "wen",
    "wem",
    "was",
    "welche",
    "welcher",
    "welches",
    "warum",
    "wieso",
    "weshalb",
    "wann",
    "wo",
    "wie",
    "peux-tu",
    "pourrais-tu",
    "pouvez-vous",
    "pourriez-vous",
    "est-ce",
    "est-ce que",
    "puis-je",
    "dois-je",
    "qui",
    "que",
    "quoi",
    "quel",
    "quelle",
    "pourquoi",
    "quand",
    "où",
    "comment",
    "puedes",
    "podrías",
    "podrias",
    "podría",
    "puedo",
    "debo",
    "quién",
    "quien",
    "qué",
    "cuál",
    "por qué",
    "cuándo",
    "dónde",
    "cómo",
];

/// Whether a text asks something.
pub(crate) fn asks(text: &str) -> bool {
    has_mark(text) || begins_as_question(&normalise::words(text))
}

/// Whether a text with a reason asks something: what the reason says is for others to read.
pub(crate) fn asks_before(text: &str, reason: Option<&str>) -> bool {
    asks(reason.and_then(|reason| text.trim_end().strip_suffix(reason)).unwrap_or(text))
}

/// Whether no word forbids something, or is about something else than access: so an answer may be.
pub(crate) fn is_plain(sentence: &Sentence<'_>) -> bool {
    let mut rest = &sentence.words[..];
    while !rest.is_empty() {
        let (tag, count) = LEXICON.tag(rest).map_or((None, 1), |(tag, count)| (Some(tag), count));
        if tag.is_some_and(turns) {
            return false;
        }
        rest = &rest[count..];
    }
    true
}

/// Whether a phrase makes another sentence of it: it forbids, asks, or is about something else.
pub(crate) const fn turns(tag: Tag) -> bool {
    matches!(tag, Tag::Other | Tag::But | Tag::Not | Tag::Question)
}

/// Said before what is meant instead: what was said before is put right.
const TURNS: &[&str] = &[
    "wait",
    "oh",
    "oops",
    "ups",
    "hmm",
    "hm",
    "no",
    "nope",
    "actually",
    "sorry",
    "rather",
    "well",
    "i meant",
    "i mean",
    "meant",
    "i wanted",
    "nein",
    "moment",
    "doch",
    "eigentlich",
    "ich meinte",
    "non",
    "pardon",
    "je voulais dire",
    "perdón",
    "quise decir",
];
/// The last of what is said before the name of what is meant.
const MEANT: &[&str] = &["i meant", "i mean", "meant", "ich meinte", "je voulais dire", "quise decir"];
/// Said by who thinks better of it: at the beginning, or behind a turn.
const TAKEN_BACK: &[&str] = &[
    "never mind",
    "nevermind",
    "nvm",
    "scrap that",
    "scrap it",
    "forget it",
    "forget that",
    "take that back",
    "take it back",
    "i take that back",
    "i take it back",
    "undo",
    "undo that",
    "cancel",
    "cancel that",
    "stop",
    "my mistake",
    "by mistake",
    "i clicked",
    "i pressed",
    "i misclicked",
    "misclicked",
    "misclick",
    "wrong button",
    "wrong one",
    "i changed my mind",
    "not this one",
    "not that one",
    "falscher knopf",
    "verklickt",
    "aus versehen",
    "vergiss es",
    "doch nicht",
];
/// Said of what was not meant to be done.
const SLIPS: &[&str] = &[
    "by mistake",
    "my mistake",
    "was a mistake",
    "wrong button",
    "wrong one",
    "the wrong request",
    "misclicked",
    "misclick",
    "didn't mean to",
    "did not mean to",
    "verklickt",
    "aus versehen",
    "falscher knopf",
    "par erreur",
    "por error",
    "por engano",
    "per ongeluk",
];
/// Of more words than this a slip is only a part.
const SHORT: usize = 12;
const APPROVES: &[&str] = &[
    "approve",
    "approved",
    "approving",
    "countersign",
    "accept",
    "genehmigen",
    "genehmige",
    "genehmigt",
    "freigeben",
    "approuver",
    "approuve",
    "aprobar",
    "apruebo",
    "aprueba",
];
const DENIES: &[&str] = &[
    "deny",
    "denied",
    "denying",
    "reject",
    "rejected",
    "refuse",
    "decline",
    "revoke",
    "withdraw",
    "ablehnen",
    "ablehne",
    "abgelehnt",
    "verweigern",
    "refuser",
    "refuse",
    "rechazar",
    "rechazo",
];
/// So few words with a decision among them are about that decision, and no reason.
const FEW: usize = 4;

/// What somebody thinks instead of giving a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thought {
    /// Rather to approve.
    Approve,
    /// Rather to do nothing.
    Nothing,
}

/// Whether somebody thinks better of what they are doing, rather than saying why they do it.
pub(crate) fn second_thought(sentence: &Sentence<'_>) -> Option<Thought> {
    let words = &sentence.words;
    let behind = turning(words);
    let begins = |all: &[&str]| [0, behind].into_iter().any(|at| begins_with(&words[at..], all).is_some());
    let turned = behind > 0 || begins(TAKEN_BACK);
    let is = |all: &[&str]| words.iter().position(|word| !word.quoted && all.contains(&word.lower.as_str()));
    let decides = turned || words.len() <= FEW;
    if let Some(at) = is(APPROVES).filter(|_| decides) {
        let before =
            at.checked_sub(1).map(|before| &words[before..]).filter(|before| before[0].stop.is_none());
        let is_not = before.is_some_and(|before| matches!(LEXICON.tag(before), Some((Tag::Not, _))));
        return Some(if is_not { Thought::Nothing } else { Thought::Approve });
    }
    let is_nothing = begins(TAKEN_BACK) || is(DENIES).is_some() && decides;
    is_nothing.then_some(Thought::Nothing)
}

/// Whether a sentence that is no command says that something was not meant.
pub(crate) fn is_slip(sentence: &Sentence<'_>) -> bool {
    let words = &sentence.words;
    words.len() <= SHORT && (0..words.len()).any(|at| begins_with(&words[at..], SLIPS).is_some())
}

/// What is meant instead, where something was said to have been meant: "no, I meant infra".
pub(crate) fn meant<'a>(sentence: &Sentence<'a>) -> Option<&'a str> {
    let behind = turning(&sentence.words);
    let said = sentence.words[..behind].iter().map(|word| word.lower.as_str()).collect::<Vec<_>>().join(" ");
    MEANT.iter().any(|meant| said.ends_with(meant)).then(|| behind_turn(sentence)).flatten()
}

/// What stands behind the words that put something right: "wait, it is for Ben".
pub(crate) fn behind_turn<'a>(sentence: &Sentence<'a>) -> Option<&'a str> {
    let first =
        sentence.words.get(turning(&sentence.words)).filter(|first| first.start > sentence.words[0].start)?;
    Some(sentence.text()[first.start..].trim()).filter(|rest| !rest.is_empty())
}

/// Whether something that was said before is put right, wherever that is said.
pub(crate) fn puts_right(words: &[Word]) -> bool {
    (0..words.len()).any(|at| turning(&words[at..]) > 0)
}

/// How many words at the beginning put right what was said before.
fn turning(words: &[Word]) -> usize {
    let mut count = 0;
    while let Some(more) = begins_with(&words[count..], TURNS) {
        count += more;
    }
    count
}

/// How many words the longest of the phrases has that these words begin with.
fn begins_with(words: &[Word], phrases: &[&str]) -> Option<usize> {
    let begins = |phrase: &&&str| {
        let count = phrase.split(' ').count();
        let own = words.get(..count);
        own.is_some_and(|own| {
            own.iter().zip(phrase.split(' ')).all(|(word, said)| !word.quoted && word.lower == said)
        })
    };
    phrases.iter().filter(begins).map(|phrase| phrase.split(' ').count()).max()
}

/// A question mark that ends a word; the one within an address does not.
fn has_mark(text: &str) -> bool {
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let ends = signs.peek().is_none_or(|next| !next.is_alphanumeric());
        if matches!(sign, '?' | '？' | '؟' | '❓') && ends {
            return true;
        }
    }
    false
}

fn begins_as_question(mut words: &[Word]) -> bool {
    loop {
        let Some(first) = words.first().filter(|word| !word.quoted) else { return false };
        let two = words.get(1).map(|second| format!("{} {}", first.lower, second.lower)).unwrap_or_default();
        let begins = |said: &str| BEGINNINGS.contains(&said);
        // "Why: the rollout", as cards say it.
        if begins(&two) || begins(&first.lower) && first.stop != Some(':') {
            return true;
        }
        match LEXICON.tag(words) {
            Some((Tag::Polite | Tag::Hello, count)) => words = &words[count..],
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_a_second_thought_is_no_reason() {
        let thought = |text| second_thought(&Sentence::new(text));
        for text in
            ["actually no, approve it", "never mind, approve", "no wait, I would rather approve this one"]
        {
            assert_eq!(thought(text), Some(Thought::Approve), "{text}");
        }
        for text in [
            "scrap that",
            "take that back",
            "Oh, sorry. I clicked the wrong button.",
            "sorry, I clicked the wrong button",
            "nicht ablehnen!",
            "do not approve",
            "never mind",
        ] {
            assert_eq!(thought(text), Some(Thought::Nothing), "{text}");
        }
        for text in [
            "the freeze begins tomorrow",
            "this was approved by mistake last week",
            "hmm let me think",
            "too broad",
        ] {
            assert_eq!(thought(text), None, "{text}");
        }
    }

    #[test]
    fn trust_c2_what_is_meant_instead_stands_behind_the_turn() {
        for (text, behind, other) in [
            ("no I meant infra", Some("infra"), Some("infra")),
            ("wait, it is for Ben", Some("it is for Ben"), None),
            ("actually 2 days", Some("2 days"), None),
            ("infra", None, None),
            ("no", None, None),
        ] {
            let sentence = Sentence::new(text);
            assert_eq!((behind_turn(&sentence), meant(&sentence)), (behind, other), "{text}");
        }
    }

    #[test]
    fn trust_c3_a_question_is_told_from_a_decision() {
        for text in [
            "approve?",
            "approve K7QM2X ?!",
            "lgtm?",
            "can you approve this",
            "Hi, could you please approve K7QM2X",
            "kannst du K7QM2X genehmigen",
            "peux-tu approuver ça ?",
            "¿puedes aprobar esto?",
            "who may write on payments-api",
            "wer darf auf payments-api schreiben",
        ] {
            assert!(asks(text), "{text}");
        }
        for text in
            ["approve K7QM2X", "lgtm", "Please approve K7QM2X", "https://example.org/a?b=c", "why: rollout"]
        {
            assert!(!asks(text), "{text}");
        }
        assert!(!asks_before("deny K7QM2X because who knows why?", Some("who knows why?")));
        assert!(asks_before("deny K7QM2X? because it is late", Some("it is late")));
    }
}
