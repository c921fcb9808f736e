//! A card as HTML. Everything in it is text that the template escapes, only instants and addresses become elements.

use askama::Template;
use countersign_domain::words::spoken;
use serde::Serialize;

use countersign_domain::card::{Button, ButtonStyle, Card, CardField, Part, Tone, parts};

use crate::commands::COMMANDS;

/// A card, and how the page shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Drawn {
    /// The request's code, on the card that shows how it stands: two of the same take each other's place.
    pub(crate) code: Option<String>,
    /// The request's code, on everything else that is said about one: it stands beside the request's card, and takes nobody's
    /// place.
    about: Option<String>,
    /// The card itself.
    card: Card,
    /// Its HTML.
    pub(crate) html: String,
}

impl Drawn {
    /// Draws a card.
    pub(crate) fn of(card: Card) -> Self {
        let told = card.code.as_ref().map(ToString::to_string);
        let (code, about) = if card.live { (told, None) } else { (None, told) };
        let html = CardPage::of(&card).render().unwrap_or_else(|error| {
            tracing::error!("a card cannot be drawn: {error}");
            String::new()
        });
        Self { code, about, card, html }
    }
}

#[derive(Template)]
#[template(path = "card.html")]
struct CardPage<'a> {
    title: String,
    tone: &'static str,
    code: Option<String>,
    /// Whether it is the card that shows how the request stands.
    is_request: bool,
    /// Whether it says no, and is to be heard at once.
    refused: bool,
    status: Option<StatusWord<'a>>,
    fields: Vec<Field<'a>>,
    lines: Vec<Line<'a>>,
    buttons: Vec<ButtonView<'a>>,
}

struct StatusWord<'a> {
    word: &'a str,
    label: String,
}

struct Line<'a> {
    /// What can be said, before the dash that explains it.
    say: Option<&'a str>,
    parts: Vec<Part<'a>>,
}

struct Field<'a> {
    label: &'a str,
    value: Vec<Part<'a>>,
    /// Where the value leads.
    link: Option<&'a str>,
    /// What is said of it.
    note: Vec<Part<'a>>,
}

struct ButtonView<'a> {
    label: &'a str,
    say: &'a str,
    style: &'static str,
    /// Whether it takes the token once more.
    proof: bool,
    /// Whether it opens a field for the reason.
    asks_why: bool,
}

impl<'a> CardPage<'a> {
    fn of(card: &'a Card) -> Self {
        let code = card.code.as_ref().map(ToString::to_string);
        let prefix = code.as_ref().map(|code| format!("{code}: "));
        let title = prefix.and_then(|prefix| card.title.strip_prefix(&prefix)).unwrap_or(&card.title);
        let title = capital(title);
        // How the request stands is said by its own card: on a refusal a badge would say that it is refused.
        let status = card.status.as_deref().filter(|_| card.live || !card.refused);
        let status = status.map(|status| status_word(card, status));
        // The status says this already.
        let fields = card.fields.iter().filter(|field| status.is_none() || !is_status(field));
        let field = |field: &'a CardField| Field {
            label: &field.label,
            value: parts(&field.value),
            link: field.link.as_deref(),
            note: field.note.as_deref().map(parts).unwrap_or_default(),
        };
        let fields = fields.map(field).collect();
        Self {
            title,
            tone: match card.tone {
                Tone::Neutral => "neutral",
                Tone::Waiting => "waiting",
                Tone::Good => "good",
                Tone::Bad => "bad",
            },
            is_request: card.live,
            refused: card.refused,
            code,
            status,
            fields,
            lines: card.lines.iter().map(|line| Line::of(line)).collect(),
            buttons: card.buttons.iter().map(ButtonView::of).collect(),
        }
    }
}

/// The status in the words of the card's own field, where it has one: they say how far it is, too.
fn status_word<'a>(card: &Card, status: &'a str) -> StatusWord<'a> {
    let plain = spoken(status);
    let own = card.fields.iter().find(|field| is_status(field) && field.value.starts_with(&plain));
    StatusWord { word: status, label: capital(own.map_or(&plain, |field| &field.value)) }
}

fn is_status(field: &CardField) -> bool {
    field.label == "Status"
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        // Only what can be said stands apart from what is said of it: a dash may be in anything that people write.
        let is_said = |say: &str| COMMANDS.iter().any(|command| command.said() == say);
        match line.split_once(" — ").filter(|(say, _)| is_said(say)) {
            Some((say, about)) => Self { say: Some(say), parts: parts(about) },
            None => Self { say: None, parts: parts(line) },
        }
    }
}

impl<'a> ButtonView<'a> {
    fn of(button: &'a Button) -> Self {
        let style = match button.style {
            ButtonStyle::Primary => "primary",
            ButtonStyle::Danger => "danger",
            ButtonStyle::Plain => "plain",
        };
        Self { label: &button.label, say: &button.say, style, proof: button.proof, asks_why: button.asks_why }
    }
}

/// A sentence's first letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hostile(text: &str) -> Card {
        Card {
            text: text.to_owned(),
            title: text.to_owned(),
            tone: Tone::Waiting,
            code: Some("k7qm2x".parse().unwrap()),
            status: Some("given_back".to_owned()),
            refused: false,
            live: false,
            fields: vec![CardField {
                label: text.to_owned(),
                value: text.to_owned(),
                link: Some(text.to_owned()),
                note: Some(text.to_owned()),
            }],
            lines: vec![text.to_owned()],
            buttons: vec![Button {
                label: text.to_owned(),
                style: ButtonStyle::Plain,
                say: text.to_owned(),
                proof: false,
                asks_why: true,
            }],
            refresh: None,
        }
    }

    #[test]
    fn what_people_write_is_text_and_nothing_else() {
        let html = Drawn::of(hostile(r#"<img src=x onerror=alert(1)> "><script>@here</script> '"#)).html;
        for tag in ["<img", "<script", "onerror=alert(1)>"] {
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

    #[test]
    fn trust_c4_only_the_card_of_a_request_takes_another_ones_place() {
        let refusal = Card { refused: true, ..hostile("no") };
        let drawn = Drawn::of(refusal);
        assert_eq!((drawn.code, drawn.about.as_deref()), (None, Some("K7QM2X")));
        assert!(
            !drawn.html.contains("data-code") && drawn.html.contains(r#"data-about="K7QM2X""#),
            "{}",
            drawn.html
        );
        assert!(drawn.html.contains(r#"role="alert""#), "it is read out at once: {}", drawn.html);
        for (name, card) in countersign_domain::card::samples() {
            let is_live = name.starts_with("request_") || name == "rules_waiting";
            assert_eq!(Drawn::of(card).code.is_some(), is_live, "{name}");
        }
    }

    #[test]
    fn what_can_be_said_stands_apart_from_what_is_said_of_it_for_every_command() {
        let html = Drawn::of(crate::cards::help_all(COMMANDS.iter().copied())).html;
        assert_eq!(html.matches(r#"class="entry""#).count(), COMMANDS.len(), "{html}");
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
