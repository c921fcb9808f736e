//! Characters that nobody sees, or that show something else than they hold: one answer for requests, rules, cards and terminals.
//!
//! Which ones there are is Unicode's to say (`Default_Ignorable_Code_Point`, the format controls, the separators of lines, what is
//! assigned to nothing or left to anybody's own use), so that no list here can lack one. Two look like nothing though Unicode
//! calls them signs. Some of them are seen by what they do to their neighbours: a joiner makes one family of three
//! faces, or the right form of a Persian or Sinhala letter. In prose these are let through exactly there. A name has none of them.

use icu_properties::props::{
    CanonicalCombiningClass as Combining, DefaultIgnorableCodePoint, Emoji, EmojiModifier,
    ExtendedPictographic, GeneralCategory, JoiningType, Script,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const NON_JOINER: char = '\u{200C}';
const JOINER: char = '\u{200D}';
const TEXT_STYLE: char = '\u{FE0E}';
const EMOJI_STYLE: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';

/// A braille cell without a dot: it is called a sign, and is seen as a space that is none.
const BLANK_CELL: char = '\u{2800}';
/// The place of something that was not sent along: it is called a sign, and is seen as nothing or as anything.
const PLACE_OF_OBJECT: char = '\u{FFFC}';

/// Whether a character by itself deceives: a control, one that is not seen or that is seen differently everywhere, or one that
/// turns the direction of reading.
pub fn deceives(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned,
    };

    // Most of what is written; the properties need not be asked.
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let nothing_of_its_own = matches!(
        category,
        Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
    );
    nothing_of_its_own
        || matches!(c, BLANK_CELL | PLACE_OF_OBJECT)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// The first character of a prose text that deceives there, with its place in bytes.
pub fn hidden(text: &str) -> Option<(usize, char)> {
    walk(text).find(|(_, _, hides)| *hides).map(|(at, c, _)| (at, c))
}

/// A prose text without what deceives in it.
pub fn without_hidden(text: &str) -> String {
    walk(text).filter(|(_, _, hides)| !hides).map(|(_, c, _)| c).collect()
}

/// A prose text in which what deceives is written by its code point, so that it is seen: `⟨U+200B⟩`.
pub fn marked(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for (_, c, hides) in walk(text) {
        match c {
            '\n' | '\r' | '\t' => told.push(c),
            _ if hides => told.extend(format!("⟨U+{:04X}⟩", u32::from(c)).chars()),
            _ => told.push(c),
        }
    }
    told
}

/// Every character with its place, and whether it deceives where it stands. One pass: what was before is carried along, so
/// that a text of nothing but joiners takes no longer than another.
fn walk(text: &str) -> impl Iterator<Item = (usize, char, bool)> + '_ {
    let mut before = Before::default();
    let mut rest = text.char_indices();
    std::iter::from_fn(move || {
        let (at, c) = rest.next()?;
        let next = rest.clone().next().map(|(_, c)| c);
        let hides = deceives(c) && !before.shows(c, next);
        before.pass(c, hides);
        Some((at, c, hides))
    })
}

/// What stands before a place in a text, as far as it matters for what is seen of a joiner.
#[derive(Default)]
struct Before {
    /// The character, unless it deceived.
    last: Option<char>,
    /// A picture, perhaps with a colour of skin or a style: what a joiner can join to another one.
    picture: bool,
    /// A letter that is written together with the next one, perhaps with marks on it.
    joins: bool,
}

impl Before {
    /// Whether this character, not seen by itself, is seen here by what it does.
    fn shows(&self, c: char, next: Option<char>) -> bool {
        let Some(last) = self.last else { return false };
        match c {
            JOINER if self.picture => next.is_some_and(is_picture),
            JOINER => kills_vowels(last) || self.joins,
            NON_JOINER => kills_vowels(last) || self.joins && next.is_some_and(is_joined_to),
            TEXT_STYLE | EMOJI_STYLE if last.is_ascii() => next == Some(KEYCAP),
            TEXT_STYLE | EMOJI_STYLE => CodePointSetData::new::<Emoji>().contains(last),
            // The forms that a Mongolian letter is given by hand.
            '\u{180B}'..='\u{180F}' => CodePointMapData::<Script>::new().get(last) == Script::Mongolian,
            _ => false,
        }
    }

    fn pass(&mut self, c: char, hides: bool) {
        if hides {
            *self = Self::default();
            return;
        }
        self.picture = is_picture(c)
            || self.picture && (c == EMOJI_STYLE || CodePointSetData::new::<EmojiModifier>().contains(c));
        let joining = CodePointMapData::<JoiningType>::new().get(c);
        self.joins = match joining {
            JoiningType::DualJoining | JoiningType::LeftJoining => true,
            // Not the joiners themselves, so that there is one of them.
            JoiningType::Transparent => self.joins && !deceives(c),
            _ => false,
        };
        self.last = Some(c);
    }
}

fn is_picture(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

/// Whether a letter is written together with the one before it.
fn is_joined_to(c: char) -> bool {
    let joining = CodePointMapData::<JoiningType>::new().get(c);
    matches!(joining, JoiningType::DualJoining | JoiningType::RightJoining | JoiningType::Transparent)
        && !deceives(c)
}

/// Whether it is the mark by which the scripts of India join two consonants.
fn kills_vowels(c: char) -> bool {
    CodePointMapData::<Combining>::new().get(c) == Combining::Virama
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trust_b6_what_nobody_sees_deceives_whichever_it_is() {
        for (name, c) in [
            ("soft hyphen", '\u{AD}'),
            ("grapheme joiner", '\u{34F}'),
            ("Arabic letter mark", '\u{61C}'),
            ("Hangul filler", '\u{3164}'),
            ("Hangul choseong filler", '\u{115F}'),
            ("halfwidth Hangul filler", '\u{FFA0}'),
            ("Mongolian vowel separator", '\u{180E}'),
            ("zero width space", '\u{200B}'),
            ("line separator", '\u{2028}'),
            ("override", '\u{202E}'),
            ("word joiner", '\u{2060}'),
            ("isolate", '\u{2066}'),
            ("variation selector", '\u{FE0F}'),
            ("byte order mark", '\u{FEFF}'),
            ("interlinear annotation", '\u{FFF9}'),
            ("musical begin beam", '\u{1D173}'),
            ("language tag", '\u{E0001}'),
            ("tag a", '\u{E0061}'),
            ("variation selector 17", '\u{E0100}'),
            ("bell", '\u{7}'),
            ("next line", '\u{85}'),
            ("braille blank", '\u{2800}'),
            ("object replacement", '\u{FFFC}'),
            ("Arabic number sign", '\u{600}'),
            ("Arabic end of ayah", '\u{6DD}'),
            ("Syriac abbreviation mark", '\u{70F}'),
            ("private use", '\u{E000}'),
            ("private use of a plane", '\u{F0000}'),
            ("assigned to nothing", '\u{378}'),
            ("no character", '\u{FFFF}'),
        ] {
            assert!(deceives(c), "{name}");
            assert_eq!(hidden(&format!("a{c}b")), Some((1, c)), "{name}");
        }
        for seen in ['a', ' ', 'é', '名', '\u{A0}', '\u{2801}', '👩', '\u{301}'] {
            assert!(!deceives(seen), "{seen:?}");
        }
    }

    #[test]
    fn trust_b6_joiners_are_let_through_where_they_are_seen() {
        for text in [
            "the 👩‍👩‍👧 family",
            "👩🏽‍🚀 flies",
            "❤️ and ❤️‍🔥",
            "1️⃣ first, #️⃣ second",
            "🏳️‍🌈",
            "می‌خواهم",
            "ه‍.ق",
            "ක්‍ෂ",
            "क्‍ष and क्‌ष",
            "ന്‍",
            "ᠠ᠋",
        ] {
            assert_eq!(hidden(text), None, "{text}");
            assert_eq!(without_hidden(text), text);
        }
    }

    #[test]
    fn trust_b6_joiners_deceive_where_nobody_sees_them() {
        for (text, at) in [
            ("pay\u{200D}ments", 3),
            ("pay\u{200C}ments", 3),
            ("\u{200D}a", 0),
            ("👩\u{200D}a", 4),
            ("👩\u{200D}\u{200D}👧", 4),
            ("a\u{FE0F}", 1),
            ("1\u{FE0F}2", 1),
            ("می\u{200C}\u{200C}خواهم", 4),
            ("名\u{200D}前", 3),
            ("क्\u{200D}\u{200D}ष", 9),
            ("🏴\u{E0067}\u{E007F}", 4),
        ] {
            assert_eq!(hidden(text).map(|(at, _)| at), Some(at), "{text:?}");
        }
    }

    proptest! {
        /// Whatever is written: nothing that deceives is left, and what is left is what was there.
        #[test]
        fn trust_b6_nothing_hidden_is_left(text in "[a1👩❤क्می\u{AD}\u{3164}\u{200C}\u{200D}\u{FE0F}\u{E0061}\u{202E}\u{20E3} ]{0,24}|\\PC{0,40}") {
            let left = without_hidden(&text);
            prop_assert_eq!(hidden(&left), None);
            prop_assert_eq!(hidden(&text).is_none(), left == text);
            let seen = |text: &str| text.chars().filter(|c| !deceives(*c)).collect::<String>();
            prop_assert_eq!(seen(&left), seen(&text));
        }

        /// Every character of Unicode by itself between letters: ignorable ones never pass.
        #[test]
        fn trust_b6_no_ignorable_character_passes_between_letters(c in any::<char>()) {
            let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
            prop_assert!(!ignorable || hidden(&format!("a{c}b")).is_some(), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn trust_b6_every_ignorable_character_there_is_deceives() {
        let ranges = CodePointSetData::new::<DefaultIgnorableCodePoint>().iter_ranges();
        for c in ranges.flatten().filter_map(char::from_u32) {
            assert!(deceives(c) && hidden(&format!("x{c}")).is_some(), "U+{:04X}", u32::from(c));
        }
    }
}
