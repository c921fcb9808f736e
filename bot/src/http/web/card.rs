//! A card as HTML. Everything in it is text that the template escapes, and instants become `time` elements.

use std::sync::LazyLock;

use askama::Template;
use countersign_domain::words::spoken;
use regex::Regex;
use serde::Serialize;

use crate::card::{ButtonStyle, Card, Tone};

/// A card, and how the page shows it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct Drawn {
    /// The request's code, on a card of a request: two cards with the same one take each other's place.
    code: Option<String>,
    /// The card itself.
    card: Card,
    /// Its HTML.
    pub(super) html: String,
}

impl Drawn {
    /// Draws a card.
    pub(in crate::http) fn of(card: Card) -> Self {
        let html = CardPage::of(&card).render().unwrap_or_else(|error| {
            tracing::error!("a card cannot be drawn: {error}");
            String::new()
        });
        Self { code: card.code.as_ref().map(ToString::to_string), card, html }
    }
}

#[derive(Template)]
#[template(path = "card.html")]
struct CardPage<'a> {
    title: &'a str,
    tone: &'static str,
    code: Option<String>,
    status: Option<StatusWord>,
    fields: Vec<Field<'a>>,
    lines: Vec<Vec<Part<'a>>>,
    buttons: Vec<ButtonView<'a>>,
}

struct StatusWord {
    word: &'static str,
    label: String,
}

struct Field<'a> {
    label: &'a str,
    value: Vec<Part<'a>>,
}

struct ButtonView<'a> {
    label: &'a str,
    say: &'a str,
    style: &'static str,
}

/// A piece of a line: plain text, or an instant as the bot writes it.
#[derive(Debug, PartialEq, Eq)]
struct Part<'a> {
    text: &'a str,
    instant: Option<String>,
}

impl<'a> CardPage<'a> {
    fn of(card: &'a Card) -> Self {
        let status = card
            .status
            .map(|status| StatusWord { word: status.as_str(), label: capital(&spoken(status.as_str())) });
        let field =
            |field: &'a crate::card::CardField| Field { label: &field.label, value: parts(&field.value) };
        let button = |button: &'a crate::card::Button| ButtonView {
            label: &button.label,
            say: &button.say,
            style: match button.style {
                ButtonStyle::Primary => "primary",
                ButtonStyle::Danger => "danger",
                ButtonStyle::Plain => "plain",
            },
        };
        Self {
            title: &card.title,
            tone: match card.tone {
                Tone::Neutral => "neutral",
                Tone::Waiting => "waiting",
                Tone::Good => "good",
                Tone::Bad => "bad",
            },
            code: card.code.as_ref().map(ToString::to_string),
            status,
            fields: card.fields.iter().map(field).collect(),
            lines: card.lines.iter().map(|line| parts(line)).collect(),
            buttons: card.buttons.iter().map(button).collect(),
        }
    }
}

/// Instants as [`countersign_domain::words::instant`] writes them.
static INSTANT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC\b").expect("a fixed and tested pattern")
});

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for found in INSTANT.captures_iter(text) {
        let (Some(whole), Some(day), Some(hour)) = (found.get(0), found.get(1), found.get(2)) else {
            continue;
        };
        parts.push(Part { text: &text[from..whole.start()], instant: None });
        let instant = Some(format!("{}T{}:00Z", day.as_str(), hour.as_str()));
        parts.push(Part { text: whole.as_str(), instant });
        from = whole.end();
    }
    parts.push(Part { text: &text[from..], instant: None });
    parts
}

/// A sentence's first letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use countersign_domain::access::Status;
    use proptest::prelude::*;

    use super::*;
    use crate::card::{Button, CardField};

    fn hostile(text: &str) -> Card {
        Card {
            text: text.to_owned(),
            title: text.to_owned(),
            tone: Tone::Waiting,
            code: Some("k7qm2x".parse().unwrap()),
            status: Some(Status::GivenBack),
            fields: vec![CardField { label: text.to_owned(), value: text.to_owned() }],
            lines: vec![text.to_owned()],
            buttons: vec![Button { label: text.to_owned(), style: ButtonStyle::Plain, say: text.to_owned() }],
        }
    }

    #[test]
    fn what_people_write_is_text_and_nothing_else() {
        let html = Drawn::of(hostile(r#"<img src=x onerror=alert(1)> "><script>@here</script> '"#)).html;
        for tag in ["<img", "<script", "\"><"] {
            assert!(!html.contains(tag), "{tag} in {html}");
        }
        assert!(html.contains("Given back"));
    }

    #[test]
    fn an_instant_is_told_exactly_to_the_browser() {
        let html = Drawn::of(hostile("Until 2026-03-03 10:00 UTC.")).html;
        assert!(
            html.contains(r#"<time datetime="2026-03-03T10:00:00Z" title="2026-03-03 10:00 UTC">"#),
            "{html}"
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_an_element(text in "[<>&\"'a-z /=]{0,60}") {
            let plain = Drawn::of(hostile("")).html;
            let count = |html: &str| html.matches('<').count();
            prop_assert_eq!(count(&Drawn::of(hostile(&text)).html), count(&plain));
        }
    }
}
