//! One file, by the reader of its kind.

use countersign_domain::ports::{Extracted, Extracting, Media, Unreadable};

use crate::text::Text;
use crate::{Bounds, docx, html, markdown, media, pdf, plain};

/// Reads a file in this process: whoever does not know where it comes from uses [`Apart`](crate::Apart).
pub fn read(file: Extracting<'_>, bounds: Bounds) -> Result<Extracted, Unreadable> {
    if file.bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if file.bytes.len() as u64 > bounds.bytes {
        return Err(Unreadable::TooLarge { most: bounds.bytes });
    }
    let media = media::of(file)?;
    let mut text = Text::new(bounds.text);
    let pages = match media {
        Media::Text => plain::read(&utf8(file.bytes), &mut text).map(|()| None),
        Media::Markdown => markdown::read(&utf8(file.bytes), &mut text).map(|()| None),
        Media::Html => html::read(&utf8(file.bytes), &mut text).map(|()| None),
        Media::Pdf => pdf::read(file.bytes, bounds, &mut text).map(Some),
        Media::Docx => docx::read(file.bytes, bounds, &mut text),
    }?;
    let language = text.language();
    let (text, hidden) = text.done();
    if text.trim().is_empty() {
        return Err(Unreadable::NoText);
    }
    let extractor = format!("{}@1", <&str>::from(media));
    Ok(Extracted { media, text, pages, hidden, language, extractor })
}

/// A page that says it is something else than UTF-8 shows a few signs that nobody knows.
fn utf8(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}
