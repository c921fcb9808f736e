//! When a call must wait: Discord's rate limits, read from its answers
//! (<https://discord.com/developers/docs/topics/rate-limits>), and a rest for a Discord that fails again and again.
//!
//! Discord shuts out who keeps asking in vain, so a bucket that is used up is not asked again before its time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_outbound::BreakerPolicy;
use http::HeaderMap;
use jiff::Timestamp;
use serenity::all::RatelimitingBucket;

use super::classify::seconds;

/// So many buckets are remembered before those whose time is over are forgotten.
const MANY: usize = 1_000;

/// What must wait, and until when.
pub(super) struct Holds {
    policy: BreakerPolicy,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    buckets: HashMap<RatelimitingBucket, Timestamp>,
    /// Discord's limit over all calls of this bot.
    everything: Option<Timestamp>,
    /// The rest for a Discord that fails.
    rest: Option<Timestamp>,
    failures: u32,
}

impl Holds {
    pub(super) fn new(policy: BreakerPolicy) -> Self {
        Self { policy, inner: Mutex::default() }
    }

    /// How long a call must wait, and why.
    pub(super) fn wait(
        &self,
        bucket: RatelimitingBucket,
        now: Timestamp,
    ) -> Option<(Duration, &'static str)> {
        let mut inner = self.lock();
        let until = [
            (inner.rest, "it failed several times in a row and is left alone for a while"),
            (inner.everything, "Discord asked the bot to slow down"),
            (inner.buckets.get(&bucket).copied(), "Discord asked to slow down there"),
        ];
        let waits = until.into_iter().filter_map(|(until, why)| Some((left(until?, now)?, why)));
        let wait = waits.max_by_key(|(wait, _)| *wait);
        if wait.is_none() && inner.rest.is_some() {
            // One call tries whether it is back; the others wait for what it finds.
            inner.rest = now.checked_add(Duration::from_secs(1)).ok();
        }
        wait
    }

    /// Reads from an answer whether its bucket is used up.
    pub(super) fn learn(&self, bucket: RatelimitingBucket, headers: &HeaderMap, now: Timestamp) {
        let number = |name| headers.get(name)?.to_str().ok()?.parse::<f64>().ok();
        if number("x-ratelimit-remaining") == Some(0.0)
            && let Some(reset) = number("x-ratelimit-reset-after").and_then(seconds)
        {
            self.put(Some(bucket), reset, now);
        }
    }

    /// Discord refused a call for now.
    pub(super) fn hold(
        &self,
        bucket: RatelimitingBucket,
        headers: &HeaderMap,
        after: Duration,
        now: Timestamp,
    ) {
        let global = headers.get("x-ratelimit-global").is_some();
        self.put((!global).then_some(bucket), after, now);
    }

    /// Whether Discord answered like someone who can serve us.
    pub(super) fn tell(&self, alive: bool, now: Timestamp) {
        let mut inner = self.lock();
        if alive {
            (inner.failures, inner.rest) = (0, None);
            return;
        }
        inner.failures = inner.failures.saturating_add(1);
        if inner.failures >= self.policy.failures.max(1) {
            inner.rest = now.checked_add(self.policy.cool_down).ok();
        }
    }

    fn put(&self, bucket: Option<RatelimitingBucket>, wait: Duration, now: Timestamp) {
        let Ok(until) = now.checked_add(wait) else { return };
        let mut inner = self.lock();
        match bucket {
            None => inner.everything = inner.everything.max(Some(until)),
            // What has no bucket of its own holds nobody else up.
            Some(bucket) if bucket.is_none() => {}
            Some(bucket) => {
                if inner.buckets.len() >= MANY {
                    inner.buckets.retain(|_, until| *until > now);
                }
                inner.buckets.insert(bucket, until);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn left(until: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(until.duration_since(now)).ok().filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use serenity::all::{ChannelId, Route};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn channel(id: u64) -> RatelimitingBucket {
        Route::ChannelMessages { channel_id: ChannelId::new(id) }.ratelimiting_bucket()
    }

    fn holds() -> Holds {
        Holds::new(BreakerPolicy { failures: 2, cool_down: Duration::from_secs(10) })
    }

    #[test]
    fn a_channel_whose_limit_is_used_up_waits_and_others_do_not() {
        let holds = holds();
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-remaining", "0".parse().unwrap());
        headers.insert("x-ratelimit-reset-after", "4.5".parse().unwrap());
        holds.learn(channel(1), &headers, at(0));
        assert_eq!(holds.wait(channel(1), at(0)).unwrap().0, Duration::from_millis(4500));
        assert!(holds.wait(channel(2), at(0)).is_none());
        assert!(holds.wait(channel(1), at(5)).is_none());
    }

    #[test]
    fn the_limit_over_everything_holds_everything() {
        let holds = holds();
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-global", "true".parse().unwrap());
        holds.hold(channel(1), &headers, Duration::from_secs(3), at(0));
        assert!(holds.wait(channel(2), at(2)).is_some());
        assert!(holds.wait(channel(2), at(3)).is_none());
    }

    #[test]
    fn a_discord_that_fails_again_and_again_is_left_alone_then_tried_by_one_call() {
        let holds = holds();
        holds.tell(false, at(0));
        assert!(holds.wait(channel(1), at(0)).is_none());
        holds.tell(false, at(0));
        assert_eq!(holds.wait(channel(1), at(4)).unwrap().0, Duration::from_secs(6));
        assert!(holds.wait(channel(1), at(10)).is_none(), "one may try");
        assert!(holds.wait(channel(1), at(10)).is_some(), "only one");
        holds.tell(true, at(11));
        assert!(holds.wait(channel(1), at(11)).is_none());
    }
}
