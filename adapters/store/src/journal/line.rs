//! One event as one line: the canonical envelope with `hash`, `more` and `pos` put in before its last brace.
//!
//! `more` says how many events of the same append follow; it is left out where none does. The three stand last and
//! in this order, so a line is checked without parsing it: cut them off, add the brace again, hash.

use countersign_domain::envelope::{Digest, Envelope};
use memchr::memmem::rfind;

use crate::prepared::PreparedEvent;

const HASH: &[u8] = b",\"hash\":\"";
const MORE: &[u8] = b",\"more\":";
const POS: &[u8] = b",\"pos\":";
/// A suffix is at most this long: the keys, 64 digits of hash and two numbers of up to 20 digits.
const LONGEST_SUFFIX: usize = 160;

/// What stands at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Suffix {
    pub(crate) hash: Digest,
    /// How many events of the same append follow this one.
    pub(crate) more: u32,
    pub(crate) pos: u64,
    /// The length of the line before the suffix, without the brace.
    content: usize,
}

/// What is wrong with a line, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl Fault {
    pub(crate) fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { expected: expected.into(), found: found.into() }
    }
}

/// Writes the line of `event`, with its line break.
pub(crate) fn write(event: &PreparedEvent, more: u32, pos: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&event.canonical[..event.canonical.len() - 1]);
    out.extend_from_slice(HASH);
    let mut digits = [0; 64];
    hex::encode_to_slice(event.hash.as_bytes(), &mut digits).expect("32 bytes are 64 digits");
    out.extend_from_slice(&digits);
    out.push(b'"');
    if more > 0 {
        out.extend_from_slice(MORE);
        write_number(u64::from(more), out);
    }
    out.extend_from_slice(POS);
    write_number(pos, out);
    out.extend_from_slice(b"}\n");
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    let start = out.len();
    loop {
        out.push(b'0' + u8::try_from(number % 10).expect("a digit is below ten"));
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out[start..].reverse();
}

/// The envelope of `event` at `pos`, by the same way that a line on disk becomes one.
pub(crate) fn envelope_of(event: &PreparedEvent, pos: u64) -> Result<Envelope, serde_json::Error> {
    let mut line = Vec::with_capacity(event.canonical.len() + LONGEST_SUFFIX);
    write(event, 0, pos, &mut line);
    line.pop();
    parse(&line)
}

/// The envelope in a line (without its line break) that was verified before.
pub(crate) fn parse(line: &[u8]) -> Result<Envelope, serde_json::Error> {
    Envelope::from_json(line)
}

/// Checks a line (without its line break) by itself: its form and its hash.
pub(crate) fn verify(line: &[u8]) -> Result<Suffix, Fault> {
    let suffix =
        suffix(line).ok_or_else(|| Fault::new("an event that ends in hash and pos", excerpt(line)))?;
    let found = Digest::of_leaf_parts(&[&line[..suffix.content], b"}"]);
    if found == suffix.hash {
        Ok(suffix)
    } else {
        Err(Fault::new(format!("hash {}", suffix.hash), format!("content with hash {found}")))
    }
}

/// The start of a line as people can look at it, at most 60 characters.
fn excerpt(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(60)]);
    let dots = if line.len() > 60 { "…" } else { "" };
    format!("`{}{dots}` ({} bytes)", text.escape_debug(), line.len())
}

fn suffix(line: &[u8]) -> Option<Suffix> {
    let rest = line.strip_suffix(b"}")?;
    let (rest, pos) = number_after(rest, POS)?;
    let (rest, more) = match number_after(rest, MORE) {
        Some((rest, more)) => (rest, u32::try_from(more).ok().filter(|more| *more > 0)?),
        None => (rest, 0),
    };
    let (rest, digits) = rest.strip_suffix(b"\"")?.split_last_chunk::<64>()?;
    let content = rest.strip_suffix(HASH)?;
    Some(Suffix { hash: Digest::from_digits(digits)?, more, pos, content: content.len() })
}

/// Splits `…<key><digits>` before the key.
fn number_after<'a>(text: &'a [u8], key: &[u8]) -> Option<(&'a [u8], u64)> {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, digits) = text.split_at(text.len() - digits);
    // One number has one form, so that a line of the same event has one form.
    if digits.is_empty() || (digits[0] == b'0' && digits.len() > 1) {
        return None;
    }
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((rest.strip_suffix(key)?, number))
}

/// The stream and revision in a verified line, found without parsing it.
///
/// After `data`, which may hold anything, only strings and numbers follow; and inside a JSON string a quote always has
/// a backslash before it. So the last place that looks like one of these keys is that key.
pub(crate) fn place(line: &[u8]) -> Option<(&str, u64)> {
    const STREAM: &[u8] = b",\"stream\":\"";
    let at = rfind(line, STREAM)?;
    let (_, rev) = number_after(&line[..at], b",\"rev\":")?;
    let rest = &line[at + STREAM.len()..];
    let end = memchr::memchr(b'"', rest)?;
    Some((std::str::from_utf8(&rest[..end]).ok()?, rev))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::fixtures;

    fn line(more: u32) -> Vec<u8> {
        let append = fixtures::append("acme.thing-1", countersign_domain::ports::Expected::Revision(6), &[1]);
        let prepared = crate::Prepared::new(&append).unwrap();
        let mut line = Vec::new();
        write(&prepared.events[0], more, 40, &mut line);
        line.pop();
        line
    }

    #[test]
    fn a_line_reads_back_as_the_envelope_it_was_made_from() {
        for more in [0, 2] {
            let line = line(more);
            let suffix = verify(&line).unwrap();
            assert_eq!((suffix.more, suffix.pos), (more, 40));
            let envelope = parse(&line).unwrap();
            assert_eq!(envelope.expected_hash(), suffix.hash);
            assert_eq!(place(&line), Some(("acme.thing-1", 7)));
        }
    }

    #[test]
    fn no_single_flipped_bit_leaves_a_line_as_it_was() {
        let whole = line(2);
        let suffix = verify(&whole).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // A flip in `more` or `pos` is seen by the neighbours' numbers, every other by the line itself.
            assert_ne!(verify(&flipped), Ok(suffix), "bit {bit}");
        }
    }
}
