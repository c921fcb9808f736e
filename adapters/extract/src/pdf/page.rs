//! One page, run as far as it draws letters and what is behind them.

use std::collections::HashMap;
use std::rc::Rc;

use countersign_domain::ports::Unreadable;
use lopdf::content::{Content, Operation};
use lopdf::{DecompressError, Dictionary, Document, Error, Object, ObjectId};

use super::font::Font;
use super::lines::{Drawn, Lines};
use super::matrix::{Area, Matrix};
use super::{dictionary, inherited};

/// Red, green and blue, from 0 to 1; `None` where it is a pattern, a picture, or is not known.
type Color = Option<[f32; 3]>;

const BLACK: Color = Some([0.0; 3]);
const WHITE: Color = Some([1.0; 3]);
/// Drawings stand in drawings, but not deeper.
const DEEPEST: usize = 8;
/// So many areas are remembered that something stands on.
const AREAS: usize = 2_000;
/// States are kept one upon the other, but not more.
const KEPT: usize = 256;
/// Letters of a smaller size than this (in points) are none.
const TINY: f32 = 1.0;

/// A page while it is run.
pub(super) struct Page<'d> {
    document: &'d Document,
    id: ObjectId,
    unpacked: usize,
    edge: Area,
    areas: Vec<(Area, Color)>,
}

/// What a drawing keeps with `q` and has again with `Q`.
#[derive(Clone)]
struct State<'d> {
    at: Matrix,
    fill: Color,
    stroke: Color,
    /// Whether nothing of it is seen, however it is coloured.
    clear: bool,
    font: Option<Rc<Font<'d>>>,
    size: f32,
    /// Between letters, and between words.
    spacing: (f32, f32),
    scale: f32,
    leading: f32,
    rise: f32,
    /// How letters are drawn: 3 is not at all.
    mode: i64,
}

/// A program that draws, with what it can name.
struct Drawing<'d> {
    resources: Option<&'d Dictionary>,
    fonts: HashMap<Vec<u8>, Rc<Font<'d>>>,
    state: State<'d>,
    kept: Vec<State<'d>>,
    text: Matrix,
    line: Matrix,
    path: Vec<Area>,
    depth: usize,
}

impl<'d> Page<'d> {
    pub(super) fn new(document: &'d Document, id: ObjectId, unpacked: usize) -> Self {
        let edge = [b"CropBox".as_slice(), b"MediaBox"].into_iter().find_map(|key| {
            let corners = inherited(document, id, key)?.as_array().ok()?;
            let corner = |at: usize| corners.get(at).and_then(|number| number.as_float().ok());
            Some(Area::new((corner(0)?, corner(1)?), (corner(2)?, corner(3)?)))
        });
        // A4, as good as any.
        let edge = edge.unwrap_or(Area { left: 0.0, bottom: 0.0, right: 595.0, top: 842.0 });
        Self { document, id, unpacked, edge, areas: Vec::new() }
    }

    pub(super) fn run(mut self, lines: &mut Lines) -> Result<(), Unreadable> {
        let resources = inherited(self.document, self.id, b"Resources");
        let resources = resources.and_then(|resources| resources.as_dict().ok());
        let content = match self.document.get_page_content_with_limit(self.id, self.unpacked) {
            Ok(content) => content,
            Err(error) => return skipped(&error),
        };
        let mut drawing = Drawing::new(resources, State::default(), 0);
        self.draw(&content, &mut drawing, lines)
    }

    fn draw(
        &mut self,
        content: &[u8],
        drawing: &mut Drawing<'d>,
        lines: &mut Lines,
    ) -> Result<(), Unreadable> {
        // What stands behind something that is no operation is not drawn.
        for operation in Content::decode_iter(content).map_while(Result::ok) {
            match operation.operator.as_str() {
                "Tj" | "'" | "\"" | "TJ" => self.show(&operation, drawing, lines)?,
                "Do" => self.place(&operation, drawing, lines)?,
                "f" | "F" | "f*" | "b" | "b*" | "B" | "B*" => {
                    for area in std::mem::take(&mut drawing.path) {
                        self.cover(area, drawing.state.fill);
                    }
                }
                "S" | "s" | "n" => drawing.path.clear(),
                "gs" => self.graphics(&operation, drawing),
                "Tf" => self.font(&operation, drawing),
                _ => drawing.take(&operation),
            }
        }
        Ok(())
    }

    /// Shows a string, or several with gaps between them.
    fn show(
        &self,
        shown: &Operation,
        drawing: &mut Drawing<'d>,
        lines: &mut Lines,
    ) -> Result<(), Unreadable> {
        match shown.operator.as_str() {
            "'" => drawing.next_line(),
            "\"" => {
                drawing.state.spacing = (number(shown, 1), number(shown, 0));
                drawing.next_line();
            }
            _ => {}
        }
        match shown.operands.last() {
            Some(Object::Array(parts)) => {
                for part in parts {
                    match part {
                        Object::String(bytes, _) => self.string(bytes, drawing, lines)?,
                        gap => {
                            drawing
                                .advance(-gap.as_float().unwrap_or_default() / 1000.0 * drawing.state.size);
                        }
                    }
                }
                Ok(())
            }
            Some(Object::String(bytes, _)) => self.string(bytes, drawing, lines),
            _ => Ok(()),
        }
    }

    fn string(&self, bytes: &[u8], drawing: &mut Drawing<'d>, lines: &mut Lines) -> Result<(), Unreadable> {
        let Some(font) = drawing.state.font.clone() else { return Ok(()) };
        let state = &drawing.state;
        let matrix = Matrix::moved(0.0, state.rise).then(drawing.text).then(state.at);
        let size = state.size.abs() * matrix.height();
        let from = matrix.of(0.0, 0.0);
        let letters = font.letters(bytes);
        let (width, count) = font.width(bytes);
        let spaces = letters.chars().filter(|c| *c == ' ').count();
        let between = times(state.spacing.0, count) + times(state.spacing.1, spaces);
        let hidden = self.is_hidden(state, from, size.min(state.size.abs() * matrix.width()));
        drawing.advance(width * drawing.state.size + between);
        let to = drawing.text.then(drawing.state.at).of(0.0, 0.0).0;
        lines.take(Drawn { letters, from, to, size, hidden })
    }

    fn is_hidden(&self, state: &State<'_>, at: (f32, f32), size: f32) -> bool {
        let behind =
            || self.areas.iter().rev().find(|(area, _)| area.holds(at)).map_or(WHITE, |(_, color)| *color);
        let alike = |color: Color| match (color, behind()) {
            (Some(one), Some(other)) => one.iter().zip(other).map(|(a, b)| (a - b).abs()).sum::<f32>() < 0.12,
            _ => false,
        };
        let drawn_in_its_color = match state.mode {
            0 | 4 => !alike(state.fill),
            1 | 5 => !alike(state.stroke),
            2 | 6 => !alike(state.fill) || !alike(state.stroke),
            _ => false,
        };
        state.clear || size < TINY || !self.edge.holds(at) || !drawn_in_its_color
    }

    /// Places a picture, or another drawing.
    fn place(
        &mut self,
        placed: &Operation,
        drawing: &mut Drawing<'d>,
        lines: &mut Lines,
    ) -> Result<(), Unreadable> {
        let (document, resources) = (self.document, drawing.resources);
        let name = placed.operands.first().and_then(|name| name.as_name().ok());
        let objects = resources.and_then(|resources| dictionary(resources, b"XObject", document));
        let object = objects.zip(name).and_then(|(objects, name)| objects.get_deref(name, document).ok());
        let Some(Ok(stream)) = object.map(Object::as_stream) else { return Ok(()) };
        let at = drawing.state.at;
        let is_form = stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Form");
        if !is_form {
            self.cover(Area::new(at.of(0.0, 0.0), at.of(1.0, 1.0)), None);
            return Ok(());
        }
        if drawing.depth >= DEEPEST {
            return Ok(());
        }
        let content = match stream.decompressed_content_with_limit(self.unpacked) {
            Ok(content) => content,
            Err(error) => return skipped(&error),
        };
        let own = stream.dict.get_deref(b"Matrix", document).and_then(Object::as_array).ok();
        let own = own.and_then(|numbers| matrix(numbers)).unwrap_or(Matrix::SAME);
        let state = State { at: own.then(at), ..drawing.state.clone() };
        let resources = dictionary(&stream.dict, b"Resources", document).or(resources);
        self.draw(&content, &mut Drawing::new(resources, state, drawing.depth + 1), lines)
    }

    fn cover(&mut self, area: Area, color: Color) {
        if self.areas.len() == AREAS {
            self.areas.remove(0);
        }
        self.areas.push((area, color));
    }

    /// What a named state says of what one looks through.
    fn graphics(&self, named: &Operation, drawing: &mut Drawing<'d>) {
        let states = drawing.resources.and_then(|all| dictionary(all, b"ExtGState", self.document));
        let name = named.operands.first().and_then(|name| name.as_name().ok());
        let state = states.zip(name).and_then(|(states, name)| dictionary(states, name, self.document));
        if let Some(solid) =
            state.and_then(|state| state.get_deref(b"ca", self.document).ok()?.as_float().ok())
        {
            drawing.state.clear = solid < 0.05;
        }
    }

    fn font(&self, named: &Operation, drawing: &mut Drawing<'d>) {
        drawing.state.size = number(named, 1);
        let Some(Ok(name)) = named.operands.first().map(Object::as_name) else { return };
        if !drawing.fonts.contains_key(name) {
            let fonts = drawing.resources.and_then(|all| dictionary(all, b"Font", self.document));
            let font = fonts.and_then(|fonts| dictionary(fonts, name, self.document));
            let font = font.map(|font| Rc::new(Font::read(font, self.document, self.unpacked)));
            drawing.fonts.extend(font.map(|font| (name.to_vec(), font)));
        }
        drawing.state.font = drawing.fonts.get(name).cloned();
    }
}

impl<'d> Drawing<'d> {
    fn new(resources: Option<&'d Dictionary>, state: State<'d>, depth: usize) -> Self {
        let (text, line) = (Matrix::SAME, Matrix::SAME);
        Self {
            resources,
            fonts: HashMap::new(),
            state,
            kept: Vec::new(),
            text,
            line,
            path: Vec::new(),
            depth,
        }
    }

    /// What concerns nothing but the state.
    fn take(&mut self, operation: &Operation) {
        let n = |at| number(operation, at);
        match operation.operator.as_str() {
            "q" if self.kept.len() < KEPT => self.kept.push(self.state.clone()),
            "Q" => self.state = self.kept.pop().unwrap_or_else(|| self.state.clone()),
            "cm" => {
                if let Some(own) = matrix(&operation.operands) {
                    self.state.at = own.then(self.state.at);
                }
            }
            "re" if self.path.len() < AREAS => {
                let at = self.state.at;
                self.path.push(Area::new(at.of(n(0), n(1)), at.of(n(0) + n(2), n(1) + n(3))));
            }
            "BT" => (self.text, self.line) = (Matrix::SAME, Matrix::SAME),
            "Td" => self.go(n(0), n(1)),
            "TD" => {
                self.state.leading = -n(1);
                self.go(n(0), n(1));
            }
            "Tm" => {
                if let Some(own) = matrix(&operation.operands) {
                    (self.text, self.line) = (own, own);
                }
            }
            "T*" => self.next_line(),
            "Tc" => self.state.spacing.0 = n(0),
            "Tw" => self.state.spacing.1 = n(0),
            "Tz" => self.state.scale = n(0) / 100.0,
            "TL" => self.state.leading = n(0),
            "Ts" => self.state.rise = n(0),
            "Tr" => {
                self.state.mode = operation.operands.first().and_then(|mode| mode.as_i64().ok()).unwrap_or(0);
            }
            "g" | "rg" | "k" | "sc" | "scn" => self.state.fill = color(&operation.operands),
            "G" | "RG" | "K" | "SC" | "SCN" => self.state.stroke = color(&operation.operands),
            "cs" => self.state.fill = BLACK,
            "CS" => self.state.stroke = BLACK,
            _ => {}
        }
    }

    fn go(&mut self, x: f32, y: f32) {
        self.line = Matrix::moved(x, y).then(self.line);
        self.text = self.line;
    }

    fn next_line(&mut self) {
        self.go(0.0, -self.state.leading);
    }

    fn advance(&mut self, by: f32) {
        self.text = Matrix::moved(by * self.state.scale, 0.0).then(self.text);
    }
}

impl Default for State<'_> {
    fn default() -> Self {
        Self {
            at: Matrix::SAME,
            fill: BLACK,
            stroke: BLACK,
            clear: false,
            font: None,
            size: 0.0,
            spacing: (0.0, 0.0),
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        }
    }
}

/// What cannot be unpacked is not drawn; what would be too large when it is, ends it.
fn skipped(error: &Error) -> Result<(), Unreadable> {
    match error {
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            Err(Unreadable::Exhausted { what: "size".to_owned() })
        }
        _ => Ok(()),
    }
}

fn number(operation: &Operation, at: usize) -> f32 {
    operation.operands.get(at).and_then(|number| number.as_float().ok()).unwrap_or_default()
}

fn matrix(numbers: &[Object]) -> Option<Matrix> {
    let mut matrix = [0.0; 6];
    for (place, number) in matrix.iter_mut().zip(numbers.get(..6)?) {
        *place = number.as_float().ok()?;
    }
    Some(Matrix(matrix))
}

/// By how many numbers it has: grey, red-green-blue, or what printers mix.
fn color(numbers: &[Object]) -> Color {
    let numbers = numbers.iter().map(|number| number.as_float().ok()).collect::<Option<Vec<f32>>>()?;
    match *numbers {
        [grey] => Some([grey; 3]),
        [red, green, blue] => Some([red, green, blue]),
        [cyan, magenta, yellow, black] => {
            Some([cyan, magenta, yellow].map(|ink| (1.0 - ink) * (1.0 - black)))
        }
        _ => None,
    }
}

fn times(space: f32, how_often: usize) -> f32 {
    space * u16::try_from(how_often).map_or(f32::from(u16::MAX), f32::from)
}
