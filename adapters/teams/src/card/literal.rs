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
/// something become ones that look like them, and addresses are no longer followed.
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
    let mut before = ' ';
    for c in line.chars() {
        let within_an_address = (before == '.' && c.is_alphanumeric()) || (before == ':' && c == '/');
        if within_an_address {
            harmless.push(JOINER);
        }
        harmless.push(look_alike(c));
        before = c;
    }
    harmless
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
    let next = text.chars().skip(1).chain([' ']);
    text.chars().zip(next).all(|(c, next)| match c {
        '.' | ':' => !next.is_alphanumeric(),
        '-' => next.is_alphanumeric(),
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
        for plain in
            ["", "May countersign", " · Ada and Ben countersigned (receipt 22ca3933).", "payments-api"]
        {
            assert!(is_plain(plain), "{plain}");
        }
        for other in
            ["*x*", "a_b", "see evil.example", "https://x", "a@b", "[x](y)", "<at>", "--", "{{", "a\nb"]
        {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn nothing_is_left_to_follow_or_to_ping() {
        assert_eq!(harmless("<at>Ada</at> **now**"), "\u{2060}‹at›Ada‹/at› ∗∗now∗∗");
        assert_eq!(harmless("at https://evil.example"), "at https:\u{2060}//evil.\u{2060}example");
        assert_eq!(harmless("- a\n1. b"), "\u{2060}- a\n\u{2060}1. b");
        assert_eq!(literal("{{DATE(1)}} ${x}"), "{\u{2060}{DATE(1)}} $\u{2060}{x}");
    }
}
