//! Words, as they are looked for: small, without accents, cut to their stem in the languages that are known; signs that are
//! written without spaces by twos.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token, TokenStream,
    Tokenizer, TokenizerManager,
};
use whichlang::{Lang, detect_language};

use crate::chunk::is_ideograph;

/// In which languages words are cut to their stem; the first is that of all others, and cuts none.
pub(crate) const LANGUAGES: [(&str, Option<Language>); 9] = [
    ("any", None),
    ("de", Some(Language::German)),
    ("en", Some(Language::English)),
    ("es", Some(Language::Spanish)),
    ("fr", Some(Language::French)),
    ("it", Some(Language::Italian)),
    ("nl", Some(Language::Dutch)),
    ("pt", Some(Language::Portuguese)),
    ("sv", Some(Language::Swedish)),
];

/// A longer word is none.
const LONGEST: usize = 64;

/// As which of [`LANGUAGES`] a text is kept: as what is said of it, or what it looks like.
pub(crate) fn language(said: Option<&str>, text: &str) -> usize {
    /// Fewer letters tell nothing.
    const ENOUGH: usize = 20;
    let letters = || text.chars().filter(|c| c.is_alphabetic()).count();
    let seen = || (letters() >= ENOUGH).then(|| detect_language(text)).and_then(code);
    let code = said.map(|said| said.split('-').next().unwrap_or(said)).or_else(seen);
    code.and_then(|code| LANGUAGES.iter().position(|(known, _)| *known == code)).unwrap_or_default()
}

const fn code(language: Lang) -> Option<&'static str> {
    Some(match language {
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Fra => "fr",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Swe => "sv",
        _ => return None,
    })
}

/// What makes words of texts, in each language.
pub(crate) fn analyzer(language: usize) -> TextAnalyzer {
    let plain = TextAnalyzer::builder(Words)
        .filter(RemoveLongFilter::limit(LONGEST))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter);
    match LANGUAGES[language].1 {
        Some(stems) => plain.filter(Stemmer::new(stems)).build(),
        None => plain.build(),
    }
}

/// All of them, by the names of the languages.
pub(crate) fn analyzers() -> TokenizerManager {
    let analyzers = TokenizerManager::default();
    for (place, (name, _)) in LANGUAGES.iter().enumerate() {
        analyzers.register(name, analyzer(place));
    }
    analyzers
}

/// The words of a text in a language, each once, in their order; no more than so many.
pub(crate) fn of(text: &str, language: usize, most: usize) -> Vec<String> {
    let mut analyzer = analyzer(language);
    let mut stream = analyzer.token_stream(text);
    let mut words: Vec<String> = Vec::new();
    while words.len() < most && stream.advance() {
        let word = &stream.token().text;
        if !words.contains(word) {
            words.push(word.clone());
        }
    }
    words
}

/// Letters and digits that stand together; signs of Chinese, Japanese and Korean each with the next one.
#[derive(Clone)]
struct Words;

/// The words that are still to come.
struct Stream<'t> {
    text: &'t str,
    at: usize,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'t> = Stream<'t>;

    fn token_stream<'t>(&'t mut self, text: &'t str) -> Stream<'t> {
        Stream { text, at: 0, token: Token::default() }
    }
}

impl Stream<'_> {
    /// Where the next word stands, and where to look for the one behind it.
    fn next_word(&self) -> Option<(usize, usize, usize)> {
        let rest = &self.text[self.at..];
        let from = self.at + rest.find(char::is_alphanumeric)?;
        let rest = &self.text[from..];
        let first = rest.chars().next()?;
        if is_ideograph(first) {
            let second = rest[first.len_utf8()..].chars().next().filter(|c| is_ideograph(*c));
            let behind = from + first.len_utf8();
            let Some(second) = second else { return Some((from, behind, behind)) };
            let to = behind + second.len_utf8();
            // The last two of a run are its last word.
            let more = self.text[to..].chars().next().is_some_and(is_ideograph);
            return Some((from, to, if more { behind } else { to }));
        }
        let ends = |c: char| !c.is_alphanumeric() || is_ideograph(c);
        let to = from + rest.find(ends).unwrap_or(rest.len());
        Some((from, to, to))
    }
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some((from, to, next)) = self.next_word() else { return false };
        self.at = next;
        self.token.offset_from = from;
        self.token.offset_to = to;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(&self.text[from..to]);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, language: &str) -> Vec<String> {
        of(text, LANGUAGES.iter().position(|(name, _)| *name == language).unwrap(), 100)
    }

    #[test]
    fn words_are_what_people_would_look_for() {
        assert_eq!(
            words("Resetting passwords: ERR-4711 for payments_api", "en"),
            ["reset", "password", "err", "4711", "for", "payment", "api"]
        );
        assert_eq!(words("Zugänge für Café-Häuser", "any"), ["zugange", "fur", "cafe", "hauser"]);
        assert_eq!(
            words("知识库 a 東京都 を 한국어", "any"),
            ["知识", "识库", "a", "東京", "京都", "を", "한국", "국어"]
        );
        assert_eq!(words("x".repeat(65).as_str(), "any"), Vec::<String>::new());
    }

    #[test]
    fn a_text_is_kept_in_its_language() {
        assert_eq!(LANGUAGES[language(None, "How do I get access to the shared drive of my team?")].0, "en");
        assert_eq!(
            LANGUAGES[language(None, "Wie bekomme ich Zugriff auf das Laufwerk meiner Abteilung?")].0,
            "de"
        );
        assert_eq!(LANGUAGES[language(Some("fr-CA"), "OK")].0, "fr");
        assert_eq!(LANGUAGES[language(None, "OK")].0, "any");
    }
}
