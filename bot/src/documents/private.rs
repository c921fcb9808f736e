//! What of the content of an event only those may know who may read the document: what it is called, how it begins, the lines that changed,
//! and the words that somebody should look at twice. What is left is what an audit needs: codes, digests, sizes, people and decisions.

use serde_json::Value;

/// By which of its fields the content of an event may hold some of it.
pub(super) const SIGNS: &[&str] = &[
    "\"beginning\":",
    "\"acl\":",
    "\"changes\":",
    "\"card\":",
    "\"offers\":",
    "\"file\":",
    "\"edition\":",
    "\"notes\":",
];
/// The fields that are left out, wherever they stand; the card is what somebody else was told of it, a label what they were asked back, and
/// the notes what goes with an answer.
const FIELDS: [&str; 9] =
    ["title", "watched", "why", "beginning", "changes", "spots", "card", "label", "notes"];

/// Leaves it out.
pub(super) fn hide(content: &mut Value) {
    match content {
        Value::Object(fields) => {
            // The name of a file is no less than its title.
            let is_file = fields.contains_key("sha") && fields.contains_key("size");
            // What is said beside it calls it by that, and an answer is made of what it cites.
            let has_told = fields.contains_key("file") || fields.contains_key("citations");
            let is_said = |name: &str| is_file && name == "name" || has_told && name == "text";
            fields.retain(|name, _| !(FIELDS.contains(&name.as_str()) || is_said(name)));
            fields.values_mut().for_each(hide);
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_it_says_is_left_out_and_what_an_audit_needs_is_not() {
        let mut content = json!({"asked": {
            "code": "K7QM2X", "title": "Bonus", "why": "it is ten percent", "watched": "hr/bonus.md",
            "requester": {"id": "erin", "name": "Erin"},
            "file": {"name": "bonus.md", "sha": "ab12", "size": 12}, "acl": {"groups": ["hr"]},
        }, "read": {"beginning": "Ten percent.", "bytes": 12, "changes": [{"text": "Ten percent."}], "spots": []},
        "said": {"text": "add document called Bonus", "file": {"name": "bonus.md", "sha": "ab12", "size": 12}},
        "answer": {"text": "Ten percent.", "citations": [{"edition": "K7QM2X@1", "title": "Bonus"}], "notes": ["Bonus"]},
        "card": {"text": "It begins: “Ten percent.”"},
        "question": {"offers": [{"label": "Approve “Bonus”", "say": "approve K7QM2X"}]}});
        assert!(SIGNS.iter().all(|sign| content.to_string().contains(sign)));
        hide(&mut content);
        let left = json!({"asked": {
            "code": "K7QM2X", "requester": {"id": "erin", "name": "Erin"},
            "file": {"sha": "ab12", "size": 12}, "acl": {"groups": ["hr"]},
        }, "read": {"bytes": 12}, "answer": {"citations": [{"edition": "K7QM2X@1"}]}, "said": {"file": {"sha": "ab12", "size": 12}}, "question": {"offers": [{"say": "approve K7QM2X"}]}});
        assert_eq!(content, left);
    }
}
