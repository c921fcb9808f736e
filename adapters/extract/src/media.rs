//! What a file is: its bytes say so. Of its name only the ending counts, and only for which kind of text a text is.

use std::io::Cursor;

use countersign_domain::ports::{Extracting, Media, Unreadable};
use zip::ZipArchive;

/// By what its bytes begin with.
enum Begins {
    Pdf,
    Zip,
    /// What Word wrote before `.docx`, and writes where a password is asked for.
    Ole,
    Html,
    Text,
    Else,
}

/// What a file is, or why it is not read.
pub(crate) fn of(file: Extracting<'_>) -> Result<Media, Unreadable> {
    let said = by_ending(file.name);
    let is = |media| if said.is_none_or(|said| said == media) { Ok(media) } else { other(Some(media)) };
    match begins(file.bytes) {
        Begins::Pdf => is(Media::Pdf),
        Begins::Zip if holds_a_document(file.bytes) => is(Media::Docx),
        Begins::Zip if said == Some(Media::Docx) => Err(Unreadable::Broken),
        Begins::Ole if holds(file.bytes, &utf16("EncryptedPackage")) => Err(Unreadable::Encrypted),
        Begins::Html => match said {
            Some(Media::Pdf | Media::Docx) => other(Some(Media::Html)),
            said => Ok(said.unwrap_or(Media::Html)),
        },
        Begins::Text => match said {
            Some(Media::Pdf | Media::Docx) => other(Some(Media::Text)),
            said => Ok(said.unwrap_or(Media::Text)),
        },
        Begins::Zip | Begins::Ole | Begins::Else if said.is_some() => other(None),
        Begins::Zip | Begins::Ole | Begins::Else => Err(Unreadable::UnknownMedia),
    }
}

fn other(found: Option<Media>) -> Result<Media, Unreadable> {
    Err(Unreadable::OtherMedia { found })
}

fn by_ending(name: &str) -> Option<Media> {
    let name = name.rsplit(['/', '\\']).next()?;
    let (_, ending) = name.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "txt" | "text" => Some(Media::Text),
        "md" | "markdown" => Some(Media::Markdown),
        "html" | "htm" | "xhtml" => Some(Media::Html),
        "pdf" => Some(Media::Pdf),
        "docx" => Some(Media::Docx),
        _ => None,
    }
}

fn begins(bytes: &[u8]) -> Begins {
    let start = &bytes[..bytes.len().min(1024)];
    if holds(start, b"%PDF-") {
        return Begins::Pdf;
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Begins::Zip;
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Begins::Ole;
    }
    let plain = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    let is_html = ["<!doctype html", "<html"]
        .iter()
        .any(|tag| plain.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag.as_bytes())));
    if bytes.contains(&0) {
        Begins::Else
    } else if is_html {
        Begins::Html
    } else if std::str::from_utf8(bytes).is_ok() {
        Begins::Text
    } else {
        Begins::Else
    }
}

fn holds_a_document(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes))
        .is_ok_and(|archive| archive.index_for_name("word/document.xml").is_some())
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_a_file_is_and_names_only_which_text_a_text_is() {
        let of = |name: &str, bytes: &[u8]| of(Extracting { name, bytes });
        assert_eq!(of("../../etc/passwd.md", b"# hi"), Ok(Media::Markdown));
        assert_eq!(of("C:\\a.pdf\\notes.txt", b"hi"), Ok(Media::Text));
        assert_eq!(of("a.txt", b"<html>"), Ok(Media::Text));
        assert_eq!(of("page", b" <!DOCTYPE html>"), Ok(Media::Html));
        assert_eq!(of("a.pdf", b"<html>"), Err(Unreadable::OtherMedia { found: Some(Media::Html) }));
        assert_eq!(of("a.txt", b"%PDF-1.7"), Err(Unreadable::OtherMedia { found: Some(Media::Pdf) }));
        assert_eq!(of("a.docx", b"PK\x03\x04"), Err(Unreadable::Broken));
        assert_eq!(of("a.png", b"\x89PNG\0"), Err(Unreadable::UnknownMedia));
        assert_eq!(of("a.pdf", b"\x7FELF\0"), Err(Unreadable::OtherMedia { found: None }));
        let locked = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &utf16("EncryptedPackage")].concat();
        assert_eq!(of("a.docx", &locked), Err(Unreadable::Encrypted));
    }
}
