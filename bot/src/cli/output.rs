//! How results are written: a table for people, JSON, JSON Lines or CSV for programs.

use std::io::{self, IsTerminal as _, Write};

use clap::Args;
use serde_json::{Value, json};

use super::table::Table;

/// The form of a result.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Form {
    /// Print JSON
    #[arg(long, conflicts_with_all = ["jsonl", "csv"])]
    pub(crate) json: bool,
    /// Print JSON Lines, one object a line
    #[arg(long, conflicts_with = "csv")]
    pub(crate) jsonl: bool,
    /// Print CSV
    #[arg(long)]
    pub(crate) csv: bool,
}

/// One column of a list: its title, and what stands in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) cell: fn(&Value) -> String,
}

/// A list, as the API answers it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// The items.
    pub(crate) items: Vec<Value>,
    /// The cursor behind the last one, where there are more.
    pub(crate) next: Option<String>,
    /// Why there may be nothing, where there is nothing.
    pub(crate) notes: Vec<String>,
}

impl Listing {
    /// Writes the list; `about` is added to the JSON object, `none` is said to people where there is nothing.
    pub(crate) fn write(
        &self,
        form: Form,
        columns: &[Column],
        about: Value,
        none: &str,
    ) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        if form.json {
            return write_json(&self.object(about));
        }
        if form.jsonl {
            for item in &self.items {
                writeln!(out, "{item}")?;
            }
            return Ok(out.flush()?);
        }
        if form.csv {
            return write_csv(&mut out, &self.items);
        }
        if self.items.is_empty() {
            writeln!(out, "{none}")?;
            self.notes.iter().try_for_each(|note| writeln!(out, "{note}"))?;
            return Ok(());
        }
        let mut table = Table::new(&columns.iter().map(|column| column.title).collect::<Vec<_>>());
        for item in &self.items {
            table.row(&columns.iter().map(|column| (column.cell)(item)).collect::<Vec<_>>());
        }
        table.write(&mut out, width())?;
        if self.next.is_some() {
            writeln!(out, "… and more: raise --limit, or narrow the search")?;
        }
        Ok(out.flush()?)
    }

    fn object(&self, about: Value) -> Value {
        let mut object = about;
        object["items"] = json!(self.items);
        object["next"] = json!(self.next);
        if !self.notes.is_empty() {
            object["notes"] = json!(self.notes);
        }
        object
    }
}

/// Writes one JSON value: on many lines for people, on one for programs.
pub(crate) fn write_json(value: &Value) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if io::stdout().is_terminal() {
        serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    } else {
        serde_json::to_writer(&mut out, value).map_err(io::Error::from)?;
    }
    writeln!(out)?;
    Ok(out.flush()?)
}

/// Writes lines for people.
pub(crate) fn write_text(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// The width of the terminal that results go to.
pub(crate) fn width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.filter(|_| io::stdout().is_terminal())
}

/// A value as a cell of a table.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// A time as people read it, to the second; it is UTC, and says so.
pub(crate) fn moment(value: &Value) -> String {
    let at = value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    at.map_or_else(|| cell(value), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

/// Whether the reader of our output went away.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Writes all items under the keys of the first one; tables within them stand as `actor.id`, lists as JSON.
fn write_csv(out: &mut dyn Write, items: &[Value]) -> anyhow::Result<()> {
    let rows: Vec<Vec<(String, String)>> = items.iter().map(|item| flat("", item)).collect();
    let mut titles: Vec<&String> = Vec::new();
    for (key, _) in rows.iter().flatten() {
        if !titles.contains(&key) {
            titles.push(key);
        }
    }
    let line = |cells: Vec<String>| cells.join(",");
    writeln!(out, "{}", line(titles.iter().map(|title| quoted(title)).collect()))?;
    for row in &rows {
        let value =
            |title: &&String| row.iter().find(|(key, _)| key == *title).map_or("", |(_, value)| value);
        writeln!(out, "{}", line(titles.iter().map(|title| quoted(value(title))).collect()))?;
    }
    Ok(out.flush()?)
}

fn flat(path: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Object(object) if path != "data" => object
            .iter()
            .flat_map(|(key, value)| {
                flat(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value)
            })
            .collect(),
        Value::Array(_) | Value::Object(_) => vec![(path.to_owned(), value.to_string())],
        other => vec![(path.to_owned(), cell(other))],
    }
}

/// A CSV field (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe in front.
pub(crate) fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
