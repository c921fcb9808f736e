//! Boxes to tick, and what was struck out: lines of a form by which nothing may be asked for. Whoever ticks one line leaves the
//! others out, and whoever strikes one out takes it back; the rest of the form may not mean what they want without it.

use super::super::courtesy::says_nothing;
use super::super::labels::{fields_of, label_of, labelled};
use super::{Open, Reader, field_like, leads, rows};
use crate::struck;

/// The boxes so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Whether one is ticked.
    is_ticked: bool,
    /// Lines of the form that nobody has ticked.
    unticked: Vec<String>,
}

impl Seen {
    /// Notes a line, and whether its box is ticked, where it has one.
    pub(super) fn see(&mut self, ticked: Option<bool>, line: &str) {
        self.is_ticked |= ticked == Some(true);
        if ticked == Some(false) && labelled(line).is_some() {
            self.unticked.push(format!("[ ] {line}"));
        }
    }
}

impl Reader {
    /// Where nothing is ticked, the boxes are only how the form is written; else what is not ticked is not asked for, and was read.
    pub(super) fn note_unticked(&mut self) {
        if self.boxes.is_ticked {
            for line in std::mem::take(&mut self.boxes.unticked) {
                self.note(&line);
            }
        }
    }

    /// A line of which something was struck out: what stands in its place counts. Where nothing does, a part of what was asked for was
    /// taken back: by `User: ~~Ben~~` it is not for who wrote it. What was struck out of prose is said no more.
    pub(super) fn struck(&mut self, line: &str, said: &str, struck: &str) {
        let is_emptied = |cell: &&str| {
            let (said, struck) = struck::apart(cell);
            !struck.trim().is_empty() && !says(&said)
        };
        let cells = rows::cells(line);
        let is_value = matches!(self.open, Open::Value(_) | Open::Boxes(..));
        let takes_back = labelled(struck).is_some()
            || label_of(struck).is_some()
            || if says(said) { says_no_value(said) } else { leads(struck) || is_value }
            || cells.len() > 1 && cells.iter().any(is_emptied);
        if takes_back && !says_nothing(struck) {
            self.close();
            self.note(&struck::shown(line));
        }
    }
}

/// Whether a line says anything, its box apart.
pub(super) fn says(line: &str) -> bool {
    unboxed(line.trim()).1.contains(char::is_alphanumeric)
}

/// Whether a line has a label, or several, and nothing behind one.
fn says_no_value(line: &str) -> bool {
    let (_, line) = unboxed(line.trim());
    let is_empty = |field: &&str| labelled(field).is_some_and(|(_, value)| !says(value));
    label_of(line).is_some()
        || fields_of(line).iter().any(is_empty)
        || field_like(line).is_some_and(|(_, value)| value.is_none())
}

/// Whether a line is a box to tick, and ticked; and the line without it.
pub(super) fn unboxed(line: &str) -> (Option<bool>, &str) {
    let bare = line.strip_prefix(['-', '*', '+']).map_or(line, str::trim_start);
    for (mark, is_ticked) in [("[ ]", false), ("[]", false), ("[x]", true), ("[X]", true)] {
        if let Some(rest) = bare.strip_prefix(mark) {
            return (Some(is_ticked), rest.trim());
        }
    }
    (None, line)
}

#[cfg(test)]
mod tests {
    use super::super::{Found, read};

    fn with(line: &str) -> Found {
        read(&format!("Permission: read\nRepository: web-shop\n{line}\nReason: the rollout"))
    }

    #[test]
    fn trust_d4_a_line_of_the_form_that_was_struck_out_is_told_and_nothing_is_asked_without_it() {
        for line in [
            "-User: Ben Approver-",
            "User: -Ben Approver-",
            "| User | -Ben Approver- |",
            "-For Ben Approver-",
            "Duration: -2 days-",
            "Duration: 2 days, User: -Ben-",
            "Duration: 2 days -User: Ben-",
            "User:\n-Ben Approver-",
            "-Until: Friday-",
        ] {
            assert!(!with(line).unread.is_empty(), "{line}");
        }
        for line in ["Duration: -3 days- 2 days", "-thanks in advance-", "-the other repository was better-"]
        {
            assert_eq!(with(line).unread, [], "{line}");
        }
    }

    #[test]
    fn trust_d4_a_line_that_nobody_ticked_beside_one_that_is_ticked_is_told() {
        for line in [
            "[ ] User: Ben\n[x] Duration: 2 days",
            "[x] I have read the policy\n[ ] Duration: 2 days",
            "User: Ben\nReason: rollout\n[ ] approved by security",
        ] {
            assert!(!with(line).unread.is_empty(), "{line}");
        }
        assert_eq!(with("[ ] Duration: 2 days").unread, [], "boxes alone are only how it is written");
        assert_eq!(with("[x] Duration: 2 days").unread, []);
        let found = read("Permission:\n[x] read\n[ ] write\nRepository: web-shop");
        assert_eq!((found.form.permission.as_deref(), found.unread), (Some("read"), vec![]));
    }
}
