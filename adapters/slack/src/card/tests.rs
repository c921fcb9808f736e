//! Cards in Block Kit: a card of every kind, and what no text of a person can do.

use countersign_domain::card::{Tone, samples};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn json(card: &Card) -> Value {
    serde_json::to_value(message(card, |button| format!("reference to {}", button.label))).unwrap()
}

#[test]
fn a_card_of_every_kind() {
    for (name, card) in samples() {
        insta::assert_snapshot!(name, lines(&json(&card)));
    }
}

/// A message with each block, and each element of its rich text, on a line of its own.
fn lines(message: &Value) -> String {
    let blocks = message["blocks"].as_array().unwrap().iter();
    let lines = blocks.flat_map(|block| match block["elements"][0]["elements"].as_array() {
        Some(elements) => elements.iter().map(ToString::to_string).collect(),
        None => vec![block.to_string()],
    });
    lines.chain([message["text"].as_str().unwrap().to_owned()]).collect::<Vec<_>>().join("\n")
}

/// What a person could try.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "(<!here>|<!channel>|<@U123>|<https://evil.example\\|sign in>|@here|&lt;|\\*x\\*|`y`|:smile:|2026-03-01 10:00 UTC|\n| ){0,12}",
        "\\PC{0,300}",
        Just("💥".repeat(20_000)),
    ]
}

fn card() -> impl Strategy<Value = Card> {
    let link = prop::option::of(Just("https://tracker.example/OPS-17".to_owned()));
    let field = (text(), text(), link, prop::option::of(text()))
        .prop_map(|(label, value, link, note)| CardField { label, value, link, note });
    let button = text().prop_map(|label| Button {
        label,
        style: ButtonStyle::Plain,
        say: String::new(),
        proof: false,
        asks_why: false,
    });
    let (fields, lines) = (prop::collection::vec(field, 0..20), prop::collection::vec(text(), 0..20));
    let buttons = prop::collection::vec(button, 0..40);
    (text(), text(), fields, lines, buttons).prop_map(|(text, title, fields, lines, buttons)| Card {
        text,
        title,
        tone: Tone::Neutral,
        code: None,
        status: None,
        refused: false,
        live: false,
        fields,
        lines,
        buttons,
        refresh: None,
    })
}

fn length(value: &Value) -> usize {
    value.as_str().unwrap_or_default().chars().count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_pings_links_or_breaks_a_limit(card in card()) {
        let message = json(&card);
        let fallback = message["text"].as_str().unwrap();
        prop_assert!(!fallback.contains(['<', '>']));
        prop_assert!(fallback.matches('&').count() == fallback.matches("&amp;").count()
            + fallback.matches("&lt;").count() + fallback.matches("&gt;").count());
        let blocks = message["blocks"].as_array().unwrap();
        prop_assert!(blocks.len() <= 50);
        let links = card.fields.iter().filter(|field| field.link.is_some()).count();
        for block in blocks {
            match block["type"].as_str().unwrap() {
                "header" => {
                    prop_assert_eq!(&block["text"]["type"], "plain_text");
                    prop_assert_eq!(&block["text"]["emoji"], false);
                    prop_assert!(length(&block["text"]["text"]) <= 150);
                }
                "rich_text" => {
                    let elements = block["elements"][0]["elements"].as_array().unwrap();
                    let kinds = |kind: &str| elements.iter().filter(|element| element["type"] == kind).count();
                    prop_assert!(kinds("link") <= links);
                    prop_assert_eq!(kinds("text") + kinds("date") + kinds("link"), elements.len());
                    prop_assert!(elements.iter().map(|element| length(&element["text"])).sum::<usize>() <= 12_000);
                    for element in elements {
                        prop_assert!(element["type"] != "text" || length(&element["text"]) > 0);
                    }
                }
                "actions" => {
                    let buttons = block["elements"].as_array().unwrap();
                    prop_assert!((1..=25).contains(&buttons.len()));
                    for button in buttons {
                        prop_assert_eq!(&button["text"]["type"], "plain_text");
                        prop_assert!(length(&button["text"]["text"]) <= 75 && button["url"].is_null());
                    }
                }
                other => prop_assert!(false, "{}", other),
            }
        }
    }
}
