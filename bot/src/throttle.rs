//! How many refusals become events: what a flood of them may write into the log is bounded, what is left out is counted
//! in the metrics, and the next event that is kept says how many there were.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use countersign_domain::names::Tenant;
use jiff::Timestamp;

/// This many at once are each an event of their own …
const BURST: f64 = 60.0;
/// … and one a second for as long as it goes on.
const PER_SECOND: f64 = 1.0;

/// A bucket for each tenant and kind of refusal. Tenants come from the configuration, so there are few.
#[derive(Default)]
pub(crate) struct Throttle {
    buckets: Mutex<HashMap<(Tenant, &'static str), Bucket>>,
}

struct Bucket {
    tokens: f64,
    at: Timestamp,
    left_out: u64,
}

impl Throttle {
    /// Whether a refusal may be kept as an event now: `Some` with how many were left out since the last one.
    pub(crate) fn admit(&self, tenant: &Tenant, kind: &'static str, now: Timestamp) -> Option<u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full = || Bucket { tokens: BURST, at: now, left_out: 0 };
        let bucket = buckets.entry((tenant.clone(), kind)).or_insert_with(full);
        let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        bucket.tokens = (bucket.tokens + passed * PER_SECOND).min(BURST);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            bucket.left_out += 1;
            return None;
        }
        bucket.tokens -= 1.0;
        Some(std::mem::take(&mut bucket.left_out))
    }
}

/// The reason of a refusal, with how many like it were not kept.
pub(crate) fn with_left_out(why: &str, left_out: u64) -> String {
    if left_out == 0 { why.to_owned() } else { format!("{why} ({left_out} more since the last one kept)") }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn a_flood_writes_one_event_a_second_and_the_next_event_says_how_many_were_left_out() {
        let (throttle, acme) = (Throttle::default(), "acme".parse().unwrap());
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let kept = (0..100).filter(|_| throttle.admit(&acme, "webhook", start).is_some()).count();
        assert_eq!(kept, 60);
        assert_eq!(throttle.admit(&acme, "webhook", start + 1.second()), Some(40));
        assert_eq!(throttle.admit(&acme, "webhook", start + 1.second()), None);
        assert_eq!(throttle.admit(&acme, "sign-in", start), Some(0));
    }
}
