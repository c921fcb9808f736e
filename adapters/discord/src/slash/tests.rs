//! The slash command: within Discord's limits whatever the table says.

use countersign_domain::access::FORM;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const TABLE: &[(&str, &str)] = &[
    ("access", "ask for access to a repository"),
    ("approve", "countersign a request"),
    ("my access", "the access you have now, and until when"),
    ("help", "what I can do"),
];

fn length(value: &Value) -> usize {
    value.as_str().unwrap().encode_utf16().count()
}

fn suggested(command: &SlashCommand, typed: &str) -> Vec<Value> {
    let answer = serde_json::to_value(command.suggestions(typed)).unwrap();
    answer["choices"].as_array().unwrap().clone()
}

#[test]
fn it_is_registered_as_a_text_that_is_suggested_as_one_types_and_a_file() {
    let definition = serde_json::to_value(SlashCommand::new(TABLE, &FORM).unwrap().definition()).unwrap();
    assert_eq!(definition["name"], "countersign");
    assert_eq!(definition["type"], 1);
    assert!((1..=100).contains(&length(&definition["description"])));
    assert_eq!(definition["contexts"], json!([0, 1]));
    assert_eq!(definition["integration_types"], json!([0]));
    let [option, file] = definition["options"].as_array().unwrap().as_slice() else {
        panic!("not two options")
    };
    assert_eq!(
        (&file["type"], &file["name"], &file["required"]),
        (&json!(11), &json!("file"), &json!(false))
    );
    assert!((1..=100).contains(&length(&file["description"])));
    assert_eq!((&option["type"], &option["name"]), (&json!(3), &json!("text")));
    assert_eq!((&option["required"], &option["autocomplete"]), (&json!(false), &json!(true)));
    assert_eq!(option["description"], "access, approve, my access, help, or a sentence");
    assert_eq!(option["max_length"], 6_000);
}

#[test]
fn a_name_of_ours_is_one_that_discord_takes() {
    for name in [NAME, TEXT, FILE] {
        assert!((1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase()));
    }
}

#[test]
fn what_begins_as_typed_is_suggested_first() {
    let command = SlashCommand::new(TABLE, &FORM).unwrap();
    let names = |typed: &str| -> Vec<_> {
        suggested(&command, typed).iter().map(|choice| choice["value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("ACC"), ["access", "my access"]);
    assert_eq!(names("  ap"), ["approve"]);
    assert_eq!(names("").len(), TABLE.len());
    assert!(names("I need write access").is_empty());
    assert_eq!(suggested(&command, "help")[0]["name"], "help — what I can do");
}

#[test]
fn a_table_that_discord_would_refuse_is_an_error() {
    let refused = |table: &[(&str, &str)]| SlashCommand::new(table, &FORM).unwrap_err();
    assert_eq!(refused(&[]), UnfitTable::Empty);
    assert_eq!(refused(&[("help", "x"), (" ", "x")]), UnfitTable::Blank(1));
    assert_eq!(refused(&[("help", "")]), UnfitTable::Blank(0));
    assert_eq!(refused(&[("help", "x"), ("help", "y")]), UnfitTable::Repeated("help".to_owned()));
    let name = "x".repeat(101);
    assert_eq!(refused(&[(&name, "x")]), UnfitTable::Long { name: name.clone(), length: 101 });
}

fn text(most: usize) -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,6}", (0..=most).prop_map(|length| "💥".repeat(length))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_table_that_is_taken_breaks_a_limit(
        table in prop::collection::vec((text(50), text(200)), 0..28),
        typed in "\\PC{0,3}",
    ) {
        let table: Vec<_> = table.iter().map(|(name, summary)| (name.as_str(), summary.as_str())).collect();
        if let Ok(command) = SlashCommand::new(&table, &FORM) {
            let definition = serde_json::to_value(command.definition()).unwrap();
            prop_assert!((1..=100).contains(&length(&definition["options"][0]["description"])));
            let choices = suggested(&command, &typed);
            prop_assert!(choices.len() <= 25);
            for choice in choices {
                prop_assert!((1..=100).contains(&length(&choice["name"])));
                prop_assert!((1..=100).contains(&length(&choice["value"])));
            }
        }
    }
}
