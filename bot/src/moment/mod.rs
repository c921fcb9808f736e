//! Times as people say them: `Friday`, `tomorrow 6pm`, `Dec 20`, `bis zum Ende der Woche`. They are the times of where the
//! person lives.

mod names;
mod near;
mod read;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use self::near::near;
pub use self::read::{is_day_word, is_month, is_time_word, read, read_time};

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
    /// A time of day that has passed today: perhaps one of these is meant.
    PassedToday(Vec<Timestamp>),
    /// A time that has passed.
    Passed,
    /// Nothing that can be read.
    Nothing,
}

impl Meant {
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

    /// So long from now.
    pub(super) fn after(&self, minutes: u64) -> Option<Timestamp> {
        let minutes = i64::try_from(minutes).ok()?;
        self.now.checked_add(SignedDuration::from_mins(minutes)).ok()
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

/// The time zone that somebody names behind a time: what is said of summer is summer's, whatever the season.
pub(super) fn zone_of_time(text: &str) -> Option<TimeZone> {
    let fixed = names::OFFSETS.iter().find(|(short, _)| short.eq_ignore_ascii_case(text));
    match fixed {
        Some((_, hours)) => Some(TimeZone::fixed(jiff::tz::offset(*hours))),
        None => zone(text),
    }
}

/// The time zone that somebody names: `Europe/Berlin`, `Berlin`, `new york`, `CET`; `None` where there is none, or several.
pub fn zone(text: &str) -> Option<TimeZone> {
    let text = text.trim().replace(' ', "_");
    if text.is_empty() || text.len() > 40 {
        return None;
    }
    if let Ok(zone) = TimeZone::get(&text) {
        return Some(zone);
    }
    if let Some(name) = names::ZONES.iter().find(|(short, _)| short.eq_ignore_ascii_case(&text)) {
        return TimeZone::get(name.1).ok();
    }
    let is_city = |name: &str| {
        let city = name.rsplit('/').next().unwrap_or_default();
        name.contains('/') && !name.starts_with("Etc/") && city.eq_ignore_ascii_case(&text)
    };
    let mut cities = jiff::tz::db().available().filter(|name| is_city(name.as_str()));
    let city = cities.next()?;
    TimeZone::get(city.as_str()).ok()
}

#[cfg(test)]
mod changes;
#[cfg(test)]
mod tests;
