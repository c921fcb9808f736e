//! What is struck out: `~~infra~~`, `~infra~`, `<s>infra</s>`. Whoever shows it so has taken it back, and it says nothing. Where all is
//! struck out it is left as it is: nobody can tell what is meant then.

use super::Word;
use super::signs::{Sign, signs};

/// What strikes out in HTML.
const TAGS: [&str; 3] = ["s", "del", "strike"];
/// How far the end is looked for, in signs.
const REACH: usize = 600;

/// Whether anything of a text is struck out.
pub fn has_struck(text: &str) -> bool {
    !spans(&signs(text)).is_empty()
}

/// What is struck out, from where to where in the text, in bytes.
pub(super) fn spans(signs: &[Sign]) -> Vec<(usize, usize)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < signs.len() {
        match end(signs, at) {
            Some(end) => {
                found.push((signs[at].start, signs[end - 1].end));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The words that are not struck out; all of them, where all are.
pub(super) fn without(words: Vec<Word>, struck: &[(usize, usize)]) -> Vec<Word> {
    let is_struck = |word: &Word| struck.iter().any(|(from, to)| (*from..*to).contains(&word.start));
    if struck.is_empty() || words.iter().all(is_struck) {
        return words;
    }
    words.into_iter().filter(|word| !is_struck(word)).collect()
}

/// Where what is struck out ends that begins at this sign.
fn end(signs: &[Sign], at: usize) -> Option<usize> {
    match signs[at].sign {
        '~' => waved(signs, at),
        '<' => tagged(signs, at),
        _ => None,
    }
}

/// `~~infra~~`. A single `~` that nothing closes says "about".
fn waved(signs: &[Sign], at: usize) -> Option<usize> {
    let is = |at: usize, fits: fn(char) -> bool| signs.get(at).is_some_and(|sign| fits(sign.sign));
    if at > 0 && is(at - 1, char::is_alphanumeric) {
        return None;
    }
    let width = signs[at..].iter().take(REACH).take_while(|sign| sign.sign == '~').count();
    let inside = at + width;
    if width > 2 || signs.get(inside).is_none_or(|sign| sign.sign.is_whitespace()) {
        return None;
    }
    let far = signs.len().min(inside + REACH);
    let closes = |at: &usize| {
        let is_mark = signs[*at..].iter().take(width).filter(|sign| sign.sign == '~').count() == width;
        is_mark && !is(*at - 1, char::is_whitespace) && !is(*at + width, char::is_alphanumeric)
    };
    (inside + 1..far).find(closes).map(|end| end + width)
}

/// `<del>infra</del>`.
fn tagged(signs: &[Sign], at: usize) -> Option<usize> {
    let says = |at: usize, text: &str| {
        let said = signs[at..].iter().map(|sign| sign.sign.to_ascii_lowercase());
        said.take(text.len()).eq(text.chars())
    };
    let tag = TAGS.iter().find(|tag| says(at, &format!("<{tag}>")))?;
    let close = format!("</{tag}>");
    let far = signs.len().min(at + REACH);
    (at + 1..far).find(|at| says(*at, &close)).map(|end| end + close.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::words;

    #[test]
    fn trust_c1_what_is_struck_out_says_nothing() {
        for (text, said) in [
            ("read on ~~infra~~ web-shop", "read on web-shop"),
            ("read on ~infra~ web-shop", "read on web-shop"),
            ("~admin~ read on web-shop", "read on web-shop"),
            ("read on <s>infra</s> web-shop", "read on web-shop"),
            ("read on <del>infra</del> web-shop", "read on web-shop"),
            ("read on &lt;strike&gt;infra and&lt;/strike&gt; web-shop", "read on web-shop"),
            ("read on web-shop ~~for 2 hours~~", "read on web-shop"),
            // All of it, or nothing.
            ("~~read on web-shop~~", "read on web-shop"),
            ("read on web-shop for ~2 hours", "read on web-shop for 2 hours"),
            ("between ~1 and ~2 hours", "between 1 and 2 hours"),
            ("read on a~b~c", "read on a~b~c"),
        ] {
            let found: Vec<_> = words(text).into_iter().map(|word| word.text).collect();
            assert_eq!(found.join(" "), said, "{text}");
        }
        assert!(
            has_struck("a ~~b~~ c")
                && has_struck("~~a~~")
                && !has_struck("~1 hour, ~2")
                && !has_struck("a ~b")
        );
    }
}
