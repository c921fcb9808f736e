//! Reckoning with minutes.

use jiff::{Timestamp, ToSpan};

/// `minutes` after `at`; the end of time where that is later than any calendar knows.
pub fn later(at: Timestamp, minutes: u64) -> Timestamp {
    let minutes = i64::try_from(minutes).unwrap_or(i64::MAX).min(100 * 366 * 24 * 60);
    at.checked_add(minutes.minutes()).unwrap_or(Timestamp::MAX)
}
