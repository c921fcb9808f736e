//! Style sheets, as far as they say what is seen: rules by names, classes and ids, also below others.

use super::look::Look;

/// More rules than any page has.
const MOST: usize = 4_000;

/// The rules of a page.
pub(crate) struct Sheet(Vec<(Vec<Simple>, Look)>);

/// An element, as rules name it.
#[derive(Debug)]
pub(crate) struct Element {
    name: String,
    id: String,
    classes: Vec<String>,
    /// What it says of itself.
    pub(crate) style: String,
}

/// A name, an id and classes that one element has: `p#a.b.c`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Simple {
    name: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
}

impl Element {
    pub(crate) fn new<'a>(name: &str, attributes: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut id, mut classes, mut style) = (String::new(), Vec::new(), String::new());
        for (name, value) in attributes {
            match name {
                "id" => value.clone_into(&mut id),
                "class" => classes = value.split_whitespace().map(str::to_owned).collect(),
                "style" => value.clone_into(&mut style),
                _ => {}
            }
        }
        Self { name: name.to_owned(), id, classes, style }
    }
}

impl Sheet {
    /// Reads a sheet. What it says of states (`:hover`), of attributes and of printing is left out.
    pub(crate) fn new(source: &str) -> Self {
        let source = without_comments(source);
        let (mut rules, mut rest) = (Vec::new(), source.as_str());
        while let Some((head, tail)) = rest.split_once('{') {
            let head = head.trim_start_matches(['}', ' ', '\n', '\t', '\r']).trim();
            if head.starts_with("@media print") || head.starts_with("@font-face") || head.starts_with("@page")
            {
                rest = behind_block(tail);
            } else if head.starts_with('@') {
                // What stands within is as if it stood here.
                rest = tail;
            } else {
                let (body, behind) = tail.split_once('}').unwrap_or((tail, ""));
                let look = Look::of_style(body);
                let selectors = head.split(',').filter_map(selector);
                rules.extend(selectors.map(|selector| (selector, look.clone())));
                rest = behind;
            }
            if rules.len() > MOST {
                break;
            }
        }
        Self(rules)
    }

    /// What the rules say of an element that stands in these.
    pub(crate) fn look(&self, element: &Element, above: &[Element]) -> Look {
        let mut look = Look::default();
        let matching = self.0.iter().filter(|(selector, _)| names(selector, element, above));
        matching.for_each(|(_, said)| look.take(said));
        look
    }
}

/// Whether the last part names the element, and those before elements that it stands in, in their order.
fn names(selector: &[Simple], element: &Element, above: &[Element]) -> bool {
    let Some((last, before)) = selector.split_last() else { return false };
    let mut above = above.iter().rev();
    last.is(element) && before.iter().rev().all(|simple| above.any(|element| simple.is(element)))
}

impl Simple {
    fn is(&self, element: &Element) -> bool {
        self.name.as_ref().is_none_or(|name| *name == element.name)
            && self.id.as_ref().is_none_or(|id| *id == element.id)
            && self.classes.iter().all(|class| element.classes.contains(class))
    }
}

fn selector(text: &str) -> Option<Vec<Simple>> {
    let parts = text.split(|c: char| c.is_whitespace() || c == '>').filter(|part| !part.is_empty());
    let parts = parts.map(simple).collect::<Option<Vec<_>>>()?;
    (!parts.is_empty()).then_some(parts)
}

fn simple(text: &str) -> Option<Simple> {
    if text.contains([':', '[', '+', '~', '@']) {
        return None;
    }
    let mut simple = Simple::default();
    let mut rest = text;
    while !rest.is_empty() {
        let mut signs = rest.char_indices().skip(1).filter(|(_, c)| matches!(c, '.' | '#'));
        let (part, behind) = rest.split_at(signs.next().map_or(rest.len(), |(at, _)| at));
        if let Some(class) = part.strip_prefix('.') {
            simple.classes.push(class.to_owned());
        } else if let Some(id) = part.strip_prefix('#') {
            simple.id = Some(id.to_owned());
        } else if part != "*" {
            simple.name = Some(part.to_ascii_lowercase());
        }
        rest = behind;
    }
    Some(simple)
}

fn without_comments(source: &str) -> String {
    let mut parts = source.split("/*");
    let mut text = parts.next().unwrap_or_default().to_owned();
    parts.filter_map(|part| part.split_once("*/")).for_each(|(_, behind)| text.push_str(behind));
    text
}

/// What stands behind a block with its blocks.
fn behind_block(text: &str) -> &str {
    let mut depth = 1_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}
