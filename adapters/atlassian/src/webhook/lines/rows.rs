//! Tables: a label beside its value, or labels over their values. A cell that is not read is told.

use super::super::beside::{is_heading_of_a_table, is_label};
use super::super::courtesy::says_nothing;
use super::super::form::clean;
use super::super::labels::{Label, counts, label_of, labelled};
use super::{Open, Reader};

impl Reader {
    /// A line of several cells.
    pub(super) fn row(&mut self, line: &str, cells: &[&str]) {
        let labels: Vec<Option<Label>> = cells.iter().map(|cell| label_of(cell)).collect();
        let known = labels.iter().flatten().count();
        let is_rule = cells.iter().all(|cell| cell.chars().all(|c| "-: =".contains(c)));
        if is_rule {
            return;
        }
        if labels[0].is_none() && matches!(self.open, Open::Columns(..)) {
            return self.values(cells);
        }
        let pairs =
            cells.len().is_multiple_of(2) && (0..cells.len()).all(|at| labels[at].is_some() == (at % 2 == 0));
        match known {
            0 if cells.iter().any(|cell| labelled(cell).is_some()) => self.fields(cells),
            0 => self.foreign_row(line, cells),
            _ if pairs => self.pairs(cells, &labels),
            1 => self.one_label(cells, labels[0]),
            _ => {
                self.close();
                self.found.labels += cells
                    .iter()
                    .zip(&labels)
                    .filter(|(_, label)| label.is_some())
                    .map(|(cell, _)| counts(cell))
                    .sum::<usize>();
                let headings = cells.iter().map(|cell| (*cell).to_owned());
                self.open = Open::Columns(headings.zip(labels).collect(), false);
            }
        }
    }

    /// The values beneath a row of labels.
    fn values(&mut self, cells: &[&str]) {
        let Open::Columns(columns, _) = std::mem::replace(&mut self.open, Open::Nothing) else { return };
        for ((heading, label), value) in columns.iter().zip(cells) {
            match label {
                Some(label) => self.put(*label, value),
                None => self.note_cell(heading, value),
            }
        }
        for value in cells.iter().skip(columns.len()) {
            self.note_cell("", value);
        }
        // What is empty in the row is not on the next line; but there may be another row, which is another request.
        self.open = Open::Columns(columns, true);
    }

    /// Cells that each are a label with its value.
    fn fields(&mut self, cells: &[&str]) {
        for cell in cells {
            match labelled(cell) {
                Some(_) => self.field(cell),
                None => self.beside(cell),
            }
        }
        self.close();
    }

    fn pairs(&mut self, cells: &[&str], labels: &[Option<Label>]) {
        self.close();
        for (pair, label) in cells.chunks(2).zip(labels.iter().step_by(2)) {
            if let ([heading, value], Some(label)) = (pair, label) {
                self.found.labels += counts(heading);
                self.put(*label, value);
            }
        }
        self.open = Open::Nothing;
    }

    /// A row with one label that is known: its value is beside it, and everything else is told.
    fn one_label(&mut self, cells: &[&str], first: Option<Label>) {
        self.close();
        let Some(label) = first else { return self.note(&cells.join(" | ")) };
        self.found.labels += counts(cells[0]);
        self.put(label, cells[1]);
        if cells[2..].iter().any(|cell| !says_nothing(cell)) {
            self.note(&cells.join(" | "));
        }
        self.open = Open::Nothing;
    }

    /// A row without a label that is known: it goes on with a reason, or is a line of a table that cannot be placed.
    fn foreign_row(&mut self, line: &str, cells: &[&str]) {
        let is_heading = |cell: &&str| is_heading_of_a_table(cell) || says_nothing(cell);
        match cells {
            _ if cells.iter().all(is_heading) => {}
            [label, value]
                if is_label(label) && (line.starts_with('|') || !matches!(self.open, Open::Reason(_))) =>
            {
                self.note_cell(label, value);
            }
            _ => self.unlabelled(line, None),
        }
    }

    /// A cell beneath or beside a label that is not known.
    fn note_cell(&mut self, label: &str, value: &str) {
        match (clean(label), clean(value)) {
            (Some(label), Some(value)) => self.foreign(&label, &value, &format!("{label}: {value}")),
            (Some(said), None) | (None, Some(said)) if !says_nothing(&said) => self.note(&said),
            _ => {}
        }
    }
}

/// The cells of a row of a table, as wiki markup (`||label|value|`), Markdown and people (`label | value`) write them.
pub(super) fn cells(line: &str) -> Vec<&str> {
    if !line.contains('|') {
        return vec![line];
    }
    let inner = line.strip_prefix('|').unwrap_or(line);
    // Only a row of headings parts its cells by two bars; elsewhere an empty cell stands between them.
    let (inner, double) = inner.strip_prefix('|').map_or((inner, false), |inner| (inner, true));
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let inner = if double { inner.strip_suffix('|').unwrap_or(inner) } else { inner };
    // Between two bars that part headings nothing stands, and in a heading that is empty at least a blank.
    inner.split('|').filter(|cell| !(double && cell.is_empty())).map(str::trim).collect()
}
