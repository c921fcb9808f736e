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
    let mut link: Option<(String, usize)> = None;
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        let Some((tag, after)) = after.split_once('>') else {
            rest = "";
            break;
        };
        match (tag.strip_prefix("a "), link.take()) {
            (Some(attributes), _) => link = address(attributes).map(|address| (address, words.len())),
            // A link keeps its label and its address.
            (None, Some((address, from))) if tag == "/a" && words[from..].trim() != address => {
                words.push_str(&format!(" ({address})"));
            }
            (None, open) if tag != "/a" => link = open,
            _ => {}
        }
        words.push(' ');
        rest = after;
    }
    words.push_str(rest);
    decoded(&words).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a link leads.
fn address(attributes: &str) -> Option<String> {
    let (_, value) = attributes.split_once("href=\"")?;
    let (address, _) = value.split_once('"')?;
    (address.starts_with("https://") || address.starts_with("http://")).then(|| address.to_owned())
}

/// Teams writes what HTML reserves as entities, also in plain text.
fn decoded(text: &str) -> String {
    // The ampersand comes last, so that nothing is decoded twice.
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(text.replace('\u{a0}', " "), |text, (entity, sign)| text.replace(entity, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_d6_a_link_keeps_its_label_and_its_address() {
        let html = "<p>see <a href=\"https://wiki.example/?a=1&amp;b=2\" title=\"x\"><b>the plan</b></a>, please</p>";
        assert_eq!(without_markup(html), "see the plan (https://wiki.example/?a=1&b=2) , please");
        let bare = "<a href=\"https://wiki.example\">https://wiki.example</a>";
        assert_eq!(without_markup(bare), "https://wiki.example");
        assert_eq!(without_markup("1 &lt; 2 <b"), "1 < 2");
        assert_eq!(without_markup("<a href=\"javascript:x\">y</a>"), "y");
    }

    proptest::proptest! {
        #[test]
        fn no_html_makes_it_fall(html in "(<a href=\"https://x\">|</a>|<|>|&amp;|é|\"|a ){0,30}") {
            without_markup(&html);
        }
    }
}
