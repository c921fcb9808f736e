//! Cards as Adaptive Cards: a card of every kind, and what no text of a person can do.

use countersign_domain::card::{CardField, samples};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;

fn rendered(card: &Card) -> Value {
    // As long as they may be.
    let reference = |_: &Button| "r".repeat(200);
    let viewers = (0..80).map(|number| format!("29:{number:0>67}")).collect();
    message(card, reference, Some(&Refresh { reference: "v".repeat(200), viewers }))
}

#[test]
fn a_card_of_every_kind() {
    for (name, card) in samples() {
        let refresh =
            Refresh { reference: "reference to the card".to_owned(), viewers: vec!["29:1ada".to_owned()] };
        let message = message(&card, |button| format!("reference to {}", button.label), Some(&refresh));
        insta::assert_snapshot!(name, lines(&message));
    }
}

/// A message with each block, each run of text and each action on a line of its own.
fn lines(message: &Value) -> String {
    let content = &message["attachments"][0]["content"];
    let blocks = content["body"].as_array().unwrap().iter();
    let blocks = blocks.flat_map(|block| match block["inlines"].as_array().or(block["actions"].as_array()) {
        Some(parts) => {
            let kind = block["type"].as_str().unwrap().to_owned();
            [kind].into_iter().chain(parts.iter().map(|part| format!("  {part}"))).collect()
        }
        None => vec![block.to_string()],
    });
    let frame = ["summary", "fallbackText", "refresh"];
    let frame = frame.map(|key| if key == "summary" { &message[key] } else { &content[key] }.to_string());
    frame.into_iter().chain(blocks).collect::<Vec<_>>().join("\n")
}

#[test]
fn one_card_speaks_of_one_zone() {
    let mut card = plain_card();
    card.lines =
        vec!["It ends on 2026-03-01 10:00 UTC.".to_owned(), "2026-03-01 10:00 UTC · Ada asked".to_owned()];
    let own = "{{DATE(2026-03-01T10:00:00Z, SHORT)}} at {{TIME(2026-03-01T10:00:00Z)}}";
    let body = content(&card, |_| String::new(), None)["body"].clone();
    assert_eq!(body[1]["text"], format!("It ends on {own}."));
    assert_eq!(body[2]["text"], format!("{own} · Ada asked"));
    card.lines[1].push_str(", because “*”");
    let body = content(&card, |_| String::new(), None)["body"].to_string();
    assert!(!body.contains("DATE") && body.contains("“*”"), "{body}");
}

fn plain_card() -> Card {
    Card {
        text: String::new(),
        title: String::new(),
        tone: Tone::Neutral,
        code: None,
        status: None,
        refused: false,
        live: false,
        fields: vec![],
        lines: vec![],
        buttons: vec![],
        refresh: None,
    }
}

/// What a person could try.
fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        3 => "(<at>Ada</at>|<b>|\\[sign in\\]\\(https://evil.example\\)|www.evil.example|\\*\\*x\\*\\*|_y_|`z`|~~a~~\
            |- |1\\. |# |> |&lt;|\\\\|\\{\\{|\\$\\{|\\{\\{DATE\\(2026-03-01T10:00:00Z, SHORT\\)\\}\\}\
            |2026-03-01 10:00 UTC|\n|word|, | ){0,12}",
        2 => "\\PC{0,300}",
        1 => Just("💥".repeat(20_000)),
        1 => Just("{".repeat(9_000)),
        1 => Just("\\\"".repeat(9_000)),
        1 => Just("2026-03-01 10:00 UTC ".repeat(500)),
    ]
}

/// Mostly plain, so that cards with local times come about.
fn words() -> impl Strategy<Value = String> + Clone {
    "(word ){0,2}(2026-03-01 10:00 UTC( |, |\\.|: |-|!|[*_\\[<~]{0,1})){0,2}(word|x-y|9|1\\. |: |\\.x){0,2}"
}

fn card(text: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Card> {
    let text = || text.clone();
    let link = prop::option::of(Just("https://tracker.example/OPS-17".to_owned()));
    let field = (text(), text(), link, prop::option::of(text()))
        .prop_map(|(label, value, link, note)| CardField { label, value, link, note });
    let button = text().prop_map(|label| Button {
        label,
        style: ButtonStyle::Danger,
        say: String::new(),
        proof: false,
        asks_why: false,
    });
    let (fields, lines) = (prop::collection::vec(field, 0..5), prop::collection::vec(text(), 0..5));
    let buttons = prop::collection::vec(button, 0..20);
    (text(), text(), fields, lines, buttons).prop_map(|(text, title, fields, lines, buttons)| Card {
        text,
        title,
        fields,
        lines,
        buttons,
        ..plain_card()
    })
}

/// How many blocks of text stand beneath the title, and what the last of them says.
fn shown(content: &Value) -> (usize, String) {
    let body = content["body"].as_array().unwrap();
    let texts: Vec<_> = body[1..].iter().filter(|block| block["type"] != "ActionSet").collect();
    (texts.len(), texts.last().map(ToString::to_string).unwrap_or_default())
}

#[test]
fn a_card_that_is_too_long_keeps_what_stands_first_and_says_what_is_missing() {
    for line in ["a", "2026-03-01 10:00 UTC", "It was denied by Ada, because it is not needed any more.", ""]
    {
        for in_one in [false, true] {
            let lines = vec![line.to_owned(); 2_000];
            let lines = if in_one { vec![lines.join("\n")] } else { lines };
            let who = CardField { label: "Who".to_owned(), value: "Ben".to_owned(), link: None, note: None };
            let card = Card { fields: vec![who], lines, ..plain_card() };
            let message = rendered(&card);
            assert!(2 * message.to_string().encode_utf16().count() < 28 * 1024, "{line:?}");
            let content = &message["attachments"][0]["content"];
            assert!(content["body"][1].to_string().contains("Ben"), "{line:?}: {}", content["body"][1]);
            let (blocks, last) = shown(content);
            if line.is_empty() {
                assert_eq!(blocks, 1, "what says nothing takes no room");
                continue;
            }
            assert!(blocks > 30, "{line:?}: {blocks}");
            let missing = 2_000 + 2 - blocks;
            assert!(last.contains(&format!("… {missing} more lines have no room here.")), "{line:?}: {last}");
        }
    }
}

#[test]
fn a_list_that_fits_is_shown_whole() {
    let lines = (0..100).map(|number| format!("{number} has write on payments-api")).collect();
    let content = content(&Card { lines, ..plain_card() }, |_| String::new(), None);
    let (blocks, last) = shown(&content);
    assert!(blocks == 100 && last.contains("99 has write"), "{blocks}: {last}");
}

/// Whether a reader of Markdown finds nothing but text, and one bold label where one may be.
fn reads_as_text(markdown: &str, label: bool) -> bool {
    Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES,
    )
    .enumerate()
    .all(|(place, event)| match event {
        Event::Text(_) | Event::SoftBreak | Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {
            true
        }
        Event::Start(Tag::Strong) => label && place == 1,
        Event::End(TagEnd::Strong) => label,
        _ => false,
    })
}

/// No more than addresses shown whole, which lead where they say.
fn pings_and_links_nothing(text: &str) -> bool {
    !text.contains(['<', '>', '@', '[', ']'])
}

fn date_functions(text: &str) -> usize {
    text.matches("{{").count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_formats_links_pings_acts_or_breaks_a_limit(card in prop_oneof![card(text()), card(words())]) {
        let message = rendered(&card);
        let text = message.to_string();
        prop_assert!(text.len() < 28 * 1024 && 2 * text.encode_utf16().count() < 28 * 1024, "{}", text.len());
        let template = text.contains("${") || !message["attachments"][0]["content"]["msteams"].is_null();
        prop_assert!(!template, "{}", text);

        let content = &message["attachments"][0]["content"];
        for shown in [&message["summary"], &content["fallbackText"]] {
            let shown = shown.as_str().unwrap();
            prop_assert!(pings_and_links_nothing(shown), "{}", shown);
            prop_assert!(reads_as_text(shown, false), "{}", shown);
            prop_assert_eq!(date_functions(shown), 0);
        }
        prop_assert_eq!(content["refresh"]["userIds"].as_array().unwrap().len(), 60);

        let mut links = card.fields.iter().filter(|field| field.link.is_some()).count();
        let mut buttons = 0;
        for block in content["body"].as_array().unwrap() {
            match block["type"].as_str().unwrap() {
                "TextBlock" => {
                    let shown = block["text"].as_str().unwrap();
                    let ours = shown.matches("{{DATE(2026-03-01T10:00:00Z, SHORT)}} at {{TIME(2026-03-01T10:00:00Z)}}");
                    prop_assert_eq!(date_functions(shown), 2 * ours.count());
                    prop_assert!(pings_and_links_nothing(shown) && reads_as_text(shown, true), "{}", shown);
                }
                "RichTextBlock" => for run in block["inlines"].as_array().unwrap() {
                    prop_assert_eq!(&run["type"], "TextRun");
                    let shown = run["text"].as_str().unwrap();
                    prop_assert!(date_functions(shown) == 0 && !shown.contains('\n'));
                    if !run["selectAction"].is_null() {
                        prop_assert_eq!(&run["selectAction"]["url"], "https://tracker.example/OPS-17");
                        let values = card.fields.iter().filter(|field| field.link.is_some());
                        prop_assert!(values.map(|field| literal(&field.value)).any(|value| value == shown), "{}", shown);
                        links = links.checked_sub(1).unwrap();
                    }
                },
                "ActionSet" => {
                    let actions = block["actions"].as_array().unwrap();
                    prop_assert!((1..=6).contains(&actions.len()));
                    for action in actions {
                        prop_assert_eq!(&action["type"], "Action.Execute");
                        prop_assert_eq!(&action["verb"], "press");
                        prop_assert_eq!(&action["data"], &json!({ "reference": "r".repeat(200) }));
                        prop_assert!(date_functions(action["title"].as_str().unwrap()) == 0);
                        buttons += 1;
                    }
                }
                other => prop_assert!(false, "{}", other),
            }
        }
        prop_assert_eq!(buttons, card.buttons.len().min(12));
        // There is never less than the beginning of what there is to say.
        let says_something = |text: &str| text.contains(|c: char| !c.is_whitespace());
        let says = !card.fields.is_empty() || card.lines.iter().any(|line| says_something(line));
        prop_assert_eq!(shown(content).0 > 0, says, "{}", content);
    }
}
