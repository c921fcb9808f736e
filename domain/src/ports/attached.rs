//! A file that somebody attached to what they said.

use std::fmt;

/// A file, as its vendor tells of it. Nothing of that is believed before the file was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// Its type: `text/plain`.
    pub media: Option<String>,
    /// How many bytes it has.
    pub size: Option<u64>,
    /// Where the vendor hands it out; `None` where the vendor does not, to a bot. Whoever knows the address of some vendors' files can
    /// read them.
    pub address: Option<String>,
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, media, size, address } = self;
        let mut shown = f.debug_struct("Attached");
        shown.field("name", name).field("media", media).field("size", size);
        shown.field("address", &address.as_ref().map(|_| "…")).finish()
    }
}
