//! Which events of everything a reader wants: by stream or by type, by prefixes or a regular expression.
use fancy_regex::Regex;

use super::Record;

/// A regular expression that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the filter's regular expression is wrong: {0}")]
pub(crate) struct FilterError(#[from] Box<fancy_regex::Error>);

/// Which events are wanted.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    by_stream: bool,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Prefixes(Vec<String>),
    /// With looking ahead and behind, as in .NET: the Python client leaves system events out by it.
    Regex(Regex),
}

impl Filter {
    /// Reads a filter; a regular expression wins over prefixes, as on the real server.
    pub(crate) fn new(by_stream: bool, regex: &str, prefixes: Vec<String>) -> Result<Self, FilterError> {
        let test = if regex.is_empty() {
            Test::Prefixes(prefixes)
        } else {
            Test::Regex(Regex::new(regex).map_err(Box::new)?)
        };
        Ok(Self { by_stream, test })
    }

    /// Whether an event is wanted. An expression that gives up on a text does not want it.
    pub(crate) fn wants(&self, record: &Record) -> bool {
        let text = if self.by_stream { &record.stream } else { &record.kind };
        match &self.test {
            Test::Prefixes(prefixes) => prefixes.iter().any(|prefix| text.starts_with(prefix)),
            Test::Regex(regex) => regex.is_match(&**text).unwrap_or(false),
        }
    }
}
