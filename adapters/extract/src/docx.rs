//! Word's `.docx`: a zip with XML in it. Both are unpacked to so many bytes and no more, and XML that defines its own words is not
//! read.

mod body;
mod styles;

use std::io::{Cursor, Read as _};

use countersign_domain::ports::Unreadable;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::Bounds;
use crate::text::Text;

/// More parts than any document has.
const MOST_PARTS: usize = 10_000;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The text goes into `text`; what is returned is how many pages it has, where Word has said so.
pub(crate) fn read(bytes: &[u8], bounds: Bounds, text: &mut Text) -> Result<Option<u32>, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| fault(&error))?;
    if archive.len() > MOST_PARTS {
        return Err(Unreadable::Exhausted { what: "size".to_owned() });
    }
    let styles = part(&mut archive, "word/styles.xml", bounds)?.unwrap_or_default();
    let styles = styles::read(&styles)?;
    let body = part(&mut archive, "word/document.xml", bounds)?.ok_or(Unreadable::Broken)?;
    let pages = body::read(&body, &styles, bounds, text)?;
    for notes in ["word/footnotes.xml", "word/endnotes.xml"] {
        if let Some(notes) = part(&mut archive, notes, bounds)? {
            text.paragraph();
            body::read(&notes, &styles, bounds, text)?;
        }
    }
    Ok(pages)
}

/// A part of the archive, whole; `None` where there is none of this name.
fn part(archive: &mut Archive<'_>, name: &str, bounds: Bounds) -> Result<Option<String>, Unreadable> {
    let part = match archive.by_name(name) {
        Ok(part) => part,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(fault(&error)),
    };
    let mut text = String::new();
    // What it says of its size is not believed.
    part.take(bounds.unpacked as u64 + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
        std::io::ErrorKind::OutOfMemory => Unreadable::Exhausted { what: "memory".to_owned() },
        _ => Unreadable::Broken,
    })?;
    if text.len() > bounds.unpacked {
        return Err(Unreadable::Exhausted { what: "size".to_owned() });
    }
    Ok(Some(text))
}

fn fault(error: &ZipError) -> Unreadable {
    match error {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => Unreadable::Encrypted,
        ZipError::InvalidPassword => Unreadable::Encrypted,
        _ => Unreadable::Broken,
    }
}

/// The next of an XML text, which must be whole and define nothing.
fn next<'x>(reader: &mut Reader<&'x [u8]>) -> Result<Event<'x>, Unreadable> {
    match reader.read_event() {
        Ok(Event::DocType(_)) | Err(_) => Err(Unreadable::Broken),
        Ok(event) => Ok(event),
    }
}

/// An attribute of whatever name space.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let found = attributes.flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

/// Whether a switch like `<w:vanish/>` is on.
fn is_on(element: &BytesStart<'_>) -> bool {
    !attribute(element, "val").is_some_and(|value| matches!(value.as_str(), "0" | "false" | "off"))
}
