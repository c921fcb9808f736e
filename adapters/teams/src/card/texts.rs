//! The fields of a card and the lines beneath them, a block each.
//!
//! Date functions are not shown in the runs of a channel (<https://github.com/MicrosoftDocs/msteams-docs/issues/8030>), so
//! a line with an instant becomes a text block, but only where all its words are such that no Markdown can hide in them.
//! One card speaks of one zone: if one such line has other words, all of them keep the time as the bot wrote it.

use countersign_domain::card::{Card, CardField, Part, parts};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::literal::{cut, is_plain, literal, starts_plainly};
use super::size;

/// What parts two blocks, as Teams counts.
const BETWEEN: usize = 2;

/// The fields and beneath them the lines, in so much room. Where they have none, what stands first is kept, and what is missing is
/// counted.
pub(super) fn blocks(card: &Card, room: usize) -> Vec<Value> {
    let (local, lines) = (speaks_locally(card), lines(card));
    let (whole, missing) = fitting(&lines, local, room);
    if missing == 0 {
        return whole;
    }
    let mark = |missing| runs(None, &there_is_more(missing), usize::MAX);
    let reserved = mark(lines.len()).map_or(0, |mark| size(&mark) + BETWEEN);
    let (mut kept, missing) = fitting(&lines, local, room.saturating_sub(reserved));
    kept.extend(mark(missing).filter(|_| missing > 0));
    kept
}

fn there_is_more(missing: usize) -> String {
    let (lines, have) = if missing == 1 { ("line", "has") } else { ("lines", "have") };
    format!("… {missing} more {lines} {have} no room here.")
}

/// What is one block.
struct Line<'a> {
    /// The field that it begins.
    field: Option<&'a CardField>,
    text: String,
    /// Whether it goes on with what stands above it.
    goes_on: bool,
}

/// A block a line: in a block, Teams reads a line break as a blank.
fn lines(card: &Card) -> Vec<Line<'_>> {
    let fields = card.fields.iter().flat_map(|field| parted(Some(field), &field.said()));
    let lines = card.lines.iter().flat_map(|line| parted(None, line));
    let says_something = |line: &Line<'_>| line.field.is_some() || !line.text.trim().is_empty();
    fields.chain(lines).filter(says_something).collect()
}

fn parted<'a>(field: Option<&'a CardField>, text: &str) -> Vec<Line<'a>> {
    let line = |(place, line): (usize, &str)| Line {
        field: field.filter(|_| place == 0),
        text: line.to_owned(),
        goes_on: place > 0,
    };
    text.split('\n').enumerate().map(line).collect()
}

/// As many of them as there is room for, the last one cut where it must be; and how many are missing.
fn fitting(lines: &[Line<'_>], local: bool, room: usize) -> (Vec<Value>, usize) {
    let (mut left, mut kept) = (room, vec![]);
    for (place, line) in lines.iter().enumerate() {
        let most_of_it = left;
        let fits = |most: usize| line.block(local, most).filter(|block| size(block) + BETWEEN <= most_of_it);
        if let Some(block) = fits(usize::MAX) {
            left -= size(&block) + BETWEEN;
            kept.push(block);
            continue;
        }
        // As much of it as fits, which is less where fewer characters are taken.
        let (mut most, mut step) = (0, left.next_power_of_two());
        while step > 0 {
            most += if fits(most + step).is_some() { step } else { 0 };
            step /= 2;
        }
        let cut = fits(most).filter(|_| most > 0);
        let missing = lines.len() - place - usize::from(cut.is_some());
        kept.extend(cut);
        return (kept, missing);
    }
    (kept, 0)
}

impl Line<'_> {
    /// The block of it, with at most so many characters.
    fn block(&self, local: bool, most: usize) -> Option<Value> {
        let parts = parts(&self.text);
        let mut block = if local && has_instant(&parts) {
            timed(self.field, &parts, most)
        } else {
            runs(self.field, &self.text, most)?
        };
        if self.goes_on {
            block["spacing"] = "None".into();
        }
        Some(block)
    }
}

/// A text block, of words in which no Markdown is, and of ours.
fn timed(field: Option<&CardField>, parts: &[Part<'_>], most: usize) -> Value {
    let (mut room, mut text) = (Room(most), String::new());
    if let Some(field) = field {
        text = format!("**{}** ", room.take(&format!("{}:", field.label)));
    }
    for part in parts {
        let shown = room.take(part.text);
        match part.instant {
            Some(instant) if shown == part.text => text.push_str(&in_own_time(instant)),
            // What is left of an instant that was cut would not be plain.
            Some(_) => text.push('…'),
            None => text.push_str(&shown),
        }
    }
    json!({ "type": "TextBlock", "text": text, "wrap": true })
}

/// Runs of text, in which nothing is Markdown.
fn runs(field: Option<&CardField>, text: &str, most: usize) -> Option<Value> {
    let (mut room, mut runs, mut text) = (Room(most), vec![], text);
    if let Some(field) = field {
        let label = literal(&room.take(&format!("{}: ", field.label)));
        runs.push(json!({ "type": "TextRun", "text": label, "weight": "Bolder" }));
    }
    if let Some(field) = field
        && let Some(link) = field.link.as_deref().filter(|link| leads_somewhere(link))
        && room.0 > link.len() + field.value.chars().count()
        && !field.value.is_empty()
    {
        room.0 -= link.len();
        let open = json!({ "type": "Action.OpenUrl", "url": link });
        let shown = literal(&room.take(&field.value));
        runs.push(json!({ "type": "TextRun", "text": shown, "underline": true, "selectAction": open }));
        text = text.strip_prefix(&*field.value).unwrap_or_default();
    }
    let text = room.take(text);
    if !text.is_empty() {
        runs.push(json!({ "type": "TextRun", "text": literal(&text) }));
    }
    (!runs.is_empty()).then(|| json!({ "type": "RichTextBlock", "inlines": runs }))
}

/// How many characters there is still room for.
struct Room(usize);

impl Room {
    /// What of a text there is room for.
    fn take(&mut self, text: &str) -> String {
        let text = cut(text, self.0);
        self.0 -= text.chars().count();
        text
    }
}

/// Whether every line with an instant has nothing beside it that could be Markdown.
fn speaks_locally(card: &Card) -> bool {
    let plain = |parts: &[Part<'_>]| parts.iter().all(|part| part.instant.is_some() || is_plain(part.text));
    let line = |line: &str| {
        let parts = parts(line);
        let begins = parts.iter().find(|part| !part.text.is_empty());
        !has_instant(&parts)
            || begins.is_none_or(|part| part.instant.is_some() || starts_plainly(part.text)) && plain(&parts)
    };
    let field = |field: &CardField| {
        let said = field.said();
        let (first, more) = said.split_once('\n').unwrap_or((&said, ""));
        let first = parts(first);
        let is_labelled = field.link.is_none() && starts_plainly(&field.label) && is_plain(&field.label);
        (!has_instant(&first) || is_labelled && plain(&first)) && more.lines().all(line)
    };
    card.fields.iter().all(field) && card.lines.iter().flat_map(|text| text.lines()).all(line)
}

fn has_instant(parts: &[Part<'_>]) -> bool {
    parts.iter().any(|part| part.instant.is_some())
}

fn leads_somewhere(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}

/// How Teams shows an instant in the viewer's own time
/// (<https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features#datetime-formatting-and-localization>).
fn in_own_time(instant: Timestamp) -> String {
    format!("{{{{DATE({instant}, SHORT)}}}} at {{{{TIME({instant})}}}}")
}
