//! The pieces of a line: plain text, and instants as the bot writes them.

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;

/// One piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// As it stands in the line.
    pub text: &'a str,
    /// The instant it means, which a surface can show in its viewer's own time.
    pub instant: Option<Timestamp>,
}

/// Instants as [`instant`](crate::words::instant) writes them.
static INSTANT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC\b").expect("a fixed and tested pattern")
});

/// The pieces of a line, in order; together they are the line.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let plain = |text| Part { text, instant: None };
    let mut parts = Vec::new();
    let mut from = 0;
    for found in INSTANT.captures_iter(text) {
        let (whole, [day, hour]) = (found.get_match(), found.extract().1);
        parts.push(plain(&text[from..whole.start()]));
        // Not every such text is a time on the calendar.
        parts.push(Part { text: whole.as_str(), instant: format!("{day}T{hour}:00Z").parse().ok() });
        from = whole.end();
    }
    parts.push(plain(&text[from..]));
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_instant_is_known_again() {
        let at: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let line = format!("until {}.", crate::words::instant(at));
        assert_eq!(parts(&line)[1], Part { text: "2026-03-01 10:00 UTC", instant: Some(at) });
        assert_eq!(parts("2026-13-01 10:00 UTC")[1].instant, None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn nothing_of_a_line_is_lost(text in "(https?://|2026-03-01 10:00 UTC|[ .<>\"a-zé]){0,20}") {
            let whole: String = parts(&text).iter().map(|part| part.text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
