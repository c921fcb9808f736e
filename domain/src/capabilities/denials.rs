//! Every reason for a "no" in words, whichever capability gives it.

use std::fmt;

use super::Fault;
use crate::denied::{Denied, Violation};
use crate::words;

/// One reason for a "no", with what helps.
pub fn violation(violation: &Violation) -> String {
    words::violation::<Fault>(violation)
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::denied::<Fault>(&self.0))
    }
}
