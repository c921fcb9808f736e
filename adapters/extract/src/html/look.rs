//! What styles say of whether an element is seen.

use std::collections::BTreeMap;

use super::color::{self, Color, Rgb};
use super::sheet::Element;

/// What is said of one element by itself.
#[derive(Debug, Clone, Default)]
#[expect(clippy::option_option, reason = "a colour that is not known covers one that was said before")]
pub(crate) struct Look {
    /// By what it could be hidden, and whether it is: what is said last holds.
    hides: BTreeMap<Property, bool>,
    color: Option<Option<Color>>,
    background: Option<Option<Color>>,
}

/// What an element can be hidden by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Property {
    Attribute,
    Display,
    Visibility,
    Opacity,
    FontSize,
    /// No room for it, which hides it only where nothing shows beyond.
    NoRoom,
    Overflow,
    Clip,
    /// Far beyond the edge.
    Away,
    Indent,
}

/// How what stands in an element is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    hidden: bool,
    /// The text's; `None` where it is not known.
    color: Option<Color>,
    /// What is behind it; `None` where it is not known.
    background: Option<Rgb>,
    /// Whether lines and spaces are shown as they are written.
    pub(crate) verbatim: bool,
}

impl Default for Shown {
    fn default() -> Self {
        let (color, background) = (Some(Color::Rgb([0, 0, 0])), Some([255, 255, 255]));
        Self { hidden: false, color, background, verbatim: false }
    }
}

impl Shown {
    /// The same within an element of this look.
    pub(crate) fn within(self, look: &Look) -> Self {
        let background = match look.background {
            Some(Some(Color::Rgb(rgb))) => Some(rgb),
            Some(None) => None,
            Some(Some(Color::Clear)) | None => self.background,
        };
        let color = look.color.unwrap_or(self.color);
        Self { hidden: self.hidden || look.hides(), color, background, verbatim: self.verbatim }
    }

    pub(crate) fn is_hidden(self) -> bool {
        self.hidden
            || match (self.color, self.background) {
                (Some(Color::Clear), _) => true,
                (Some(Color::Rgb(color)), Some(background)) => color::look_alike(color, background),
                _ => false,
            }
    }
}

impl Look {
    /// What the attributes say that are older than styles.
    pub(crate) fn of_attributes<'a>(
        element: &str,
        attributes: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut look = Self::default();
        for (name, value) in attributes {
            match name {
                "hidden" => {
                    look.hides.insert(Property::Attribute, !value.eq_ignore_ascii_case("until-found"));
                }
                "color" if element == "font" => look.color = Some(color::parse(value)),
                "text" if element == "body" => look.color = Some(color::parse(value)),
                "bgcolor" => look.background = Some(color::parse(value)),
                _ => {}
            }
        }
        look
    }

    /// What a style says: `color: red; display: none`.
    pub(crate) fn of_style(style: &str) -> Self {
        let mut look = Self::default();
        for declaration in style.split(';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let value = value.trim().to_ascii_lowercase();
            look.declare(
                name.trim().to_ascii_lowercase().as_str(),
                value.trim_end_matches("!important").trim(),
            );
        }
        look
    }

    /// What is said later, of sheets and then of the element itself.
    pub(crate) fn overlay(&mut self, sheet: &Self, element: &Element) {
        for later in [sheet, &Self::of_style(&element.style)] {
            self.take(later);
        }
    }

    pub(crate) fn take(&mut self, later: &Self) {
        self.hides.extend(&later.hides);
        self.color = later.color.or(self.color);
        self.background = later.background.or(self.background);
    }

    fn declare(&mut self, name: &str, value: &str) {
        let hides = match name {
            "display" => Some((Property::Display, value == "none")),
            "visibility" => Some((Property::Visibility, matches!(value, "hidden" | "collapse"))),
            "opacity" => Some((Property::Opacity, number(value).is_some_and(|share| share < 0.05))),
            "font-size" => Some((Property::FontSize, number(value).is_some_and(|size| is_tiny(size, value)))),
            "height" | "width" | "max-height" | "max-width" => {
                Some((Property::NoRoom, number(value).is_some_and(|size| size < 1.0)))
            }
            "overflow" | "overflow-x" | "overflow-y" => {
                Some((Property::Overflow, matches!(value, "hidden" | "clip")))
            }
            "clip" => Some((Property::Clip, value.starts_with("rect(0"))),
            "clip-path" => {
                Some((Property::Clip, matches!(value, "inset(100%)" | "inset(50%)" | "circle(0)")))
            }
            "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" => {
                Some((Property::Away, number(value).is_some_and(|place| place <= -500.0)))
            }
            "text-indent" => Some((Property::Indent, number(value).is_some_and(|place| place <= -500.0))),
            _ => None,
        };
        self.hides.extend(hides);
        match name {
            "color" | "-webkit-text-fill-color" => self.color = Some(color::parse(value)),
            "background-color" => self.background = Some(color::parse(value)),
            // Of what it is made up of, a colour counts; with a picture nobody knows.
            "background" if value.contains("url(") || value.contains("gradient(") => {
                self.background = Some(None);
            }
            "background" => {
                let color = color::parse(value).or_else(|| value.split_whitespace().find_map(color::parse));
                self.background = Some(color.or(Some(Color::Clear)));
            }
            _ => {}
        }
    }

    fn hides(&self) -> bool {
        let is = |property| self.hides.get(&property).copied().unwrap_or_default();
        let alone = [
            Property::Attribute,
            Property::Display,
            Property::Visibility,
            Property::Opacity,
            Property::FontSize,
            Property::Clip,
            Property::Away,
            Property::Indent,
        ];
        alone.into_iter().any(is) || (is(Property::NoRoom) && is(Property::Overflow))
    }
}

/// The number that a length begins with.
fn number(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).unwrap_or(value.len());
    value[..end].parse().ok()
}

/// Whether letters of this size are none: a pixel is too small, and so is a tenth of what is usual.
fn is_tiny(size: f32, value: &str) -> bool {
    let is_share = ["em", "rem"].iter().any(|unit| value.ends_with(unit));
    if value.ends_with('%') { size < 10.0 } else { size < if is_share { 0.1 } else { 1.5 } }
}
