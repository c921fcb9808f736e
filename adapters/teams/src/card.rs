//! A card as an Adaptive Card 1.5 (<https://learn.microsoft.com/en-us/adaptive-cards/>).
//!
//! Teams reads Markdown in text blocks and facts, so everything that somebody wrote stands in text runs, which know none.
//! A card that is too long for Teams keeps what stands first, and says how much of it has no room.

mod literal;
mod texts;

use countersign_domain::card::{Button, ButtonStyle, Card, Tone, short as short_words};
use countersign_domain::request::REASON_MAX;
use serde_json::{Map, Value, json};

pub(crate) use self::literal::literal;
use self::literal::{cut, harmless};

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
    let buttons: Vec<Value> =
        card.buttons.iter().take(BUTTONS).map(|button| pressable(button, &reference(button))).collect();
    let rows = buttons.chunks(ROW).map(|row| json!({ "type": "ActionSet", "actions": row }));
    let rows: Vec<Value> = rows.collect();
    let body = |texts: Vec<Value>| -> Value {
        std::iter::once(title(card)).chain(texts).chain(rows.clone()).collect()
    };
    content.insert("body".to_owned(), body(vec![]));
    let room = LARGEST.saturating_sub(size(&Value::from(content.clone())));
    content.insert("body".to_owned(), body(texts::blocks(card, room)));
    Value::from(content)
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
fn size(content: &Value) -> usize {
    2 * content.to_string().encode_utf16().count()
}

#[cfg(test)]
mod tests;
