//! A text cut into passages: never over a heading or a page, at a paragraph's end where there is one, else at a sentence's, else
//! between words. Each is a part of the text as it stands, so that it can be cited by its place.

use std::ops::Range;

use countersign_domain::digest::Digest;
use countersign_domain::ports::{ByteRange, Edition, Passage};

/// What this is called in a generation.
pub const CHUNKER: &str = "sections@1";

/// How much a passage holds at most, in quarters of what is a piece of a word for the encoder: some 250 pieces.
pub const LONGEST: usize = 1_000;

/// The passages of a text, in their order. Headings alone are none.
pub fn passages(edition: &Edition, text: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    for section in sections(text) {
        for range in pieces(text, section.body) {
            let part = &text[range.clone()];
            let place = |at| u32::try_from(at).ok();
            // A text is never so long that a place in it could not be told.
            let (Some(from), Some(to)) = (place(range.start), place(range.end)) else { return passages };
            passages.push(Passage {
                edition: edition.clone(),
                at: ByteRange { from, to },
                sha: Digest::of(part.as_bytes()),
                text: part.to_owned(),
                headings: section.headings.clone(),
            });
        }
    }
    passages
}

/// What stands under a heading, or on a page.
struct Section {
    headings: Vec<String>,
    body: Range<usize>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut above: Vec<(usize, String)> = Vec::new();
    let (mut page, mut fenced, mut from) = (1_usize, false, 0);
    let has_pages = text.contains('\u{C}');
    let close = |above: &[(usize, String)], page: usize, body: Range<usize>, sections: &mut Vec<Section>| {
        let mut headings: Vec<String> = above.iter().map(|(_, heading)| heading.clone()).collect();
        if has_pages {
            headings.push(format!("p. {page}"));
        }
        sections.push(Section { headings, body });
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let turned = line.chars().filter(|c| *c == '\u{C}').count();
        let bare = line.trim_start_matches('\u{C}').trim();
        if bare.starts_with("```") || bare.starts_with("~~~") {
            fenced = !fenced;
        }
        let heading = (!fenced).then(|| heading(bare)).flatten();
        if turned > 0 || heading.is_some() {
            close(&above, page, from..at, &mut sections);
            from = at;
            page += turned;
        }
        at += line.len();
        if let Some((level, title)) = heading {
            above.retain(|(higher, _)| *higher < level);
            above.push((level, title.to_owned()));
            from = at;
        }
    }
    close(&above, page, from..at, &mut sections);
    sections
}

/// `## VPN`: its level and its words.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let title = line.get(level..)?.strip_prefix(' ')?.trim();
    ((1..=6).contains(&level) && !title.is_empty()).then_some((level, title))
}

/// The parts of a section that are passages.
fn pieces(text: &str, section: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = trimmed(text, section);
    while !rest.is_empty() {
        let end = end_of_piece(&text[rest.clone()]);
        let piece = trimmed(text, rest.start..rest.start + end);
        if !piece.is_empty() {
            pieces.push(piece);
        }
        rest = trimmed(text, rest.start + end..rest.end);
    }
    pieces
}

/// Where a passage that begins here ends: as far as it may reach, at the best end on the way.
fn end_of_piece(text: &str) -> usize {
    let (mut held, mut reach) = (0, text.len());
    for (at, c) in text.char_indices() {
        held += weight(c);
        if held > LONGEST {
            reach = at;
            break;
        }
    }
    if reach == text.len() {
        return reach;
    }
    let within = &text[..reach];
    // A piece that is too short says little by itself.
    let enough = reach / 3;
    let behind = |sign: &str| within.rfind(sign).map(|at| at + sign.len()).filter(|at| *at > enough);
    let sentence = || {
        [". ", "! ", "? ", ".\n", "!\n", "?\n", "。", "！", "？", ";\n", ":\n"]
            .into_iter()
            .filter_map(behind)
            .max()
    };
    behind("\n\n")
        .or_else(sentence)
        .or_else(|| behind("\n"))
        .or_else(|| within.rfind(char::is_whitespace).filter(|at| *at > enough))
        // Not even a space: it is cut between characters.
        .unwrap_or(reach.max(text.chars().next().map_or(1, char::len_utf8)))
}

/// How much of a piece of a word a character is, in quarters. A sign of Chinese is a word.
fn weight(c: char) -> usize {
    match c {
        _ if c.is_ascii() => 1,
        _ if is_ideograph(c) => 4,
        _ => 2,
    }
}

/// Whether a character stands for a word or a syllable, and is written without spaces.
pub(crate) const fn is_ideograph(c: char) -> bool {
    matches!(c as u32,
        0x1100..=0x11FF | 0x2E80..=0x2FDF | 0x3040..=0x30FF | 0x3100..=0x312F | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xA960..=0xA97F | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0xFF66..=0xFF9D | 0x2_0000..=0x3_FFFF)
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let end = range.start + part.trim_end().len();
    let start = range.start + (part.len() - part.trim_start().len());
    if start < end { start..end } else { end..end }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<Passage> {
        let edition = Edition { document: "k7qm2x".parse().unwrap(), version: std::num::NonZeroU32::MIN };
        passages(&edition, text)
    }

    fn told(text: &str) -> Vec<(String, String)> {
        cut(text).into_iter().map(|passage| (passage.headings.join(" › "), passage.text)).collect()
    }

    #[test]
    fn passages_stand_under_their_headings_and_on_their_pages() {
        let text = "Before.\n# VPN\n## Linux\nInstall it.\n\n```\n# no heading\n```\n## Mac\n\n\u{C}On page two.\n# Mail\nAsk.\n";
        let text = text.replace('|', "");
        let own = |heading: &str, text: &str| (heading.to_owned(), text.to_owned());
        assert_eq!(
            told(&text),
            [
                own("p. 1", "Before."),
                own("VPN › Linux › p. 1", "Install it.\n\n```\n# no heading\n```"),
                own("VPN › Mac › p. 2", "On page two."),
                own("Mail › p. 2", "Ask."),
            ]
        );
    }

    #[test]
    fn what_is_too_long_is_cut_where_it_reads_best() {
        let sentence = "This is a sentence of some words. ";
        let cuts = cut(&sentence.repeat(100));
        assert!(cuts.len() > 2 && cuts.iter().all(|passage| passage.text.ends_with('.')), "{cuts:?}");
        let chinese = cut(&"知识库".repeat(300));
        assert!(
            chinese.iter().all(|passage| passage.text.chars().count() <= LONGEST / 4),
            "{}",
            chinese.len()
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Nothing is lost, nothing is said twice, and each is where it says.
        #[test]
        fn passages_are_the_text(text in "(?s)([a-z。é .#\n\u{C}]|知){0,3000}") {
            let cuts = cut(&text);
            prop_assert!(cuts.iter().all(|passage| passage.stands_in(&text)));
            prop_assert!(cuts.windows(2).all(|two| two[0].at.to <= two[1].at.from));
            let weighs = |text: &str| text.chars().map(weight).sum::<usize>();
            prop_assert!(cuts.iter().all(|passage| weighs(&passage.text) <= LONGEST));
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            let kept: usize = cuts.iter().map(|passage| letters(&passage.text)).sum();
            let headings: usize = text.split('\n').map(|line| line.trim_matches(['\u{C}', ' ', '\n'])).filter(|line| heading(line).is_some()).map(letters).sum();
            prop_assert_eq!(kept + headings, letters(&text));
        }
    }
}
