//! The form in a description: `Permission: write` on a line of its own, in a table, under a heading, or as a box to tick.

use countersign_domain::denied::{Field, Violation};

use super::AccessForm;
use super::beside::{
    self, closes, field_like, holds_back, is_harmless, is_heading_of_values, is_label, leads,
};
use super::form::clean;
use super::labels::{Label, counts, fields_of, label_of, labelled, value_of};
use super::markup::words_of;
use super::quoted::Quotes;

/// What is read of a description, in characters: what Jira takes in one.
const LONGEST: usize = 32_767;
/// The longest value under a heading that is taken for one, in words: what is longer is a sentence about something.
const FEW_WORDS: usize = 4;
/// How many lines are told that nobody can place.
const TOLD: usize = 5;

/// What was found: the form, and how many of its labels stood there, whether or not anything stood behind them.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) form: AccessForm,
    pub(super) labels: usize,
    /// Of what more than one thing is said: which one is meant, nobody can tell.
    pub(super) several: Vec<Field>,
    /// What may belong to it and cannot be read, or not be done.
    pub(super) unread: Vec<Violation>,
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
    /// A label that is not known, without a value: it may stand on the next line.
    Foreign(String),
    /// A label over boxes to tick, and what is ticked so far.
    Boxes(Label, Vec<String>),
    /// A row of labels, whose values are in the next row.
    Columns(Vec<(String, Option<Label>)>),
}

/// Reads a text. Of two equal labels the first is kept, and where they say different things, that they do. What stands in code or
/// quotes is shown to somebody, and asked of nobody.
pub(super) fn read(text: &str) -> Found {
    let mut reader = Reader { found: Found::default(), open: Open::Nothing };
    let mut quotes = Quotes::default();
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    text[..end].lines().for_each(|line| {
        #[cfg(test)]
        super::work::add(line.len());
        reader.line(&words_of(&quotes.outside(line)));
    });
    reader.close();
    reader.found
}

struct Reader {
    found: Found,
    open: Open,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            match self.open {
                Open::Reason(_) => self.open = Open::Reason(true),
                Open::Columns(_) | Open::More => self.open = Open::Nothing,
                _ => {}
            }
            return;
        }
        let cells = cells(line);
        if cells.len() > 1 {
            return self.row(line, &cells);
        }
        let (ticked, line) = unboxed(line);
        if labelled(line).is_some() {
            return fields_of(line).into_iter().for_each(|field| self.field(field));
        }
        if is_heading(line) {
            self.close();
            let heading = heading(line);
            match label_of(heading) {
                Some(label) => {
                    self.found.labels += counts(heading);
                    self.open = Open::Value(label);
                }
                None if is_label(heading) => self.open = Open::Foreign(heading.to_owned()),
                None => {}
            }
            return;
        }
        if ticked.is_some() || !self.stands_beside(line) {
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
            None => self.note(line),
        }
    }

    /// A line that may belong to the form and cannot be placed.
    fn note(&mut self, line: &str) {
        if self.found.unread.len() < TOLD {
            self.found.unread.push(beside::unread(line));
        }
    }

    /// Whether a line is none of the form, and may belong to it: that is told.
    fn stands_beside(&mut self, line: &str) -> bool {
        let is_reason = matches!(self.open, Open::Reason(_));
        let is_free = matches!(self.open, Open::Nothing | Open::Foreign(_) | Open::More);
        match field_like(line) {
            Some((label, Some(value))) => {
                self.close();
                if !is_harmless(label, &value) {
                    self.note(line);
                }
                true
            }
            Some((label, None)) if !is_reason => {
                let label = label.to_owned();
                self.close();
                self.open = Open::Foreign(label);
                true
            }
            _ if is_free && (leads(line) || holds_back(line)) => {
                self.note(line);
                true
            }
            _ => false,
        }
    }

    /// A label with what stands behind it, if anything does.
    fn put(&mut self, label: Label, value: &str) {
        let value = value_of(label, value);
        if label == Label::Begins {
            self.open = if value.is_none() { Open::Value(label) } else { Open::Nothing };
            return self.found.unread.extend(value.as_deref().and_then(beside::begins));
        }
        let before = self.place(label).clone();
        let is_new = before.is_none();
        // Two reasons are one reason.
        let differs = before.zip(value.as_ref()).is_some_and(|(one, other)| !one.eq_ignore_ascii_case(other));
        if differs && label != Label::Reason && !self.found.several.contains(&label.field()) {
            self.found.several.push(label.field());
        }
        self.open = match (&value, is_new) {
            (None, true) => Open::Value(label),
            (Some(_), true) if label == Label::Reason => Open::Reason(false),
            _ => Open::Nothing,
        };
        if is_new {
            *self.place(label) = value;
        }
    }

    /// A line that goes on with what is open, or says nothing to us.
    fn unlabelled(&mut self, line: &str, ticked: Option<bool>) {
        let is_short = line.split_whitespace().count() <= FEW_WORDS;
        match (std::mem::replace(&mut self.open, Open::Nothing), ticked) {
            // What stands beneath a line, or thanks for it, is none of why.
            (Open::Reason(is_apart), _)
                if line.contains(char::is_alphanumeric) && !(is_apart && closes(line)) =>
            {
                self.go_on(line);
                self.open = Open::Reason(false);
            }
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
            (Open::Value(_), None) => self.note(line),
            (Open::More, None) if is_short && !closes(line) && line.contains(char::is_alphanumeric) => {
                self.note(line);
                self.open = Open::More;
            }
            (Open::Foreign(label), _)
                if is_short && ticked != Some(false) && !closes(line) && !is_harmless(&label, line) =>
            {
                self.note(&format!("{label}: {line}"));
            }
            (boxes @ Open::Boxes(..), None) => {
                self.open = boxes;
                self.close();
            }
            _ => {}
        }
    }

    fn go_on(&mut self, more: &str) {
        let reason = &mut self.found.form.reason;
        *reason = Some(reason.take().map_or_else(|| more.to_owned(), |reason| format!("{reason}\n{more}")));
    }

    fn row(&mut self, line: &str, cells: &[&str]) {
        let labels: Vec<Option<Label>> = cells.iter().map(|cell| label_of(cell)).collect();
        let known = labels.iter().flatten().count();
        let is_rule = cells.iter().all(|cell| cell.chars().all(|c| "-: =".contains(c)));
        if is_rule {
            return;
        }
        if let (Open::Columns(columns), None) = (&self.open, labels[0]) {
            let columns = columns.clone();
            for ((heading, label), value) in columns.iter().zip(cells) {
                match label {
                    Some(label) => self.put(*label, value),
                    None => self.note_cell(heading, value),
                }
            }
            // What is empty in the row is not on the next line; but there may be another row, which is another request.
            self.open = Open::Columns(columns);
            return;
        }
        let pairs =
            cells.len().is_multiple_of(2) && (0..cells.len()).all(|at| labels[at].is_some() == (at % 2 == 0));
        match known {
            0 if cells.iter().any(|cell| labelled(cell).is_some()) => {
                for cell in cells {
                    match labelled(cell) {
                        Some(_) => self.field(cell),
                        None => match field_like(cell) {
                            Some((label, value))
                                if !is_harmless(label, value.as_deref().unwrap_or_default()) =>
                            {
                                self.note(cell);
                            }
                            _ => {}
                        },
                    }
                }
                self.close();
            }
            0 => self.foreign_row(line, cells),
            _ if pairs => {
                self.close();
                for pair in labels.iter().zip(cells).collect::<Vec<_>>().chunks(2) {
                    if let [(Some(label), heading), (_, value)] = pair {
                        self.found.labels += counts(heading);
                        self.put(*label, value);
                    }
                }
                self.open = Open::Nothing;
            }
            1 if labels[0].is_some() => {
                self.close();
                self.found.labels += counts(cells[0]);
                if let Some(label) = labels[0] {
                    self.put(label, cells[1]);
                }
                if cells[2..].iter().any(|cell| cell.contains(char::is_alphanumeric)) {
                    self.note(&cells.join(" | "));
                }
                self.open = Open::Nothing;
            }
            1 => self.close(),
            _ => {
                self.close();
                self.found.labels += cells
                    .iter()
                    .zip(&labels)
                    .filter(|(_, label)| label.is_some())
                    .map(|(cell, _)| counts(cell))
                    .sum::<usize>();
                let headings = cells.iter().map(|cell| (*cell).to_owned());
                self.open = Open::Columns(headings.zip(labels).collect());
            }
        }
    }

    /// A row without a label that is known: it goes on with a reason, or is a line of a table that cannot be placed.
    fn foreign_row(&mut self, line: &str, cells: &[&str]) {
        match cells {
            [label, value]
                if is_label(label) && (line.starts_with('|') || !matches!(self.open, Open::Reason(_))) =>
            {
                if !is_heading_of_values(value) {
                    self.note_cell(label, value);
                }
            }
            _ => self.unlabelled(line, None),
        }
    }

    /// A cell beneath or beside a label that is not known.
    fn note_cell(&mut self, label: &str, value: &str) {
        let is_told = label.contains(char::is_alphanumeric) && !is_harmless(label, value);
        if let Some(value) = clean(value).filter(|_| is_told) {
            self.note(&format!("{}: {value}", clean(label).unwrap_or_default()));
        }
    }

    /// What is open comes to its end. Of boxes to tick exactly one must be ticked: none says nothing, and several are told.
    fn close(&mut self) {
        let Open::Boxes(label, ticked) = std::mem::replace(&mut self.open, Open::Nothing) else { return };
        match &ticked[..] {
            [one] => self.put(label, one),
            [_, _, ..] => self.note(&ticked.join(", ")),
            [] => {}
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

/// Whether a line is a box to tick, and ticked; and the line without it.
fn unboxed(line: &str) -> (Option<bool>, &str) {
    let bare = line.strip_prefix(['-', '*', '+']).map_or(line, str::trim_start);
    for (mark, is_ticked) in [("[ ]", false), ("[]", false), ("[x]", true), ("[X]", true)] {
        if let Some(rest) = bare.strip_prefix(mark) {
            return (Some(is_ticked), rest.trim());
        }
    }
    (None, line)
}

/// A line of a list without its mark.
fn without_bullet(line: &str) -> &str {
    line.strip_prefix(['-', '*', '+', '•']).map_or(line, str::trim_start)
}

/// The cells of a row of a table, as wiki markup (`||label|value|`), Markdown and people (`label | value`) write them.
fn cells(line: &str) -> Vec<&str> {
    if !line.contains('|') {
        return vec![line];
    }
    let inner = line.strip_prefix('|').unwrap_or(line);
    // Only a row of headings parts its cells by two bars; elsewhere an empty cell stands between them.
    let (inner, double) = inner.strip_prefix('|').map_or((inner, false), |inner| (inner, true));
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let inner = if double { inner.strip_suffix('|').unwrap_or(inner) } else { inner };
    let parts = inner.split('|').map(str::trim);
    if double { parts.filter(|cell| !cell.is_empty()).collect() } else { parts.collect() }
}

#[cfg(test)]
mod tests;
