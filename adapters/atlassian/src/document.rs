//! Atlassian document format: written for comments, read from descriptions and fields.

use serde_json::{Value, json};

use crate::struck;

/// Jira takes 32,767 characters in a comment; the rest of a longer one is left out, visibly.
const LONGEST: usize = 32_000;

/// A document of plain paragraphs. Whatever the text holds stays text: nothing in it can become a mention or a link.
pub(crate) fn from_paragraphs(paragraphs: &[String]) -> Value {
    let mut room = LONGEST;
    let mut blocks = Vec::new();
    for paragraph in paragraphs {
        let length = paragraph.chars().count();
        if length <= room {
            blocks.push(block(paragraph));
            room -= length;
        } else {
            let kept: String = paragraph.chars().take(room).chain(['…']).collect();
            blocks.push(block(&kept));
            break;
        }
    }
    json!({"type": "doc", "version": 1, "content": blocks})
}

fn block(paragraph: &str) -> Value {
    let mut content = Vec::new();
    for (number, line) in paragraph.lines().enumerate() {
        if number > 0 {
            content.push(json!({"type": "hardBreak"}));
        }
        // An empty text node is not allowed.
        if !line.is_empty() {
            content.push(json!({"type": "text", "text": line}));
        }
    }
    json!({"type": "paragraph", "content": content})
}

/// Whether a value is a document.
pub(crate) fn is_document(value: &Value) -> bool {
    value["type"] == "doc"
}

/// The text of a document: a line for each paragraph, item and row, people by their account id, links by their address,
/// rows with bars between their cells, boxes to tick as `[x]` and `[ ]`, code and quotes between their marks. What was struck out
/// is left out.
pub(crate) fn to_text(document: &Value) -> String {
    text_of(document, EVERYTHING)
}

/// The same without what stands in code and quotes, which is shown and not said. Every sign of it is what somebody wrote: a document
/// has its marks beside its text.
pub(crate) fn to_said(document: &Value) -> String {
    text_of(document, SAID)
}

/// The same, with what was struck out between marks.
pub(crate) fn to_said_and_struck(document: &Value) -> String {
    text_of(document, View { keeps_struck: true, ..SAID })
}

/// Whether anything in a document was struck out.
pub(crate) fn has_struck(node: &Value) -> bool {
    is_struck(node) || node["content"].as_array().into_iter().flatten().any(has_struck)
}

/// What of a document becomes text.
#[derive(Clone, Copy)]
struct View {
    /// The kinds of nodes that do not.
    without: &'static [&'static str],
    /// Whether what was struck out stands there between marks; else it is left out.
    keeps_struck: bool,
}

const EVERYTHING: View = View { without: &[], keeps_struck: false };
const SAID: View = View { without: &["codeBlock", "blockquote"], keeps_struck: false };

fn text_of(document: &Value, view: View) -> String {
    let mut text = String::new();
    write(document, view, &mut text);
    text.trim().to_owned()
}

fn write(node: &Value, view: View, text: &mut String) {
    let attribute = |name: &str| node["attrs"][name].as_str().unwrap_or_default();
    match node["type"].as_str().unwrap_or_default() {
        kind if view.without.contains(&kind) => end_line(text),
        "text" => text.push_str(&written(node, view)),
        "hardBreak" => text.push('\n'),
        "mention" => text.push_str(attribute("id")),
        "emoji" | "status" => text.push_str(attribute("text")),
        "date" => text.push_str(&date(&node["attrs"]["timestamp"])),
        "inlineCard" | "blockCard" | "embedCard" => {
            let address = [attribute("url"), node["attrs"]["data"]["url"].as_str().unwrap_or_default()];
            text.push_str(address.into_iter().find(|address| !address.is_empty()).unwrap_or_default());
            if node["type"] != "inlineCard" {
                text.push('\n');
            }
        }
        "heading" => write_block(node, "h3. ", view, text),
        "taskItem" if attribute("state") == "DONE" => write_block(node, "[x] ", view, text),
        "taskItem" => write_block(node, "[ ] ", view, text),
        "tableRow" => write_row(node, view, text),
        "expand" | "nestedExpand" => {
            text.push_str(attribute("title"));
            write_block(node, "\n", view, text);
        }
        "codeBlock" => write_marked(node, "{code}\n", text),
        "blockquote" => write_marked(node, "{quote}\n", text),
        "paragraph" | "decisionItem" => write_block(node, "", view, text),
        kind @ ("extension" | "inlineExtension") => {
            // What is shown in a way of its own stands there as something that cannot be read.
            text.push('[');
            text.push_str(kind);
            text.push(']');
        }
        _ => write_children(node, view, text),
    }
}

/// A day, as documents hold it: the milliseconds of its beginning in UTC.
fn date(timestamp: &Value) -> String {
    let millis = timestamp.as_str().and_then(|text| text.parse().ok()).or_else(|| timestamp.as_i64());
    let day = millis.and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    day.map_or_else(|| "[date]".to_owned(), |day| day.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

fn write_children(node: &Value, view: View, text: &mut String) {
    for child in node["content"].as_array().into_iter().flatten() {
        write(child, view, text);
    }
}

fn write_block(node: &Value, mark: &str, view: View, text: &mut String) {
    text.push_str(mark);
    write_children(node, view, text);
    text.push('\n');
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// What is shown and not said stands between marks, each on a line of its own.
fn write_marked(node: &Value, mark: &str, text: &mut String) {
    end_line(text);
    write_block(node, mark, EVERYTHING, text);
    text.push_str(mark);
}

/// A row is one line: what breaks within a cell becomes a space, and bars within a cell cannot part it.
fn write_row(row: &Value, view: View, text: &mut String) {
    for cell in row["content"].as_array().into_iter().flatten() {
        let mut inner = String::new();
        write_children(cell, view, &mut inner);
        let words: Vec<&str> = inner.split(|c: char| c.is_whitespace() || c == '|').collect();
        text.push_str("| ");
        text.push_str(words.join(" ").trim());
        text.push(' ');
    }
    text.push_str("|\n");
}

/// A text as it counts: a link by its address where its label is more than a name.
fn written(node: &Value, view: View) -> String {
    let text = node["text"].as_str().unwrap_or_default();
    if is_struck(node) {
        return if view.keeps_struck { struck::marked(text) } else { String::new() };
    }
    let unmarked = view.keeps_struck.then(|| struck::unmarked(text));
    let text = unmarked.as_deref().unwrap_or(text);
    let link =
        marks(node).find(|mark| mark["type"] == "link").and_then(|mark| mark["attrs"]["href"].as_str());
    link.map_or_else(|| text.to_owned(), |address| label_or_address(text, address).to_owned())
}

fn marks(node: &Value) -> impl Iterator<Item = &Value> {
    node["marks"].as_array().into_iter().flatten()
}

fn is_struck(node: &Value) -> bool {
    marks(node).any(|mark| mark["type"] == "strike")
}

/// What a link stands for: its label where that can be a name, else its address.
pub(crate) fn label_or_address<'a>(label: &'a str, address: &'a str) -> &'a str {
    let label = label.trim();
    if label.is_empty() || label.contains(char::is_whitespace) { address.trim() } else { label }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_breaks_and_mentions_become_lines_of_text() {
        let document = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "content": [{"type": "text", "text": "Access"}]},
            {"type": "bulletList", "content": [
                {"type": "listItem", "content": [{"type": "paragraph", "content": [
                    {"type": "text", "text": "User: "}, {"type": "mention", "attrs": {"id": "557058:ba89", "text": "@Erin"}}]}]},
                {"type": "listItem", "content": [{"type": "paragraph", "content": [
                    {"type": "text", "text": "Permission: write"}, {"type": "hardBreak"}, {"type": "text", "text": "Duration: 2 days"}]}]},
            ]},
        ]});
        assert_eq!(to_text(&document), "h3. Access\nUser: 557058:ba89\nPermission: write\nDuration: 2 days");
    }

    #[test]
    fn trust_c7_tasks_decisions_lozenges_tables_links_and_panels_become_lines_of_text() {
        let words = |text: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
        let cell = |content: serde_json::Value| json!({"type": "tableCell", "content": [content]});
        let document = json!({"type": "doc", "version": 1, "content": [
            {"type": "panel", "attrs": {"panelType": "info"}, "content": [words("Repository: payments-api")]},
            {"type": "table", "content": [{"type": "tableRow", "content": [
                {"type": "tableHeader", "content": [words("Permission")]},
                cell(json!({"type": "paragraph", "content": [{"type": "status", "attrs": {"text": "write", "color": "green"}}]})),
            ]}, {"type": "tableRow", "content": [cell(words("Reason")), cell(words("a|b\nc"))]}]},
            {"type": "taskList", "content": [
                {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [{"type": "text", "text": "read"}]},
                {"type": "taskItem", "attrs": {"state": "TODO"}, "content": [{"type": "text", "text": "admin"}]}]},
            {"type": "decisionList", "content": [
                {"type": "decisionItem", "attrs": {"state": "DECIDED"}, "content": [{"type": "text", "text": "Duration: 1 day"}]}]},
            {"type": "paragraph", "content": [
                {"type": "text", "text": "no ", "marks": [{"type": "strike"}]},
                {"type": "text", "text": "the repository", "marks": [{"type": "link", "attrs": {"href": "https://bitbucket.org/acme/infra"}}]},
                {"type": "text", "text": " "},
                {"type": "inlineCard", "attrs": {"data": {"url": "https://acme.atlassian.net/browse/OPS-1"}}}]},
            {"type": "blockCard", "attrs": {"url": "https://bitbucket.org/acme/web-shop"}},
        ]});
        assert_eq!(
            to_text(&document),
            "Repository: payments-api\n| Permission | write |\n| Reason | a b c |\n[x] read\n[ ] admin\nDuration: 1 day\n\
             https://bitbucket.org/acme/infra https://acme.atlassian.net/browse/OPS-1\nhttps://bitbucket.org/acme/web-shop"
        );
    }

    #[test]
    fn trust_d4_a_date_is_its_day_and_what_cannot_be_read_stands_there() {
        let line = |node: Value| {
            let label = json!({"type": "text", "text": "Until: "});
            to_text(&json!({"type": "doc", "content": [{"type": "paragraph", "content": [label, node]}]}))
        };
        assert_eq!(
            line(json!({"type": "date", "attrs": {"timestamp": "1796342400000"}})),
            "Until: 2026-12-04"
        );
        assert_eq!(line(json!({"type": "date", "attrs": {"timestamp": "soon"}})), "Until: [date]");
        assert_eq!(
            line(json!({"type": "inlineExtension", "attrs": {"extensionKey": "x"}})),
            "Until: [inlineExtension]"
        );
    }

    #[test]
    fn trust_d4_what_is_said_is_what_stands_outside_of_code_and_quotes() {
        let words = |text: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
        let document = json!({"type": "doc", "content": [
            words("We paste it in {code} as ever"),
            {"type": "codeBlock", "content": [{"type": "text", "text": "{code}\nPermission: admin"}]},
            {"type": "blockquote", "content": [words("Repository: infra")]},
            words("User: Ben"),
        ]});
        assert_eq!(to_said(&document), "We paste it in {code} as ever\nUser: Ben");
    }

    #[test]
    fn a_comment_that_is_too_long_is_cut_visibly() {
        let text = to_text(&from_paragraphs(&["a".repeat(40_000), "b".to_owned()]));
        assert_eq!(text.chars().count(), LONGEST + 1);
        assert!(text.ends_with('…'));
    }

    proptest::proptest! {
        #[test]
        fn what_was_written_can_be_read(paragraphs in proptest::collection::vec("[^\\p{Cc}]{0,60}", 0..6)) {
            let text = to_text(&from_paragraphs(&paragraphs));
            let written = paragraphs.join("\n");
            proptest::prop_assert_eq!(text, written.trim());
        }
    }
}
