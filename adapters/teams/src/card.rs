//! A card as an Adaptive Card 1.5 (<https://learn.microsoft.com/en-us/adaptive-cards/>).
//!
//! Teams reads Markdown in text blocks and facts, so everything that somebody wrote stands in text runs, which know none.
//! Date functions are not shown in the runs of a channel (<https://github.com/MicrosoftDocs/msteams-docs/issues/8030>), so
//! a line with an instant becomes a text block, but only where all its words are such that no Markdown can hide in them.
//! One card speaks of one zone: if one such line has other words, all of them keep the time as the bot wrote it.

mod literal;

use countersign_domain::card::{
    Button, ButtonStyle, Card, CardField, Part, Tone, parts, short as short_words,
};
use countersign_domain::request::REASON_MAX;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub(crate) use self::literal::literal;
use self::literal::{cut, harmless, is_plain, starts_plainly};

/// What an attachment with a card, and the answer to a press with one, is declared as.
pub const CONTENT_TYPE: &str = "application/vnd.microsoft.card.adaptive";
/// The verb of a press.
pub const PRESS: &str = "press";
/// The name of the field for the reason of a press.
pub const WHY: &str = "why";
/// The verb with which a viewer's own card is asked for.
pub const REFRESH: &str = "refresh";

/// What of a card Teams may count, two bytes for each UTF-16 unit of its JSON; the message around it still fits 28 KB.
const LARGEST: usize = 25 * 1024;
/// The characters of fields and lines to begin with.
const BODY: usize = 8_000;
/// A title's, and a notification's.
const TITLE: usize = 150;
/// A button's: as much as the bot says on one.
const BUTTON: usize = 70;
/// Buttons in a row, which is all that Teams shows of an action set.
const ROW: usize = 6;
/// Buttons in all.
const BUTTONS: usize = 2 * ROW;
/// What is shown where a card cannot be.
const FALLBACK: usize = 1_000;
/// The viewers for whom Teams asks by itself.
const VIEWERS: usize = 60;

/// Who is shown a card of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    /// What asking for it sends back, at most 200 characters.
    pub reference: String,
    /// The Teams ids (`29:…`) of whom Teams asks for at once; of them the first 60 count. Others ask by the card's menu.
    pub viewers: Vec<String>,
}

/// The card as a message with one attachment and a summary for the notification. `reference` gives what a button's press
/// sends back, at most 200 characters.
pub fn message(card: &Card, reference: impl Fn(&Button) -> String, refresh: Option<&Refresh>) -> Value {
    json!({
        "type": "message",
        "summary": harmless(&short_words(&card.title, TITLE)),
        "attachments": [{ "contentType": CONTENT_TYPE, "content": content(card, reference, refresh) }],
    })
}

/// The card alone, as the answer to a press or to a viewer's asking.
pub fn content(card: &Card, reference: impl Fn(&Button) -> String, refresh: Option<&Refresh>) -> Value {
    let mut content = frame(card, refresh);
    let mut body = vec![title(card)];
    let buttons: Vec<Value> =
        card.buttons.iter().take(BUTTONS).map(|button| pressable(button, &reference(button))).collect();
    let rows = buttons.chunks(ROW).map(|row| json!({ "type": "ActionSet", "actions": row }));
    let mut room = BODY;
    loop {
        let (texts, used) = texts(card, room);
        body.splice(1.., texts);
        body.extend(rows.clone());
        content.insert("body".to_owned(), Value::from(body.clone()));
        let over = size(&content).saturating_sub(LARGEST);
        if over == 0 || used == 0 {
            return Value::from(content);
        }
        room = used.saturating_sub(over.div_ceil(2));
    }
}

fn frame(card: &Card, refresh: Option<&Refresh>) -> Map<String, Value> {
    let mut frame = Map::new();
    frame.insert("type".to_owned(), "AdaptiveCard".into());
    frame.insert("version".to_owned(), "1.5".into());
    frame.insert("fallbackText".to_owned(), harmless(&cut(&card.text, FALLBACK)).into());
    if let Some(refresh) = refresh {
        let viewers: Vec<_> = refresh.viewers.iter().take(VIEWERS).collect();
        let action = json!({
            "type": "Action.Execute",
            "title": "Refresh",
            "verb": REFRESH,
            "data": { "reference": refresh.reference },
        });
        let mut shown = json!({ "action": action });
        // Without a list, Teams asks for everybody where 60 are there at most.
        if !viewers.is_empty() {
            shown["userIds"] = json!(viewers);
        }
        frame.insert("refresh".to_owned(), shown);
    }
    frame
}

fn title(card: &Card) -> Value {
    let color = match card.tone {
        Tone::Neutral => "Default",
        Tone::Waiting => "Warning",
        Tone::Good => "Good",
        Tone::Bad => "Attention",
    };
    let text = literal(&short_words(&card.title, TITLE));
    let run = json!({ "type": "TextRun", "text": text, "size": "Large", "weight": "Bolder", "color": color });
    json!({ "type": "RichTextBlock", "inlines": [run] })
}

/// The fields and beneath them the lines, a block each, and how many characters they took.
fn texts(card: &Card, room: usize) -> (Vec<Value>, usize) {
    let mut texts = Texts { left: room, local: speaks_locally(card), blocks: vec![] };
    for field in &card.fields {
        texts.paragraph(Some(field), &field.said());
    }
    for line in &card.lines {
        texts.paragraph(None, line);
    }
    (texts.blocks, room - texts.left)
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

struct Texts {
    /// How many characters there is still room for.
    left: usize,
    /// Whether instants are shown in the viewer's own time.
    local: bool,
    blocks: Vec<Value>,
}

impl Texts {
    /// A block a line: in a block, Teams reads a line break as a blank.
    fn paragraph(&mut self, field: Option<&CardField>, text: &str) {
        for (place, line) in text.split('\n').enumerate() {
            let blocks = self.blocks.len();
            self.block(field.filter(|_| place == 0), line);
            if let Some(block) = self.blocks.get_mut(blocks).filter(|_| place > 0) {
                block["spacing"] = "None".into();
            }
        }
    }

    fn block(&mut self, field: Option<&CardField>, text: &str) {
        if self.left == 0 {
            return;
        }
        let parts = parts(text);
        if self.local && has_instant(&parts) {
            self.timed(field, &parts);
        } else {
            self.runs(field, text);
        }
    }

    /// A text block, of words in which no Markdown is, and of ours.
    fn timed(&mut self, field: Option<&CardField>, parts: &[Part<'_>]) {
        let mut text = String::new();
        if let Some(field) = field {
            text = format!("**{}** ", self.room(&format!("{}:", field.label)));
        }
        for part in parts {
            let shown = self.room(part.text);
            match part.instant {
                Some(instant) if shown == part.text => text.push_str(&in_own_time(instant)),
                // What is left of an instant that was cut would not be plain.
                Some(_) => text.push('…'),
                None => text.push_str(&shown),
            }
        }
        self.blocks.push(json!({ "type": "TextBlock", "text": text, "wrap": true }));
    }

    /// Runs of text, in which nothing is Markdown.
    fn runs(&mut self, field: Option<&CardField>, text: &str) {
        let mut runs = vec![];
        if let Some(field) = field {
            let label = literal(&self.room(&format!("{}: ", field.label)));
            runs.push(json!({ "type": "TextRun", "text": label, "weight": "Bolder" }));
        }
        let mut text = text;
        if let Some(field) = field
            && let Some(link) = field.link.as_deref().filter(|link| leads_somewhere(link))
            && self.left > link.len() + field.value.chars().count()
            && !field.value.is_empty()
        {
            self.left -= link.len();
            let open = json!({ "type": "Action.OpenUrl", "url": link });
            let shown = literal(&self.room(&field.value));
            runs.push(json!({ "type": "TextRun", "text": shown, "underline": true, "selectAction": open }));
            text = text.strip_prefix(&*field.value).unwrap_or_default();
        }
        let text = self.room(text);
        if !text.is_empty() {
            runs.push(json!({ "type": "TextRun", "text": literal(&text) }));
        }
        if !runs.is_empty() {
            self.blocks.push(json!({ "type": "RichTextBlock", "inlines": runs }));
        }
    }

    /// What of a text there is room for.
    fn room(&mut self, text: &str) -> String {
        let text = cut(text, self.left);
        self.left -= text.chars().count();
        text
    }
}

fn leads_somewhere(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}

/// How Teams shows an instant in the viewer's own time
/// (<https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features#datetime-formatting-and-localization>).
fn in_own_time(instant: Timestamp) -> String {
    format!("{{{{DATE({instant}, SHORT)}}}} at {{{{TIME({instant})}}}}")
}

fn pressable(button: &Button, reference: &str) -> Value {
    let style = match button.style {
        ButtonStyle::Primary => "positive",
        ButtonStyle::Danger => "destructive",
        ButtonStyle::Plain => "default",
    };
    let title = harmless(&short_words(&button.label, BUTTON));
    let press = json!({
        "type": "Action.Execute",
        "title": title,
        "verb": PRESS,
        "data": { "reference": reference },
        "style": style,
    });
    if button.asks_why { asking_why(&title, style, &press) } else { press }
}

/// A button that opens a field for the reason beneath the card; what is written there goes along with the press.
fn asking_why(title: &str, style: &str, press: &Value) -> Value {
    let why = json!({
        "type": "Input.Text",
        "id": WHY,
        "label": "Why? Who asked will read it.",
        "isMultiline": true,
        "maxLength": REASON_MAX,
    });
    json!({
        "type": "Action.ShowCard",
        "title": title,
        "style": style,
        "card": { "type": "AdaptiveCard", "version": "1.5", "body": [why], "actions": [press] },
    })
}

/// A text for a place that may be Markdown or not, at most so many characters long.
pub(crate) fn short(text: &str, most: usize) -> String {
    harmless(&cut(text, most))
}

/// What Teams may count: the JSON in UTF-16.
fn size(content: &Map<String, Value>) -> usize {
    let text = Value::from(content.clone()).to_string();
    2 * text.encode_utf16().count()
}

#[cfg(test)]
mod tests;
