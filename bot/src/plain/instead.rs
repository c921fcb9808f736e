//! What is wanted in the place of something else: "4 hours instead of 2", "read only instead, sorry".

use crate::normalise::{self, LEXICON, Says};

/// The most words of what something is in the place of.
const REPLACED: usize = 4;

/// What is wanted, without what it is in the place of where that ends what was said. What stands behind it says more, and then all of
/// it is left as it is.
pub fn without_instead(text: &str) -> &str {
    let words = normalise::words(text);
    let ends_so = |at: &usize| {
        let behind = |says: Says| says.begins(&words[*at..]).map(|count| &words[at + count..]);
        let replaced = behind(Says::InsteadOf).is_some_and(|replaced| {
            let goes_on = replaced.iter().rev().skip(1).any(|word| word.stop.is_some());
            (1..=REPLACED).contains(&replaced.len()) && !goes_on
        });
        let is_polite = |said: &[normalise::Word]| said.iter().all(|word| LEXICON.is_polite(&word.lower));
        replaced || behind(Says::Instead).is_some_and(is_polite)
    };
    let at = (1..words.len()).find(ends_so).and_then(|at| words.get(at));
    at.map_or(text, |word| text[..word.start].trim_end_matches([' ', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_what_is_wanted_stands_before_what_it_is_in_the_place_of() {
        for (text, wanted) in [
            ("4 hours instead of 2", "4 hours"),
            ("read only instead, sorry", "read only"),
            ("infra instead of web-shop", "infra"),
            ("4 Stunden statt 2", "4 Stunden"),
            ("4 heures au lieu de 2", "4 heures"),
            ("3 horas, en vez de 2", "3 horas"),
        ] {
            assert_eq!(without_instead(text), wanted, "{text}");
        }
        for text in [
            "4 hours",
            "instead of 2 hours",
            "4 hours instead, and for Ben",
            "4 hours instead of 2, and write on infra",
            "read instead of what we talked about last week",
        ] {
            assert_eq!(without_instead(text), text, "{text}");
        }
    }
}
