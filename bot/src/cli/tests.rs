//! The command line as people meet it: what is printed how.

use clap::CommandFactory as _;
use serde_json::json;

use super::Cli;
use super::card::cards;
use super::output::quoted;
use super::table::Table;

#[test]
fn the_command_line_holds_together() {
    Cli::command().debug_assert();
}

fn drawn(width: Option<usize>) -> String {
    let mut table = Table::new(&["code", "user", "what"]);
    let rows = [
        ["K7QM2X", "erin", "Erin asked for write on payments-api."],
        ["B4", "зоя 名前", "Two lines\nand \u{1b}[31ma colour\u{202e}"],
        ["C", "x", ""],
    ];
    for row in rows {
        table.row(&row.map(str::to_owned));
    }
    let mut out = Vec::new();
    table.write(&mut out, width).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_table_is_aligned_and_cannot_steer_the_terminal() {
    insta::assert_snapshot!(drawn(None), @r"
    CODE    USER      WHAT
    K7QM2X  erin      Erin asked for write on payments-api.
    B4      зоя 名前  Two lines and  [31ma colour
    C       x
    ");
}

#[test]
fn the_last_column_ends_where_the_terminal_does() {
    insta::assert_snapshot!(drawn(Some(40)), @r"
    CODE    USER      WHAT
    K7QM2X  erin      Erin asked for write …
    B4      зоя 名前  Two lines and  [31ma …
    C       x
    ");
}

#[test]
fn csv_fields_are_quoted_and_no_formulas() {
    assert_eq!(quoted("a,b"), "\"a,b\"");
    assert_eq!(quoted("say \"hi\""), "\"say \"\"hi\"\"\"");
    assert_eq!(quoted("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    assert_eq!(quoted("plain"), "plain");
}

#[test]
fn a_card_shows_its_text_and_cannot_steer_the_terminal() {
    let answer = json!({ "cards": [{
        "text": "Erin asks for write on payments-api.\nReason: “\u{1b}]0;x\u{7}rollout”", "title": "t", "tone": "waiting",
        "code": "K7QM2X", "status": "waiting", "fields": [], "lines": [],
        "buttons": [{ "label": "Approve", "style": "primary", "say": "approve K7QM2X" },
                    { "label": "Deny", "style": "danger", "say": "deny K7QM2X" }],
    }] });
    let cards = cards(&answer).unwrap();
    insta::assert_snapshot!(cards[0].render(false), @r"
    │ Erin asks for write on payments-api.
    │ Reason: “ ]0;x rollout”
    ");
    assert!(cards[0].render(true).starts_with("\u{1b}[33m│\u{1b}[0m Erin"));
    assert!(!cards[0].refused);
}
