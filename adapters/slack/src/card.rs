//! A card in Block Kit (<https://docs.slack.dev/reference/block-kit>).
//!
//! Everything that somebody wrote stands in rich text runs, plain text objects, and the fallback with `&`, `<` and `>` escaped:
//! in none of them Slack looks for mentions, links, formatting or emoji. So no text can ping a channel, or look like a link,
//! a button or a line of ours.

use countersign_domain::card::{Button, ButtonStyle, Card, CardField, parts, short};
use slack_morphism::prelude::{
    SlackActionBlockElement, SlackActionId, SlackActionsBlock, SlackBlock, SlackBlockButtonElement,
    SlackBlockButtonStyle, SlackBlockPlainText, SlackDateTime, SlackHeaderBlock, SlackMessageContent,
    SlackRichTextBlock, SlackRichTextDate, SlackRichTextInlineElement, SlackRichTextLink,
    SlackRichTextSection, SlackRichTextText,
};

/// A header's text has at most so many characters.
const HEADER: usize = 150;
/// A button's text.
const BUTTON: usize = 75;
/// An actions block's elements.
const BUTTONS: usize = 25;
/// All rich text of a message, below the size at which Slack cuts messages off.
const BODY: usize = 12_000;
/// The fallback: what Slack recommends at most.
const FALLBACK: usize = 4_000;
/// What the ids of buttons begin with.
pub(crate) const PRESS: &str = "press.";
/// What the ids of buttons begin with that ask for the reason.
pub(crate) const WHY: &str = "why.";
/// How Slack shows an instant in the viewer's own time.
const INSTANT: &str = "{date_short_pretty} at {time}";

/// The card as a message, with its fallback for notifications and screen readers. `reference` gives what a button's press
/// sends back, at most 2,000 characters.
pub fn message(card: &Card, reference: impl Fn(&Button) -> String) -> SlackMessageContent {
    let title = SlackBlockPlainText::new(short(&card.title, HEADER)).with_emoji(false);
    let mut blocks = vec![SlackBlock::from(SlackHeaderBlock::new(title.into()))];
    let body = body(card);
    if !body.is_empty() {
        let section = SlackRichTextSection::new(body);
        blocks.push(SlackRichTextBlock::new(vec![section.into()]).into());
    }
    if !card.buttons.is_empty() {
        let buttons = card.buttons.iter().take(BUTTONS).enumerate();
        let buttons = buttons.map(|(place, button)| pressable(place, button, reference(button)));
        blocks.push(SlackActionsBlock::new(buttons.collect()).into());
    }
    SlackMessageContent::new().with_text(escaped(&cut(&card.text, FALLBACK))).with_blocks(blocks)
}

/// The fields, a label and its value a line, and beneath them the lines.
fn body(card: &Card) -> Vec<SlackRichTextInlineElement> {
    let mut body = Body { left: BODY, elements: vec![] };
    for (place, field) in card.fields.iter().enumerate() {
        body.text(if place == 0 { "" } else { "\n" });
        body.field(field);
    }
    for (place, line) in card.lines.iter().enumerate() {
        body.text(match (place, card.fields.is_empty()) {
            (0, true) => "",
            (0, false) => "\n\n",
            _ => "\n",
        });
        body.line(line);
    }
    body.elements
}

struct Body {
    /// How many characters there is still room for.
    left: usize,
    elements: Vec<SlackRichTextInlineElement>,
}

impl Body {
    fn field(&mut self, field: &CardField) {
        let label = self.room(&format!("{}: ", field.label));
        if !label.is_empty() {
            self.elements.push(SlackRichTextText::new(label).bold().into());
        }
        match field.link.as_deref().and_then(|link| link.parse().ok()) {
            Some(link) => {
                let text = self.room(&field.value);
                self.elements.push(
                    SlackRichTextLink::new(link).opt_text(Some(text).filter(|text| !text.is_empty())).into(),
                );
            }
            None => self.line(&field.value),
        }
        if let Some(note) = &field.note {
            self.line(&format!(" {note}"));
        }
    }

    fn line(&mut self, line: &str) {
        for part in parts(line) {
            match part.instant {
                Some(instant) if self.left >= part.text.len() => {
                    let date = SlackRichTextDate::new(SlackDateTime(instant), INSTANT.to_owned())
                        .with_fallback(self.room(part.text));
                    self.elements.push(date.into());
                }
                _ => self.text(part.text),
            }
        }
    }

    fn text(&mut self, text: &str) {
        let text = self.room(text);
        if !text.is_empty() {
            self.elements.push(SlackRichTextText::new(text).into());
        }
    }

    /// What of a text there is room for.
    fn room(&mut self, text: &str) -> String {
        let text = cut(text, self.left);
        self.left -= text.chars().count();
        text
    }
}

fn pressable(place: usize, button: &Button, reference: String) -> SlackActionBlockElement {
    let label = SlackBlockPlainText::new(short(&button.label, BUTTON)).with_emoji(false);
    let element = SlackBlockButtonElement::new(label.into())
        .with_action_id(SlackActionId(format!("{}{place}", if button.asks_why { WHY } else { PRESS })))
        .with_value(reference);
    match button.style {
        ButtonStyle::Primary => element.with_style(SlackBlockButtonStyle::Primary),
        ButtonStyle::Danger => element.with_style(SlackBlockButtonStyle::Danger),
        ButtonStyle::Plain => element,
    }
    .into()
}

/// At most so many characters, the last of them a sign that there were more.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain("…".chars().take(most)).collect()
}

/// What Slack asks to be escaped in a message's text
/// (<https://docs.slack.dev/messaging/formatting-message-text#escaping>).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
