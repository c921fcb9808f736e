//! What stands together though there are spaces in it: quoted values, and links as chats and Markdown write them.

use super::punctuates;
use super::signs::Sign;

/// How far the end of a link is looked for, in signs: reading stays linear.
const LINK: usize = 600;

/// What was taken: its text, whether it is a value, and where it ends.
type Taken = (String, bool, usize);

/// Finds quoted values. One that does not end is looked for only once.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    none_after: Option<usize>,
}

impl Quotes {
    /// The value in quotation marks that begins here, where one does and ends.
    pub(super) fn quoted(&mut self, signs: &[Sign], start: usize) -> Option<Taken> {
        if signs[start].sign != '"' || self.none_after.is_some_and(|after| start >= after) {
            return None;
        }
        let inside = &signs[start + 1..];
        let Some(length) = inside.iter().position(|sign| sign.sign == '"') else {
            self.none_after = Some(start);
            return None;
        };
        let end = start + length + 2;
        let mut behind = signs[end..]
            .iter()
            .map(|sign| sign.sign)
            .skip_while(|sign| matches!(sign, '*' | '`' | '~' | ')'));
        let ends = behind.next().is_none_or(|sign| sign.is_whitespace() || punctuates(sign));
        let text = || inside[..length].iter().map(|sign| sign.sign).collect::<String>();
        // The punctuation behind it belongs to the sentence.
        let next = end + signs[end..].iter().take_while(|sign| !sign.sign.is_whitespace()).count();
        ends.then(|| (text(), true, next))
    }
}

/// The link that begins here: `<https://…|label>`, `<https://…>`, `[label](https://…)`. It means its address where that
/// leads to a repository or a ticket, else what people read.
pub(super) fn link(signs: &[Sign], start: usize) -> Option<Taken> {
    let (address, label, end) = match signs[start].sign {
        '<' => angled(signs, start)?,
        '[' => markdown(signs, start)?,
        _ => return None,
    };
    let next = end + signs[end..].iter().take_while(|sign| punctuates(sign.sign)).count();
    Some((if leads_somewhere(&address) { address } else { label }, false, next))
}

fn angled(signs: &[Sign], start: usize) -> Option<(String, String, usize)> {
    let (inside, end) = until(signs, start + 1, '>')?;
    let (address, label) = inside.split_once('|').unwrap_or((&inside, &inside));
    let is_link = ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    is_link.then(|| (address.to_owned(), label.trim_start_matches("mailto:").to_owned(), end))
}

fn markdown(signs: &[Sign], start: usize) -> Option<(String, String, usize)> {
    let (label, end) = until(signs, start + 1, ']')?;
    if signs.get(end)?.sign != '(' {
        return None;
    }
    let (address, end) = until(signs, end + 1, ')')?;
    address.starts_with("http").then_some((address, label, end))
}

/// The text up to this sign on the same line, and where it ends.
fn until(signs: &[Sign], start: usize, close: char) -> Option<(String, usize)> {
    let near = &signs[start..signs.len().min(start + LINK)];
    let length = near.iter().position(|sign| sign.sign == close || sign.sign == '\n')?;
    let text = near[..length].iter().map(|sign| sign.sign).collect();
    (near[length].sign == close).then_some((text, start + length + 1))
}

/// Whether an address is that of a repository or a ticket.
fn leads_somewhere(address: &str) -> bool {
    ["bitbucket.org/", "github.com/", "/browse/"].iter().any(|part| address.contains(part))
}
