//! What a slot takes: one word or several, and how its content is recognised.

use countersign_domain::duration::{parse_minutes, vague};
use countersign_domain::ports::Permission;
use countersign_domain::request::Code;

use crate::normalise::LEXICON;

/// The slot that only a pasted text fills.
pub(crate) const BLOCK: &str = "rules";

/// Another one, where it is an agent that is pasted.
const DEFINITION: &str = "definition";

/// The slot that only a file fills which comes with the sentence.
const FILE: &str = "file";

/// Whether a slot of this name takes what is pasted.
pub(super) fn is_block(name: &str) -> bool {
    matches!(name, BLOCK | DEFINITION)
}

/// A slot of a grammar, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot(pub(super) String);

impl Slot {
    /// Whether it takes the rest of the text as it is.
    pub(super) fn takes_rest(&self) -> bool {
        matches!(self.0.as_str(), "reason" | "text")
    }

    /// Whether it takes a text that was pasted with the sentence, and none of its words.
    pub(super) fn takes_block(&self) -> bool {
        is_block(&self.0)
    }

    /// Whether it takes a file that came with the sentence, and none of its words.
    pub(super) fn takes_file(&self) -> bool {
        self.0 == FILE
    }

    /// Whether none of the sentence's words are for it.
    pub(super) fn takes_no_words(&self) -> bool {
        self.takes_block() || self.takes_file()
    }

    /// Whether its value may have several words.
    pub(super) fn takes_words(&self) -> bool {
        const LONG: [&str; 11] = [
            "user",
            "duration",
            "command",
            "time",
            "group",
            "from",
            "to",
            "zone",
            "title",
            "collection",
            "readers",
        ];
        LONG.contains(&self.0.as_str())
    }

    /// Whether its values can be told from others by their look.
    pub(super) fn is_typed(&self) -> bool {
        matches!(self.0.as_str(), "permission" | "duration" | "code")
    }

    /// Whether this text has the look of its values, good ones or bad ones.
    pub(super) fn recognises(&self, text: &str) -> bool {
        match self.0.as_str() {
            "permission" => permission(text).is_some(),
            "duration" => looks_like_a_duration(text),
            "code" => text.parse::<Code>().is_ok(),
            _ => false,
        }
    }
}

/// Bad durations too: whoever says "for -3 days" shall hear what is wrong with that, not that there is no such person.
pub(crate) fn looks_like_a_duration(text: &str) -> bool {
    const UNITS: [&str; 17] = [
        "second",
        "minute",
        "hour",
        "day",
        "week",
        "fortnight",
        "month",
        "quarter",
        "year",
        "decade",
        "morning",
        "afternoon",
        "evening",
        "night",
        "weekend",
        "sprint",
        "while",
    ];
    let lower = text.to_lowercase();
    let is_unit = |word: &str| UNITS.contains(&word.trim_end_matches('s'));
    let mut words = lower.split_whitespace();
    let (first, last) = (words.next().unwrap_or_default(), words.next_back());
    parse_minutes(text).is_ok()
        || vague(text).is_some()
        || is_a_number(first)
        || last.is_some_and(is_unit)
        || is_unit(first)
        || matches!(first, "ever" | "forever" | "always" | "permanently" | "indefinitely")
}

/// Digits, perhaps with a sign before and letters behind: `-3`, `1.5h`; but not `7zark7` or an account's id.
fn is_a_number(word: &str) -> bool {
    let unsigned = word.trim_start_matches(['-', '−', '+', '.']);
    let letters = unsigned.trim_start_matches(|c: char| c.is_numeric() || matches!(c, '.' | ',' | '/' | ':'));
    letters.len() < unsigned.len()
        && unsigned.starts_with(char::is_numeric)
        && letters.chars().all(char::is_alphabetic)
}

/// The permission that a word is for.
pub(crate) fn permission(text: &str) -> Option<Permission> {
    text.parse().ok().or_else(|| LEXICON.permission(text))
}

/// Whether a text can be nothing but a ticket's key: `OPS-17`, as people write it in capitals.
pub(crate) fn is_key(text: &str) -> bool {
    is_key_in_any_case(text) && !text.contains(|c: char| c.is_ascii_lowercase())
}

/// Whether a text has the form of a ticket's key, in whatever case: `ops-17` may also be a repository.
pub(crate) fn is_key_in_any_case(text: &str) -> bool {
    let Some((project, number)) = text.split_once('-') else { return false };
    let starts = project.starts_with(|c: char| c.is_ascii_alphabetic());
    starts
        && (2..=20).contains(&project.len())
        && project.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && (1..=9).contains(&number.len())
        && number.chars().all(|c| c.is_ascii_digit())
}
