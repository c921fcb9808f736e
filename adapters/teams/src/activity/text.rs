//! What was said, as the person typed it: people mentioned as on every surface, the bot's own mention gone, and no markup
//! left.

use countersign_domain::ports::{Identity, SurfaceKind};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::Account;

#[derive(Deserialize)]
struct Mention {
    #[serde(rename = "type")]
    kind: String,
    mentioned: Account,
    text: String,
}

/// The words of a message in the Entra tenant `home`. `me` is the bot's id, whose mention only wakes it.
pub(super) fn spoken(text: &str, entities: &[Value], me: Option<&str>, home: Uuid) -> String {
    let mentions = entities.iter().filter_map(|entity| Mention::deserialize(entity).ok());
    let mut text = text.to_owned();
    // An empty text would be found between all letters.
    for mention in mentions.filter(|mention| mention.kind == "mention" && !mention.text.is_empty()) {
        let is_me = me.is_some() && mention.mentioned.id.as_deref() == me;
        let word = if is_me { String::new() } else { mentioned(&mention.mentioned, home) };
        text = text.replacen(&mention.text, &word, 1);
    }
    decoded(&text).trim().to_owned()
}

/// Who is mentioned: by the Entra object where Teams tells it, else by the Teams id, which the
/// [connector](crate::Teams::object) knows the object of. Programs and channels have only a name.
fn mentioned(account: &Account, home: Uuid) -> String {
    let object = account.aad_object_id.as_deref().and_then(|object| Uuid::try_parse(object).ok());
    let teams = || account.id.clone().filter(|id| id.starts_with("29:"));
    let user = object.map(|object| object.to_string()).or_else(teams);
    let identity = user.and_then(|user| Identity::new(SurfaceKind::Teams, home.to_string(), user).ok());
    match identity {
        Some(identity) => identity.mention(),
        None => account.name.clone().unwrap_or_default(),
    }
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
                words.extend([" (", &address, ")"]);
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
