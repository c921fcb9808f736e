//! Every reason for a "no" in words, whichever capability gives it.

use std::fmt;

use super::Fault;
use crate::denied::{self, Denied, Violation};
use crate::words;

/// One reason for a "no", with what helps.
pub fn violation(violation: &Violation) -> String {
    words::violation::<Fault>(violation)
}

/// Whether it is a "no" to who asks, by their role or by a rule, and not to what was asked.
pub fn is_about_who(violation: &Violation) -> bool {
    let by_rule = matches!(violation, Violation::RoleRequired { .. } | Violation::ForbiddenByRule { .. });
    by_rule || violation.own::<Fault>().is_some_and(|fault| denied::Fault::is_about_who(&fault))
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::denied::<Fault>(&self.0))
    }
}
