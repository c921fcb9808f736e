//! What stands in code or in quotes: it shows something, and nobody asks for anything by it.

/// Macros of the wiki markup that hold code or what somebody else said.
const MACROS: [&str; 3] = ["code", "noformat", "quote"];
/// The beginning and the end of code in Markdown.
const FENCE: &str = "```";
/// How long a macro with its parameters may be, in bytes.
const REACH: usize = 200;

/// What is open over the lines: what ends it.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    end: Option<String>,
}

impl Quotes {
    /// What would end what is still open: behind it nothing was read.
    pub(super) fn is_open(&self) -> Option<&str> {
        self.end.as_deref()
    }

    /// What of the next line stands outside.
    pub(super) fn outside(&mut self, line: &str) -> String {
        if self.end.is_none() && is_quote(line.trim_start()) {
            return String::new();
        }
        let (mut said, mut rest) = (String::new(), line);
        loop {
            if let Some(end) = &self.end {
                let Some(place) = rest.find(end.as_str()) else { return said };
                rest = &rest[place + end.len()..];
                self.end = None;
            }
            let Some((place, length, end)) = beginning(rest) else {
                said.push_str(rest);
                return said;
            };
            said.push_str(&rest[..place]);
            rest = &rest[place + length..];
            self.end = Some(end);
        }
    }
}

/// The lines of a text outside of code and quotes.
pub(super) fn outside(text: &str) -> String {
    let mut quotes = Quotes::default();
    text.lines().map(|line| quotes.outside(line) + "\n").collect()
}

/// A line that is a quote by itself.
fn is_quote(line: &str) -> bool {
    line.starts_with('>') || line.starts_with("bq.")
}

/// Where code or a quote begins, how long its mark is, and what ends it.
fn beginning(text: &str) -> Option<(usize, usize, String)> {
    let mut from = 0;
    while let Some(place) = text[from..].find(['{', '`']).map(|place| from + place) {
        let opened = &text[place..];
        if opened.starts_with(FENCE) {
            return Some((place, FENCE.len(), FENCE.to_owned()));
        }
        // Two braces are a name in another type, as in `{{code}}`.
        let braces = opened.len() - opened.trim_start_matches('{').len();
        if braces == 1
            && let Some((name, length)) = macro_at(opened)
        {
            return Some((place, length, format!("{{{name}}}")));
        }
        from = place + braces.max(1);
    }
    None
}

/// The macro that holds code or a quote and begins here, and how long its mark is.
fn macro_at(opened: &str) -> Option<(&'static str, usize)> {
    let inner = opened.strip_prefix('{')?;
    let name = *MACROS.iter().find(|name| inner.starts_with(*name))?;
    let rest = &inner[name.len()..];
    let end = rest.bytes().take(REACH).position(|byte| byte == b'}')?;
    (end == 0 || rest.starts_with(':')).then_some((name, 1 + name.len() + end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trust_d4_what_stands_in_code_or_quotes_is_left_out() {
        for (text, left) in [
            ("{noformat}\nPermission: admin\n{noformat}\nThat is the form.", "\n\n\nThat is the form.\n"),
            ("{code:title=a|lang=b}x{code} and {quote}y{quote}.", " and .\n"),
            ("```\nPermission: admin\n```\nx", "\n\n\nx\n"),
            ("> Permission: admin\nbq. Repository: infra\nx", "\n\nx\n"),
            (
                "{{code}} {codes} {color:red}red{color} `write`",
                "{{code}} {codes} {color:red}red{color} `write`\n",
            ),
            ("{code}never closed\nPermission: admin", "\n\n"),
        ] {
            assert_eq!(outside(text), left, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn trust_d4_no_quotes_make_it_panic_or_grow(text in "([{}`:>\n]|code|quote|noformat|é| |x){0,60}") {
            prop_assert!(outside(&text).len() <= text.len() + 1);
        }
    }
}
