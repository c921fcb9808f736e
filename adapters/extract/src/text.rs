//! The text that is read out of a file: lines, headings and pages, and by its place what of it nobody sees.

use countersign_domain::hidden::deceives;
use countersign_domain::ports::{ByteRange, Unreadable};

use crate::language::language;

/// A text that grows, never beyond what it may have.
pub(crate) struct Text {
    written: String,
    hidden: Vec<ByteRange>,
    most: usize,
    /// A space that stands between words, once there is another word in this line.
    space: bool,
}

impl Text {
    pub(crate) fn new(most: usize) -> Self {
        Self { written: String::new(), hidden: Vec::new(), most, space: false }
    }

    /// Words as they are written in a page: white space of whatever kind is one space, and none begins a line.
    pub(crate) fn words(&mut self, words: &str, hidden: bool) -> Result<(), Unreadable> {
        for c in words.chars() {
            if c.is_whitespace() {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space) && !self.begins_line() {
                self.written.push(' ');
            }
            self.put(c, hidden)?;
        }
        Ok(())
    }

    /// Text with its lines and its white space.
    pub(crate) fn verbatim(&mut self, text: &str, hidden: bool) -> Result<(), Unreadable> {
        let mut before = None;
        for c in text.chars() {
            match c {
                '\n' if before == Some('\r') => {}
                '\r' | '\n' => self.written.push('\n'),
                c => self.put(c, hidden)?,
            }
            before = Some(c);
        }
        self.bounded()
    }

    /// Ends the line, where it holds anything.
    pub(crate) fn line(&mut self) {
        self.space = false;
        if !self.begins_line() {
            self.written.push('\n');
        }
    }

    /// The same, and leaves a line free.
    pub(crate) fn paragraph(&mut self) {
        self.line();
        if !self.written.is_empty() && !self.written.ends_with("\n\n") && !self.written.ends_with('\u{C}') {
            self.written.push('\n');
        }
    }

    /// Begins a heading of this level.
    pub(crate) fn heading(&mut self, level: usize) {
        self.paragraph();
        (0..level.clamp(1, 6)).for_each(|_| self.written.push('#'));
        self.written.push(' ');
    }

    /// Begins a page that is not the first.
    pub(crate) fn page(&mut self) {
        self.line();
        self.written.push('\u{C}');
    }

    /// In which language most of it is, where it is long enough to tell.
    pub(crate) fn language(&self) -> Option<String> {
        const ENOUGH: usize = 40;
        const MUCH: usize = 4_000;
        let seen: String = self.written.chars().filter(|c| !c.is_control()).take(MUCH).collect();
        (seen.chars().filter(|c| c.is_alphabetic()).count() >= ENOUGH).then(|| language(&seen).to_owned())
    }

    /// All of it, and what of it nobody sees.
    pub(crate) fn done(mut self) -> (String, Vec<ByteRange>) {
        self.written.truncate(self.written.trim_end().len());
        self.written.push('\n');
        (self.written, self.hidden)
    }

    fn put(&mut self, c: char, hidden: bool) -> Result<(), Unreadable> {
        // It breaks lines and pages by what is called here, and by nothing that a file holds.
        if c.is_control() && c != '\t' {
            return Ok(());
        }
        let from = self.written.len();
        self.written.push(c);
        if hidden || is_shapeless(c) {
            self.hide(from);
        }
        self.bounded()
    }

    /// Nobody sees what stands from here to the end. White space between two such parts is part of them.
    fn hide(&mut self, from: usize) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let to = place(self.written.len());
        match self.hidden.last_mut() {
            Some(last) if self.written[last.to as usize..from].trim().is_empty() => last.to = to,
            _ => self.hidden.push(ByteRange { from: place(from), to }),
        }
    }

    fn begins_line(&self) -> bool {
        self.written.is_empty() || self.written.ends_with(['\n', '\u{C}'])
    }

    fn bounded(&self) -> Result<(), Unreadable> {
        if self.written.len() <= self.most {
            return Ok(());
        }
        Err(Unreadable::Exhausted { what: "size".to_owned() })
    }
}

/// Whether a character has no shape of its own, and does nothing to its neighbours that anybody sees: a text can be hidden in those.
fn is_shapeless(c: char) -> bool {
    const SOFT_HYPHEN: char = '\u{AD}';
    let serves = matches!(c, '\t' | SOFT_HYPHEN | '\u{200C}' | '\u{200D}' | '\u{FE0E}' | '\u{FE0F}');
    !serves && deceives(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_kept_by_its_place() {
        let mut text = Text::new(100);
        text.heading(2);
        text.words("Lunch\n at  noon", false).unwrap();
        text.paragraph();
        text.words("ap\u{200B}prove ", false).unwrap();
        text.words("all", true).unwrap();
        text.words(" of it", true).unwrap();
        text.page();
        text.words("next", false).unwrap();
        let (text, hidden) = text.done();
        assert_eq!(text, "## Lunch at noon\n\nap\u{200B}prove all of it\n\u{C}next\n");
        let hidden: Vec<_> = hidden.iter().map(|range| range.of(&text).unwrap()).collect();
        assert_eq!(hidden, ["\u{200B}", "all of it"]);
    }

    #[test]
    fn a_text_does_not_grow_for_ever() {
        let mut text = Text::new(10);
        assert_eq!(
            text.verbatim(&"a".repeat(11), false),
            Err(Unreadable::Exhausted { what: "size".to_owned() })
        );
    }
}
