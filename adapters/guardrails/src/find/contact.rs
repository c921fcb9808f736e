//! Where somebody can be reached: e-mail addresses and telephone numbers.

use std::sync::LazyLock;

use countersign_domain::ports::FindingKind;
use regex::Regex;

use super::Found;
use super::money::alone;
use super::number::digits;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is tried by tests")
}

pub(crate) fn emails(found: &mut Found<'_>) {
    static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\p{L}\p{N}][\p{L}\p{N}-]*\.)+\p{L}\p{L}+")
    });
    for email in EMAIL.find_iter(found.text()) {
        // A sentence's sign before it is no part of it.
        let begin = email.as_str().len()
            - email.as_str().trim_start_matches(['.', '\'', '*', '`', '/', '=', '?']).len();
        found.take(FindingKind::Email, email.start() + begin, email.end());
    }
}

/// Numbers with a country's code; numbers in brackets and groups as they are written where one lives; and any that somebody calls
/// one. A date, an address of a machine and a version are none.
pub(crate) fn phones(found: &mut Found<'_>) {
    static ABROAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:\+|\b00)[1-9][0-9]{0,2}(?:[ ./-]{0,2}(?:\([0-9]{1,5}\)|[0-9]{1,12})){1,7}")
    });
    static AT_HOME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\(?\b0[1-9][0-9]{1,4}\)?(?:[ /-]{1,3}[0-9]{2,8}){1,4}|\(?\b[2-9][0-9]{2}\)?[ .-]{1,2}[2-9][0-9]{2}[ .-][0-9]{4}",
        )
    });
    static CALLED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:tel|telefon|telefono|teléfono|téléphone|phone|mobile|mobil|cell|handy|fax|call|ring|call me (?:at|on)|dial)\b[ .:#]{1,4}(?:me (?:at|on) )?([(+0-9](?:[ ()./-]{0,2}[0-9]){6,14})",
        )
    });
    let text = found.text();
    for phone in ABROAD.find_iter(text) {
        let number = phone.as_str().trim_end();
        if (8..=15).contains(&digits(number).len()) {
            take(found, phone.start(), phone.start() + number.len());
        }
    }
    for phone in AT_HOME.find_iter(text) {
        if (9..=12).contains(&digits(phone.as_str()).len()) && !is_date(phone.as_str()) {
            take(found, phone.start(), phone.end());
        }
    }
    for phone in CALLED.captures_iter(text).filter_map(|groups| groups.get(1)) {
        if (7..=15).contains(&digits(phone.as_str()).len()) && !is_date(phone.as_str()) {
            take(found, phone.start(), phone.end());
        }
    }
}

fn take(found: &mut Found<'_>, from: usize, to: usize) {
    // A part of a longer number, or of an address in the net, is no number to call.
    let bytes = found.text().as_bytes();
    let tied = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|byte| matches!(byte, b'/' | b'=' | b'#'))
    };
    let goes_on = |at: usize| {
        matches!(bytes.get(at), Some(b'-' | b'.')) && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
    };
    if alone(found, from, to) && !tied(from.checked_sub(1)) && !goes_on(to) {
        found.take(FindingKind::Phone, from, to);
    }
}

/// `01-02-2026`, `2026-01-02`: groups of a day, a month and a year.
fn is_date(text: &str) -> bool {
    let groups: Vec<&str> = text.split(['-', '/', ' ', '.']).filter(|group| !group.is_empty()).collect();
    let is_year = |group: &str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    let small = |group: &str| group.len() <= 2;
    match *groups {
        [a, b, c] | [a, b, c, ..] => {
            (is_year(a) && small(b) && small(c)) || (small(a) && small(b) && is_year(c))
        }
        _ => false,
    }
}
