//! The pieces of a line: plain text, instants as the bot writes them, and addresses.

use std::sync::LazyLock;

use regex::Regex;

/// One piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// As it stands in the line.
    pub(super) text: &'a str,
    /// The instant it means, in RFC 3339.
    pub(super) instant: Option<String>,
    /// Whether it is an address of the web. It is shown whole, so that nobody is led elsewhere than they think.
    pub(super) is_link: bool,
}

/// Instants as [`countersign_domain::words::instant`] writes them, and addresses up to what may end a sentence.
static SPECIAL: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\b(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC\b|\bhttps?://[!#-;=?-~]*[#-'*-+\-/-9=@-~]";
    Regex::new(pattern).expect("a fixed and tested pattern")
});

/// The pieces of a line, in order; together they are the line.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let plain = |text| Part { text, instant: None, is_link: false };
    let mut parts = Vec::new();
    let mut from = 0;
    for found in SPECIAL.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        parts.push(plain(&text[from..whole.start()]));
        let instant = found.get(1).zip(found.get(2));
        let instant = instant.map(|(day, hour)| format!("{}T{}:00Z", day.as_str(), hour.as_str()));
        parts.push(Part { text: whole.as_str(), is_link: instant.is_none(), instant });
        from = whole.end();
    }
    parts.push(plain(&text[from..]));
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(text: &str) -> Vec<&str> {
        parts(text).into_iter().filter(|part| part.is_link).map(|part| part.text).collect()
    }

    #[test]
    fn an_address_ends_before_the_sentence_does() {
        assert_eq!(
            links("(To Do) https://jira.example/browse/OPS-17"),
            ["https://jira.example/browse/OPS-17"]
        );
        assert_eq!(links("“see http://x.example/a?b=c#d.” and more"), ["http://x.example/a?b=c#d"]);
        for harmless in ["javascript:alert(1)", "data:text/html,x", "ftp://x.example", "https://"] {
            assert!(links(harmless).is_empty(), "{harmless}");
        }
        assert_eq!(links(r#"http://x.example/"onclick=1"#), ["http://x.example/"]);
    }

    proptest! {
        #[test]
        fn nothing_of_a_line_is_lost(text in "(https?://|2026-03-01 10:00 UTC|[ .<>\"a-zé]){0,20}") {
            let whole: String = parts(&text).iter().map(|part| part.text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
