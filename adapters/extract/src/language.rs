//! Which language a text is in: of the sixteen that are told apart, the nearest.

use whichlang::{Lang, detect_language};

/// So many words are enough to tell; where words are not parted, so many letters that are not Latin ones.
const WORDS: usize = 4;
const LETTERS: usize = 6;

/// The language of a sentence, where it is long enough to tell.
pub fn language_of(sentence: &str) -> Option<&'static str> {
    let words = sentence.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    let letters = sentence.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
    (words >= WORDS || letters >= LETTERS).then(|| language(sentence))
}

/// The language of a text of whatever length.
pub(crate) fn language(text: &str) -> &'static str {
    code(detect_language(text))
}

const fn code(language: Lang) -> &'static str {
    match language {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_says_in_which_language_it_is_and_a_word_does_not() {
        for (asked, told) in [
            ("When is the VPN closed?", Some("en")),
            ("How many days of leave do I have?", Some("en")),
            ("Wann ist das VPN geschlossen?", Some("de")),
            ("Quand le VPN est-il fermé ?", Some("fr")),
            ("¿Cuándo se paga el bono?", Some("es")),
            ("Wanneer wordt de bonus betaald?", Some("nl")),
            ("wifi password?", None),
            ("VPN?", None),
            ("1 2 3 4 ?", None),
            ("", None),
        ] {
            assert_eq!(language_of(asked), told, "{asked}");
        }
    }
}
