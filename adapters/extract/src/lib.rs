//! The text of files that people give, with what of it nobody sees told apart: read in a process of its own, within time and memory.
//!
//! [`Apart`] is the port's `Extractor`: it starts a program that calls [`child`] for each file, hands it the file and reads what
//! it answers. Whatever a file does to the libraries that read it (a panic, a gigabyte, an endless loop), only that process ends.
//! What a file is, its bytes say (`media`); every kind has its reader, and all write into a `Text`, which keeps what is hidden by
//! its place. Headings become those of Markdown, pages are parted by a form feed.

mod apart;
mod bounds;
mod child;
mod docx;
mod html;
mod language;
mod markdown;
mod media;
mod pdf;
mod plain;
mod read;
mod text;
mod wire;

pub use apart::Apart;
pub use bounds::Bounds;
pub use child::child;
pub use language::language_of;
pub use read::read;
