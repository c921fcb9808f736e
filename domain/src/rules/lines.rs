//! What of a policy's text says something, line by line: comments and blank lines say nothing, and everything that stands in a string
//! is code, whatever it looks like.

/// Where in the text a reader is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Code,
    Comment,
    String,
    /// Behind the stroke that takes the next sign's meaning away.
    Escape,
}

impl Within {
    /// Where the reader is behind this sign, which another one of the same may follow.
    const fn behind(self, sign: char, is_double: bool) -> Self {
        match (self, sign) {
            (Self::Code, '"') | (Self::Escape, _) => Self::String,
            (Self::Code, '/') if is_double => Self::Comment,
            (Self::String, '"') => Self::Code,
            (Self::String, '\\') => Self::Escape,
            (within, _) => within,
        }
    }

    const fn is_string(self) -> bool {
        matches!(self, Self::String | Self::Escape)
    }
}

/// The lines that say something, without what comments say. Spaces at an end are left out where they are no part of a string.
pub(super) fn lines(text: &str) -> Vec<String> {
    let (mut within, mut begins_in_string) = (Within::Code, false);
    let (mut lines, mut line) = (Vec::new(), String::new());
    let mut signs = text.chars().peekable();
    loop {
        let sign = signs.next();
        let Some(sign) = sign.filter(|sign| !matches!(sign, '\n' | '\r')) else {
            let goes_on = within.is_string();
            if !goes_on {
                line.truncate(line.trim_end().len());
            }
            if begins_in_string || goes_on || !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            begins_in_string = goes_on;
            within = if goes_on { Within::String } else { Within::Code };
            match sign {
                None => return lines,
                Some('\r') => drop(signs.next_if_eq(&'\n')),
                Some(_) => {}
            }
            continue;
        };
        within = within.behind(sign, signs.peek() == Some(&sign));
        if within != Within::Comment {
            line.push(sign);
        }
    }
}

#[cfg(test)]
mod tests {
    use cedar_policy::PolicySet;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rules_a_line_in_a_string_is_code_though_it_looks_like_a_comment() {
        let text = "permit (principal, action, resource) when { resource.name != \"\n// \" || true };";
        assert_eq!(
            lines(text),
            ["permit (principal, action, resource) when { resource.name != \"", "// \" || true };"]
        );
    }

    #[test]
    fn rules_a_comment_ends_with_its_line_however_lines_end() {
        for end in ["\n", "\r", "\r\n"] {
            let text = format!("permit // all{end}// of{end}(principal,{end}{end}  action, resource); // it");
            assert_eq!(lines(&text), ["permit", "(principal,", "  action, resource);"], "{end:?}");
        }
    }

    #[test]
    fn rules_a_string_is_told_with_every_blank_in_it() {
        let text = "@message(\"a  \n\n\\\" // \n  b\")  \n  permit";
        assert_eq!(lines(text), ["@message(\"a  ", "", "\\\" // ", "  b\")", "  permit"]);
    }

    /// What policies are made of, with all that a reader could take for something else.
    fn piece() -> impl Strategy<Value = &'static str> {
        let pieces = [
            "// ; \" permit\n",
            "//\r",
            "  \n",
            "@message(\"//\n\n \\\" ; \")\n",
            "@message(\"a\\\\\")",
            "permit",
            "(principal, ",
            "action, ",
            "resource)",
            " when { ",
            "\"\n// \"",
            " != ",
            "\"\\\\\"",
            " || ",
            "true",
            "/* ",
            " }",
            ";",
        ];
        prop::sample::select(pieces.to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whoever reads the lines reads the very policy.
        #[test]
        fn rules_the_lines_say_what_the_text_says(pieces in prop::collection::vec(piece(), 0..8)) {
            let text = format!(
                "{}permit (principal, action, resource) when {{ \"{}\" != \"//\n\" // \"\n }};",
                pieces.iter().filter(|piece| piece.starts_with("//") || **piece == "  \n").copied().collect::<String>(),
                pieces.concat().replace(['"', '\\', '\r'], ""),
            );
            let says = |text: &str| {
                let set = text.parse::<PolicySet>().ok()?;
                Some(set.policies().map(|policy| policy.to_json().unwrap().to_string()).collect::<Vec<_>>())
            };
            let before = says(&text);
            prop_assume!(before.is_some());
            prop_assert_eq!(says(&lines(&text).join("\n")), before);
        }
    }
}
