//! What was said, as the person typed it: mentions by their names, the bot's own gone, and no markup left.

use serde::Deserialize;
use serde_json::Value;

use super::Account;

#[derive(Deserialize)]
struct Mention {
    #[serde(rename = "type")]
    kind: String,
    mentioned: Account,
    text: String,
}

/// The words of a message. `me` is the bot's id, whose mention only wakes it.
pub(super) fn spoken(text: &str, entities: &[Value], me: Option<&str>) -> String {
    let mentions = entities.iter().filter_map(|entity| Mention::deserialize(entity).ok());
    let mut text = text.to_owned();
    // An empty text would be found between all letters.
    for mention in mentions.filter(|mention| mention.kind == "mention" && !mention.text.is_empty()) {
        let is_me = me.is_some() && mention.mentioned.id.as_deref() == me;
        let name = if is_me { "" } else { mention.mentioned.name.as_deref().unwrap_or_default() };
        text = text.replacen(&mention.text, name, 1);
    }
    decoded(&text).trim().to_owned()
}

/// The words of a message that Teams gives as HTML.
pub(super) fn without_markup(html: &str) -> String {
    let mut words = String::with_capacity(html.len());
    let mut within = false;
    for c in html.chars() {
        match c {
            '<' => within = true,
            '>' if within => {
                within = false;
                words.push(' ');
            }
            _ if !within => words.push(c),
            _ => {}
        }
    }
    decoded(&words).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Teams writes what HTML reserves as entities, also in plain text.
fn decoded(text: &str) -> String {
    // The ampersand comes last, so that nothing is decoded twice.
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(text.replace('\u{a0}', " "), |text, (entity, sign)| text.replace(entity, sign))
}
