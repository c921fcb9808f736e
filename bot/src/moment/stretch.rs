//! Stretches of time that are named without their ends: "today", "this week", "over the weekend". One that has begun lasts until it
//! ends; one that has not begins later than access can.

use jiff::civil::Weekday;

use super::Here;
use super::names::{DAYS, END_OF_WEEKEND, REST_OF_DAY};
use super::read::TONIGHT;

/// The most words of one.
const WORDS: usize = 6;
/// When the evening begins that "tonight" is, by the clock.
const EVENING: i8 = 17;
/// What is named of the week it is.
const OF_THIS_WEEK: &[&str] =
    &["this week", "the rest of the week", "diese woche", "cette semaine", "esta semana", "questa settimana"];
/// The weekend, as who has it in mind says it.
const WEEKENDS: &[&str] = &[
    "the weekend",
    "this weekend",
    "the whole weekend",
    "das wochenende",
    "dieses wochenende",
    "le week-end",
    "ce week-end",
    "el fin de semana",
    "este fin de semana",
    "il weekend",
    "il fine settimana",
    "o fim de semana",
];

/// A stretch of time that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// The rest of today.
    Day,
    /// This evening.
    Evening,
    /// The rest of the week.
    Week,
    /// The weekend.
    Weekend,
}

impl Stretch {
    /// The stretch that a text names, and nothing else.
    pub fn read(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let is = |names: &[&str]| names.contains(&lower.as_str());
        Some(match () {
            () if is(TONIGHT) => Self::Evening,
            () if is(DAYS[0].1) || is(REST_OF_DAY) => Self::Day,
            () if is(OF_THIS_WEEK) => Self::Week,
            () if is(WEEKENDS) || is(END_OF_WEEKEND) => Self::Weekend,
            () => return None,
        })
    }

    /// Whether it has begun where somebody speaks.
    pub fn has_begun(self, here: &Here) -> bool {
        let now = here.now.to_zoned(here.zone.clone());
        match self {
            Self::Day | Self::Week => true,
            Self::Evening => now.hour() >= EVENING,
            Self::Weekend => matches!(now.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// When it ends, as that is said.
    pub fn end(self) -> &'static str {
        match self {
            Self::Day | Self::Evening => "end of day",
            Self::Week => "end of week",
            Self::Weekend => "end of the weekend",
        }
    }
}

/// The stretch that words begin with, and how many of them that takes.
pub fn stretch(words: &[&str]) -> Option<(Stretch, usize)> {
    let named = |count: usize| words[..count].join(" ").to_lowercase();
    let count = (1..=WORDS.min(words.len())).rev().find(|count| {
        let said = named(*count);
        // "The day after tomorrow" is another day.
        Stretch::read(&said).is_some() || DAYS[1..].iter().any(|(_, names)| names.contains(&said.as_str()))
    })?;
    Some((Stretch::read(&named(count))?, count))
}
