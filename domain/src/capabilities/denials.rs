//! Every reason for a "no" in words, whichever capability gives it.

use std::fmt;

use super::Fault;
use crate::denied::{Denied, Fault as _, Violation};
use crate::words;

/// One reason for a "no", with what helps.
pub fn violation(violation: &Violation) -> String {
    words::violation::<Fault>(violation)
}

/// Whether a "no" is about who asks: somebody with another role could have been told yes.
pub fn is_about_who(violation: &Violation) -> bool {
    let own = || violation.own::<Fault>().is_some_and(|fault| fault.is_about_who());
    matches!(violation, Violation::RoleRequired { .. }) || own()
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::denied::<Fault>(&self.0))
    }
}
