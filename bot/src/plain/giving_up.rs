//! Plain sentences that give up what somebody has or asked for, where the words for it stand around its name: "ich brauche web-shop
//! nicht mehr", "web-shop is not needed any more", "gib web-shop zurück".

use crate::grammar::{Said, Sentence};
use crate::normalise::{LEXICON, Tag, Word};

/// The most words of a name.
const NAME: usize = 4;
/// What such a sentence begins and ends with, around the name.
const AROUND: [(&str, &str); 9] = [
    ("ich brauche", "nicht mehr"),
    ("ich brauch", "nicht mehr"),
    ("brauche", "nicht mehr"),
    ("ich benötige", "nicht mehr"),
    ("wir brauchen", "nicht mehr"),
    ("gib", "zurück"),
    ("ich gebe", "zurück"),
    ("ich geb", "zurück"),
    ("ik heb", "niet meer nodig"),
];
/// What it begins with.
const BEFORE: [&str; 16] = [
    "remove my",
    "drop my",
    "end my",
    "revoke my",
    "take away my",
    "entferne meine",
    "ich bin fertig mit",
    "fertig mit",
    "done with",
    "i have finished with",
    "i'm finished with",
    "j'ai fini avec",
    "je n'ai plus besoin de",
    "he terminado con",
    "terminé con",
    "ik ben klaar met",
];
/// What it ends with.
const BEHIND: [&str; 16] = [
    "is not needed any more",
    "is not needed anymore",
    "isn't needed any more",
    "isn't needed anymore",
    "is no longer needed",
    "no longer needed",
    "not needed any more",
    "not needed anymore",
    "brauche ich nicht mehr",
    "wird nicht mehr gebraucht",
    "wird nicht mehr benötigt",
    "ist nicht mehr nötig",
    "n'est plus nécessaire",
    "ya no hace falta",
    "ya no lo necesito",
    "is niet meer nodig",
];

/// What a sentence gives up, by its name; `None` where it says anything else.
pub fn gives_up(sentence: &Sentence<'_>) -> Option<Said> {
    let words = &sentence.words[..];
    let around = AROUND.iter().find_map(|(before, behind)| tail(head(words, before)?, behind));
    let named = around
        .or_else(|| BEFORE.iter().find_map(|before| head(words, before)))
        .or_else(|| BEHIND.iter().find_map(|behind| tail(words, behind)))?;
    let skipped = means_nothing(named);
    // The permission belongs to the name: what is held under another one is not meant.
    let permitted = match LEXICON.tag(named.get(skipped..)?) {
        Some((Tag::Permission(_), count)) => count + means_nothing(&named[skipped + count..]),
        _ => 0,
    };
    let own = named.get(skipped + permitted..)?;
    let (first, last) = (named.get(skipped)?, own.last()?);
    let is_name = own.len() <= NAME && own.iter().all(|word| !LEXICON.knows(&word.lower));
    let name = sentence.text().get(first.start..last.end)?.trim_matches([' ', ',', '.', '!', ':', ';']);
    is_name.then(|| Said::plainly([("code", name.to_owned())], vec![], vec![]))
}

/// How many words before a name only lead to it: "my access to".
fn means_nothing(words: &[Word]) -> usize {
    let mut at = 0;
    while let Some((Tag::Access | Tag::On | Tag::Idle | Tag::Repository | Tag::For, count)) =
        LEXICON.tag(&words[at..])
    {
        at += count;
    }
    at
}

/// The words behind these, where they begin so.
fn head<'w>(words: &'w [Word], phrase: &str) -> Option<&'w [Word]> {
    let own: Vec<&str> = phrase.split(' ').collect();
    says(words.get(..own.len())?, &own).then(|| &words[own.len()..])
}

/// The words before these, where they end so.
fn tail<'w>(words: &'w [Word], phrase: &str) -> Option<&'w [Word]> {
    let own: Vec<&str> = phrase.split(' ').collect();
    let at = words.len().checked_sub(own.len())?;
    says(&words[at..], &own).then(|| &words[..at])
}

fn says(words: &[Word], own: &[&str]) -> bool {
    words.iter().zip(own).all(|(word, own)| !word.quoted && word.lower == *own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_what_is_given_up_is_read_between_the_words_for_it() {
        for (text, name) in [
            ("ich brauche web-shop nicht mehr", Some("web-shop")),
            ("Ich brauche den Zugriff auf web-shop nicht mehr.", Some("web-shop")),
            ("web-shop is not needed any more", Some("web-shop")),
            ("web-shop brauche ich nicht mehr", Some("web-shop")),
            ("gib web-shop zurück", Some("web-shop")),
            ("ich bin fertig mit web-shop", Some("web-shop")),
            ("j'ai fini avec web-shop", Some("web-shop")),
            ("web-shop ya no hace falta", Some("web-shop")),
            ("remove my read on web-shop", Some("read on web-shop")),
            ("please remove my write access to web-shop", Some("write access to web-shop")),
            ("drop my access to web-shop", Some("web-shop")),
            ("remove my read", None),
            ("ich brauche web-shop", None),
            ("ich brauche Leserechte auf web-shop", None),
            ("web-shop is needed", None),
            ("ich brauche nicht mehr", None),
            ("no longer needed", None),
        ] {
            let said = gives_up(&Sentence::new(text));
            assert_eq!(said.as_ref().and_then(|said| said.get("code")), name, "{text}");
        }
    }
}
