//! PDF: what its pages show, line by line. A page is a program that draws; it is run here as far as it draws letters and what is
//! behind them (`page`), and lines, headings and paragraphs are made of where they stand (`lines`).

mod font;
mod lines;
mod matrix;
mod page;

use countersign_domain::ports::Unreadable;
use lopdf::{DecompressError, Dictionary, Document, Error, LoadOptions, Object, ObjectId};

use crate::Bounds;
use crate::text::Text;
use lines::Lines;
use page::Page;

/// The text goes into `text`; what is returned is how many pages it has.
pub(crate) fn read(bytes: &[u8], bounds: Bounds, text: &mut Text) -> Result<u32, Unreadable> {
    let options = LoadOptions { max_decompressed_size: Some(bounds.unpacked), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|error| fault(&error))?;
    if document.is_encrypted() {
        return Err(Unreadable::Encrypted);
    }
    let too_many = Unreadable::TooManyPages { most: bounds.pages };
    let most = usize::try_from(bounds.pages).unwrap_or(usize::MAX);
    let pages: Vec<ObjectId> = document.page_iter().take(most.saturating_add(1)).collect();
    let count = u32::try_from(pages.len()).map_err(|_| too_many.clone())?;
    if count > bounds.pages {
        return Err(too_many);
    }
    if pages.is_empty() {
        return Err(Unreadable::Broken);
    }
    let mut lines = Lines::new(bounds.text);
    for page in pages {
        Page::new(&document, page, bounds.unpacked).run(&mut lines)?;
        lines.page();
    }
    lines.write(text)?;
    Ok(count)
}

fn fault(error: &Error) -> Unreadable {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => Unreadable::Encrypted,
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            Unreadable::Exhausted { what: "size".to_owned() }
        }
        _ => Unreadable::Broken,
    }
}

/// What a page has, or what it stands in: the nearest counts.
fn inherited<'d>(document: &'d Document, page: ObjectId, key: &[u8]) -> Option<&'d Object> {
    /// No tree of pages is higher; and no circle has an end.
    const HIGHEST: usize = 64;
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..HIGHEST {
        if let Ok(found) = node.get_deref(key, document) {
            return Some(found);
        }
        node = node.get_deref(b"Parent", document).and_then(Object::as_dict).ok()?;
    }
    None
}

fn dictionary<'d>(of: &'d Dictionary, key: &[u8], document: &'d Document) -> Option<&'d Dictionary> {
    of.get_deref(key, document).and_then(Object::as_dict).ok()
}
