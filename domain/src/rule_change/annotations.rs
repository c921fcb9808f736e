//! What rules about changes of the rules can say that no others can.

use crate::rules::Own;

/// The most requests of the days before that may be denied which were allowed then: `@max_denied("0")`.
const MAX_DENIED: &str = "max_denied";

/// The annotations.
pub const ANNOTATIONS: &[Own] = &[Own {
    name: MAX_DENIED,
    action: super::question::ACTION,
    check: |value| match value.parse::<u64>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("{value:?} is not a number of requests, such as \"0\"")),
    },
}];
