//! A breaker: after some failures in a row the vendor, or the part of it that it is for, is left alone for a while, and for as
//! long as it asks for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// When a vendor is left alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerPolicy {
    /// After how many failures in a row; 0 counts as 1.
    pub failures: u32,
    /// For how long, before one call may try again: `30s`.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub cool_down: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self { failures: 5, cool_down: Duration::from_secs(30) }
    }
}

/// What a breaker does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// No call passes.
    Open,
    /// One call is trying whether the vendor is back.
    HalfOpen,
    /// No call passes, because the vendor asked for that (`Retry-After`).
    Paused,
}

/// One breaker, as `/readyz` and the console show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakerView {
    /// The vendor: `bitbucket`, `jira`.
    pub vendor: String,
    /// The tenant.
    pub tenant: String,
    /// What it does.
    pub state: BreakerState,
    /// How many calls failed in a row.
    pub failures: u32,
    /// Until when no call passes, whether the breaker is open or the vendor asked for it.
    pub until: Option<Timestamp>,
    /// How many parts of it are left alone by themselves: conversations, repositories, tickets, methods.
    #[serde(default)]
    pub parts: usize,
}

#[derive(Debug, Clone, Copy)]
enum Inner {
    Closed { failures: u32 },
    Open { failures: u32, until: Timestamp },
    HalfOpen { failures: u32 },
}

#[derive(Debug)]
pub(crate) struct Breaker {
    policy: BreakerPolicy,
    inner: Mutex<Inner>,
    /// Until when the vendor wants no calls.
    pause: Mutex<Timestamp>,
}

/// Why a call does not pass, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// Too many calls failed in a row.
    Broken(Duration),
    /// The vendor asked for it.
    Asked(Duration),
}

impl Closed {
    /// For how long.
    pub const fn wait(self) -> Duration {
        match self {
            Self::Broken(wait) | Self::Asked(wait) => wait,
        }
    }
}

impl Breaker {
    pub(crate) fn new(policy: BreakerPolicy) -> Self {
        Self {
            policy,
            inner: Mutex::new(Inner::Closed { failures: 0 }),
            pause: Mutex::new(Timestamp::UNIX_EPOCH),
        }
    }

    /// Lets no call pass before `until`.
    pub(crate) fn pause(&self, until: Timestamp) {
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = until.max(*pause);
    }

    /// Until when the vendor wants no calls, if it does now.
    pub(crate) fn paused_until(&self, now: Timestamp) -> Option<Timestamp> {
        Some(*self.pause.lock().unwrap_or_else(PoisonError::into_inner)).filter(|until| *until > now)
    }

    /// Lets a call pass, or says how long to wait.
    pub(crate) fn enter(self: &Arc<Self>, now: Timestamp) -> Result<Pass, Closed> {
        let from_now = |until: Timestamp| Duration::try_from(until.duration_since(now)).unwrap_or_default();
        if let Some(until) = self.paused_until(now) {
            return Err(Closed::Asked(from_now(until)));
        }
        let mut inner = self.lock();
        match *inner {
            Inner::Closed { .. } => Ok(Pass { breaker: Arc::clone(self), now, probe: false, told: false }),
            Inner::Open { failures, until } if until <= now => {
                *inner = Inner::HalfOpen { failures };
                Ok(Pass { breaker: Arc::clone(self), now, probe: true, told: false })
            }
            Inner::Open { until, .. } => Err(Closed::Broken(from_now(until))),
            // The probe will tell soon; nobody needs to wait a whole cool-down for it.
            Inner::HalfOpen { .. } => Err(Closed::Broken(self.policy.cool_down.min(Duration::from_secs(1)))),
        }
    }

    /// A call failed that set out before there was a breaker.
    pub(crate) fn first_failure(self: &Arc<Self>, now: Timestamp) {
        Pass { breaker: Arc::clone(self), now, probe: false, told: false }.tell(false, now);
    }

    /// State, failures in a row, and until when no call passes.
    pub(crate) fn view(&self, now: Timestamp) -> (BreakerState, u32, Option<Timestamp>) {
        let inner = *self.lock();
        let (Inner::Closed { failures } | Inner::Open { failures, .. } | Inner::HalfOpen { failures }) =
            inner;
        match (inner, self.paused_until(now)) {
            (Inner::Open { until, .. }, pause) if pause.is_none_or(|pause| pause < until) => {
                (BreakerState::Open, failures, Some(until))
            }
            (_, Some(pause)) => (BreakerState::Paused, failures, Some(pause)),
            (Inner::HalfOpen { .. }, None) => (BreakerState::HalfOpen, failures, None),
            (_, None) => (BreakerState::Closed, failures, None),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to make one call; tells the breaker what came of it.
#[derive(Debug)]
pub(crate) struct Pass {
    breaker: Arc<Breaker>,
    now: Timestamp,
    probe: bool,
    told: bool,
}

impl Pass {
    /// Whether it is the one call that tries whether the vendor is back.
    pub(crate) const fn is_probe(&self) -> bool {
        self.probe
    }

    /// The call ended; `alive` says whether the vendor answered like someone who can serve us, be it with a refusal.
    pub(crate) fn tell(mut self, alive: bool, now: Timestamp) {
        self.told = true;
        let (breaker, probe) = (Arc::clone(&self.breaker), self.probe);
        let policy = &breaker.policy;
        let mut inner = breaker.lock();
        *inner = match (*inner, alive) {
            // Somebody who set out before the breaker opened has nothing new to say.
            (Inner::Open { .. } | Inner::HalfOpen { .. }, _) if !probe => return,
            (_, true) => Inner::Closed { failures: 0 },
            (
                Inner::Closed { failures } | Inner::Open { failures, .. } | Inner::HalfOpen { failures },
                false,
            ) => {
                let failures = failures.saturating_add(1);
                if probe || failures >= policy.failures.max(1) {
                    let until = now.checked_add(policy.cool_down).unwrap_or(Timestamp::MAX);
                    Inner::Open { failures, until }
                } else {
                    Inner::Closed { failures }
                }
            }
        };
    }
}

impl Drop for Pass {
    /// A probe that was given up (its task ended) leaves the place to the next one.
    fn drop(&mut self) {
        if self.probe && !self.told {
            let mut inner = self.breaker.lock();
            if let Inner::HalfOpen { failures } = *inner {
                *inner = Inner::Open { failures, until: self.now };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn breaker() -> Arc<Breaker> {
        Arc::new(Breaker::new(BreakerPolicy { failures: 3, cool_down: Duration::from_secs(10) }))
    }

    fn fail(breaker: &Arc<Breaker>, times: usize) {
        fail_late(breaker, at(0), times);
    }

    fn fail_late(breaker: &Arc<Breaker>, now: Timestamp, times: usize) {
        for _ in 0..times {
            breaker.enter(now).unwrap().tell(false, now);
        }
    }

    #[test]
    fn it_opens_after_three_failures_in_a_row_and_not_before() {
        let breaker = breaker();
        fail(&breaker, 2);
        breaker.enter(at(0)).unwrap().tell(true, at(0));
        fail(&breaker, 2);
        assert_eq!(breaker.view(at(0)).0, BreakerState::Closed);
        fail(&breaker, 1);
        assert_eq!(breaker.view(at(0)), (BreakerState::Open, 3, Some(at(10))));
        assert_eq!(breaker.enter(at(4)).unwrap_err(), Closed::Broken(Duration::from_secs(6)));
    }

    #[test]
    fn after_the_cool_down_one_call_tries_and_decides() {
        let breaker = breaker();
        fail(&breaker, 3);
        let probe = breaker.enter(at(10)).unwrap();
        assert!(breaker.enter(at(10)).is_err(), "only one call may try");
        probe.tell(false, at(11));
        assert_eq!(breaker.view(at(11)).2, Some(at(21)));
        breaker.enter(at(21)).unwrap().tell(true, at(21));
        assert_eq!(breaker.view(at(21)), (BreakerState::Closed, 0, None));
    }

    #[test]
    fn a_probe_that_was_given_up_leaves_its_place() {
        let breaker = breaker();
        fail(&breaker, 3);
        drop(breaker.enter(at(10)).unwrap());
        assert!(breaker.enter(at(10)).is_ok());
    }

    #[test]
    fn a_late_answer_does_not_close_an_open_breaker() {
        let breaker = breaker();
        let early = breaker.enter(at(0)).unwrap();
        fail(&breaker, 3);
        early.tell(true, at(1));
        assert_eq!(breaker.view(at(1)).0, BreakerState::Open);
    }

    #[test]
    fn a_vendor_that_asks_for_it_is_left_alone_until_the_latest_moment_it_named() {
        let breaker = breaker();
        let under_way = breaker.enter(at(0)).unwrap();
        breaker.pause(at(60));
        breaker.pause(at(30));
        under_way.tell(true, at(1));
        assert_eq!(breaker.view(at(20)), (BreakerState::Paused, 0, Some(at(60))));
        assert_eq!(breaker.enter(at(20)).unwrap_err(), Closed::Asked(Duration::from_secs(40)));
        fail_late(&breaker, at(60), 3);
        assert_eq!(breaker.view(at(60)), (BreakerState::Open, 3, Some(at(70))));
        breaker.pause(at(90));
        assert_eq!(breaker.view(at(80)), (BreakerState::Paused, 3, Some(at(90))), "the later moment counts");
        breaker.enter(at(90)).unwrap().tell(true, at(90));
        assert_eq!(breaker.view(at(90)), (BreakerState::Closed, 0, None));
    }
}
