//! The text of a rule set: where its policies and annotations stand, and the bounds that keep hostile text harmless.
//!
//! Cedar tells the place of what it rejects itself, but not of annotations, and it parses without a bound on nesting.
//! Both need only the four things that this file knows of the language: strings, comments, words and brackets.

use super::literal::names_repository;
use crate::denied::RuleFault;
use crate::hidden::hidden;

/// The longest text of a rule set, in bytes.
const MAX_TEXT: usize = 256 * 1024;
/// How deep brackets may stand in each other.
const MAX_DEPTH: usize = 32;
/// The most code one policy may have, in bytes without spaces, comments and strings: Cedar works recursively, so this
/// keeps a policy from using up the stack.
const MAX_CODE: usize = 4 * 1024;

/// The text of a rule set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a>(pub(super) &'a str);

/// Where one policy stands, as byte offsets into the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PolicyPlace {
    /// Its `permit` or `forbid`.
    pub(super) head: Option<usize>,
    /// Its annotations, by name, each at its `@`.
    pub(super) annotations: Vec<(String, usize)>,
    /// The names of repositories in it, as they are written, each at its quote.
    pub(super) repositories: Vec<(String, usize)>,
    /// From its first sign to its `;`, without the comments before it.
    pub(super) extent: Option<(usize, usize)>,
}

impl PolicyPlace {
    /// Where the annotation of this name stands, or else the policy.
    pub(super) fn of(&self, annotation: &str) -> usize {
        let found = self.annotations.iter().find(|(name, _)| name == annotation);
        found.map_or_else(|| self.start(), |(_, offset)| *offset)
    }

    /// Where the policy stands.
    pub(super) fn start(&self) -> usize {
        self.head.unwrap_or_default()
    }
}

impl Source<'_> {
    /// A fault at a byte offset of the text.
    pub(super) fn fault(
        &self,
        offset: usize,
        policy: Option<String>,
        message: impl Into<String>,
    ) -> RuleFault {
        let before = &self.0[..self.0.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        RuleFault {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            policy,
            message: message.into(),
        }
    }

    /// The places of the policies, in order; or what makes the text unfit to be given to the parser.
    pub(super) fn policies(&self) -> Result<Vec<PolicyPlace>, RuleFault> {
        if self.0.len() > MAX_TEXT {
            return Err(self.fault(0, None, format!("the rule set is longer than {MAX_TEXT} bytes")));
        }
        if let Some((offset, hidden)) = self.hidden() {
            return Err(self.fault(
                offset,
                None,
                format!("the invisible character {hidden:?} is not allowed"),
            ));
        }
        Scan::new(*self).run()
    }

    /// Every string, as it is written, with its place.
    pub(super) fn strings(&self) -> Vec<(usize, &str)> {
        let (mut strings, mut scan) = (Vec::new(), Scan::new(*self));
        while let Some(&byte) = self.0.as_bytes().get(scan.at) {
            let start = scan.at;
            match byte {
                b'"' => {
                    scan.skip_string();
                    let within = self.0.get(start + 1..scan.at.saturating_sub(1));
                    strings.extend(within.map(|within| (start, within)));
                }
                b'/' if scan.rest().starts_with("//") => scan.skip_comment(),
                _ => scan.at += 1,
            }
        }
        strings
    }

    /// The first character that hides what the text says, with its place; lines and indents are no such.
    fn hidden(&self) -> Option<(usize, char)> {
        let mut line_start = 0;
        for line in self.0.split_inclusive(['\n', '\r', '\t']) {
            let within = line.trim_end_matches(['\n', '\r', '\t']);
            if let Some((at, character)) = hidden(within) {
                return Some((line_start + at, character));
            }
            line_start += line.len();
        }
        None
    }
}

/// One pass over the text.
struct Scan<'a> {
    source: Source<'a>,
    at: usize,
    depth: usize,
    code: usize,
    /// An `@` that waits for its name.
    pending: Option<usize>,
    place: PolicyPlace,
}

impl<'a> Scan<'a> {
    fn new(source: Source<'a>) -> Self {
        Self { source, at: 0, depth: 0, code: 0, pending: None, place: PolicyPlace::default() }
    }

    fn run(mut self) -> Result<Vec<PolicyPlace>, RuleFault> {
        let mut places = Vec::new();
        while let Some(&byte) = self.source.0.as_bytes().get(self.at) {
            let start = self.at;
            let is_comment = self.rest().starts_with("//");
            if self.place.extent.is_none() && !is_comment && !byte.is_ascii_whitespace() {
                self.place.extent = Some((start, start));
            }
            match byte {
                b'"' => self.skip_string(),
                b'/' if is_comment => self.skip_comment(),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.word(),
                b';' => {
                    if let Some((_, end)) = &mut self.place.extent {
                        *end = start + 1;
                    }
                    places.push(std::mem::take(&mut self.place));
                    self.code = 0;
                    self.at += 1;
                }
                _ => self.sign(byte)?,
            }
            if self.code > MAX_CODE {
                return Err(self.source.fault(start, None, "this policy is too long: split it into several"));
            }
        }
        Ok(places)
    }

    fn rest(&self) -> &'a str {
        self.source.0.get(self.at..).unwrap_or_default()
    }

    fn skip_comment(&mut self) {
        self.skip_while(|b| b != b'\n' && b != b'\r');
    }

    fn skip_while(&mut self, goes_on: impl Fn(u8) -> bool) {
        let rest = &self.source.0.as_bytes()[self.at..];
        self.at += rest.iter().position(|b| !goes_on(*b)).unwrap_or(rest.len());
    }

    fn skip_string(&mut self) {
        let start = self.at;
        self.at += 1;
        self.code += 2;
        while let Some(byte) = self.source.0.as_bytes().get(self.at) {
            self.at += if *byte == b'\\' { 2 } else { 1 };
            if *byte == b'"' {
                break;
            }
        }
        let (before, behind) = (self.source.0.get(..start).unwrap_or_default(), self.rest());
        if names_repository(before, behind) {
            let within = self.source.0.get(start + 1..self.at.saturating_sub(1)).unwrap_or_default();
            self.place.repositories.push((within.to_owned(), start));
        }
    }

    fn word(&mut self) {
        let start = self.at;
        self.skip_while(|b| b == b'_' || b.is_ascii_alphanumeric());
        self.code += self.at - start;
        if let Some(offset) = self.pending.take() {
            let name = self.source.0[start..self.at].to_owned();
            self.place.annotations.push((name, offset));
        } else if self.depth == 0 && self.place.head.is_none() {
            self.place.head = Some(start);
        }
    }

    fn sign(&mut self, byte: u8) -> Result<(), RuleFault> {
        match byte {
            b'(' | b'[' | b'{' => self.depth += 1,
            b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            b'@' => self.pending = Some(self.at),
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            return Err(self.source.fault(
                self.at,
                None,
                format!("brackets stand more than {MAX_DEPTH} deep"),
            ));
        }
        self.code += usize::from(!byte.is_ascii_whitespace());
        self.at += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_hide_what_looks_like_a_policy() {
        let text = "// @a permit;\n@message(\"; @b \\\" //\")\n@auto\npermit (principal, action, resource); // ;\nforbid (a);";
        let places = Source(text).policies().unwrap();
        assert_eq!(places.len(), 2);
        let lines = |offset| Source(text).fault(offset, None, "").line;
        assert_eq!(lines(places[0].of("message")), 2);
        assert_eq!(lines(places[0].of("auto")), 3);
        assert_eq!(lines(places[0].start()), 4);
        assert_eq!(lines(places[1].start()), 5);
    }

    #[test]
    fn text_that_could_use_up_the_stack_or_mislead_the_eye_is_refused() {
        let deep = format!("permit(principal, action, resource) when {{ {}", "(".repeat(40));
        let long = format!("permit(principal, action, resource) when {{ {}", "1 && ".repeat(5000));
        for (text, message) in [
            (deep, "brackets"),
            (long, "split it"),
            ("//\n// \u{202e}".to_owned(), "line 2, column 4: the invisible"),
            (" ".repeat(300_000), "longer than"),
        ] {
            let fault = Source(&text).policies().unwrap_err().to_string();
            assert!(fault.contains(message), "{fault}");
        }
    }

    #[test]
    fn the_bounds_are_exact_and_hold_for_each_policy_by_itself() {
        let is_taken = |text: &str| Source(text).policies().is_ok();
        assert!(is_taken(&" ".repeat(MAX_TEXT)) && !is_taken(&" ".repeat(MAX_TEXT + 1)));
        assert_eq!((MAX_TEXT, MAX_CODE, MAX_DEPTH), (262_144, 4096, 32), "which the stack was tried with");
        // Words, signs and the quotes of strings count; spaces, comments and what is in a string do not.
        let word = |length| "x".repeat(length);
        for (filling, counted) in [("", 0), ("\"abc\"", 2), ("+ - \n", 2), ("// abc\n", 0), ("(a_1)", 5)] {
            assert!(is_taken(&format!("{filling} {}", word(MAX_CODE - counted))), "{filling}");
            assert!(!is_taken(&format!("{filling} {}", word(MAX_CODE - counted + 1))), "{filling}");
        }
        assert!(is_taken(&format!("{}; {}", word(MAX_CODE - 1), word(MAX_CODE))), "each by itself");
        let deep = |depth: usize| format!("{}{}", "(".repeat(depth), ")".repeat(depth));
        assert!(is_taken(&deep(MAX_DEPTH).repeat(3)) && !is_taken(&deep(MAX_DEPTH + 1)));
        assert!(!is_taken(&"[{(".repeat(11)), "brackets of every kind");
    }

    #[test]
    fn a_place_is_told_by_line_and_column_in_characters() {
        let text = "@a_b(\"é\\\"\") @auto / x\n// one\r  permit (permit, @c) y;";
        let places = Source(text).policies().unwrap();
        assert_eq!(places.len(), 1);
        let at = |offset| {
            let fault = Source(text).fault(offset, None, "");
            (fault.line, fault.column)
        };
        assert_eq!([places[0].of("a_b"), places[0].of("auto")].map(at), [(1, 1), (1, 13)]);
        assert_eq!(at(places[0].start()), (1, 21), "a stroke alone begins no comment");
        assert_eq!(places[0].of("nothing"), places[0].start());
        let second = Source("// one\r  permit (a);").policies().unwrap();
        assert_eq!(second[0].start(), 9, "and a comment ends with its line");
        assert_eq!(Source("(permit) forbid;").policies().unwrap()[0].start(), 9, "not within brackets");
    }
}
