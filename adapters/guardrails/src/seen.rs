//! A text as it is looked at: without what nobody sees, and with signs that look like ours in their place; each byte knows where it
//! stood. What is masked takes away what nobody sees: what was looked at with it would be found only by those who read the rest.

use countersign_domain::hidden::deceives;
use countersign_domain::ports::ByteRange;

/// A text as it is looked at.
pub(crate) struct Seen {
    /// It itself.
    pub(crate) text: String,
    /// Of each byte, where the character stood that it was made of.
    places: Vec<ByteRange>,
}

impl Seen {
    /// For words: in small letters, and those of others that look like ours are ours.
    pub(crate) fn words(text: &str) -> Self {
        Self::by(text, |c| like(c).to_lowercase())
    }

    /// For numbers and what else is written in signs, large and small: of signs that are wide, of spaces, and of hyphens there is one.
    pub(crate) fn signs(text: &str) -> Self {
        Self::by(text, |c| std::iter::once(plain(c)))
    }

    fn by<I: Iterator<Item = char>>(text: &str, made: impl Fn(char) -> I) -> Self {
        let (mut seen, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
        for (at, c) in text.char_indices() {
            if deceives(c) && !c.is_whitespace() {
                continue;
            }
            made(c).for_each(|c| seen.push(c));
            places.resize(seen.len(), range(at, at + c.len_utf8()));
        }
        Self { text: seen, places }
    }

    /// Where in the text as it was a part of this one stands, which is never empty: from its first character to its last, and not to
    /// what nobody sees behind it.
    pub(crate) fn stood(&self, from: usize, to: usize) -> ByteRange {
        ByteRange { from: self.places[from].from, to: self.places[to - 1].to }
    }
}

/// A place in a text, which is never so long that it could not be told.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// From here to there in a text.
pub(crate) fn range(from: usize, to: usize) -> ByteRange {
    ByteRange { from: place(from), to: place(to) }
}

/// The sign that everybody's keyboard has: a narrow one, one space, one hyphen.
const fn plain(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => match char::from_u32(c as u32 - 0xFEE0) {
            Some(narrow) => narrow,
            None => c,
        },
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2013}' | '\u{2212}' => '-',
        _ => c,
    }
}

/// The letter of ours that a sign looks like: Cyrillic and Greek ones, and those that are wide.
const fn like(c: char) -> char {
    match plain(c) {
        'а' | 'А' | 'α' | 'Α' => 'a',
        'В' | 'Β' => 'b',
        'с' | 'С' => 'c',
        'е' | 'Е' | 'Ε' => 'e',
        'і' | 'І' | 'ι' | 'Ι' => 'i',
        'ѕ' => 's',
        'о' | 'О' | 'ο' | 'Ο' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'υ' | 'Υ' => 'y',
        'н' | 'Н' => 'h',
        '’' | '‘' => '\'',
        _ => c,
    }
}
