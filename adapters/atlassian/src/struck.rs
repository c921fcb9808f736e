//! What somebody struck out: it is said no more, but that a part of a form was struck out says something. Until that was looked at it
//! stands between two marks, which nobody can write.

/// The marks: characters that Unicode leaves to anybody's own use.
const BEGINS: char = '\u{e000}';
const ENDS: char = '\u{e001}';

/// A text that was struck out, between the marks.
pub(crate) fn marked(text: &str) -> String {
    format!("{BEGINS}{}{ENDS}", unmarked(text))
}

/// A text in which somebody may have written the marks, without them.
pub(crate) fn unmarked(text: &str) -> String {
    text.replace([BEGINS, ENDS], "")
}

/// What a line says without what was struck out of it, and that.
pub(crate) fn apart(line: &str) -> (String, String) {
    let (mut said, mut struck, mut rest) = (String::with_capacity(line.len()), String::new(), line);
    while let Some((before, behind)) = rest.split_once(BEGINS) {
        said.push_str(before);
        let (out, after) = behind.split_once(ENDS).unwrap_or((behind, ""));
        struck.push_str(out);
        rest = after;
    }
    said.push_str(rest);
    (said, struck)
}

/// A line as it is told: with what was struck out of it between tildes.
pub(crate) fn shown(line: &str) -> String {
    line.replace([BEGINS, ENDS], "~~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_struck_out_is_told_from_what_is_said() {
        let line = format!("User: {} Ada", marked("Ben \u{e001}Approver"));
        assert_eq!(apart(&line), ("User:  Ada".to_owned(), "Ben Approver".to_owned()));
        assert_eq!(shown(&line), "User: ~~Ben Approver~~ Ada");
        assert_eq!(apart("User: Ada"), ("User: Ada".to_owned(), String::new()));
    }
}
