//! When a call must wait: Discord's rate limits, read from its answers
//! (<https://discord.com/developers/docs/topics/rate-limits>).
//!
//! Discord shuts out who keeps asking in vain, so a bucket that is used up is not asked again before its time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use serenity::all::RatelimitingBucket;

use super::classify::seconds;

/// So many buckets are remembered before those whose time is over are forgotten.
const MANY: usize = 1_000;

/// What must wait, and until when.
#[derive(Default)]
pub(super) struct Holds(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    buckets: HashMap<RatelimitingBucket, Timestamp>,
    /// Discord's limit over all calls of this bot.
    everything: Option<Timestamp>,
}

impl Holds {
    /// How long a call must wait, and why.
    pub(super) fn wait(
        &self,
        bucket: RatelimitingBucket,
        now: Timestamp,
    ) -> Option<(Duration, &'static str)> {
        let inner = self.lock();
        let until = [
            (inner.everything, "Discord asked the bot to slow down"),
            (inner.buckets.get(&bucket).copied(), "Discord asked to slow down there"),
        ];
        let waits = until.into_iter().filter_map(|(until, why)| Some((left(until?, now)?, why)));
        waits.max_by_key(|(wait, _)| *wait)
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn a_channel_whose_limit_is_used_up_waits_and_others_do_not() {
        let holds = Holds::default();
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
        let holds = Holds::default();
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-global", "true".parse().unwrap());
        holds.hold(channel(1), &headers, Duration::from_secs(3), at(0));
        assert!(holds.wait(channel(2), at(2)).is_some());
        assert!(holds.wait(channel(2), at(3)).is_none());
    }
}
