//! The styles of a document: which of them are headings, and which nobody sees.

use std::collections::HashMap;

use countersign_domain::ports::Unreadable;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{attribute, is_on, next};

/// A style by its id.
pub(super) type Styles = HashMap<String, Style>;

/// What a style says of a paragraph or a run, and what a run says of itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    /// Which heading it is, from 1.
    pub(super) heading: Option<usize>,
    /// Whether it is not shown.
    pub(super) vanishes: Option<bool>,
    /// The colour of its letters: `FFFFFF`, or `auto`.
    pub(super) color: Option<String>,
    /// The colour behind it.
    pub(super) fill: Option<String>,
    /// How large its letters are, in half points.
    pub(super) size: Option<f32>,
}

impl Style {
    /// Takes what an element of its properties says.
    pub(super) fn take(&mut self, element: &BytesStart<'_>) {
        let value = || attribute(element, "val");
        match element.local_name().as_ref() {
            "vanish" | "specVanish" => self.vanishes = Some(is_on(element)),
            "color" => self.color = value(),
            "sz" => self.size = value().and_then(|size| size.parse().ok()),
            "shd" => self.fill = attribute(element, "fill"),
            "highlight" => {
                self.fill = value().map(|name| if name == "none" { "auto" } else { "" }.to_owned());
            }
            "outlineLvl" => {
                let level = value().and_then(|level| level.parse::<usize>().ok());
                // The tenth is that of all text.
                self.heading = level.filter(|level| *level < 9).map(|level| level + 1);
            }
            _ => {}
        }
    }

    /// What is said last holds.
    pub(super) fn overlay(&mut self, later: &Self) {
        self.heading = later.heading.or(self.heading);
        self.vanishes = later.vanishes.or(self.vanishes);
        self.color = later.color.clone().or_else(|| self.color.take());
        self.fill = later.fill.clone().or_else(|| self.fill.take());
        self.size = later.size.or(self.size);
    }

    /// Whether nobody sees it, on a page that is white.
    pub(super) fn is_hidden(&self) -> bool {
        /// Two points: nobody reads that.
        const TINY: f32 = 4.0;
        let white = |color: &str| {
            color.len() == 6 && color.bytes().step_by(2).all(|high| matches!(high, b'F' | b'f'))
        };
        let fill = self.fill.as_deref().filter(|fill| *fill != "auto");
        let alike = match (self.color.as_deref(), fill) {
            (Some(color), None) => white(color),
            (Some(color), Some(fill)) => color.eq_ignore_ascii_case(fill) || (white(color) && white(fill)),
            (None, _) => false,
        };
        self.vanishes.unwrap_or_default() || alike || self.size.is_some_and(|size| size < TINY)
    }
}

/// Reads `word/styles.xml`.
pub(super) fn read(source: &str) -> Result<Styles, Unreadable> {
    let mut reader = Reader::from_str(source);
    let (mut styles, mut current) = (HashMap::new(), None::<(String, Style)>);
    // By its id, on which it is based.
    let mut bases: HashMap<String, String> = HashMap::new();
    loop {
        match next(&mut reader)? {
            Event::Eof => break,
            Event::Start(element) if element.local_name().as_ref() == "style" => {
                current = attribute(&element, "styleId").map(|id| (id, Style::default()));
            }
            Event::Start(element) | Event::Empty(element) => {
                if let Some((id, style)) = &mut current {
                    if element.local_name().as_ref() == "basedOn" {
                        bases.extend(attribute(&element, "val").map(|base| (id.clone(), base)));
                    }
                    style.take(&element);
                }
            }
            Event::End(element) if element.local_name().as_ref() == "style" => styles.extend(current.take()),
            _ => {}
        }
    }
    let names: Vec<String> = styles.keys().cloned().collect();
    let whole = names.into_iter().map(|name| (name.clone(), based(&name, &styles, &bases)));
    Ok(whole.collect())
}

/// A style with all that it is based on.
fn based(name: &str, styles: &Styles, bases: &HashMap<String, String>) -> Style {
    /// Nobody builds higher; and no circle has an end.
    const HIGHEST: usize = 12;
    let chain = std::iter::successors(Some(name), |name| bases.get(*name).map(String::as_str)).take(HIGHEST);
    let chain: Vec<&Style> = chain.filter_map(|name| styles.get(name)).collect();
    chain.into_iter().rev().fold(Style::default(), |mut whole, style| {
        whole.overlay(style);
        whole
    })
}
