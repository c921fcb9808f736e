//! The two icons, drawn: two check marks, one behind the other, for two people
//! (<https://learn.microsoft.com/en-us/microsoftteams/platform/concepts/build-and-test/apps-package#app-icons>).

use png::{BitDepth, ColorType, Encoder};

/// A point of the drawing, in parts of its side.
type Point = (f32, f32);

/// The check marks: each two strokes.
const MARKS: [[Point; 3]; 2] =
    [[(0.26, 0.52), (0.42, 0.68), (0.70, 0.34)], [(0.42, 0.52), (0.58, 0.68), (0.86, 0.34)]];
/// Half the width of a stroke.
const HALF: f32 = 0.045;
const GROUND: [u8; 3] = [0x1F, 0x4B, 0x99];

/// White on blue, 192 pixels a side.
pub(super) fn color() -> Vec<u8> {
    // Teams cuts the corners round, and keeps half the side for the symbol.
    let pixels = draw(192, |point| {
        let ink = ink(((point.0 - 0.22) / 0.5, (point.1 - 0.24) / 0.5), 1.0 / 96.0);
        GROUND.map(|ground| blend(ground, 255, ink))
    });
    encode(192, ColorType::Rgb, &pixels.concat())
}

/// White on nothing, 32 pixels a side.
pub(super) fn outline() -> Vec<u8> {
    let pixels = draw(32, |(x, y)| [255, 255, 255, blend(0, 255, ink((x - 0.06, y), 1.0 / 32.0))]);
    encode(32, ColorType::Rgba, &pixels.concat())
}

fn draw<const N: usize>(side: u16, color: impl Fn(Point) -> [u8; N]) -> Vec<[u8; N]> {
    let part = |pixel: u16| (f32::from(pixel) + 0.5) / f32::from(side);
    let rows = (0..side).map(part);
    rows.flat_map(|y| (0..side).map(move |x| (part(x), y))).map(color).collect()
}

/// How much of a mark covers a point: 0 to 1, soft over the width of a pixel.
fn ink(point: Point, pixel: f32) -> f32 {
    let strokes = MARKS.iter().flat_map(|mark| mark.windows(2));
    let distance = strokes.map(|stroke| distance(point, stroke[0], stroke[1])).fold(f32::MAX, f32::min);
    ((HALF - distance) / pixel + 0.5).clamp(0.0, 1.0)
}

/// How far a point is from a stroke.
fn distance(point: Point, from: Point, to: Point) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (px, py) = (point.0 - from.0, point.1 - from.1);
    let along = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (px - along * dx).hypot(py - along * dy)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between two bytes there are bytes only"
)]
fn blend(ground: u8, ink: u8, share: f32) -> u8 {
    (f32::from(ink) * share + f32::from(ground) * (1.0 - share)).round() as u8
}

fn encode(side: u32, color: ColorType, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, side, side);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().expect("memory takes what is written");
    writer.write_image_data(pixels).expect("there are as many pixels as the header says");
    writer.finish().expect("memory takes what is written");
    bytes
}
