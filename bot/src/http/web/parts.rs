//! The pieces of a line: plain text, and instants as the bot writes them.

use std::sync::LazyLock;

use regex::Regex;

/// One piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// As it stands in the line.
    pub(super) text: &'a str,
    /// The instant it means, in RFC 3339.
    pub(super) instant: Option<String>,
}

/// Instants as [`countersign_domain::words::instant`] writes them.
static INSTANT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC\b").expect("a fixed and tested pattern")
});

/// The pieces of a line, in order; together they are the line.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let plain = |text| Part { text, instant: None };
    let mut parts = Vec::new();
    let mut from = 0;
    for found in INSTANT.captures_iter(text) {
        let (whole, [day, hour]) = (found.get_match(), found.extract().1);
        parts.push(plain(&text[from..whole.start()]));
        parts.push(Part { text: whole.as_str(), instant: Some(format!("{day}T{hour}:00Z")) });
        from = whole.end();
    }
    parts.push(plain(&text[from..]));
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_of_a_line_is_lost(text in "(https?://|2026-03-01 10:00 UTC|[ .<>\"a-zé]){0,20}") {
            let whole: String = parts(&text).iter().map(|part| part.text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
