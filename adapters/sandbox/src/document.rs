//! Atlassian document format to plain text and back, as far as the sandbox's people read and write.

use serde_json::{Value, json};

/// Whether a value is a document, as Jira checks it before it takes one.
pub(crate) fn is_document(value: &Value) -> bool {
    value["type"] == "doc" && value["version"] == 1 && value["content"].is_array()
}

/// The text of a document, a line for each paragraph.
pub(crate) fn to_text(document: &Value) -> String {
    let blocks = document["content"].as_array().into_iter().flatten();
    blocks.map(inline).collect::<Vec<_>>().join("\n")
}

fn inline(node: &Value) -> String {
    if let Some(text) = node["text"].as_str() {
        return text.to_owned();
    }
    if node["type"] == "hardBreak" {
        return "\n".to_owned();
    }
    node["content"].as_array().into_iter().flatten().map(inline).collect()
}

/// A document with a paragraph for each line.
pub(crate) fn from_text(text: &str) -> Value {
    let paragraph = |line: &str| match line {
        "" => json!({"type": "paragraph", "content": []}),
        line => json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}),
    };
    json!({"type": "doc", "version": 1, "content": text.lines().map(paragraph).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_the_way_through_a_document() {
        let text = "Permission: write\n\nRepository: payments-api";
        assert!(is_document(&from_text(text)));
        assert_eq!(to_text(&from_text(text)), text);
    }
}
