//! How long to wait before connecting again.

use jiff::{SignedDuration, Timestamp};

/// The longest wait.
const LONGEST_MS: i64 = 30_000;

/// When to try again after so many failures: twice as long each time, and up to half of it less, so that bots that were cut
/// off together do not come back together. The clock's fraction of a second is chance enough for that.
pub(super) fn until(now: Timestamp, failures: u32) -> Timestamp {
    let whole = 500_i64.saturating_mul(1 << failures.min(10)).min(LONGEST_MS);
    let chance = i64::from(now.subsec_nanosecond().unsigned_abs() / 1_000 % 1_000);
    let wait = SignedDuration::from_millis(whole - whole / 2 * chance / 1_000);
    now.saturating_add(wait).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_wait_is_between_half_a_second_and_half_a_minute(nanos in 0..999_999_999_i32, failures in 1..5_000_u32) {
            let now = Timestamp::new(1_700_000_000, nanos).unwrap();
            let wait = until(now, failures).duration_since(now).as_millis();
            proptest::prop_assert!((500..=30_000).contains(&wait), "{}", wait);
        }
    }
}
