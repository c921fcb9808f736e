//! Atlassian document format: written for comments, read from descriptions and fields.

use serde_json::{Value, json};

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

/// The text of a document: a line for each paragraph, people by their account id.
pub(crate) fn to_text(document: &Value) -> String {
    let mut text = String::new();
    write(document, &mut text);
    text.trim().to_owned()
}

fn write(node: &Value, text: &mut String) {
    match node["type"].as_str().unwrap_or_default() {
        "text" => text.push_str(node["text"].as_str().unwrap_or_default()),
        "hardBreak" => text.push('\n'),
        "mention" => text.push_str(node["attrs"]["id"].as_str().unwrap_or_default()),
        "inlineCard" => text.push_str(node["attrs"]["url"].as_str().unwrap_or_default()),
        "emoji" => text.push_str(node["attrs"]["text"].as_str().unwrap_or_default()),
        kind => {
            for child in node["content"].as_array().into_iter().flatten() {
                write(child, text);
            }
            if matches!(kind, "paragraph" | "heading" | "codeBlock") {
                text.push('\n');
            }
        }
    }
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
        assert_eq!(to_text(&document), "Access\nUser: 557058:ba89\nPermission: write\nDuration: 2 days");
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
