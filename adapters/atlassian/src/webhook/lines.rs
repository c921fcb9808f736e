//! The form in a description: `Permission: write` on a line of its own, in a table, under a heading, or as a box to tick. Whatever
//! stands beside it becomes a visible part of the reason, is a known courtesy, or is told as unread: nothing is left out unsaid.

mod boxes;
mod rows;

use countersign_domain::denied::{Field, Violation};
use countersign_domain::words::is_line_of_ours;

use super::AccessForm;
use super::beside::{
    self, field_like, holds_back, is_harmless, is_label, leads, leads_to_somebody, told_whole,
};
use super::courtesy::{closes, says_nothing, signs};
use super::labels::{Label, counts, fields_of, label_of, labelled, value_of};
use super::markup::words_and_struck;
use super::quoted::Quotes;
use crate::struck;
use boxes::unboxed;

/// What is read of a description, in characters: what Jira takes in one.
const LONGEST: usize = 32_767;
/// The longest value under a heading that is taken for one, in words: what is longer is a sentence about something.
const FEW_WORDS: usize = 4;
/// How many lines are told that nobody can place.
const TOLD: usize = 5;
/// How many lines are kept that are harmless unless they name somebody: no template has more.
const HARMLESS: usize = 20;

/// What was found: the form, and how many of its labels stood there, whether or not anything stood behind them.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) form: AccessForm,
    pub(super) labels: usize,
    /// Of what more than one thing is said: which one is meant, nobody can tell.
    pub(super) several: Vec<Field>,
    /// What may belong to it and cannot be read, or not be done.
    pub(super) unread: Vec<Violation>,
    /// What every template has: its values may name somebody, or a repository, which those can tell who know them.
    pub(super) harmless: Vec<String>,
}

/// What the lines so far leave open.
#[derive(Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    /// The reason goes on over the next lines; whether a line behind it was empty.
    Reason(bool),
    /// A label without a value, which may stand on the next line.
    Value(Label),
    /// A value that stood on a line of its own: more of them may follow.
    More,
    /// Thanks: who wrote it may stand beneath.
    Closed,
    /// A label that is not known, without a value: it may stand on the next line.
    Foreign(String),
    /// A label over boxes to tick, and what is ticked so far.
    Boxes(Label, Vec<String>),
    /// A row of labels, whose values are in the next row; and whether there was one.
    Columns(Vec<(String, Option<Label>)>, bool),
}

/// Reads a text in wiki markup. Of two equal labels the first is kept, and where they say different things, that they do. What stands
/// in code or quotes is shown to somebody, and asked of nobody.
pub(super) fn read(text: &str) -> Found {
    let mut quotes = Quotes::default();
    let mut reader = Reader::read(text, |line| words_and_struck(&quotes.outside(line)));
    if let Some(end) = quotes.is_open() {
        // Nobody sees that what follows is hidden by it.
        reader.note(end);
    }
    reader.found
}

/// Reads a text whose every sign is what somebody wrote, and no markup; what was struck out stands between marks.
pub(super) fn read_as_said(text: &str) -> Found {
    Reader::read(text, str::to_owned).found
}

struct Reader {
    found: Found,
    open: Open,
    boxes: boxes::Seen,
}

impl Reader {
    fn read(text: &str, mut said: impl FnMut(&str) -> String) -> Self {
        let mut reader = Self { found: Found::default(), open: Open::Nothing, boxes: boxes::Seen::default() };
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
        text[..end].lines().for_each(|line| {
            #[cfg(test)]
            super::work::add(line.len());
            reader.line(&said(line));
        });
        reader.close();
        reader.note_unticked();
        // A beginning of it is enough to say that it was not read.
        let rest: String = text[end..].chars().take(LONGEST).collect();
        if rest.contains(char::is_alphanumeric) {
            reader.note(&rest);
        }
        reader
    }

    fn line(&mut self, line: &str) {
        let (said, struck) = struck::apart(line.trim());
        if !struck.is_empty() {
            self.struck(line.trim(), &said, &struck);
            if boxes::says(&said) {
                self.line(&said);
            }
            return;
        }
        let line = line.trim();
        if is_line_of_ours(line) {
            return;
        }
        if line.is_empty() {
            match self.open {
                Open::Reason(_) => self.open = Open::Reason(true),
                Open::Columns(..) | Open::More => self.close(),
                _ => {}
            }
            return;
        }
        let cells = rows::cells(line);
        if cells.len() > 1 {
            return self.row(line, &cells);
        }
        let (ticked, line) = unboxed(line);
        self.boxes.see(ticked, line);
        if labelled(line).is_some() {
            return fields_of(line).into_iter().for_each(|field| self.field(field));
        }
        if is_heading(line) {
            return self.heading(heading(line));
        }
        if ticked.is_some() || !self.is_field_like(line) {
            self.unlabelled(line, ticked);
        }
    }

    /// `Permission: write`.
    fn field(&mut self, line: &str) {
        self.close();
        match labelled(line) {
            Some((label, value)) => {
                self.found.labels += counts(line);
                self.put(label, value);
            }
            None => self.beside(line),
        }
    }

    /// A heading: the label of what stands beneath it.
    fn heading(&mut self, heading: &str) {
        self.close();
        match label_of(heading) {
            Some(label) => {
                self.found.labels += counts(heading);
                self.open = Open::Value(label);
            }
            None if says_nothing(heading) => {}
            None if is_label(heading) && !leads(heading) && !holds_back(heading) => {
                self.open = Open::Foreign(heading.to_owned());
            }
            None => self.note(heading),
        }
    }

    /// A line that may belong to the form and cannot be placed.
    fn note(&mut self, line: &str) {
        self.tell(beside::unread(line));
    }

    fn tell(&mut self, fault: Violation) {
        if self.found.unread.len() < TOLD {
            self.found.unread.push(fault);
        }
    }

    /// A line that belongs to nothing.
    fn beside(&mut self, line: &str) {
        if closes(line) {
            self.open = Open::Closed;
        } else if !says_nothing(line) {
            self.note(line);
        }
    }

    /// Whether a line has a label that is not known: it is told, or what stands beneath it is.
    fn is_field_like(&mut self, line: &str) -> bool {
        match field_like(line) {
            Some((label, Some(value))) => {
                self.close();
                self.foreign(label, &value, line);
            }
            Some((label, None)) if !says_nothing(line) => {
                let label = label.to_owned();
                self.close();
                self.open = Open::Foreign(label);
            }
            _ => return false,
        }
        true
    }

    /// A label that is not known, with its value: it is told, or kept for those who know what it may name.
    fn foreign(&mut self, label: &str, value: &str, line: &str) {
        let may_be_kept = is_harmless(label, value) && self.found.harmless.len() < HARMLESS;
        // Of what is cut off nobody could tell whom or what it names.
        match told_whole(&format!("{label}: {value}")).filter(|_| may_be_kept) {
            Some(whole) => self.found.harmless.push(whole),
            None => self.note(line),
        }
    }

    /// A label with what stands behind it, if anything does.
    fn put(&mut self, label: Label, value: &str) {
        let value = value_of(label, value);
        if label == Label::Begins {
            self.open = if value.is_none() { Open::Value(label) } else { Open::Nothing };
            if let Some(later) = value.as_deref().and_then(beside::begins) {
                self.tell(later);
            }
            return;
        }
        if label == Label::Reason {
            return self.put_reason(value.as_deref());
        }
        let before = self.place(label).clone();
        let is_new = before.is_none();
        let differs = before.zip(value.as_ref()).is_some_and(|(one, other)| !one.eq_ignore_ascii_case(other));
        if differs && !self.found.several.contains(&label.field()) {
            self.found.several.push(label.field());
        }
        self.open = match (&value, is_new) {
            (None, true) => Open::Value(label),
            _ => Open::Nothing,
        };
        if is_new {
            *self.place(label) = value;
        }
    }

    /// Two reasons are one reason.
    fn put_reason(&mut self, value: Option<&str>) {
        self.open = Open::Value(Label::Reason);
        if let Some(value) = value {
            self.open = Open::Reason(false);
            self.go_on(value);
        }
    }

    /// A line that goes on with what is open, or stands beside the form.
    fn unlabelled(&mut self, line: &str, ticked: Option<bool>) {
        let is_short = line.split_whitespace().count() <= FEW_WORDS;
        match (std::mem::replace(&mut self.open, Open::Nothing), ticked) {
            // What nobody has ticked is no part of why.
            (Open::Reason(is_apart), Some(false)) => {
                self.note(&format!("[ ] {line}"));
                self.open = Open::Reason(is_apart);
            }
            (Open::Reason(is_apart), _) => self.beneath_reason(line, is_apart),
            (Open::Value(label), Some(is_ticked)) => {
                self.open = Open::Boxes(label, is_ticked.then(|| line.to_owned()).into_iter().collect());
            }
            (Open::Boxes(label, mut all), Some(is_ticked)) => {
                all.extend(is_ticked.then(|| line.to_owned()));
                self.open = Open::Boxes(label, all);
            }
            (Open::Value(label), None) if label == Label::Reason || is_short => {
                self.put(label, without_bullet(line));
                if label != Label::Reason {
                    self.open = Open::More;
                }
            }
            (Open::More, None) if is_short && !says_nothing(line) => {
                self.note(line);
                self.open = Open::More;
            }
            (Open::Foreign(label), _) => self.foreign(&label, line, &format!("{label}: {line}")),
            (Open::Closed, None) if signs(line) => {}
            (other, _) => {
                self.open = other;
                self.close();
                self.beside(line);
            }
        }
    }

    /// A line beneath the reason: more of it, thanks for it, or what is said for the whole request and not for why.
    fn beneath_reason(&mut self, line: &str, is_apart: bool) {
        if is_apart && closes(line) {
            self.open = Open::Closed;
            return;
        }
        self.open = Open::Reason(is_apart);
        if leads(line) || holds_back(line) {
            self.note(line);
        } else if line.contains(char::is_alphanumeric) {
            self.open = Open::Reason(false);
            self.go_on(line);
        }
    }

    fn go_on(&mut self, more: &str) {
        if leads_to_somebody(more) || holds_back(more) {
            return self.note(more);
        }
        let reason = self.found.form.reason.get_or_insert_default();
        if !reason.is_empty() {
            reason.push('\n');
        }
        reason.push_str(more);
    }

    /// What is open comes to its end. Of boxes to tick exactly one must be ticked: none says nothing, and several are told, as is a
    /// label that nothing stood beneath.
    fn close(&mut self) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Boxes(label, ticked) => match &ticked[..] {
                [one] => self.put(label, one),
                [_, _, ..] => self.note(&ticked.join(", ")),
                [] => {}
            },
            Open::Foreign(label) if !is_harmless(&label, "") => self.note(&label),
            Open::Columns(columns, false) => {
                let headings: Vec<String> = columns.into_iter().map(|(heading, _)| heading).collect();
                self.note(&headings.join(" | "));
            }
            _ => {}
        }
        self.open = Open::Nothing;
    }

    const fn place(&mut self, label: Label) -> &mut Option<String> {
        let form = &mut self.found.form;
        match label {
            Label::Permission => &mut form.permission,
            Label::Repository => &mut form.repository,
            Label::User => &mut form.user,
            // Nothing is kept of a start, which nobody can choose.
            Label::Duration | Label::Until | Label::Begins => &mut form.duration,
            Label::Reason => &mut form.reason,
        }
    }
}

fn is_heading(line: &str) -> bool {
    let bytes = line.as_bytes();
    let wiki = bytes.first() == Some(&b'h')
        && bytes.get(1).is_some_and(|digit| (b'1'..=b'6').contains(digit))
        && bytes.get(2) == Some(&b'.');
    let bold = line.len() > 2 && line.starts_with('*') && line.ends_with('*');
    wiki || bold || (line.starts_with('#') && line.trim_start_matches('#').starts_with(' '))
}

fn heading(line: &str) -> &str {
    let bytes = line.as_bytes();
    let is_wiki = bytes.first() == Some(&b'h') && bytes.get(2) == Some(&b'.');
    if is_wiki { line.get(3..).unwrap_or_default() } else { line }
}

/// A line of a list without its mark.
fn without_bullet(line: &str) -> &str {
    line.strip_prefix(['-', '*', '+', '•']).map_or(line, str::trim_start)
}

#[cfg(test)]
mod tests;
