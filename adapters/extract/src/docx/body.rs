//! The paragraphs of a document, run by run.

use countersign_domain::ports::Unreadable;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::styles::{Style, Styles};
use super::{attribute, next};
use crate::Bounds;
use crate::text::Text;

/// Reads the paragraphs of a part into `text`; how many pages it has, where the program that wrote it has said where they end.
pub(super) fn read(
    source: &str,
    styles: &Styles,
    bounds: Bounds,
    text: &mut Text,
) -> Result<Option<u32>, Unreadable> {
    let mut body = Body {
        styles,
        text,
        paragraph: Style::default(),
        run: Style::default(),
        place: Place::Else,
        begun: false,
        in_cell: false,
        fill: None,
        breaks: 0,
    };
    let mut reader = Reader::from_str(source);
    loop {
        match next(&mut reader)? {
            Event::Eof => break,
            // The same once more, for programs that cannot show what stands before it.
            Event::Start(element) if element.local_name().as_ref() == "Fallback" => {
                reader.read_to_end(element.name()).map_err(|_| Unreadable::Broken)?;
            }
            Event::Start(element) => body.start(&element)?,
            Event::Empty(element) => {
                body.start(&element)?;
                body.end(element.local_name().as_ref())?;
            }
            Event::End(element) => body.end(element.local_name().as_ref())?,
            Event::Text(words) if body.place == Place::Text => body.words(&words)?,
            Event::CData(words) if body.place == Place::Text => body.words(&words)?,
            Event::GeneralRef(name) if body.place == Place::Text => {
                let sign = name.resolve_char_ref().map_err(|_| Unreadable::Broken)?;
                match sign {
                    Some(sign) => body.words(sign.encode_utf8(&mut [0; 4]))?,
                    None => body.words(resolve_predefined_entity(&name).ok_or(Unreadable::Broken)?)?,
                }
            }
            _ => {}
        }
        if body.breaks >= bounds.pages {
            return Err(Unreadable::TooManyPages { most: bounds.pages });
        }
    }
    Ok((body.breaks > 0).then(|| body.breaks + 1))
}

/// Where the reader is within a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// What a paragraph says of itself.
    OfParagraph,
    /// What a run says of itself; also that of the paragraph's mark, which is no run.
    OfRun,
    Text,
    Else,
}

struct Body<'a> {
    styles: &'a Styles,
    text: &'a mut Text,
    paragraph: Style,
    run: Style,
    place: Place,
    /// Whether this paragraph has said anything yet.
    begun: bool,
    /// Whether it stands in a table, and what is behind it there.
    in_cell: bool,
    fill: Option<String>,
    breaks: u32,
}

impl Body<'_> {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Unreadable> {
        let style =
            || attribute(element, "val").and_then(|name| self.styles.get(&name)).cloned().unwrap_or_default();
        match element.local_name().as_ref() {
            "p" => {
                self.paragraph = Style::default();
                self.begun = false;
            }
            "pPr" => self.place = Place::OfParagraph,
            "rPr" => self.place = Place::OfRun,
            "r" => self.run = Style::default(),
            "t" => self.place = Place::Text,
            "tc" => (self.in_cell, self.fill) = (true, None),
            "pStyle" => self.paragraph.overlay(&style()),
            "rStyle" => self.run.overlay(&style()),
            "tab" if self.place == Place::Else => self.text.words(" ", false)?,
            "br" | "cr" if attribute(element, "type").is_none_or(|kind| kind != "page") => self.text.line(),
            "br" | "lastRenderedPageBreak" => {
                self.breaks += 1;
                self.text.page();
            }
            "shd" if self.place == Place::Else => self.fill = attribute(element, "fill"),
            _ if self.place == Place::OfParagraph => self.paragraph.take(element),
            _ if self.place == Place::OfRun => self.run.take(element),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Unreadable> {
        match name {
            "t" | "rPr" | "pPr" => {
                self.place = Place::Else;
                // The look of the paragraph's mark is nobody else's.
                if name == "pPr" {
                    self.run = Style::default();
                }
            }
            "p" if self.paragraph.heading.is_some() => self.text.paragraph(),
            "p" if !self.in_cell => self.text.line(),
            "p" => self.text.words(" ", false)?,
            "tc" => {
                (self.in_cell, self.fill) = (false, None);
                self.text.words(" ", false)?;
            }
            "tr" => self.text.line(),
            "tbl" => self.text.paragraph(),
            _ => {}
        }
        Ok(())
    }

    fn words(&mut self, words: &str) -> Result<(), Unreadable> {
        if !self.begun && !words.trim().is_empty() {
            self.begun = true;
            match self.paragraph.heading {
                Some(level) => self.text.heading(level),
                None if !self.in_cell => self.text.line(),
                None => {}
            }
        }
        let mut style = Style { fill: self.fill.clone(), ..Style::default() };
        style.overlay(&self.paragraph);
        style.overlay(&self.run);
        self.text.words(words, style.is_hidden())
    }
}
