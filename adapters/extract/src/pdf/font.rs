//! What the bytes of a string mean in a font, and how wide they are.

use lopdf::{Dictionary, Document, Encoding, Object};

/// A font of a page.
pub(super) struct Font<'d> {
    encoding: Option<Encoding<'d>>,
    /// Of one byte each, in thousandths of the size, from the first; where they are not told, letters are half as wide as high.
    widths: Vec<f32>,
    first: usize,
    /// Whether a letter takes two bytes.
    wide: bool,
}

const USUAL: f32 = 500.0;

impl<'d> Font<'d> {
    pub(super) fn read(font: &'d Dictionary, document: &'d Document, unpacked: usize) -> Self {
        let encoding = font.get_font_encoding_with_limit(document, unpacked).ok();
        let widths = font.get_deref(b"Widths", document).and_then(Object::as_array);
        let number = |object: &Object| object.as_float().unwrap_or(USUAL);
        let widths = widths.map(|widths| widths.iter().take(256).map(number).collect()).unwrap_or_default();
        let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or_default();
        let wide =
            font.get_deref(b"Subtype", document).and_then(Object::as_name).is_ok_and(|name| name == b"Type0");
        Self { encoding, widths, first: usize::try_from(first).unwrap_or_default(), wide }
    }

    /// The letters; what nobody can tell is left out.
    pub(super) fn letters(&self, bytes: &[u8]) -> String {
        let by_font = self.encoding.as_ref().and_then(|encoding| Document::decode_text(encoding, bytes).ok());
        let text = by_font.unwrap_or_else(|| {
            // What has no table that is known is mostly what Windows and the Mac have in common.
            if self.wide { String::new() } else { bytes.iter().copied().map(char::from).collect() }
        });
        text.replace('\u{FFFD}', "")
    }

    /// How wide they are, in parts of the size, and how many there are.
    pub(super) fn width(&self, bytes: &[u8]) -> (f32, usize) {
        if self.wide {
            let letters = bytes.len() / 2;
            return (bytes.chunks(2).map(|_| USUAL / 1000.0).sum(), letters);
        }
        let of = |byte: &u8| {
            let width = usize::from(*byte).checked_sub(self.first).and_then(|at| self.widths.get(at));
            width.copied().unwrap_or(USUAL) / 1000.0
        };
        (bytes.iter().map(of).sum(), bytes.len())
    }
}
