//! What a template has where a reason was to be written: `<please fill in>`, `[your reason]`, `{reason}`, `____`. Words that say as little
//! are phrases of their own (`placeholder`).

/// The brackets in which a template says what is to be written.
const BRACKETS: [(char, char); 3] = [('<', '>'), ('[', ']'), ('{', '}')];
/// What is said in such brackets, wherever they stand.
const ASKS: [&str; 34] = [
    "please",
    "fill",
    "enter",
    "insert",
    "describe",
    "explain",
    "your",
    "reason",
    "why",
    "here",
    "todo",
    "tbd",
    "name",
    "project",
    "bitte",
    "grund",
    "begründung",
    "ausfüllen",
    "eintragen",
    "raison",
    "motif",
    "indiquer",
    "remplir",
    "décrire",
    "motivo",
    "razón",
    "describir",
    "rellenar",
    "completar",
    "descrever",
    "preencher",
    "compilare",
    "inserire",
    "descrivere",
];

/// Whether a text is one of a template that nobody has filled in, or holds one.
pub(in crate::plain) fn is_template(text: &str) -> bool {
    let text = text.trim();
    let is_blank = text.contains(['_', '…', '?']) && text.chars().all(|sign| "_….?- ".contains(sign));
    is_blank || BRACKETS.iter().any(|(open, close)| holds(text, *open, *close))
}

/// Whether all of it stands in these brackets, or what such brackets hold asks for something to be written there.
fn holds(text: &str, open: char, close: char) -> bool {
    text.match_indices(open).any(|(at, _)| {
        let behind = &text[at + open.len_utf8()..];
        let Some((inside, rest)) = behind.split_once(close) else { return false };
        // A link, a mention and a box to tick are no templates, and neither is what code is written in.
        let is_other = inside.contains("://")
            || inside.starts_with(['@', '#', '~', '!', '/'])
            || inside.trim().len() < 2;
        let is_apart = at == 0 || text[..at].ends_with(char::is_whitespace);
        let is_whole = at == 0 && rest.trim_matches(['.', ' ']).is_empty();
        let words = inside.split(|sign: char| !sign.is_alphabetic()).map(str::to_lowercase);
        !is_other && is_apart && (is_whole || words.into_iter().any(|word| ASKS.contains(&word.as_str())))
    })
}

#[cfg(test)]
mod tests {
    use super::is_template;

    #[test]
    fn trust_d4_what_a_template_has_in_the_place_of_a_reason_is_told_from_a_reason() {
        for text in [
            "<please fill in>",
            "<reason>",
            "[describe why you need it]",
            "{reason}",
            "____",
            "…",
            "???",
            "the rollout of <your project>",
            "[Bitte ausfüllen]",
            "<à compléter>",
        ] {
            assert!(is_template(text), "{text}");
        }
        for text in [
            "the <head> tag is wrong",
            "Vec<u8> overflows",
            "[x] is ticked by mistake",
            "see <https://wiki.example/a>",
            "fix array[index] in the cart",
            "the build is red?",
            "it ${breaks} the shell",
            "",
        ] {
            assert!(!is_template(text), "{text}");
        }
    }
}
