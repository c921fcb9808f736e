//! Words that are written without their apostrophe: "dont", "whats". They are looked up as if it stood there, and stay as they were
//! written.

use super::Word;

/// What is written so, and is hardly ever anything else. One of them is a word of another language, too: [`FRENCH`].
const CONTRACTED: [(&str, &str); 24] = [
    ("arent", "aren't"),
    ("cant", "can't"),
    ("couldnt", "couldn't"),
    ("didnt", "didn't"),
    ("doesnt", "doesn't"),
    ("dont", "don't"),
    ("hadnt", "hadn't"),
    ("hasnt", "hasn't"),
    ("havent", "haven't"),
    ("hows", "how's"),
    ("isnt", "isn't"),
    ("ive", "i've"),
    ("shouldnt", "shouldn't"),
    ("thats", "that's"),
    ("theres", "there's"),
    ("theyre", "they're"),
    ("wasnt", "wasn't"),
    ("werent", "weren't"),
    ("whats", "what's"),
    ("wheres", "where's"),
    ("whos", "who's"),
    ("wont", "won't"),
    ("wouldnt", "wouldn't"),
    ("youre", "you're"),
];
/// Behind these "im" is English; elsewhere it may be German.
const BEHIND_IM: [&str; 14] = [
    "all", "blocked", "done", "finished", "getting", "going", "gonna", "looking", "not", "stuck", "still",
    "trying", "waiting", "working",
];

/// With one of these right behind it, or further before it in the same part of a sentence, "dont" is French: "the access of which
/// Ben spoke". A "no" that is overheard would be worse than one too many, so everywhere else it is English.
const FRENCH: [&str; 16] = [
    "au", "aux", "besoin", "celle", "celui", "ceux", "cette", "dépôt", "elle", "il", "ils", "j'ai", "je",
    "nous", "voudrais", "vous",
];

/// Looks the words up as if their apostrophes stood there.
pub(super) fn spell_out(words: &mut [Word]) {
    for at in 0..words.len() {
        let is_english = words.get(at + 1).is_some_and(|next| BEHIND_IM.contains(&next.lower.as_str()));
        let is_french = words[at].lower == "dont" && is_french(words, at);
        let word = &mut words[at];
        if word.quoted {
            continue;
        }
        if word.lower == "im" && is_english {
            "i'm".clone_into(&mut word.lower);
        } else if !is_french
            && let Ok(found) = CONTRACTED.binary_search_by_key(&word.lower.as_str(), |(bare, _)| bare)
        {
            CONTRACTED[found].1.clone_into(&mut word.lower);
        }
    }
}

fn is_french(words: &[Word], at: usize) -> bool {
    let is = |word: &Word| !word.quoted && FRENCH.contains(&word.lower.as_str());
    let mut before = words[..at].iter().rev().take_while(|word| word.stop.is_none());
    // Right before it there is a noun.
    words.get(at + 1).is_some_and(is) || before.next().is_some() && before.any(is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::words;

    #[test]
    fn trust_c1_an_apostrophe_that_was_left_out_is_read_as_if_it_stood_there() {
        assert!(CONTRACTED.is_sorted());
        for (text, read) in [
            ("im done", "i'm done"),
            ("dont approve", "don't approve"),
            ("Whats up", "what's up"),
            ("Repo im Einsatz", "repo im einsatz"),
            ("\"dont\"", "dont"),
            ("l'accès au dépôt dont Ben m'a parlé", "l'accès au dépôt dont ben m'a parlé"),
            ("tout ce dont j'ai besoin", "tout ce dont j'ai besoin"),
            ("j'ai besoin de infra, dont approve it", "j'ai besoin de infra don't approve it"),
            ("I dont", "i don't"),
        ] {
            let said: Vec<_> = words(text).into_iter().map(|word| word.lower).collect();
            assert_eq!(said.join(" "), read, "{text}");
        }
        assert_eq!(words("im done")[0].text, "im", "what is handed on is as it was written");
    }
}
