//! What was said, cut into words that know where in the text they stand.

use crate::normalise::{self, LEXICON, Word};
use crate::world::Customs;

/// A text and its words, without the politeness around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence<'a> {
    pub(crate) text: &'a str,
    pub(crate) words: Vec<Word>,
}

impl<'a> Sentence<'a> {
    /// Cuts a text into words.
    pub fn new(text: &'a str) -> Self {
        Self::of(text, normalise::words(text))
    }

    /// The same for somebody of a tenant that has words of its own.
    pub fn spoken_by(text: &'a str, customs: &Customs) -> Self {
        let mut words = normalise::with_own_words(&normalise::words(text), &customs.permissions);
        for word in words.iter_mut().filter(|word| is_ticket_elsewhere(&word.text, customs)) {
            // It is a value that nothing is read out of: no ticket of ours.
            word.quoted = true;
        }
        Self::of(text, words)
    }

    fn of(text: &'a str, mut words: Vec<Word>) -> Self {
        let mut text = without_signature(text, &words);
        words.truncate(words.partition_point(|word| word.start < text.len()));
        words.drain(..LEXICON.polite_before(&words));
        // What closes a message, and the name beneath it, belong to nothing that is said in it.
        let said = LEXICON.without_sign_off(&words);
        if let Some(last) = words.get(said.wrapping_sub(1)).filter(|_| said < words.len()) {
            text = text[..last.end].trim_end_matches([' ', ',', ';', '-', '–', '—']);
            words.truncate(said);
        }
        words.truncate(LEXICON.without_thanks(&words));
        if let Some(first) = words.first_mut().filter(|word| !word.quoted) {
            first.text = first.text.trim_start_matches(['/', '!']).to_owned();
            first.lower = first.lower.trim_start_matches(['/', '!']).to_owned();
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
        let cut = |word: &Word| word.lower.chars().take(40).collect();
        self.words.iter().take(count).map(cut).collect()
    }

    /// All words in lower case, as one.
    pub fn plain(&self) -> String {
        self.words.iter().map(|word| word.lower.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl Word {
    /// Whether it is this word of the grammar, which is lower case with straight apostrophes.
    pub(super) fn is(&self, word: &str) -> bool {
        #[cfg(test)]
        super::work::step();
        !self.quoted && self.lower == word
    }
}

/// Whether this is the address of a ticket on another site than that of the tenant's tracker.
fn is_ticket_elsewhere(text: &str, customs: &Customs) -> bool {
    let site = |address: &str| {
        let behind = address.split_once("://")?.1;
        Some(behind.split('/').next().unwrap_or_default().to_lowercase())
    };
    let (Some(own), Some(said)) = (customs.tracker.as_deref().and_then(site), site(text)) else {
        return false;
    };
    text.contains("/browse/") && own != said
}

/// What telephones and mail programs add by themselves.
const DEVICES: [&str; 6] = [
    "sent from my ",
    "get outlook for ",
    "von meinem ",
    "gesendet von ",
    "envoyé de mon ",
    "enviado desde mi ",
];

/// A text without the signature beneath it: what mail programs set apart by a line of dashes, and telephones add by themselves. What
/// stands beneath such a line and is no name is said.
fn without_signature<'a>(text: &'a str, words: &[Word]) -> &'a str {
    /// The most of a signature, in characters.
    const LONGEST: usize = 400;
    let near = text.char_indices().rev().nth(LONGEST).map_or(0, |(at, _)| at);
    let mut at = near;
    for line in text[near..].split_inclusive('\n') {
        let plain = line.trim();
        let divides = plain.len() >= 2 && plain.bytes().all(|byte| matches!(byte, b'-' | b'_'));
        let by_itself = at > 0 && text[..at].ends_with('\n');
        let beneath = at + line.len();
        let is_last = beneath == text.len();
        if by_itself && (divides && signs(text, words, beneath) || is_last && is_of_a_device(plain)) {
            return text[..at].trim_end();
        }
        at = beneath;
    }
    // "… — sent from my iPhone", on the same line.
    let lower = text[near..].to_ascii_lowercase();
    let dashes: &[char] = &['-', '–', '—'];
    let cut = DEVICES.iter().filter_map(|device| lower.rfind(device)).max().map(|found| near + found);
    match cut.map(|cut| text[..cut].trim_end()) {
        Some(before) if before.ends_with(dashes) && before.len() > near => {
            before.trim_end_matches(dashes).trim_end()
        }
        _ => text,
    }
}

fn is_of_a_device(line: &str) -> bool {
    let lower = line.to_lowercase();
    DEVICES.iter().any(|device| lower.starts_with(device))
}

/// Whether no more than a name, what belongs to one, and a device stands from this place on.
fn signs(text: &str, words: &[Word], from: usize) -> bool {
    let beneath = text[from..].trim();
    let named = match beneath.rsplit_once('\n') {
        Some((named, last)) if is_of_a_device(last.trim()) => named,
        None if is_of_a_device(beneath) => "",
        _ => beneath,
    };
    let end = from + (text[from..].len() - text[from..].trim_start().len()) + named.len();
    let named: Vec<Word> = words
        .iter()
        .filter(|word| (from..end).contains(&word.start) && word.text.contains(char::is_alphanumeric))
        .cloned()
        .collect();
    named.is_empty() || LEXICON.is_signature(&named)
}

/// The words of a part of a sentence without the politeness behind them.
pub(super) fn without_thanks(words: &[Word]) -> &[Word] {
    &words[..LEXICON.without_thanks(words)]
}

/// The words' text as one, with single spaces.
pub(crate) fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}
