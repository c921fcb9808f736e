//! Times as people say them: `Friday`, `tomorrow 6pm`, `Dec 20`, `bis zum Ende der Woche`. They are the times of where the
//! person lives.

mod clock;
mod days;
mod exact;
mod feasts;
mod names;
mod near;
mod place;
mod read;
mod since;
mod single;
mod stretch;

use countersign_domain::duration::MAX_MINUTES;
use countersign_domain::request::later;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use self::clock::read_time;
pub use self::near::near;
use self::place::{has_verb, zone_of_time};
pub use self::place::{may_be, zone};
pub use self::read::read;
pub use self::since::since;
pub use self::single::{is_day_before, is_day_word, is_month, is_time_word};
pub use self::stretch::{Stretch, stretch};

/// Where and when somebody says something.
#[derive(Debug, Clone)]
pub struct Here {
    /// What time it is.
    pub now: Timestamp,
    /// The zone of who speaks.
    pub zone: TimeZone,
}

/// What a day means that is named without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Its beginning: who is away from Monday on is away as it begins.
    Beginning,
    /// Its end: who needs something until Friday needs it on Friday, and who is away until then is away on it.
    End,
}

/// What somebody means by a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// This.
    At(Timestamp),
    /// One of these; nobody but the person can say which.
    Either(Vec<Timestamp>),
    /// A time of day that has just passed: perhaps one of these is meant.
    PassedToday(Vec<Timestamp>),
    /// A time that has passed.
    Passed,
    /// A time further away than anybody reckons with.
    TooFar,
    /// Nothing that can be read.
    Nothing,
}

impl Meant {
    /// One of these; that one where there is only one.
    fn either(mut found: Vec<Timestamp>) -> Self {
        found.sort();
        found.dedup();
        match found.as_slice() {
            [] => Self::Passed,
            [one] => Self::At(*one),
            _ => Self::Either(found),
        }
    }

    /// Every time that may be meant.
    pub fn instants(self) -> Vec<Timestamp> {
        match self {
            Self::At(at) => vec![at],
            Self::Either(all) | Self::PassedToday(all) => all,
            Self::Passed | Self::TooFar | Self::Nothing => vec![],
        }
    }

    /// Only what is not too far away.
    fn by(self, furthest: Timestamp) -> Self {
        let near = |all: Vec<Timestamp>| {
            let near: Vec<_> = all.into_iter().filter(|at| *at <= furthest).collect();
            (!near.is_empty()).then_some(near)
        };
        match self {
            Self::At(at) if at > furthest => Self::TooFar,
            Self::Either(all) => near(all).map_or(Self::TooFar, Self::either),
            Self::PassedToday(all) => near(all).map_or(Self::Passed, Self::PassedToday),
            meant => meant,
        }
    }

    /// The time, where there is one to come.
    pub fn certain(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            _ => None,
        }
    }
}

impl Here {
    /// The first instant to come at which the clock shows this. A time that the clock skips is the one after the gap; of one
    /// that it shows twice, the first that is still to come.
    pub(super) fn coming(&self, at: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(at);
        let first = ambiguous.earlier().ok();
        let both = [ambiguous.compatible().ok(), first, ambiguous.later().ok()];
        both.into_iter().flatten().find(|instant| *instant > self.now)
    }

    /// The last time that anybody reckons with.
    pub(super) fn furthest(&self) -> Timestamp {
        later(self.now, MAX_MINUTES)
    }

    /// So long from now.
    pub(super) fn after(&self, minutes: u64) -> Option<Timestamp> {
        let long = SignedDuration::try_from_mins(i64::try_from(minutes).ok()?)?;
        self.now.checked_add(long).ok()
    }

    /// The instant, as it is written into a sentence that is to be read again: `2026-12-04T18:00+01:00`.
    pub fn written(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        jiff::fmt::strtime::format("%Y-%m-%dT%H:%M%:z", &zoned).unwrap_or_else(|_| at.to_string())
    }

    /// The instant, as it is said to people: `Fri 4 Dec 2026, 18:00 (Europe/Berlin)`.
    pub fn said(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        let zone = self.zone.iana_name().unwrap_or("UTC");
        let said = jiff::fmt::strtime::format("%a %-d %b %Y, %H:%M", &zoned);
        said.map_or_else(|_| at.to_string(), |said| format!("{said} ({zone})"))
    }
}

#[cfg(test)]
mod changes;
#[cfg(test)]
mod far;
#[cfg(test)]
mod tests;
