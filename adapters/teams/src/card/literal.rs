//! Text that stays what it is wherever Teams puts it.

/// Joins two characters invisibly, and keeps a pattern of both from being one.
const JOINER: char = '\u{2060}';

/// At most so many characters, the last of them a sign that there were more.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain("…".chars().take(most)).collect()
}

/// For a text run: on one line, and with nothing that could be a date function or a template's.
pub(crate) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if c == '{' && matches!(before, '{' | '$') {
            literal.push(JOINER);
        }
        literal.push(c);
        before = c;
    }
    literal
}

/// For a place that one client reads as Markdown and another as it is, so that escaping would show: characters that mean
/// something become ones that look like them. An address stays one, which leads where it says and can be copied; what Markdown
/// would read in it is written as its code.
pub(super) fn harmless(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(harmless_line).collect();
    lines.join("\n")
}

fn harmless_line(line: &str) -> String {
    let line = literal(line.trim());
    let mut harmless = String::with_capacity(line.len());
    // A list, a heading or a quotation begins with its sign.
    if !starts_plainly(&line) && !line.is_empty() {
        harmless.push(JOINER);
    }
    for word in line.split_inclusive(' ') {
        if is_address(word) {
            word.chars().for_each(|c| harmless.push_str(&encoded(c)));
        } else {
            harmless.extend(word.chars().map(look_alike));
        }
    }
    harmless
}

fn is_address(word: &str) -> bool {
    word.starts_with("https://") || word.starts_with("http://")
}

/// A character of an address: its percent-code means the same, and means nothing to Markdown.
fn encoded(c: char) -> String {
    match c {
        '<' | '>' | '[' | ']' | '*' | '_' | '~' | '`' | '|' | '\\' | '@' => format!("%{:02X}", u32::from(c)),
        // Without its semicolon nothing is an entity.
        ';' => "%3B".to_owned(),
        other => other.to_string(),
    }
}

const fn look_alike(c: char) -> char {
    match c {
        '<' => '‹',
        '>' => '›',
        '[' => '［',
        ']' => '］',
        '*' => '∗',
        '_' => '＿',
        '~' => '∼',
        '`' => 'ˋ',
        '|' => '｜',
        '\\' => '＼',
        '&' => '＆',
        '@' => '＠',
        other => other,
    }
}

/// Whether there is nothing in a text that any Markdown gives a meaning, and no address. Strict: what is not known to be
/// plain is not.
pub(super) fn is_plain(text: &str) -> bool {
    let before = [' '].into_iter().chain(text.chars());
    let next = text.chars().skip(1).chain([' ']);
    before.zip(text.chars()).zip(next).all(|((before, c), next)| match c {
        // A time of day is plain, "23:59 UTC+1".
        ':' if before.is_ascii_digit() && next.is_ascii_digit() => true,
        '.' | ':' => !next.is_alphanumeric(),
        '-' | '+' => next.is_alphanumeric(),
        ' ' | ',' | ';' | '!' | '?' | '(' | ')' | '%' | '·' | '“' | '”' | '’' | '\'' => true,
        _ => c.is_alphanumeric(),
    })
}

/// Whether a line begins like one of words.
pub(super) fn starts_plainly(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain_and_signs_are_not() {
        for plain in [
            "",
            "May countersign",
            " · Ada and Ben countersigned (receipt 22ca3933).",
            "payments-api",
            "(Fri 6 Mar, 23:59 UTC+1)",
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "*x*",
            "a_b",
            "see evil.example",
            "https://x",
            "a@b",
            "[x](y)",
            "<at>",
            "--",
            "+ x",
            "tel:1",
            "{{",
            "a\nb",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn trust_d6_an_address_can_be_copied_and_followed() {
        let console = "Open the console at http://127.0.0.1:8080, sign in, and say “link” there.";
        assert_eq!(harmless(console), console);
        assert_eq!(harmless("https://a.example/x_y?b=1&c=2"), "https://a.example/x%5Fy?b=1&c=2");
        assert!(!harmless("see https://tracker.example/OPS-17 and web.shop").contains(JOINER));
    }

    #[test]
    fn nothing_is_left_to_follow_or_to_ping() {
        assert_eq!(harmless("<at>Ada</at> **now**"), "\u{2060}‹at›Ada‹/at› ∗∗now∗∗");
        assert_eq!(harmless("at https://evil.example/[x](y)"), "at https://evil.example/%5Bx%5D(y)");
        assert_eq!(harmless("- a\n1. b"), "\u{2060}- a\n\u{2060}1. b");
        assert_eq!(literal("{{DATE(1)}} ${x}"), "{\u{2060}{DATE(1)}} $\u{2060}{x}");
    }
}
