//! A "no" that is not "broken": exit code 3.

/// What was asked for was denied, or a check found something; what it says may be empty, when all was said already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);
