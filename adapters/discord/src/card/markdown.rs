//! Text in Discord's Markdown (<https://support.discord.com/hc/en-us/articles/210298617>), of which nothing is left but letters.
//!
//! Discord shows the sign after a backslash as it is, whatever it is, and wherever Markdown is read. So a backslash stands
//! before every sign that begins or ends anything: emphasis, code, spoilers, quotes, headings, lists (`.` after a number),
//! masked links, mentions, channels, commands, timestamps and custom emoji (`<`), emoji by name and plain addresses (`:`),
//! `@everyone`, and invitations without a scheme (`.`).
//!
//! Discord says "characters" and counts code points, its clients count UTF-16 units; we count the units, which are never fewer.

use countersign_domain::card::parts;
use countersign_domain::hidden::deceives;

/// What shows nothing and is yet no space to Discord.
pub(super) const BLANK: &str = "\u{200b}";

/// The signs with a meaning.
const SIGNS: &str = r"\*_~`|>#-+.:<@()[]";

/// How much of a limit a text uses up.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Whether Discord would see nothing in it.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| letter.is_whitespace() || deceives(letter))
}

/// As it was written.
pub(super) fn plain(text: &str, most: usize) -> String {
    let mut fit = Fit::new(most);
    fit.escaped(text);
    fit.text()
}

/// As it was written, for where Discord reads no Markdown.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut fit = Fit::new(most);
    for letter in letters(text) {
        fit.push("", letter);
    }
    fit.text()
}

fn letters(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(at, letter)| &text[at..at + letter.len_utf8()])
}

/// A text that grows as long as there is room, by pieces that are taken whole or not at all.
pub(super) struct Fit {
    text: String,
    left: usize,
    /// Up to where there is room for a sign that there was more.
    safe: usize,
    over: bool,
}

impl Fit {
    /// Room for so much.
    pub(super) fn new(most: usize) -> Self {
        Self { text: String::new(), left: most, safe: 0, over: false }
    }

    fn escaped(&mut self, text: &str) {
        for letter in letters(text) {
            if self.over {
                return;
            }
            self.push(if SIGNS.contains(letter) { "\\" } else { "" }, letter);
        }
    }

    /// As it was written, with the instants in the viewer's own time.
    pub(super) fn dated(&mut self, text: &str) {
        for part in parts(text) {
            match part.instant {
                Some(instant) => self.whole(&format!("<t:{}:f>", instant.as_second())),
                None => self.escaped(part.text),
            }
        }
    }

    /// Markdown of ours, which is taken whole or not at all.
    pub(super) fn whole(&mut self, markdown: &str) {
        self.push("", markdown);
    }

    fn push(&mut self, escape: &str, piece: &str) {
        let needed = escape.len() + units(piece);
        self.over = self.over || needed > self.left;
        if self.over {
            return;
        }
        self.text.push_str(escape);
        self.text.push_str(piece);
        self.left -= needed;
        if self.left > 0 {
            self.safe = self.text.len();
        }
    }

    /// What found room.
    pub(super) fn text(mut self) -> String {
        if self.over && (self.left > 0 || !self.text.is_empty()) {
            self.text.truncate(self.safe);
            self.text.push('…');
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(text: &str, most: usize) -> String {
        let mut fit = Fit::new(most);
        fit.dated(text);
        fit.text()
    }

    #[test]
    fn what_does_not_fit_is_cut_between_two_signs() {
        assert_eq!(plain("a*b", 4), "a\\*b");
        assert_eq!(plain("a*bc", 4), "a\\*…");
        assert_eq!(plain("a*b", 3), "a…");
        assert_eq!(plain("💥💥", 3), "💥…");
        assert_eq!(plain("💥", 1), "…");
        assert_eq!(plain("a", 0), "");
        assert_eq!(dated("2026-03-01 10:00 UTC", 15), "…");
        assert_eq!(dated("2026-03-01 10:00 UTC", 16), "<t:1772359200:f>");
    }
}
