//! Why a text is no duration, and how to write one.

use crate::hidden::deceives;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationFault {
    /// Nothing is there.
    #[error("the duration is empty: write it like “2 days”, “12h” or “1h 30m”")]
    Empty,
    /// It is no time at all.
    #[error("the duration is zero: the shortest is 1 minute")]
    Zero,
    /// It would end before it begins.
    #[error("the duration is negative: the shortest is 1 minute")]
    Negative,
    /// It has a part of a unit.
    #[error("the duration has a fraction: use whole numbers, like “1h 30m”")]
    Fraction,
    /// It is longer than ten years.
    #[error("the duration is longer than ten years")]
    Absurd,
    /// Its number does not even fit a computer's word.
    #[error("the duration's number is too large")]
    Overflow,
    /// A number without a unit behind it.
    #[error("“{0}” has no unit: write it like “2 days”, “12h” or “30m”")]
    UnitMissing(String),
    /// A unit without a number before it.
    #[error("“{0}” has no number before it: write it like “2 days”")]
    NumberMissing(String),
    /// A word where a number should stand.
    #[error("“{0}” is no number: write how long in digits, like “2 days”")]
    UnknownNumber(String),
    /// A word that is no unit.
    #[error("“{0}” is no unit of time: write how many minutes, hours, days or weeks")]
    UnknownUnit(String),
    /// Units that do not go from large to small, each once.
    #[error("“{0}” stands in the wrong place: write the units from large to small, each once, like “1d 12h”")]
    OutOfOrder(String),
    /// It says how long, but no number: "a few days".
    #[error("it says no number: write how many, like “2 days”")]
    NoNumber,
    /// It says from how long to how long: "2 to 3 days".
    #[error("it says from how long to how long: write one length, like “2 days”")]
    Range,
    /// Months and what is longer have no one length.
    #[error("months are not all as long: write how many days, like “30 days”")]
    Months,
    /// A character that has no place in a duration.
    #[error("{} has no place in a duration: write it like “2 days”, “12h” or “1h 30m”", sign(.0))]
    Unreadable(char),
}

/// A character as people see it; what nobody sees is called by its number.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "thiserror hands it over so")]
fn sign(character: &char) -> String {
    let is_seen = !character.is_control() && !deceives(*character);
    if is_seen {
        format!("“{character}”")
    } else {
        format!("the sign U+{:04X}, which nobody sees,", u32::from(*character))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_in_quotation_marks_and_what_nobody_sees_by_its_number() {
        let said = DurationFault::UnknownUnit("while".to_owned()).to_string();
        assert_eq!(said, "“while” is no unit of time: write how many minutes, hours, days or weeks");
        let said = |character| DurationFault::Unreadable(character).to_string();
        assert!(said('!').starts_with("“!” has no place in a duration"), "{}", said('!'));
        let hidden = said('\u{202e}');
        assert!(hidden.starts_with("the sign U+202E, which nobody sees, has no place"), "{hidden}");
        assert!(!hidden.contains('\u{202e}'));
    }
}
