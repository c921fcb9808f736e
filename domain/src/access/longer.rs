//! How much longer an access shall last, and when it ends: the only place that makes an end of minutes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::duration::End;
use crate::request::later;

/// How much longer an access shall last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Longer {
    /// By how many minutes.
    pub minutes: u64,
    /// Until when, where that was said; the minutes are those until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<End>,
}

/// When something ends that begins, or goes on, at `from`: so many minutes later, and never later than the end that was named.
pub(super) fn ends(from: Timestamp, minutes: u64, named: Option<End>) -> Timestamp {
    let end = later(from, minutes);
    named.map_or(end, |named| end.min(named.at.max(from)))
}

impl Longer {
    /// So much longer.
    pub const fn by(minutes: u64) -> Self {
        Self { minutes, until: None }
    }

    /// Until an end that was named, for what lasts until `ends`; nothing where it lasts as long already.
    pub fn until(end: End, ends: Timestamp) -> Option<Self> {
        Some(Self { minutes: end.minutes_from(ends)?, until: Some(end) })
    }

    /// When what lasts until `ends` would end with this.
    pub fn after(self, ends: Timestamp) -> Timestamp {
        self::ends(ends, self.minutes, self.until)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, ToSpan as _};
    use proptest::prelude::*;

    use super::*;
    use crate::testing::noon;
    use crate::words::instant;

    #[test]
    fn how_much_longer_is_written_as_before_ends_had_a_name() {
        assert_eq!(serde_json::to_string(&Longer::by(60)).unwrap(), r#"{"minutes":60}"#);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn trust_c5_an_end_is_told_as_the_same_whenever_it_is_asked_and_granted(
            until in 0_i64..10_000_000,
            asked in 1_i64..10_000_000_000_000_000,
            passed in 0_i64..86_400_000_000_000,
            hours in -12_i8..=14,
        ) {
            let at = noon() + until.seconds();
            let named: End = at.display_with_offset(jiff::tz::offset(hours)).to_string().parse().unwrap();
            let asked = named.at - SignedDuration::from_nanos(asked);
            let minutes = named.minutes_from(asked).unwrap();
            let granted = asked + SignedDuration::from_nanos(passed);
            let ends = ends(granted, minutes, Some(named));
            prop_assert_eq!(ends, named.at.max(granted));
            // An extension goes on from an end, which need not be a whole minute either.
            let longer = Longer::until(named, asked).unwrap();
            prop_assert_eq!(instant(longer.after(asked)), instant(named.at));
            prop_assert_eq!(named.to_string().parse::<End>().unwrap(), named);
        }
    }
}
