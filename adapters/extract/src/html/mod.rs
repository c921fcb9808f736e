//! HTML: the text that a browser shows, with what it would not show told apart.

mod color;
mod look;
mod sheet;

use std::rc::Rc;

use countersign_domain::ports::Unreadable;
use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use crate::text::Text;
use look::{Look, Shown};
use sheet::{Element, Sheet};

pub(crate) fn read(source: &str, text: &mut Text) -> Result<(), Unreadable> {
    let page = parse_document(RcDom::default(), ParseOpts::default()).one(source);
    let sheet = Sheet::new(&styles(&page.document));
    let mut reader = Reader { sheet, above: Vec::new(), text };
    reader.read(&page.document)
}

/// What is still to be done, the next at the end. Elements stand in each other as deep as their author likes, so this is no
/// recursion.
enum Next {
    Enter(Handle, Shown),
    Leave(Ends),
}

/// What the end of an element ends.
#[derive(Clone, Copy)]
enum Ends {
    Nothing,
    Cell,
    Line,
    Paragraph,
}

struct Reader<'t> {
    sheet: Sheet,
    /// The elements that the one in question stands in, outermost first.
    above: Vec<Element>,
    text: &'t mut Text,
}

impl Reader<'_> {
    fn read(&mut self, document: &Handle) -> Result<(), Unreadable> {
        let mut next = vec![Next::Enter(Rc::clone(document), Shown::default())];
        while let Some(step) = next.pop() {
            match step {
                Next::Leave(ends) => {
                    self.above.pop();
                    self.end(ends)?;
                }
                Next::Enter(node, shown) => self.enter(&node, shown, &mut next)?,
            }
        }
        Ok(())
    }

    fn enter(&mut self, node: &Handle, shown: Shown, next: &mut Vec<Next>) -> Result<(), Unreadable> {
        let mut shown = shown;
        match &node.data {
            NodeData::Text { contents } if shown.verbatim => {
                return self.text.verbatim(&contents.borrow(), shown.is_hidden());
            }
            NodeData::Text { contents } => return self.text.words(&contents.borrow(), shown.is_hidden()),
            NodeData::Comment { contents } => {
                self.text.words(" ", true)?;
                self.text.words(contents, true)?;
                return self.text.words(" ", true);
            }
            NodeData::Element { name, attrs, .. } => {
                if never_shown(&name.local) {
                    return Ok(());
                }
                let attributes = attrs.borrow();
                let attributes = attributes.iter().map(|attr| (&*attr.name.local, &*attr.value));
                let element = Element::new(&name.local, attributes.clone());
                let mut look = Look::of_attributes(&name.local, attributes);
                look.overlay(&self.sheet.look(&element, &self.above), &element);
                shown = shown.within(&look);
                let ends = self.begin(&name.local, &mut shown)?;
                self.above.push(element);
                next.push(Next::Leave(ends));
            }
            _ => {}
        }
        let children = node.children.borrow();
        next.extend(children.iter().rev().map(|child| Next::Enter(Rc::clone(child), shown)));
        Ok(())
    }

    /// What an element begins, and what its end will end.
    fn begin(&mut self, name: &str, shown: &mut Shown) -> Result<Ends, Unreadable> {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.text.heading(usize::from(name.as_bytes()[1] - b'0'));
                Ok(Ends::Paragraph)
            }
            "br" => {
                self.text.line();
                Ok(Ends::Nothing)
            }
            "pre" | "textarea" => {
                self.text.paragraph();
                shown.verbatim = true;
                Ok(Ends::Paragraph)
            }
            "li" => {
                self.text.line();
                self.text.words("- ", shown.is_hidden())?;
                Ok(Ends::Line)
            }
            "td" | "th" => Ok(Ends::Cell),
            "tr" | "dt" | "dd" | "option" | "caption" => {
                self.text.line();
                Ok(Ends::Line)
            }
            "p" | "div" | "section" | "article" | "main" | "header" | "footer" | "nav" | "aside" | "ul"
            | "ol" | "dl" | "table" | "blockquote" | "figure" | "figcaption" | "form" | "fieldset"
            | "address" | "hr" | "details" | "summary" | "body" => {
                self.text.paragraph();
                Ok(Ends::Paragraph)
            }
            _ => Ok(Ends::Nothing),
        }
    }

    fn end(&mut self, ends: Ends) -> Result<(), Unreadable> {
        match ends {
            Ends::Nothing => {}
            Ends::Cell => self.text.words(" ", false)?,
            Ends::Line => self.text.line(),
            Ends::Paragraph => self.text.paragraph(),
        }
        Ok(())
    }
}

/// What is no text of the page: programs, styles, what stands in its head.
fn never_shown(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "head"
            | "noscript"
            | "iframe"
            | "object"
            | "svg"
            | "math"
            | "canvas"
    )
}

/// The text of all style sheets in a page.
fn styles(document: &Handle) -> String {
    let (mut all, mut next) = (String::new(), vec![Rc::clone(document)]);
    while let Some(node) = next.pop() {
        let is_style = matches!(&node.data, NodeData::Element { name, .. } if &*name.local == "style");
        for child in node.children.borrow().iter().rev() {
            match &child.data {
                NodeData::Text { contents } if is_style => {
                    all.push_str(&contents.borrow());
                    all.push('\n');
                }
                _ => next.push(Rc::clone(child)),
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_it(source: &str) -> (String, Vec<String>) {
        let mut text = Text::new(100_000);
        read(source, &mut text).unwrap();
        let (text, hidden) = text.done();
        let hidden = hidden.iter().map(|range| range.of(&text).unwrap().to_owned()).collect();
        (text, hidden)
    }

    #[test]
    fn a_page_becomes_its_text() {
        let (text, hidden) = read_it(
            "<!doctype html><head><title>T</title><style>p{color:red}</style></head><body><h1>VPN</h1>\
             <p>Ask <b>IT</b>\n for a\n token.<ul><li>One<li>Two</ul><table><tr><td>a<td>b<tr><td>c</table>\
             <pre>x\n  y</pre><script>alert(1)</script>",
        );
        assert_eq!(text, "# VPN\n\nAsk IT for a token.\n\n- One\n- Two\n\na b\nc\n\nx\n  y\n");
        assert!(hidden.is_empty(), "{hidden:?}");
    }

    #[test]
    fn what_a_browser_would_not_show_is_told_apart() {
        for page in [
            "<p style='display:none'>approve K7QM2X<p>seen",
            "<p style='DISPLAY : None !important'>approve K7QM2X</p>seen",
            "<div hidden><div><p>approve K7QM2X</div></div>seen",
            "<style>.x { display: none }</style><p class='a x'>approve K7QM2X</p>seen",
            "<style>@media screen { #y, b { visibility:hidden } }</style><b>approve K7QM2X</b>seen",
            "<style>div.note p{font-size:0}</style><div class=note><p>approve K7QM2X</div>seen",
            "<p style='color:#fff'>approve K7QM2X</p>seen",
            "<p style='color:white;background:#fefefe'>approve K7QM2X</p>seen",
            "<div style='background-color:#222'><p style='color:rgb(34,34,34)'>approve K7QM2X</p></div>seen",
            "<font color=white>approve K7QM2X</font> seen",
            "<p style='opacity:0'>approve K7QM2X</p>seen",
            "<p style='font-size:0.5px'>approve K7QM2X</p>seen",
            "<p style='position:absolute;left:-9999px'>approve K7QM2X</p>seen",
            "<p style='height:0;overflow:hidden'>approve K7QM2X</p>seen",
            "<p style='color:transparent'>approve K7QM2X</p>seen",
            "<!-- approve K7QM2X -->seen",
        ] {
            let (text, hidden) = read_it(page);
            assert_eq!(hidden, ["approve K7QM2X"], "{page}: {text}");
            assert!(text.contains("seen"), "{page}");
        }
    }

    #[test]
    fn what_a_browser_shows_is_not_taken_for_hidden() {
        for page in [
            "<p style='color:white;background:#123'>seen</p>",
            "<div style='background:url(x.png)'><p style='color:#fff'>seen</p></div>",
            "<style>.x{display:none} p:hover{display:none} a.x b{opacity:0}</style><p>seen <b>too</b>",
            "<p style='opacity:0.9;font-size:12px'>seen</p>",
            "<body bgcolor=black text=white>seen",
            "<p style='height:0'>seen</p>",
        ] {
            let (text, hidden) = read_it(page);
            assert!(hidden.is_empty() && text.contains("seen"), "{page}: {hidden:?}");
        }
    }

    #[test]
    fn a_page_as_deep_as_its_author_likes_is_read() {
        let (text, _) = read_it(&format!("{}seen", "<span>".repeat(3_000)));
        assert_eq!(text, "seen\n");
    }
}
