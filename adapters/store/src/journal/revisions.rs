//! Checks that the events of every stream have the revisions 0, 1, 2 …

use std::collections::HashMap;

use super::line::{Fault, place};

/// The next revision of every stream seen.
#[derive(Debug, Default)]
pub(crate) struct Revisions {
    next: HashMap<Box<str>, u64>,
}

impl Revisions {
    /// Takes a verified line; what is wrong with its revision or stream.
    pub(crate) fn check(&mut self, line: &[u8]) -> Result<(), Fault> {
        let (stream, rev) = place(line).ok_or_else(|| Fault::new("a stream and a revision", "none"))?;
        let expected = match self.next.get_mut(stream) {
            Some(next) => std::mem::replace(next, rev + 1),
            None => self.next.insert(stream.into(), rev + 1).unwrap_or(0),
        };
        if expected == rev {
            return Ok(());
        }
        Err(Fault::new(format!("revision {expected} of {stream}"), format!("revision {rev}")))
    }

    /// How many streams there are.
    pub(crate) fn streams(&self) -> u64 {
        self.next.len() as u64
    }
}
