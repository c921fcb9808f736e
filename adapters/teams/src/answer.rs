//! Answers to what Teams waits for: the bodies of the HTTP answers to invoke activities, all with status 200
//! (<https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/universal-action-model#response-format>).

use serde_json::{Value, json};

use crate::card::{CONTENT_TYPE, short};

/// What a toast says at most.
const TOAST: usize = 200;
/// What a task module's title says at most.
const TITLE: usize = 64;
/// A result's title at most, and its value.
const RESULT: usize = 100;
/// How many results Teams shows as somebody types.
const RESULTS: usize = 15;

/// A card in the place of the one that was pressed or refreshed, for this viewer only.
pub fn card(content: &Value) -> Value {
    json!({ "statusCode": 200, "type": CONTENT_TYPE, "value": content })
}

/// A sentence that is shown for a moment.
pub fn message(text: &str) -> Value {
    let text = short(text, TOAST);
    json!({ "statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text })
}

/// A press or a refresh that is not carried out, with a stable word for why.
pub fn error(code: &str, text: &str) -> Value {
    let value = json!({ "code": code, "message": short(text, TOAST) });
    json!({ "statusCode": 400, "type": "application/vnd.microsoft.error", "value": value })
}

/// A window with a card: the [form](crate::form::content), or what came of it.
pub fn window(title: &str, content: &Value) -> Value {
    let card = json!({ "contentType": CONTENT_TYPE, "content": content });
    let value = json!({ "title": short(title, TITLE), "height": "medium", "width": "medium", "card": card });
    json!({ "task": { "type": "continue", "value": value } })
}

/// The window closes, and a sentence is shown.
pub fn closed(text: &str) -> Value {
    json!({ "task": { "type": "message", "value": short(text, TOAST) } })
}

/// What fits what somebody has typed so far into an input of a card: titles, and what choosing them sends.
pub fn choices<'a>(choices: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let results = choices.into_iter().take(RESULTS);
    let results: Vec<_> =
        results.map(|(title, value)| json!({ "title": short(title, RESULT), "value": value })).collect();
    json!({
        "statusCode": 200,
        "type": "application/vnd.microsoft.search.searchResponse",
        "value": { "results": results },
    })
}

/// What a search of the message extension found: cards that can be put into a message, each with a title and a line.
pub fn found<'a>(cards: impl IntoIterator<Item = (&'a str, &'a str, Value)>) -> Value {
    let attachments: Vec<_> = cards
        .into_iter()
        .take(RESULTS)
        .map(|(title, line, content)| {
            let preview = json!({ "title": short(title, RESULT), "text": short(line, RESULT) });
            json!({
                "contentType": CONTENT_TYPE,
                "content": content,
                "preview": { "contentType": "application/vnd.microsoft.card.thumbnail", "content": preview },
            })
        })
        .collect();
    json!({ "composeExtension": { "type": "result", "attachmentLayout": "list", "attachments": attachments } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_for_a_moment_holds_no_markup() {
        let shown = message("<at>Ada</at> **now**, see https://evil.example").to_string();
        assert!(
            !shown.contains("<at>") && !shown.contains("**") && shown.contains("https://evil.example"),
            "{shown}"
        );
        assert_eq!(closed("Asked.")["task"]["type"], "message");
    }

    #[test]
    fn no_more_is_found_than_teams_shows() {
        let many: Vec<_> = (0..40).map(|number| format!("repository-{number}")).collect();
        let answer = choices(many.iter().map(|name| (name.as_str(), name.as_str())));
        assert_eq!(answer["value"]["results"].as_array().unwrap().len(), RESULTS);
        let answer = found(many.iter().map(|name| (name.as_str(), "waiting", Value::Null)));
        assert_eq!(answer["composeExtension"]["attachments"].as_array().unwrap().len(), RESULTS);
    }
}
