//! Jira's wiki markup, as webhooks carry descriptions: one line of it becomes the words that people see.

use crate::document::label_or_address;
use crate::struck;

/// How far the end of a macro or a link may be from its beginning, in bytes.
const REACH: usize = 2_000;

/// Macros that only dress what they hold.
const DRESS: [&str; 12] = [
    "color", "panel", "quote", "code", "noformat", "info", "note", "warning", "tip", "expand", "section",
    "column",
];

/// A line without its markup: macros go, lozenges and links stay as what they say, people as their account id, and what was
/// struck out is left out.
pub(super) fn words_of(line: &str) -> String {
    struck_out(&undressed(line), |_| None)
}

/// The same, with what was struck out between marks.
pub(super) fn words_and_struck(line: &str) -> String {
    struck_out(&undressed(&struck::unmarked(line)), |words| {
        Some(struck::marked(words.join(" ").trim_matches('-')))
    })
}

/// A line without what only dresses it.
fn undressed(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(place) = rest.find(['{', '[']) {
        words.push_str(&rest[..place]);
        let opened = &rest[place..];
        let (said, taken) = if opened.starts_with('{') { macro_at(opened) } else { link_at(opened) };
        words.push_str(&said);
        rest = &opened[taken..];
    }
    words.push_str(rest);
    words
}

/// What the macro at the beginning says, and how long it is.
fn macro_at(text: &str) -> (String, usize) {
    let double = text.starts_with("{{");
    let (open, close) = if double { ("{{", "}}") } else { ("{", "}") };
    let Some(end) = within_reach(text).find(close) else { return (open.to_owned(), open.len()) };
    let inner = &text[open.len()..end];
    let length = end + close.len();
    if double {
        return (inner.to_owned(), length);
    }
    let (name, parameters) = inner.split_once(':').unwrap_or((inner, ""));
    if name == "status" {
        let title = parameters.split('|').find_map(|part| part.trim().strip_prefix("title="));
        return (title.unwrap_or_default().to_owned(), length);
    }
    // Anything else in braces is not markup but what somebody wrote, such as a UUID.
    if DRESS.contains(&name) { (String::new(), length) } else { (text[..length].to_owned(), length) }
}

/// What the link at the beginning stands for, and how long it is.
fn link_at(text: &str) -> (String, usize) {
    let Some(end) = within_reach(text).find(']') else { return ("[".to_owned(), 1) };
    let inner = &text[1..end];
    if let Some(account) = inner.strip_prefix("~accountid:") {
        return (account.to_owned(), end + 1);
    }
    let mut parts = inner.split('|');
    let (label, address) = (parts.next().unwrap_or_default(), parts.next());
    let is_address = |text: &str| text.contains("://") || text.starts_with("mailto:");
    match address {
        Some(address) if is_address(address) => (label_or_address(label, address).to_owned(), end + 1),
        None if is_address(label) => (label.to_owned(), end + 1),
        // A box to tick, or brackets that somebody wrote.
        _ => (text[..=end].to_owned(), end + 1),
    }
}

fn within_reach(text: &str) -> &str {
    let mut end = text.len().min(REACH);
    #[cfg(test)]
    super::work::add(end);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// With this in the place of `-what was struck out-`, where the dashes can be nothing else: they stand around words, and not within
/// one.
fn struck_out(text: &str, instead: impl Fn(&[&str]) -> Option<String>) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let begins = |word: &str| word.len() > 1 && word.starts_with('-') && !word.starts_with("--");
    let ends = |word: &str| word.len() > 1 && word.ends_with('-') && !word.ends_with("--");
    let mut kept = Vec::with_capacity(words.len());
    let (mut place, last_end) = (0, words.iter().rposition(|word| ends(word)));
    while let Some(word) = words.get(place) {
        let struck = begins(word) && last_end.is_some_and(|last| last >= place);
        let end = if struck { words[place..].iter().position(|word| ends(word)) } else { None };
        #[cfg(test)]
        super::work::add(1 + end.unwrap_or_default());
        match end {
            Some(length) => {
                kept.extend(instead(&words[place..=place + length]));
                place += length;
            }
            None => kept.push((*word).to_owned()),
        }
        place += 1;
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trust_c7_markup_becomes_what_people_see() {
        for (markup, words) in [
            ("Permission: {color:red}write{color}", "Permission: write"),
            ("{panel:title=Access}Repository: {{infra}}{panel}", "Repository: infra"),
            ("{status:colour=Green|title=write}", "write"),
            (
                "Repository: [payments-api|https://bitbucket.org/acme/payments-api]",
                "Repository: payments-api",
            ),
            (
                "Repository: [this one|https://bitbucket.org/acme/infra|smart-link]",
                "Repository: https://bitbucket.org/acme/infra",
            ),
            (
                "[https://bitbucket.org/acme/infra|https://bitbucket.org/acme/infra|smart-card]",
                "https://bitbucket.org/acme/infra",
            ),
            ("[https://bitbucket.org/acme/infra]", "https://bitbucket.org/acme/infra"),
            ("User: [~accountid:557058:ba89]", "User: 557058:ba89"),
            ("Permission: -admin- write", "Permission: write"),
            ("Permission: -admin or write- read", "Permission: read"),
            (
                "Repository: {d301aafa-d676-4ee0-88be-962be7417567}",
                "Repository: {d301aafa-d676-4ee0-88be-962be7417567}",
            ),
            ("- payments-api - and [x] more [ ] {", "- payments-api - and [x] more [ ] {"),
        ] {
            assert_eq!(words_of(markup), words, "{markup}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn trust_c7_no_line_makes_it_panic_or_grow(line in "[\\[\\]{}|~:a-zé \u{202e}-]{0,80}|.{0,80}") {
            prop_assert!(words_of(&line).len() <= line.len());
        }
    }
}
