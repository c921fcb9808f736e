//! Ends that people name: "until Friday". The instant is the end, to the second, wherever it is told, and only here minutes are made
//! of it: those until then are counted up, so that they are always enough.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use crate::text::instant;

/// An end as somebody named it: an instant, and the time of where they live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct End {
    /// The instant.
    pub at: Timestamp,
    /// How far their clocks are from UTC then.
    offset: Offset,
}

impl End {
    /// The end behind `until`, where it was read already by whoever knows what the person means by a day.
    pub fn read(given: &str) -> Option<Self> {
        given.trim().strip_prefix("until ")?.trim().parse().ok()
    }

    /// The minutes from then until it ends, the one that has begun as a whole one; nothing where it has passed.
    pub fn minutes_from(self, from: Timestamp) -> Option<u64> {
        let left = self.at.duration_since(from);
        let begun = i64::from(left.as_secs() % 60 != 0 || left.subsec_nanos() != 0);
        u64::try_from(left.as_secs() / 60 + begun).ok().filter(|_| left.is_positive())
    }

    /// As people say it: `Fri 4 Dec, 23:59 UTC+1`.
    pub fn said(self) -> String {
        let zoned = self.at.to_zoned(TimeZone::fixed(self.offset));
        let said = strtime::format("%a %-d %b, %H:%M UTC", &zoned).unwrap_or_else(|_| self.at.to_string());
        let (hours, minutes) = (self.offset.seconds() / 3600, self.offset.seconds().abs() / 60 % 60);
        match (hours, minutes) {
            (0, 0) => said,
            (_, 0) => format!("{said}{hours:+}"),
            _ => format!("{said}{hours:+}:{minutes:02}"),
        }
    }

    /// The instant as all instants are told, and behind it the same end as whoever named it says it, where their clocks are others: no
    /// two times of one card look as if they were two ends.
    pub fn told(self) -> String {
        let at = instant(self.at);
        if self.offset == Offset::UTC { at } else { format!("{at} ({})", self.said()) }
    }
}

impl From<Timestamp> for End {
    fn from(at: Timestamp) -> Self {
        Self { at, offset: Offset::UTC }
    }
}

/// An instant with its offset, also without seconds, as people are shown it: `2026-12-04T18:00+01:00`.
impl FromStr for End {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let padded = text.get(..16).zip(text.get(16..)).map(|(date, zone)| format!("{date}:00{zone}"));
        let read = |text: &str| {
            let at: Timestamp = text.parse()?;
            let offset =
                Pieces::parse(text)?.offset().map_or(Offset::UTC, |offset| offset.to_numeric_offset());
            Ok(Self { at, offset })
        };
        read(text).or_else(|fault| padded.and_then(|text| read(&text).ok()).ok_or(fault))
    }
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.offset == Offset::UTC {
            write!(out, "{}", self.at)
        } else {
            write!(out, "{}", self.at.display_with_offset(self.offset))
        }
    }
}

impl TryFrom<String> for End {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, jiff::Error> {
        text.parse()
    }
}

impl From<End> for String {
    fn from(end: End) -> Self {
        end.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::testing::noon;

    fn end(text: &str) -> End {
        text.parse().unwrap()
    }

    #[test]
    fn trust_c5_an_end_is_said_in_the_time_of_who_named_it() {
        for (text, said) in [
            ("2026-12-04T23:59+01:00", "Fri 4 Dec, 23:59 UTC+1"),
            ("2026-12-04T22:59:00Z", "Fri 4 Dec, 22:59 UTC"),
            ("2026-12-04T18:00:00-05:00", "Fri 4 Dec, 18:00 UTC-5"),
            ("2026-12-04T18:00:00+05:30", "Fri 4 Dec, 18:00 UTC+5:30"),
        ] {
            assert_eq!(end(text).said(), said);
        }
        assert!(
            ["2026-12-04", "Friday", "", "2026-12-04T18:00"].iter().all(|text| text.parse::<End>().is_err())
        );
    }

    #[test]
    fn an_end_in_two_zones_is_told_as_one() {
        for (text, told) in [
            ("2026-12-04T23:59+01:00", "2026-12-04 22:59 UTC (Fri 4 Dec, 23:59 UTC+1)"),
            ("2026-12-04T22:59:00Z", "2026-12-04 22:59 UTC"),
        ] {
            assert_eq!(end(text).told(), told);
        }
    }

    #[test]
    fn an_end_is_written_as_an_instant_was_before_it_had_a_place() {
        let old = "\"2026-12-04T22:59:00.5Z\"";
        assert_eq!(serde_json::to_string(&serde_json::from_str::<End>(old).unwrap()).unwrap(), old);
    }

    #[test]
    fn the_minute_that_has_begun_counts_and_what_has_passed_does_not() {
        let from = |seconds: i64, nanoseconds: i64| {
            End::from(noon() + seconds.seconds() + nanoseconds.nanoseconds()).minutes_from(noon())
        };
        assert_eq!([from(0, 0), from(-1, 0), from(-60, 1), from(0, -1)], [None; 4]);
        assert_eq!([from(0, 1), from(60, 0), from(60, 1), from(3630, 0)], [1, 1, 2, 61].map(Some));
    }
}
