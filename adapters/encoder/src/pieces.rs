//! Texts cut into the pieces that the model knows: BERT's uncased `WordPiece`.

use std::collections::HashMap;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use unicode_normalization::UnicodeNormalization as _;

const VOCABULARY: &str = include_str!("../model/vocab.txt");
const UNKNOWN: u32 = 100;
const BEGIN: u32 = 101;
const END: u32 = 102;
/// A longer word is none.
const LONGEST_WORD: usize = 100;
/// What stands before a piece that does not begin a word.
const GOES_ON: &str = "##";

/// The pieces there are.
pub(crate) struct Pieces {
    begin: HashMap<&'static str, u32>,
    go_on: HashMap<&'static str, u32>,
    /// How many characters the longest one has.
    longest: usize,
}

impl Pieces {
    pub(crate) fn new() -> Self {
        let (mut begin, mut go_on, mut longest) = (HashMap::new(), HashMap::new(), 0);
        for (id, piece) in (0..).zip(VOCABULARY.lines()) {
            let (map, piece) = match piece.strip_prefix(GOES_ON) {
                Some(rest) if !rest.is_empty() => (&mut go_on, rest),
                _ => (&mut begin, piece),
            };
            longest = longest.max(piece.chars().count());
            map.insert(piece, id);
        }
        Self { begin, go_on, longest }
    }

    /// The pieces of a text, with those that begin and end it: at most so many, and what is behind them is not looked at.
    pub(crate) fn of(&self, text: &str, most: usize) -> Vec<u32> {
        let mut ids = vec![BEGIN];
        let mut word = String::new();
        for c in plain(text) {
            let alone = is_alone(c);
            if alone || c.is_whitespace() {
                self.cut(&word, &mut ids);
                word.clear();
            }
            if alone {
                self.cut(c.encode_utf8(&mut [0; 4]), &mut ids);
            } else if !c.is_whitespace() {
                word.push(c);
            }
            if ids.len() >= most {
                break;
            }
        }
        self.cut(&word, &mut ids);
        ids.truncate(most.saturating_sub(1));
        ids.push(END);
        ids
    }

    /// The longest piece that there is, then the longest of the rest; one that is not there makes the whole word unknown.
    fn cut(&self, word: &str, ids: &mut Vec<u32>) {
        if word.is_empty() {
            return;
        }
        let before = ids.len();
        let mut rest = word;
        let mut known = word.chars().count() <= LONGEST_WORD;
        while known && !rest.is_empty() {
            let map = if rest.len() == word.len() { &self.begin } else { &self.go_on };
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(self.longest);
            let ends: Vec<usize> = ends.collect();
            let longest = ends.into_iter().rev().find_map(|end| Some((*map.get(&rest[..end])?, end)));
            match longest {
                Some((id, end)) => {
                    ids.push(id);
                    rest = &rest[end..];
                }
                None => known = false,
            }
        }
        if !known {
            ids.truncate(before);
            ids.push(UNKNOWN);
        }
    }
}

/// The characters of a text, small, without accents, and without what nobody sees.
fn plain(text: &str) -> impl Iterator<Item = char> + '_ {
    let seen = text.chars().filter(|c| !is_unseen(*c));
    let bare = seen.nfd().filter(|c| category(*c) != GeneralCategory::NonspacingMark);
    bare.flat_map(char::to_lowercase)
}

fn is_unseen(c: char) -> bool {
    use GeneralCategory::{Control, Format, PrivateUse, Unassigned};

    let white = matches!(c, '\t' | '\n' | '\r');
    !white && (c == '\u{FFFD}' || matches!(category(c), Control | Format | PrivateUse | Unassigned))
}

/// Whether a character is a word by itself: signs, and the characters of Chinese.
fn is_alone(c: char) -> bool {
    use GeneralCategory::{
        ClosePunctuation, ConnectorPunctuation, DashPunctuation, FinalPunctuation, InitialPunctuation,
        OpenPunctuation, OtherPunctuation,
    };

    let chinese = matches!(u32::from(c),
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x2_A6DF | 0x2_A700..=0x2_B81F
        | 0x2_B920..=0x2_CEAF | 0x2_F800..=0x2_FA1F);
    let sign = || {
        matches!(
            category(c),
            ClosePunctuation
                | ConnectorPunctuation
                | DashPunctuation
                | FinalPunctuation
                | InitialPunctuation
                | OpenPunctuation
                | OtherPunctuation
        )
    };
    if c.is_ascii() { c.is_ascii_punctuation() } else { chinese || sign() }
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_cut_as_the_model_was_taught() {
        let pieces = Pieces::new();
        assert_eq!(
            pieces.of("Café déjà vu — 東京", 256),
            [101, 7668, 2139, 3900, 24728, 1517, 1879, 1755, 102]
        );
        assert_eq!(pieces.of("", 256), [101, 102]);
        assert_eq!(pieces.of(&"x".repeat(101), 256), [101, 100, 102], "no word is so long");
        assert_eq!(
            pieces.of("[SEP]", 256),
            [101, 1031, 19802, 1033, 102],
            "what ends a text is not said in one"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn whatever_is_said_becomes_at_most_so_many_pieces(text in "(?s).{0,600}", most in 2_usize..300) {
            let ids = Pieces::new().of(&text, most);
            prop_assert!(ids.len() <= most && ids.first() == Some(&BEGIN) && ids.last() == Some(&END));
            prop_assert!(ids.iter().all(|id| *id < 30_522));
        }
    }
}
