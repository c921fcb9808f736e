//! Tables for people: columns as wide as what stands in them, the last one cut where the terminal ends.

use std::io::{self, Write};

use countersign_domain::hidden::without_hidden;

/// Wider cells are cut, except in the last column.
const WIDEST: usize = 40;

/// A table of plain text.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    titles: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(titles: &[&'static str]) -> Self {
        Self { titles: titles.to_vec(), rows: Vec::new() }
    }

    /// Adds a row, one cell a column.
    pub(crate) fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.iter().map(|cell| plain(cell)).collect());
    }

    /// Writes it. `width` is the terminal's, in columns; `None` where there is none, and nothing is cut at the end.
    pub(crate) fn write(&self, out: &mut dyn Write, width: Option<usize>) -> io::Result<()> {
        let last = self.titles.len().saturating_sub(1);
        let widths: Vec<usize> = (0..last).map(|column| self.width_of(column)).collect();
        let left = width
            .map(|width| width.saturating_sub(widths.iter().map(|width| width + 2).sum::<usize>()).max(20));
        let titles: Vec<String> = self.titles.iter().map(|title| title.to_uppercase()).collect();
        for row in std::iter::once(&titles).chain(&self.rows) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let cell = cut(cell, *width);
                let gap = width - columns(&cell) + 2;
                line.push_str(&cell);
                line.extend(std::iter::repeat_n(' ', gap));
            }
            if let Some(cell) = row.get(last) {
                line.push_str(&left.map_or_else(|| cell.clone(), |left| cut(cell, left)));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn width_of(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| columns(cell));
        cells.chain([self.titles[column].len()]).max().unwrap_or(0).min(WIDEST)
    }
}

/// A text on one line that cannot steer the terminal.
pub(crate) fn plain(text: &str) -> String {
    without_hidden(&text.replace(char::is_control, " "))
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

use unicode_width::UnicodeWidthChar as _;
