//! A text as it is looked at: in small letters, without what nobody sees, and with signs that look like letters of ours in their
//! place; each byte knows where it stood.

use countersign_domain::hidden::deceives;
use countersign_domain::ports::ByteRange;

/// A text as it is looked at.
pub(crate) struct Seen {
    /// It itself.
    pub(crate) text: String,
    /// Of each byte, where the character began that it was made of; and the end of all.
    places: Vec<u32>,
}

impl Seen {
    pub(crate) fn new(text: &str) -> Self {
        let (mut seen, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
        for (at, c) in text.char_indices() {
            if deceives(c) && !c.is_whitespace() {
                continue;
            }
            for small in plain(c).to_lowercase() {
                seen.push(small);
                places.resize(seen.len(), place(at));
            }
        }
        places.push(place(text.len()));
        Self { text: seen, places }
    }

    /// Where in the text as it was a part of this one stands.
    pub(crate) fn stood(&self, from: usize, to: usize) -> ByteRange {
        ByteRange { from: self.places[from], to: self.places[to] }
    }
}

/// A place in a text, which is never so long that it could not be told.
pub(crate) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The letter of ours that a sign looks like: Cyrillic and Greek ones, and those that are wide or have accents.
const fn plain(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => match char::from_u32(c as u32 - 0xFEE0) {
            Some(narrow) => narrow,
            None => c,
        },
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
