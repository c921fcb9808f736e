//! The service level: what is promised of a ticket of which priority, and who looks after it. A ticket keeps the one it was sorted
//! under, whole, so that what was promised then is what it is measured by.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Calendar, Pages, Paging};
use crate::person::Person;

/// How much a ticket hurries.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
pub enum Priority {
    /// It can wait.
    Low,
    /// As most do.
    #[default]
    Normal,
    /// Somebody cannot work.
    High,
    /// Many cannot work.
    Urgent,
}

impl Priority {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What is promised.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Promise {
    /// That somebody answers.
    Response,
    /// That it is resolved.
    Resolution,
}

impl Promise {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Response, Self::Resolution];

    /// As people say it: `an answer`.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Response => "an answer",
            Self::Resolution => "a solution",
        }
    }
}

/// Within how much working time each is promised; nothing where it is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// That somebody answers, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<u32>,
    /// That it is resolved, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<u32>,
}

/// What a tenant's desk promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevel {
    /// Which version of it.
    pub version: u32,
    /// The groups whose members look after tickets, besides administrators.
    pub staff: BTreeSet<String>,
    /// When they work.
    pub calendar: Calendar,
    /// What is promised of each priority.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub targets: BTreeMap<Priority, Target>,
    /// After how much of the time somebody is warned, in percent.
    #[serde(default = "most_of_it")]
    pub warn_percent: u8,
    /// The groups that are told when a promise is not kept.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub escalate_to: BTreeSet<String>,
    /// Who is woken then, if anybody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
    /// For how long whoever asked can say that it is not resolved, in minutes of any day.
    #[serde(default = "five_days")]
    pub reopen_minutes: u32,
}

const fn most_of_it() -> u8 {
    80
}

const fn five_days() -> u32 {
    5 * 24 * 60
}

/// A service level as it is now, with the clock of its place: what the zone's rules are is known to whoever asks, and never folded
/// from the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    /// What is promised.
    pub level: ServiceLevel,
    /// The rules of the calendar's zone.
    pub zone: TimeZone,
}

impl ServiceLevel {
    /// Within how much working time this is promised.
    pub fn target(&self, priority: Priority, promise: Promise) -> Option<SignedDuration> {
        let target = self.targets.get(&priority)?;
        let minutes = match promise {
            Promise::Response => target.response,
            Promise::Resolution => target.resolution,
        };
        minutes.map(|minutes| SignedDuration::from_mins(minutes.into()))
    }

    /// Whether somebody looks after tickets.
    pub fn is_staff(&self, person: &Person) -> bool {
        person.is_administrator() || !self.staff.is_disjoint(&person.groups)
    }

    /// Whether somebody is among those who are woken when a promise is not kept.
    pub fn wakes(&self, person: &Person) -> bool {
        let pages = self.paging.as_ref().map(|paging| &paging.by);
        matches!(pages, Some(Pages::Group { group }) if person.groups.contains(group))
    }
}

/// How a promise stands, while a ticket is being worked on and between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Which.
    pub promise: Promise,
    /// How much working time it has taken until now, in seconds.
    pub spent: u64,
    /// When it is to be kept; nothing while the clock stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When somebody is warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_at: Option<Timestamp>,
}

/// A promise's clock, which runs and stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopwatch {
    /// How it stood when it was last read.
    pub reading: Reading,
    /// Since when it runs; nothing while it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_since: Option<Timestamp>,
    /// Whether somebody was warned.
    #[serde(default)]
    pub warned: bool,
    /// Whether it was not kept in time.
    #[serde(default)]
    pub broken: bool,
    /// Whether nothing of it is left to be kept: there was an answer, or a solution, in time or not.
    #[serde(default)]
    pub over: bool,
}

impl Stopwatch {
    /// Nothing of it is left to be kept.
    pub(super) fn end(&mut self) {
        self.over = true;
        self.runs_since = None;
        (self.reading.due, self.reading.warn_at) = (None, None);
    }

    /// How much working time has passed for it until now, by the calendar that it ran under.
    pub fn spent(&self, calendar: &Calendar, zone: &TimeZone, now: Timestamp) -> SignedDuration {
        let before = SignedDuration::from_secs(i64::try_from(self.reading.spent).unwrap_or(i64::MAX));
        let since = self.runs_since.map(|since| calendar.elapsed(zone, since, now));
        before.saturating_add(since.unwrap_or_default())
    }
}

/// How a promise stands after so much time, where its clock runs on from now.
pub(super) fn running(
    Desk { level, zone }: &Desk,
    (priority, promise): (Priority, Promise),
    spent: SignedDuration,
    now: Timestamp,
) -> Reading {
    let target = level.target(priority, promise);
    let in_all = |target: SignedDuration| level.calendar.after(zone, now, target.saturating_sub(spent));
    let warn_at = target.map(|target| target.saturating_mul(level.warn_percent.min(100).into()) / 100);
    Reading {
        promise,
        spent: seconds(spent),
        due: target.and_then(in_all),
        warn_at: warn_at.and_then(in_all),
    }
}

/// How it stands while its clock does.
pub(super) fn standing(promise: Promise, spent: SignedDuration) -> Reading {
    Reading { promise, spent: seconds(spent), due: None, warn_at: None }
}

fn seconds(time: SignedDuration) -> u64 {
    u64::try_from(time.as_secs()).unwrap_or_default()
}
