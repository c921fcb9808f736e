//! Cards as embeds: a card of every kind, and what no text of a person can do.

use countersign_domain::card::{Button, samples};
use countersign_domain::words;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const TICKET: &str = "https://tracker.example/OPS-17";

fn json(card: &Card) -> Value {
    let place = |button: &Button| card.buttons.iter().position(|other| std::ptr::eq(other, button));
    let message = message(card, |button| format!("reference {}", place(button).unwrap())).unwrap();
    serde_json::to_value(message.create()).unwrap()
}

fn button(label: &str) -> Button {
    Button {
        label: label.to_owned(),
        style: ButtonStyle::Plain,
        say: String::new(),
        proof: false,
        asks_why: false,
    }
}

fn bare(title: &str, buttons: Vec<Button>) -> Card {
    let (text, tone) = (title.to_owned(), Tone::Neutral);
    Card {
        title: text.clone(),
        text,
        tone,
        code: None,
        status: None,
        refused: false,
        live: false,
        fields: vec![],
        lines: vec![],
        buttons,
        refresh: None,
    }
}

#[test]
fn a_card_of_every_kind() {
    for (name, card) in samples() {
        insta::assert_snapshot!(name, lines(&json(&card)));
    }
}

/// A message with each of its texts, fields and buttons on a line of its own.
fn lines(message: &Value) -> String {
    let embed = &message["embeds"][0];
    let mut lines = vec![message["content"].to_string(), message["allowed_mentions"].to_string()];
    lines.push(format!("colour {:06X}", embed["color"].as_u64().unwrap()));
    lines.push(embed["title"].to_string());
    lines.extend(embed["description"].as_str().unwrap_or_default().lines().map(str::to_owned));
    lines.extend(array(&embed["fields"]).map(ToString::to_string));
    for row in array(&message["components"]) {
        lines.push("row".to_owned());
        lines.extend(array(&row["components"]).map(ToString::to_string));
    }
    lines.join("\n")
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[test]
fn every_form_says_the_same_and_mentions_nobody() {
    let message = message(&bare("@everyone", vec![button("Approve")]), |_| "r".to_owned()).unwrap();
    let forms = [
        serde_json::to_value(message.create()).unwrap(),
        serde_json::to_value(message.edit()).unwrap(),
        serde_json::to_value(message.respond()).unwrap(),
        serde_json::to_value(message.edit_response()).unwrap(),
    ];
    for form in &forms {
        assert_eq!(form["content"], "\\@everyone");
        assert_eq!(
            form["allowed_mentions"],
            json!({ "parse": [], "users": [], "roles": [], "replied_user": false })
        );
        for part in ["embeds", "components"] {
            assert_eq!(form[part], forms[0][part]);
        }
    }
}

#[test]
fn a_card_that_has_no_buttons_any_more_takes_the_old_ones_away() {
    let message = message(&bare("over", vec![]), |_| unreachable!()).unwrap();
    assert_eq!(serde_json::to_value(message.edit()).unwrap()["components"], json!([]));
}

#[test]
fn a_reference_that_discord_would_refuse_is_an_error() {
    let given = |reference: &str| {
        let card = bare("title", vec![button("Approve"), button("Deny")]);
        message(&card, |button| reference.replace('?', &button.label)).map(|_| ())
    };
    let label = || "Approve".to_owned();
    assert_eq!(given("?"), Ok(()));
    assert_eq!(given(""), Err(UnfitReference::Empty(label())));
    assert_eq!(given("same"), Err(UnfitReference::Repeated("Deny".to_owned())));
    assert_eq!(given(&format!("?{}", "x".repeat(93))), Ok(()));
    let long = UnfitReference::Long { label: label(), length: 101 };
    assert_eq!(given(&format!("?{}", "x".repeat(94))), Err(long));
}

#[test]
fn only_an_address_of_the_web_becomes_a_link_and_nothing_breaks_out_of_it() {
    let shown = |link: &str| {
        let (label, value) = ("Ticket".to_owned(), "OPS-17".to_owned());
        let card = Card {
            fields: vec![CardField {
                label,
                value,
                link: Some(link.to_owned()),
                note: Some("(To Do)".to_owned()),
            }],
            ..bare("t", vec![])
        };
        json(&card)["embeds"][0]["description"].as_str().unwrap().to_owned()
    };
    assert_eq!(shown(TICKET), format!("**Ticket:** [OPS\\-17]({TICKET}) \\(To Do\\)"));
    assert_eq!(
        shown("https://a.example/x) @here?a=>#(>"),
        "**Ticket:** [OPS\\-17](https://a.example/x%29%20@here?a=%3E#%28%3E) \\(To Do\\)"
    );
    let plain = "**Ticket:** OPS\\-17 \\(To Do\\)";
    for refused in ["javascript:alert(1)", "discord://x", "not an address", ""] {
        assert_eq!(shown(refused), plain);
    }
    assert_eq!(shown(&format!("https://a.example/{}", "x".repeat(1_024))), plain);
}

/// What a person could try.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "(@everyone|@here|<@123>|<@&1>|<#1>|</x:1>|<t:0:R>|<:x:1>|<id:home>|https://evil\\.example|discord\\.gg/x|\
          \\[a\\]\\(https://e\\.x\\)|\\*\\*x\\*\\*|__y__|~~z~~|\\|\\|s\\|\\||`c`|```d```|:smile:|\\\\|# |-# |>>> |\
          - |\\* |1\\. |2026-03-01 10:00 UTC|\n| |x){0,6}",
        "\\PC{0,16}",
        Just("💥".repeat(3_000)),
        Just("*".repeat(5_000)),
        Just("word, ".repeat(900)),
    ]
}

fn card() -> impl Strategy<Value = Card> {
    let field = (text(), text(), prop::option::of(Just(TICKET.to_owned())), prop::option::of(text()))
        .prop_map(|(label, value, link, note)| CardField { label, value, link, note });
    let buttons = prop::collection::vec(
        prop_oneof!["\\PC{0,4}", Just("💥".repeat(81))].prop_map(|label| button(&label)),
        0..28,
    );
    let (fields, lines) = (prop::collection::vec(field, 0..28), prop::collection::vec(text(), 0..8));
    (text(), text(), fields, lines, buttons).prop_map(|(text, title, fields, lines, buttons)| Card {
        text,
        fields,
        lines,
        ..bare(&title, buttons)
    })
}

/// Every sign that begins or ends something for Discord; a list of its own, so that the other one can be found wanting.
const SIGNS: &str = "*_~`|>#-+.:<@()[]";

/// What of the Markdown is ours: a bold label, and a value with its address.
const OURS: [&str; 3] = ["**", "[", "](https://tracker.example/OPS-17)"];
/// How a bold label ends.
const LABELLED: &str = ":** ";

/// What a reader sees of a text, read the way Discord does: `None` where something in it would be more than text.
fn seen(markdown: &str) -> Option<String> {
    let mut seen = String::new();
    let mut rest = markdown;
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(LABELLED) {
            seen += ": ";
            rest = after;
        } else if let Some(after) = OURS.iter().find_map(|own| rest.strip_prefix(own)) {
            // What a person wrote can have none of these: each of their signs would stand behind a backslash.
            rest = after;
        } else if let Some(escaped) = rest.strip_prefix('\\') {
            let letter = escaped.chars().next().filter(char::is_ascii_punctuation)?;
            seen.push(letter);
            rest = &escaped[1..];
        } else if let Some(timestamp) = rest.strip_prefix("<t:") {
            let (second, after) = timestamp.split_once(":f>")?;
            seen += &words::instant(Timestamp::from_second(second.parse().ok()?).ok()?);
            rest = after;
        } else if SIGNS.contains(letter) {
            return None;
        } else {
            seen.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    Some(seen)
}

/// Whether that is all that was written, or as much of it as there is room for.
fn says(markdown: &str, written: &str) -> bool {
    // A title is cut between words, without the comma behind the last one.
    let cut = |seen: &str| seen.strip_suffix('…').is_some_and(|start| written.starts_with(start.trim_end()));
    let blank = markdown == BLANK && is_blank(written);
    blank || seen(markdown).is_some_and(|seen| seen == written || cut(&seen))
}

/// The fields and lines of a card as they were written.
fn written(card: &Card) -> String {
    let field = |field: &CardField| {
        let label = if is_blank(&field.label) { String::new() } else { format!("{}: ", field.label) };
        format!("{label}{}", field.said())
    };
    let fields = card.fields.iter().map(field).collect::<Vec<_>>().join("\n");
    let lines = card.lines.join("\n");
    if is_blank(&lines) {
        fields
    } else if card.fields.is_empty() {
        lines
    } else {
        format!("{fields}\n\n{lines}")
    }
}

/// As many units as Discord's clients count, which are never fewer than the code points its servers count.
fn length(value: &Value) -> usize {
    value.as_str().unwrap_or_default().encode_utf16().count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_written_is_seen_and_nothing_else(text in text()) {
        let mut fit = Fit::new(usize::MAX);
        fit.dated(&text);
        prop_assert_eq!(seen(&fit.text()), Some(text.clone()));
        prop_assert_eq!(seen(&plain(&text, usize::MAX)), Some(text));
    }

    #[test]
    fn no_text_pings_links_formats_or_breaks_a_limit(card in card()) {
        let message = json(&card);
        let first = card.text.lines().find(|line| !is_blank(line)).unwrap_or(&card.title);
        prop_assert!(says(message["content"].as_str().unwrap(), first));
        prop_assert!(length(&message["content"]) <= 2_000);
        prop_assert_eq!(&message["allowed_mentions"]["parse"], &json!([]));

        prop_assert_eq!(array(&message["embeds"]).count(), 1);
        let embed = &message["embeds"][0];
        let keys: Vec<_> = embed.as_object().unwrap().keys().map(String::as_str).collect();
        prop_assert!(keys.iter().all(|key| ["type", "color", "title", "description", "fields"].contains(key)), "{:?}", keys);
        let text = |key: &str| embed[key].as_str();
        prop_assert!(text("title").is_none_or(|title| says(title, &card.title)) && length(&embed["title"]) <= 256);
        let description = text("description").unwrap_or_default();
        let (said, nothing) = (written(&card), description.is_empty() || description == BLANK);
        prop_assert!(if nothing { is_blank(&said) } else { says(description, &said) }, "{}", description);
        prop_assert!(length(&embed["description"]) <= 4_096);
        prop_assert!(length(&embed["title"]) + length(&embed["description"]) <= 6_000);
        prop_assert!(length(&embed["title"]) + length(&embed["description"]) > 0);
        prop_assert!(description.matches("](http").count() <= card.fields.len(), "{}", description);

        let rows: Vec<_> = array(&message["components"]).collect();
        prop_assert!(rows.len() <= 5);
        prop_assert!(rows.iter().all(|row| (1..=5).contains(&array(&row["components"]).count())));
        let pressable: Vec<_> = rows.iter().flat_map(|row| array(&row["components"])).collect();
        prop_assert_eq!(pressable.len(), card.buttons.len().min(25));
        for button in pressable {
            prop_assert!((1..=80).contains(&length(&button["label"])) && button["url"].is_null());
            prop_assert!((1..=100).contains(&length(&button["custom_id"])));
        }
    }
}
