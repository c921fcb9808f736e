//! The generic parser: a grammar is one line of text, read once, and matched against what people say.
//!
//! A grammar line, like `access <permission> on <repository> [for <duration>] [because <reason>]`, holds:
//! - words that must be said, with their alternatives: `for|by`; case does not matter;
//! - slots: `<repository>`; what a slot takes ends where the word before another slot begins;
//! - optional groups: `[for <user>]`, in any order where their first words tell them apart, and by what they hold where
//!   two begin alike (`[for <user>] [for <duration>]`); a group without a slot, `[access]`, may be said and means nothing;
//! - `...` at the end: whatever follows means nothing.
//!
//! `<reason>` and `<text>` take the rest of the text as it is. A value in double quotes is never taken for a word of the grammar.

mod matching;
mod pattern;
mod sentence;
mod slot;

pub use matching::Said;
pub use pattern::{BadGrammar, Pattern};
pub use sentence::Sentence;
pub(crate) use sentence::joined;
pub(crate) use slot::BLOCK;
pub(crate) use slot::{is_key, is_key_in_any_case, looks_like_a_duration, permission};

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod work;
