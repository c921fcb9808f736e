//! What somebody meant by what Slack wrote down
//! (<https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages>).

use countersign_domain::ports::{Identity, SurfaceKind};

/// The words of a message in plain text: without the mention of the bot, links as they read, and people as every surface
/// mentions them, `@slack/<workspace>/<user>`.
pub(crate) fn spoken(text: &str, team: &str, me: Option<&str>) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = marked(rest) {
        words.push_str(&unescaped(before));
        words.push_str(&meant(inside, team, me));
        rest = after;
    }
    words.push_str(&unescaped(rest));
    // Slack puts no-break spaces where people paste.
    words.replace('\u{a0}', " ").trim().to_owned()
}

/// Before the first `<…>`, within it, and after it.
fn marked(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (inside, after) = rest.split_once('>')?;
    Some((before, inside, after))
}

fn meant(inside: &str, team: &str, me: Option<&str>) -> String {
    let (target, label) =
        inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
    match target.chars().next() {
        Some('@') if me == Some(&target[1..]) => String::new(),
        Some('@') => match Identity::new(SurfaceKind::Slack, team, &target[1..]) {
            Ok(identity) => identity.mention(),
            Err(_) => format!("@{}", unescaped(label.unwrap_or(&target[1..])).trim_start_matches('@')),
        },
        Some('#') => format!("#{}", unescaped(label.unwrap_or(&target[1..]))),
        Some('!') => {
            let name = label.unwrap_or_else(|| target[1..].split('^').next().unwrap_or_default());
            format!("@{}", unescaped(name).trim_start_matches('@'))
        }
        _ => linked(&unescaped(target), label.map(unescaped)),
    }
}

/// A link that Slack made of a word (`<http://payments.io|payments.io>`) means the word; one that somebody gave words of their own
/// keeps both.
fn linked(target: &str, label: Option<String>) -> String {
    let Some(label) = label else { return target.to_owned() };
    let bare = |address: &str| {
        let address = address.split_once("://").map_or(address, |(_, rest)| rest);
        address.trim_start_matches("mailto:").trim_start_matches("tel:").trim_end_matches('/').to_lowercase()
    };
    if bare(target) == bare(&label) { label } else { format!("{label} ({target})") }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        spoken(text, "T1", Some("UBOT"))
    }

    #[test]
    fn a_message_is_what_its_writer_typed() {
        assert_eq!(said("<@UBOT> grant write on payments-api"), "grant write on payments-api");
        assert_eq!(said("hey <@UBOT>  help"), "hey   help");
        assert_eq!(said("for <@U2|bob> &amp; <@U3>"), "for @slack/T1/U2 & @slack/T1/U3");
        assert_eq!(said("<http://web.shop|web.shop> in <#C1|ops>, <!here>"), "web.shop in #ops, @here");
        assert_eq!(said("<mailto:a@b.example|a@b.example>"), "a@b.example");
        assert_eq!(
            said("see <https://wiki.example/plan?a=1&amp;b=2|the plan>"),
            "see the plan (https://wiki.example/plan?a=1&b=2)",
            "a link keeps its label and its address"
        );
        assert_eq!(said("<https://wiki.example/plan>"), "https://wiki.example/plan");
        assert_eq!(said("&lt;b&gt; 1 &lt; 2 and &amp;lt;"), "<b> 1 < 2 and &lt;");
        assert_eq!(
            said("ask <!subteam^S1|@leads> at <!date^1392734382^{date}|Feb 18>"),
            "ask @leads at @Feb 18"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fall(text in "(<|>|\\||@|#|!|é|a|&lt;|UBOT| ){0,40}") {
            said(&text);
        }
    }
}
