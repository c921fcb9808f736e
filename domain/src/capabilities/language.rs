//! What rules can speak of, with the parts of all capabilities.

use std::sync::LazyLock;

use super::parts;
use crate::rules::{Language, RuleFaults, RuleSet};

/// The program's own.
pub static LANGUAGE: LazyLock<Language> = LazyLock::new(|| Language::of(&parts()));

impl RuleSet {
    /// Compiles the text of version `version`, or says everything that is wrong with it: what [`LANGUAGE`] does.
    pub fn compile(version: u64, text: &str) -> Result<Self, RuleFaults> {
        LANGUAGE.compile(version, text)
    }

    /// The rules of who has none: nothing is allowed but what the program has rules of its own for.
    pub fn none() -> Self {
        LANGUAGE.nothing()
    }
}
