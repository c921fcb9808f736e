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
