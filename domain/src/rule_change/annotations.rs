//! What rules about changes of the rules can say that no others can.

use super::question::ACTION;
use crate::rules::{Own, Part, Terms};

/// The most requests of the days before that may be denied which were allowed then: `@max_denied("0")`.
const MAX_DENIED: &str = "max_denied";

/// What rules can speak of because of it.
pub const RULES: Part = Part {
    schema: include_str!("rules.cedarschema"),
    annotations: ANNOTATIONS,
    by_itself: Some((ACTION, include_str!("default.cedar"))),
};

/// The annotations.
const ANNOTATIONS: &[Own] = &[Own {
    name: MAX_DENIED,
    action: ACTION,
    check: |value| match value.parse::<u64>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("{value:?} is not a number of requests, such as \"0\"")),
    },
}];

/// The most requests that may be denied which were allowed before, by the strictest rule; any number where none says so.
pub(super) fn most_denied(terms: &Terms) -> Option<u64> {
    terms.own.get(MAX_DENIED)?.iter().filter_map(|value| value.parse().ok()).min()
}
