//! Whether a sentence asks: a question decides nothing, and is no answer.

use crate::grammar::Sentence;
use crate::normalise::{self, LEXICON, Says, Tag, Word};

/// Whether a text begins as a question does: a mark alone may as well be doubt.
pub(crate) fn begins_as_a_question(text: &str) -> bool {
    begins_as_question(&normalise::words(text))
}

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

/// Of more words than this a slip is only a part.
const SHORT: usize = 12;
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
    let is_taken_back = [0, behind].into_iter().any(|at| Says::TakenBack.begins(&words[at..]).is_some());
    let decides = behind > 0 || is_taken_back || words.len() <= FEW;
    let place_of = |says: Says| words.iter().position(|word| says.is_word(word)).filter(|_| decides);
    if let Some(at) = place_of(Says::Approves) {
        let before =
            at.checked_sub(1).map(|before| &words[before..]).filter(|before| before[0].stop.is_none());
        let is_not = before.is_some_and(|before| matches!(LEXICON.tag(before), Some((Tag::Not, _))));
        return Some(if is_not { Thought::Nothing } else { Thought::Approve });
    }
    (is_taken_back || place_of(Says::Denies).is_some()).then_some(Thought::Nothing)
}

/// Whether a sentence that is no command says that something was not meant.
pub(crate) fn is_slip(sentence: &Sentence<'_>) -> bool {
    let words = &sentence.words;
    words.len() <= SHORT && (0..words.len()).any(|at| Says::Slip.begins(&words[at..]).is_some())
}

/// Whether somebody only says that they did something wrong: "no wait", "oops, wrong one".
pub(crate) fn regrets(sentence: &Sentence<'_>) -> bool {
    let (mut rest, mut turns, mut regrets) = (&sentence.words[..], 0, false);
    while !rest.is_empty() {
        let regret = [Says::Regret, Says::TakenBack, Says::Slip]
            .into_iter()
            .filter_map(|says| says.begins(rest))
            .max();
        let Some(count) = regret.or_else(|| Says::Turn.begins(rest)) else { return false };
        regrets |= regret.is_some();
        turns += 1;
        rest = &rest[count..];
    }
    regrets || turns > 1
}

/// Whether a sentence is another command's, or a question of its own, and no answer to what was asked.
pub(crate) fn begins_another(sentence: &Sentence<'_>) -> bool {
    const SHORTEST: usize = 3;
    let words = &sentence.words;
    let is_of_access = |at: usize| {
        let tag = LEXICON.tag(&words[at..]);
        matches!(tag, Some((Tag::Access | Tag::Permission(_) | Tag::Question | Tag::Want, _)))
            || matches!(words[at].lower.as_str(), "have" | "hat" | "tiene")
    };
    let asks = begins_as_question(words);
    let acts = !asks && matches!(LEXICON.tag(words), Some((Tag::Other, _)));
    let is_about_it = asks && (has_mark(sentence.text()) || (1..words.len()).any(is_of_access));
    words.len() >= SHORTEST && (acts || is_about_it)
}

/// Whether something is not so now: "I do not need it right now" says nothing of later.
pub(crate) fn is_not_now(text: &str) -> bool {
    let words = normalise::words(text);
    let says = |all: &[&str]| words.iter().any(|word| !word.quoted && all.contains(&word.lower.as_str()));
    says(&["not", "don't", "dont"]) && says(&["now"])
}

/// Whether all that is said stands in quotation marks.
pub(crate) fn is_quoted(text: &str) -> bool {
    const MARKS: [(char, char); 6] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('»', '«'), ('‘', '’')];
    let text = text.trim().trim_end_matches(['.', '!']);
    MARKS.iter().any(|(open, close)| text.starts_with(*open) && text.ends_with(*close) && text.contains(' '))
}

/// What others said at the beginning, line by line behind a ">", and what is said behind that.
pub(crate) fn quoting(text: &str) -> Option<(String, String)> {
    const MARKS: [&str; 2] = [">", "&gt;"];
    let unmarked =
        |line: &str| MARKS.iter().find_map(|mark| line.trim_start().strip_prefix(*mark).map(str::to_owned));
    let quoted: Vec<String> = text.trim_start().lines().map_while(unmarked).collect();
    let own: Vec<&str> = text.trim_start().lines().skip(quoted.len()).collect();
    let join = |lines: Vec<&str>| lines.join("\n").trim().to_owned();
    (!quoted.is_empty()).then(|| (join(quoted.iter().map(String::as_str).collect()), join(own)))
}

/// Whether what is said is struck out, or an item of a list that nobody has ticked: whoever shows it so may ask for nothing by it.
pub(crate) fn is_set_aside(text: &str) -> bool {
    const UNTICKED: [&str; 4] = ["[ ]", "[]", "☐", "⬜"];
    let item = text.trim_start_matches(|sign: char| sign.is_whitespace() || "-*+•".contains(sign));
    UNTICKED.iter().any(|mark| item.starts_with(mark)) || normalise::has_struck(text)
}

/// What is meant instead, where something was said to have been meant: "no, I meant infra".
pub(crate) fn meant<'a>(sentence: &Sentence<'a>) -> Option<&'a str> {
    let before = &sentence.words[..turning(&sentence.words)];
    Says::Meant.ends(before).and_then(|_| behind_turn(sentence))
}

/// What stands behind the words that put something right: "wait, it is for Ben".
pub(crate) fn behind_turn<'a>(sentence: &Sentence<'a>) -> Option<&'a str> {
    behind(sentence, turning(&sentence.words))
}

/// What stands behind the words that take something back: "never mind, give it back", "actually, scrap that, make it 4 hours".
pub(crate) fn behind_second_thought<'a>(sentence: &Sentence<'a>) -> Option<&'a str> {
    let words = &sentence.words;
    let (mut count, mut is_taken_back) = (turning(words), false);
    while let Some(more) = Says::TakenBack.begins(&words[count..]) {
        is_taken_back = true;
        count += more;
        count += turning(&words[count..]);
    }
    is_taken_back.then(|| behind(sentence, count)).flatten()
}

/// "Forget it, I found another way", "I'm done, over to you": whoever calls it off, and says why.
pub(crate) fn calls_off(sentence: &Sentence<'_>) -> bool {
    let words = &sentence.words;
    let begins = |says: Says| says.begins(words).is_some_and(|count| words[count - 1].stop.is_some());
    begins(Says::Cancel) || begins(Says::Finished)
}

/// What is said behind so many words.
fn behind<'a>(sentence: &Sentence<'a>, count: usize) -> Option<&'a str> {
    let first = sentence.words.get(count).filter(|_| count > 0)?;
    Some(sentence.text()[first.start..].trim()).filter(|rest| !rest.is_empty())
}

/// Whether something that was said before is put right, wherever that is said.
pub(crate) fn puts_right(words: &[Word]) -> bool {
    (0..words.len()).any(|at| turning(&words[at..]) > 0)
}

/// How many words at the beginning put right what was said before.
fn turning(words: &[Word]) -> usize {
    let mut count = 0;
    while let Some(more) = Says::Turn.begins(&words[count..]) {
        count += more;
    }
    count
}

/// An answer without what people say around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    /// The answer itself.
    pub(crate) text: &'a str,
    /// Whether it puts right what was said before.
    pub(crate) turns: bool,
}

impl<'a> Answer<'a> {
    /// "Hm, OPS-17 I think" answers OPS-17, and "for web-shop I mean" puts right what was said before.
    pub(crate) fn of(sentence: &Sentence<'a>) -> Self {
        let mut words = &sentence.words[..];
        let mut turns = false;
        while let Some((count, turn)) = Self::before(words).filter(|(count, _)| *count < words.len()) {
            words = &words[count..];
            turns |= turn;
        }
        while let Some((count, turn)) = Self::behind(words).filter(|(count, _)| *count < words.len()) {
            words = &words[..words.len() - count];
            turns |= turn;
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return Self { text: sentence.text(), turns };
        };
        let is_whole = words.len() == sentence.words.len();
        let text = if is_whole { sentence.text() } else { &sentence.text()[first.start..last.end] };
        let ends = if is_whole { "" } else { ".,;:!-–— " };
        Self { text: text.trim_end_matches(|sign| ends.contains(sign)).trim(), turns }
    }

    /// How many words stand before it, and whether they put something right.
    fn before(words: &[Word]) -> Option<(usize, bool)> {
        let hedge = Says::Hedge.begins(words).map(|count| (count, false));
        hedge.or_else(|| Says::Turn.begins(words).map(|count| (count, true)))
    }

    /// The same of what stands behind it.
    fn behind(words: &[Word]) -> Option<(usize, bool)> {
        let meant = Says::Meant.ends(words).map(|count| (count, true));
        meant.or_else(|| Says::Hedge.ends(words).map(|count| (count, false)))
    }
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
        // "Why: the rollout", as cards say it.
        if Says::Question.is(&two) || Says::Question.is(&first.lower) && first.stop != Some(':') {
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
    fn trust_c3_who_only_says_that_it_was_wrong_regrets_and_a_quotation_is_told_from_what_is_said() {
        for text in [
            "no wait",
            "wait, wrong one",
            "oops",
            "I change my mind",
            "that was wrong",
            "oups, je me suis trompé",
        ] {
            assert!(regrets(&Sentence::new(text)), "{text}");
        }
        for text in ["no", "sorry", "wait, infra", "I change my mind about infra", "hmm", "thanks"] {
            assert!(!regrets(&Sentence::new(text)), "{text}");
        }
        assert!(
            is_quoted("\"read on web-shop\"")
                && is_quoted("«lire web-shop».")
                && !is_quoted("read on \"web-shop\"")
        );
    }

    #[test]
    fn trust_c3_what_others_said_is_told_from_what_is_said_behind_it() {
        for (text, quoted, own) in [
            ("> read on web-shop", "read on web-shop", ""),
            ("&gt; read on web-shop", "read on web-shop", ""),
            ("> lgtm\n> from me", "lgtm\n from me", ""),
            ("> can I have it?\n\napprove K7QM2X", "can I have it?", "approve K7QM2X"),
        ] {
            assert_eq!(quoting(text), Some((quoted.to_owned(), own.to_owned())), "{text}");
        }
        for text in ["read on web-shop", "approve K7QM2X\n> thanks", "a > b", "", "<@U0BOT> status"] {
            assert_eq!(quoting(text), None, "{text}");
        }
    }

    #[test]
    fn trust_c3_what_is_struck_out_or_not_ticked_is_told_from_what_is_said() {
        for text in [
            "~~read on web-shop for 1 hour~~",
            "~read on web-shop~",
            "read on ~web-shop~ infra",
            "[ ] read on web-shop",
            "- [ ] approve K7QM2X",
            "☐ read on web-shop",
        ] {
            assert!(is_set_aside(text), "{text}");
        }
        for text in [
            "read on web-shop for ~1 hour",
            "~1 to ~2 hours",
            "[read on web-shop]",
            "~/src",
            "a~b~c",
            "~",
            "",
        ] {
            assert!(!is_set_aside(text), "{text}");
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
