//! How long to wait before a call is tried again: exponential, with full jitter, never before the vendor's own wish.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Patience;

/// How retryable calls are tried again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackoffPolicy {
    /// The longest wait before the second attempt: `500ms`.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub base: Duration,
    /// By what the wait grows with each attempt; anything below 1 counts as 1.
    pub factor: f64,
    /// The wait never grows beyond this, unless the vendor asks for more: `5m`.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub cap: Duration,
    /// How many attempts there are in all; after the last one the effect is parked.
    pub attempts: u32,
    /// How many there are of showing a card or saying something in a chat, and of what is told to a tracker of our own tickets:
    /// more, for whoever is away for a day is caught up with when they are back.
    pub chat_attempts: u32,
}

impl Default for BackoffPolicy {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            factor: 2.0,
            cap: Duration::from_mins(5),
            attempts: 8,
            chat_attempts: 1000,
        }
    }
}

impl BackoffPolicy {
    /// Whether `attempt` (from 1) was the last one, of what is tried so long.
    pub const fn is_exhausted(&self, attempt: u32, patience: Patience) -> bool {
        let attempts = match patience {
            Patience::Usual => self.attempts,
            Patience::Chat => self.chat_attempts,
        };
        attempt >= attempts
    }

    /// The longest wait after `attempt` (from 1), without jitter and without the vendor's wish.
    pub fn ceiling(&self, attempt: u32) -> Duration {
        let factor = if self.factor.is_finite() { self.factor.max(1.0) } else { 1.0 };
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.base.as_secs_f64() * factor.powi(exponent);
        Duration::try_from_secs_f64(seconds).unwrap_or(self.cap).min(self.cap)
    }
}

/// The wait after `attempt` (from 1) failed. `random` is uniform in 0..1 and spreads the wait from nothing to the
/// ceiling; `after` is what the vendor asked for (`Retry-After`) and is waited out first, so that many who were
/// turned away together do not come back together.
pub fn backoff(policy: &BackoffPolicy, attempt: u32, after: Option<Duration>, random: f64) -> Duration {
    let share = if random.is_nan() { 1.0 } else { random.clamp(0.0, 1.0) };
    after.unwrap_or_default().saturating_add(policy.ceiling(attempt).mul_f64(share))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn policy() -> BackoffPolicy {
        let cap = Duration::from_mins(1);
        BackoffPolicy { base: Duration::from_secs(1), cap, attempts: 5, ..BackoffPolicy::default() }
    }

    #[test]
    fn the_wait_doubles_up_to_the_cap() {
        let ceilings: Vec<u64> = (1..=8).map(|attempt| policy().ceiling(attempt).as_secs()).collect();
        assert_eq!(ceilings, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn what_the_vendor_asked_for_is_waited_out_first() {
        let after = Some(Duration::from_mins(2));
        assert_eq!(backoff(&policy(), 1, after, 0.0), Duration::from_mins(2));
        assert_eq!(backoff(&policy(), 1, after, 1.0), Duration::from_secs(121));
    }

    #[test]
    fn after_the_last_attempt_there_is_no_other() {
        assert!(!policy().is_exhausted(4, Patience::Usual));
        assert!(policy().is_exhausted(5, Patience::Usual));
        assert!(!policy().is_exhausted(999, Patience::Chat));
        assert!(policy().is_exhausted(1000, Patience::Chat));
    }

    #[test]
    fn durations_are_written_as_people_write_them() {
        let policy: BackoffPolicy = serde_json::from_str(r#"{"base":"250ms","cap":"2m"}"#).unwrap();
        assert_eq!((policy.base, policy.cap), (Duration::from_millis(250), Duration::from_mins(2)));
        assert!(serde_json::from_str::<BackoffPolicy>(r#"{"bse":"1s"}"#).is_err());
    }

    proptest! {
        #[test]
        fn the_wait_stays_between_the_vendors_wish_and_the_ceiling(
            attempt in any::<u32>(), random in any::<f64>(), factor in any::<f64>(),
            after in proptest::option::of(0_u64..10_000),
        ) {
            let policy = BackoffPolicy { factor, ..policy() };
            let after = after.map(Duration::from_secs);
            let wait = backoff(&policy, attempt, after, random);
            prop_assert!(wait >= after.unwrap_or_default());
            prop_assert!(wait <= after.unwrap_or_default() + policy.cap);
        }
    }
}
