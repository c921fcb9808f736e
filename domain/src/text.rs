//! Texts of people and vendors within what the bot says: none of them can look like the bot's own words.

use jiff::Timestamp;
use jiff::fmt::strtime;

use crate::hidden::{deceives, without_hidden};
use crate::place::Identity;

/// So many lines of a text are lines; what follows stands on the last of them.
const LINES: usize = 12;
/// What ends a line to anybody who shows one.
const BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// An instant for people: `2026-03-01 10:00 UTC`.
pub fn instant(at: Timestamp) -> String {
    strtime::format("%Y-%m-%d %H:%M UTC", &at.to_zoned(jiff::tz::TimeZone::UTC))
        .unwrap_or_else(|_| at.to_string())
}

/// A list as people say it: `a, b and c`.
pub fn list<T: std::fmt::Display>(items: &[T]) -> String {
    match items {
        [] => "nobody".to_owned(),
        [one] => one.to_string(),
        [most @ .., last] => {
            let most: Vec<_> = most.iter().map(ToString::to_string).collect();
            format!("{} and {last}", most.join(", "))
        }
    }
}

/// What a person or a vendor wrote, as one line: no line breaks, and no characters that show something else than they
/// hold.
pub fn flat(text: &str) -> String {
    let spaced = text.replace(|c: char| c.is_whitespace() || c.is_control(), " ");
    without_hidden(&spaced).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a person wrote: on one line, within quotation marks that it cannot close, so that it never looks like what we
/// say.
pub fn quoted(text: &str) -> String {
    format!("“{}”", unquoted(text))
}

/// What a person wrote at length, a reason: within the same quotation marks, and on the lines that it was written on. Each begins with
/// a quotation mark, as in print, so that none looks like a line of ours. Nothing is left out, however many they are.
pub fn prose(text: &str) -> String {
    let mut lines: Vec<_> = text.split(BREAKS).map(unquoted).filter(|line| !line.is_empty()).collect();
    let rest = lines.split_off(lines.len().min(LINES));
    if let (Some(last), false) = (lines.last_mut(), rest.is_empty()) {
        *last = format!("{last} {}", rest.join(" "));
    }
    format!("“{}”", lines.join("\n“"))
}

/// What the bot says, for where it is shown: as one line, but for what it quotes on several ([`prose`]).
pub fn told(text: &str) -> String {
    let mut told = String::new();
    for line in text.split('\n').map(flat).filter(|line| !line.is_empty()) {
        if !told.is_empty() {
            told.push(if line.starts_with('“') { '\n' } else { ' ' });
        }
        told.push_str(&line);
    }
    told
}

fn unquoted(text: &str) -> String {
    flat(text).replace(['“', '”', '"'], "'")
}

/// A name that a person wrote: as it is where it can be nothing but a name, else quoted. A chat account that was mentioned is
/// called one.
pub fn plain(name: &str) -> String {
    if let Ok(identity) = name.parse::<Identity>() {
        return identity.spoken();
    }
    // Fillers of Hangul are letters to Unicode, and nothing to the eye.
    let is_letter = |c: char| c.is_alphanumeric() && !deceives(c);
    let is_name = |c: char| is_letter(c) || matches!(c, '-' | '_' | '.' | '/' | '@' | ':' | '{' | '}');
    if !name.is_empty() && name.chars().all(is_name) { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trust_c1_a_line_break_in_a_reason_is_a_line_break() {
        assert_eq!(prose("one\ntwo"), "“one\n“two”");
        assert_eq!(prose(" one \r\n\r\n two\u{2028}three\n"), "“one\n“two\n“three”");
        assert_eq!(prose("a”\nStatus: granted"), "“a'\n“Status: granted”");
        assert_eq!(prose(""), "“”");
        assert_eq!(told(&format!("Denied by Ada: {}", prose("one\ntwo"))), "Denied by Ada: “one\n“two”");
        assert_eq!(told("two\nlines of\n\na vendor"), "two lines of a vendor");
    }

    #[test]
    fn trust_c1_a_reason_of_many_lines_is_told_whole_and_not_on_as_many() {
        let told = prose(&(1..=500).map(|line| line.to_string()).collect::<Vec<_>>().join("\n"));
        assert_eq!(told.lines().count(), LINES);
        assert!(told.ends_with("499 500”") && told.contains("\n“12 13 14"), "{told}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn trust_c1_no_line_of_a_reason_looks_like_ours_and_no_word_of_it_is_lost(
            text in "([a-z “”\"\n\r\u{85}\u{2028}\u{202e}]|Status: ){0,60}",
        ) {
            let prose = prose(&text);
            prop_assert!(prose.lines().all(|line| line.starts_with('“')), "{prose:?}");
            prop_assert_eq!(told(&prose), prose.clone());
            let words = |text: &str| flat(&text.replace(['“', '”', '"', '\''], "")).replace(' ', "");
            prop_assert_eq!(words(&prose), words(&text));
        }
    }
}
