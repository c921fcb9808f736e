//! What goes between the two processes: a file one way, what was read the other.

use std::io;

use countersign_domain::ports::{ByteRange, Extracted, Extracting, Media, Unreadable};
use serde::{Deserialize, Serialize};

/// What was read, as it is sent.
#[derive(Serialize, Deserialize)]
pub(crate) struct Wire {
    media: Media,
    text: String,
    pages: Option<u32>,
    hidden: Vec<ByteRange>,
    language: Option<String>,
    extractor: String,
}

pub(crate) type Answer = Result<Wire, Unreadable>;

impl From<Extracted> for Wire {
    fn from(read: Extracted) -> Self {
        let Extracted { media, text, pages, hidden, language, extractor } = read;
        Self { media, text, pages, hidden, language, extractor }
    }
}

impl From<Wire> for Extracted {
    fn from(sent: Wire) -> Self {
        let Wire { media, text, pages, hidden, language, extractor } = sent;
        Self { media, text, pages, hidden, language, extractor }
    }
}

/// What stands before the bytes of a file: its name, and how long that is. Of a name that is too long only the end counts.
pub(crate) fn head(file: Extracting<'_>) -> Vec<u8> {
    const LONGEST: usize = 1024;
    let name = file.name.as_bytes();
    let name = &name[name.len().saturating_sub(LONGEST)..];
    let long = u32::try_from(name.len()).expect("it was just cut");
    [&long.to_be_bytes(), name].concat()
}

/// The name and the bytes again.
pub(crate) fn parts(sent: &[u8]) -> io::Result<(String, &[u8])> {
    let short = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (long, rest) = sent.split_first_chunk::<4>().ok_or_else(short)?;
    let long = usize::try_from(u32::from_be_bytes(*long)).map_err(|_| short())?;
    let (name, bytes) = rest.split_at_checked(long).ok_or_else(short)?;
    Ok((String::from_utf8_lossy(name).into_owned(), bytes))
}
