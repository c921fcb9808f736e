//! What was said, cut into words that know where in the text they stand.

/// A text and its words, without the politeness around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<Word<'a>>,
}

/// One word, or everything between two double quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As it stands in the text, without the punctuation behind it.
    pub(super) text: &'a str,
    /// Where in the text it ends, in bytes, with its punctuation.
    pub(super) end: usize,
    /// Whether it stood in quotation marks, and so is a value, never a word of the grammar.
    pub(super) quoted: bool,
}

/// Said before what is meant, and meaning nothing.
const BEFORE: [&[&str]; 14] = [
    &["please"],
    &["hi"],
    &["hello"],
    &["hey"],
    &["dear"],
    &["ok"],
    &["okay"],
    &["bot"],
    &["countersign"],
    &["@countersign"],
    &["can", "you"],
    &["could", "you"],
    &["would", "you"],
    &["will", "you"],
];
/// Said behind it.
const BEHIND: [&[&str]; 5] = [&["please"], &["thanks"], &["thank", "you"], &["pls"], &["now"]];

impl<'a> Sentence<'a> {
    /// Cuts a text into words.
    pub fn new(text: &'a str) -> Self {
        let mut words = words(text);
        // Moved once, and not once for every "please".
        let mut begin = 0;
        while let Some(count) = polite(&words[begin..], &BEFORE, |words, count| words.get(..count)) {
            begin += count;
        }
        words.drain(..begin);
        if let Some(first) = words.first_mut().filter(|word| !word.quoted) {
            first.text = first.text.trim_start_matches(['/', '!']);
        }
        Self { text, words }
    }

    /// The whole text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words in lower case, at most `count` of them: to find out what they are near to.
    pub fn start(&self, count: usize) -> Vec<String> {
        self.words
            .iter()
            .take(count)
            .map(|word| word.text.chars().take(40).collect::<String>().to_lowercase())
            .collect()
    }
}

impl Word<'_> {
    /// Whether it is this word of the grammar.
    pub(super) fn is(&self, word: &str) -> bool {
        !self.quoted && same(self.text, word)
    }
}

/// The words of a part of a sentence without the politeness behind them.
pub(super) fn without_thanks<'w, 'a>(mut words: &'w [Word<'a>]) -> &'w [Word<'a>] {
    while let Some(count) =
        polite(words, &BEHIND, |words, count| words.get(words.len().checked_sub(count)?..))
    {
        words = &words[..words.len() - count];
    }
    words
}

/// The words' text as one, with single spaces.
pub(super) fn joined(words: &[Word<'_>]) -> String {
    words.iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

fn polite<'a>(
    words: &[Word<'a>],
    known: &[&[&str]],
    end: impl for<'w> Fn(&'w [Word<'a>], usize) -> Option<&'w [Word<'a>]>,
) -> Option<usize> {
    let is = |phrase: &&&[&str]| {
        end(words, phrase.len())
            .is_some_and(|words| words.iter().zip(**phrase).all(|(word, said)| word.is(said)))
    };
    // One who says only "please" has still said something.
    known.iter().find(|phrase| phrase.len() < words.len() && is(phrase)).map(|phrase| phrase.len())
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(skipped) = text[at..].find(|c: char| !c.is_whitespace()) {
        let start = at + skipped;
        let word = in_quotes(text, start).unwrap_or_else(|| bare(text, start));
        at = word.end;
        if word.quoted || !word.text.is_empty() {
            words.push(word);
        }
    }
    words
}

fn in_quotes(text: &str, start: usize) -> Option<Word<'_>> {
    let inside = text[start..].strip_prefix('"')?;
    let length = inside.find('"')?;
    let behind = start + length + 2;
    let ends = text[behind..].chars().next().is_none_or(|c| c.is_whitespace() || punctuates(c));
    ends.then(|| Word { text: &inside[..length], end: behind, quoted: true })
}

fn bare(text: &str, start: usize) -> Word<'_> {
    let length = text[start..].find(char::is_whitespace).unwrap_or(text.len() - start);
    let word = &text[start..start + length];
    Word { text: word.trim_end_matches(punctuates), end: start + length, quoted: false }
}

const fn punctuates(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?')
}

/// Whether a word of a person is this word of a grammar, which is lower case with straight apostrophes.
fn same(said: &str, word: &str) -> bool {
    #[cfg(test)]
    super::work::step();
    let mut said = said.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c });
    let mut word = word.chars();
    loop {
        match (said.next(), word.next()) {
            (None, None) => return true,
            (a, b) if a != b => return false,
            _ => {}
        }
    }
}
