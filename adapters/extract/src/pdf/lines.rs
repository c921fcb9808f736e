//! Lines, paragraphs and headings, made of what is drawn where.

use std::collections::HashMap;

use countersign_domain::ports::Unreadable;

use crate::text::Text;

/// Something that was drawn, in the order in which it was.
pub(super) struct Drawn {
    pub(super) letters: String,
    pub(super) from: (f32, f32),
    /// Where what comes next would stand.
    pub(super) to: f32,
    pub(super) size: f32,
    pub(super) hidden: bool,
}

/// A line of a page.
struct Line {
    parts: Vec<(String, bool)>,
    /// Where it stands.
    y: f32,
    to: f32,
    size: f32,
    letters: usize,
    /// Whether it stands apart from the one before.
    apart: bool,
    page: usize,
}

/// The lines of a document.
pub(super) struct Lines {
    taken: Vec<Line>,
    page: usize,
    /// How many bytes may still come.
    left: usize,
}

/// A heading is a line of fewer letters.
const LONGEST_HEADING: usize = 120;

impl Lines {
    pub(super) fn new(most: usize) -> Self {
        Self { taken: Vec::new(), page: 0, left: most }
    }

    /// What comes is of the next page.
    pub(super) fn page(&mut self) {
        self.page += 1;
    }

    pub(super) fn take(&mut self, drawn: Drawn) -> Result<(), Unreadable> {
        let exhausted = || Unreadable::Exhausted { what: "size".to_owned() };
        self.left = self.left.checked_sub(drawn.letters.len()).ok_or_else(exhausted)?;
        let page = self.page;
        if let Some(line) = self.taken.last_mut().filter(|line| line.page == page && line.goes_on(&drawn)) {
            line.take(drawn);
        } else {
            let before = self.taken.last().filter(|line| line.page == page);
            let apart =
                before.is_none_or(|line| (line.y - drawn.from.1).abs() > 1.8 * line.size.max(drawn.size));
            let (y, to, size) = (drawn.from.1, drawn.from.0, drawn.size);
            let mut line = Line { parts: Vec::new(), y, to, size, letters: 0, apart, page };
            line.take(drawn);
            self.taken.push(line);
        }
        Ok(())
    }

    /// Writes them all.
    pub(super) fn write(&self, text: &mut Text) -> Result<(), Unreadable> {
        let headings = self.headings();
        let (mut page, mut before) = (0, None);
        for line in self.taken.iter().filter(|line| line.letters > 0) {
            for _ in page..line.page {
                text.page();
            }
            page = line.page;
            let heading = headings.iter().position(|size| *size == tenths(line.size));
            let heading = heading.filter(|_| line.letters < LONGEST_HEADING).map(|level| level + 1);
            match heading {
                // What is too long for one line goes on in the next.
                Some(level) if before == Some(level) && !line.apart => text.words(" ", false)?,
                Some(level) => text.heading(level),
                None if line.apart || before.is_some() => text.paragraph(),
                None => text.line(),
            }
            before = heading;
            for (letters, hidden) in &line.parts {
                text.words(letters, *hidden)?;
            }
        }
        Ok(())
    }

    /// The sizes of headings, the largest first: those that are clearly larger than what most is written in.
    fn headings(&self) -> Vec<u32> {
        let mut letters: HashMap<u32, usize> = HashMap::new();
        for line in &self.taken {
            *letters.entry(tenths(line.size)).or_default() += line.letters;
        }
        let usual = letters.iter().max_by_key(|(size, letters)| (**letters, std::cmp::Reverse(**size)));
        let usual = usual.map_or(0, |(size, _)| *size);
        let mut larger: Vec<u32> = letters.into_keys().filter(|size| *size * 100 >= usual * 115).collect();
        larger.sort_unstable_by(|a, b| b.cmp(a));
        larger.truncate(4);
        larger
    }
}

impl Line {
    /// Whether this is drawn in the same line, to the right of what was drawn before.
    fn goes_on(&self, drawn: &Drawn) -> bool {
        let size = self.size.max(drawn.size);
        (self.y - drawn.from.1).abs() < 0.5 * size && drawn.from.0 > self.to - 2.0 * size
    }

    fn take(&mut self, drawn: Drawn) {
        if drawn.from.0 - self.to > 0.15 * drawn.size {
            self.parts.push((" ".to_owned(), false));
        }
        let letters = drawn.letters.chars().filter(|c| !c.is_whitespace()).count();
        if letters > 0 && self.letters == 0 {
            self.size = drawn.size;
        }
        self.letters += letters;
        self.to = drawn.to;
        self.parts.push((drawn.letters, drawn.hidden));
    }
}

/// A size, told apart by a tenth of a point.
fn tenths(size: f32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "held within what it can count"
    )]
    let tenths = (size * 10.0).round().clamp(0.0, 100_000.0) as u32;
    tenths
}
