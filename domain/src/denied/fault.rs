//! What is wrong with a rule set, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing to mend in a rule set's text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleFault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The policy it is in, where that is known: its `@id`, else `policy0`, `policy1`, … in the order of the text.
    pub policy: Option<String>,
    /// What is wrong, and where possible what would be right.
    pub message: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if let Some(policy) = &self.policy {
            write!(f, "in `{policy}`: ")?;
        }
        f.write_str(&self.message)
    }
}

/// Everything that is wrong with a rule set, in the order of its lines; shown one line each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFaults(pub Vec<RuleFault>);

impl fmt::Display for RuleFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for RuleFaults {}
