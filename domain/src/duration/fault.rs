//! Why a text is no duration, and how to write one.

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationFault {
    /// Nothing is there.
    #[error("the duration is empty: write it like `2 days`, `12h` or `1h 30m`")]
    Empty,
    /// It is no time at all.
    #[error("the duration is zero: the shortest is 1 minute")]
    Zero,
    /// It would end before it begins.
    #[error("the duration is negative: the shortest is 1 minute")]
    Negative,
    /// It has a part of a unit.
    #[error("the duration has a fraction: use whole numbers, like `1h 30m`")]
    Fraction,
    /// It is longer than ten years.
    #[error("the duration is longer than ten years")]
    Absurd,
    /// Its number does not even fit a computer's word.
    #[error("the duration's number is too large")]
    Overflow,
    /// A number without a unit behind it.
    #[error("`{0}` has no unit: write it like `2 days`, `12h` or `30m`")]
    UnitMissing(String),
    /// A unit without a number before it.
    #[error("`{0}` has no number before it: write it like `2 days`")]
    NumberMissing(String),
    /// A word where a number should stand.
    #[error("`{0}` is not a number here: use digits, like `2 days`")]
    UnknownNumber(String),
    /// A word that is no unit.
    #[error("`{0}` is not a unit of time: use minutes, hours, days or weeks")]
    UnknownUnit(String),
    /// Units that do not go from large to small, each once.
    #[error("`{0}` stands in the wrong place: write the units from large to small, each once, like `1d 12h`")]
    OutOfOrder(String),
    /// It says how long, but no number: "a few days".
    #[error("it says no number: write how many, like `2 days`")]
    NoNumber,
    /// Months and what is longer have no one length.
    #[error("months are not all as long: write how many days, like `30 days`")]
    Months,
    /// A character that has no place in a duration.
    #[error("{0:?} has no place in a duration: write it like `2 days`, `12h` or `1h 30m`")]
    Unreadable(char),
}
