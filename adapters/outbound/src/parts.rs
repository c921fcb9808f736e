//! What failed is what is left alone: a conversation, a repository, a ticket, a method. Only what shows that the whole vendor is
//! down closes the vendor.
//!
//! A vendor that cannot be reached, or says itself that it is not available, shows it at once. One that answers, but with nothing that serves us, shows it only when as many
//! different parts failed as the policy wants failures, and nothing worked in between: one conversation that answers 500 for ever
//! says nothing of its neighbours.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::breaker::{Breaker, Closed, Pass};
use crate::{BreakerPolicy, BreakerState};

/// So many failing parts are remembered; of more, those that were left alone longest ago are forgotten.
const MANY: usize = 1_000;

/// What a call said of the one it was made to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It answered like someone who can serve us, be it with a refusal.
    Alive,
    /// What was asked about did not work.
    Failed,
    /// Nobody was there to be asked.
    Unreached,
}

/// The breakers of one vendor and tenant: the vendor's own, and those of the parts that fail.
#[derive(Debug)]
pub struct Breakers<K> {
    policy: BreakerPolicy,
    whole: Arc<Breaker>,
    /// Only parts that failed last are in it.
    failing: Mutex<HashMap<K, Failing>>,
}

#[derive(Debug)]
struct Failing {
    breaker: Arc<Breaker>,
    /// When it failed last.
    at: Timestamp,
    /// Whether anything has worked since.
    alone: bool,
}

/// The right to make one call about one part; it is to be [told](Passes::tell) what came of it.
#[derive(Debug)]
pub struct Passes<'a, K: Eq + Hash> {
    breakers: &'a Breakers<K>,
    part: K,
    whole: Pass,
    own: Option<Pass>,
}

impl<K: Eq + Hash + Clone> Breakers<K> {
    /// Nothing has failed yet.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self { whole: Arc::new(Breaker::new(policy.clone())), policy, failing: Mutex::default() }
    }

    /// The vendor's own.
    pub(crate) fn whole(&self) -> &Breaker {
        &self.whole
    }

    /// Whether it does not work, as far as anybody knows: it is left alone, or a part of it is and nothing has worked since.
    pub fn is_open(&self, now: Timestamp) -> bool {
        let is_open =
            |breaker: &Breaker| !matches!(breaker.view(now).0, BreakerState::Closed | BreakerState::Paused);
        is_open(&self.whole)
            || self.lock().values().any(|failing| !failing.alone && is_open(&failing.breaker))
    }

    /// How many parts are left alone by themselves.
    pub(crate) fn left_alone(&self, now: Timestamp) -> usize {
        let is_open = |failing: &&Failing| failing.breaker.view(now).0 == BreakerState::Open;
        self.lock().values().filter(is_open).count()
    }

    /// Lets a call about a part pass, or says why not and how long to wait.
    pub fn enter(&self, part: K, now: Timestamp) -> Result<Passes<'_, K>, Closed> {
        let own = self.lock().get(&part).map(|failing| Arc::clone(&failing.breaker));
        let own = own.map(|own| own.enter(now)).transpose()?;
        let whole = self.whole.enter(now)?;
        Ok(Passes { breakers: self, part, whole, own })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Failing>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps that a part failed. How many parts did since anything worked, and the breaker of this one.
    fn failed(&self, part: &K, now: Timestamp) -> (usize, Arc<Breaker>) {
        let mut failing = self.lock();
        if failing.len() >= MANY && !failing.contains_key(part) {
            let mut times: Vec<_> = failing.values().map(|failing| failing.at).collect();
            times.sort_unstable();
            let half = times[times.len() / 2];
            failing.retain(|_, failing| failing.at > half);
        }
        let new = || Failing { breaker: Arc::new(Breaker::new(self.policy.clone())), at: now, alone: false };
        let own = failing.entry(part.clone()).or_insert_with(new);
        (own.at, own.alone) = (now, false);
        let breaker = Arc::clone(&own.breaker);
        (failing.values().filter(|failing| !failing.alone).count(), breaker)
    }

    /// Something worked: what fails, fails by itself.
    fn worked(&self, part: &K) {
        let mut failing = self.lock();
        failing.remove(part);
        failing.values_mut().for_each(|failing| failing.alone = true);
    }
}

impl<K: Eq + Hash + Clone> Passes<'_, K> {
    /// The call ended.
    pub fn tell(self, told: Told, now: Timestamp) {
        let Self { breakers, part, whole, own } = self;
        match told {
            Told::Alive => {
                breakers.worked(&part);
                whole.tell(true, now);
                if let Some(own) = own {
                    own.tell(true, now);
                }
            }
            // It says nothing of the part, whose place the next call takes.
            Told::Unreached => whole.tell(false, now),
            Told::Failed => {
                let (failing, breaker) = breakers.failed(&part, now);
                match own {
                    Some(own) => own.tell(false, now),
                    None => breaker.first_failure(now),
                }
                let wide = failing >= breakers.policy.failures.max(1) as usize;
                // Whoever tries whether the vendor is back has found that it is not.
                if wide || whole.is_probe() {
                    whole.tell(false, now);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::BreakerState;

    const COOL: i64 = 10;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn breakers() -> Breakers<u8> {
        Breakers::new(BreakerPolicy { failures: 3, cool_down: Duration::from_secs(10) })
    }

    fn call(breakers: &Breakers<u8>, part: u8, told: Told, now: i64) -> Result<(), Closed> {
        breakers.enter(part, at(now)).map(|pass| pass.tell(told, at(now)))
    }

    #[test]
    fn trust_d1_one_that_fails_for_ever_is_left_alone_and_nobody_else_is() {
        let breakers = breakers();
        for _ in 0..3 {
            call(&breakers, 1, Told::Failed, 0).unwrap();
        }
        assert_eq!(call(&breakers, 1, Told::Failed, 4), Err(Closed::Broken(Duration::from_secs(6))));
        assert_eq!(call(&breakers, 2, Told::Alive, 4), Ok(()));
        assert!(call(&breakers, 1, Told::Failed, 10).is_ok(), "after the cool-down it is tried");
        assert!(call(&breakers, 1, Told::Alive, 11).is_err(), "and left alone again");
        assert!(call(&breakers, 1, Told::Alive, 20).is_ok());
        assert!(call(&breakers, 1, Told::Alive, 20).is_ok(), "and is back when it works");
    }

    #[test]
    fn trust_d1_a_vendor_that_cannot_be_reached_is_left_alone_at_once() {
        let breakers = breakers();
        for _ in 0..3 {
            call(&breakers, 1, Told::Unreached, 0).unwrap();
        }
        assert_eq!(breakers.whole().view(at(0)).0, BreakerState::Open);
        assert!(call(&breakers, 2, Told::Alive, 1).is_err());
        assert!(call(&breakers, 2, Told::Alive, COOL).is_ok());
        assert!(call(&breakers, 1, Told::Alive, COOL).is_ok(), "not reaching it says nothing of a part");
    }

    #[test]
    fn trust_d1_a_vendor_that_serves_nobody_is_down_though_it_answers() {
        let breakers = breakers();
        for part in 0..5 {
            call(&breakers, part, Told::Failed, 0).unwrap();
        }
        assert_eq!(breakers.whole().view(at(0)).0, BreakerState::Open);
        assert!(call(&breakers, 9, Told::Failed, COOL).is_ok(), "one tries");
        assert!(call(&breakers, 8, Told::Alive, COOL).is_err(), "and found that it is still down");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Whatever two parts do, a third that works is never held up, in any order of calls.
        #[test]
        fn trust_d1_two_bad_neighbours_hold_up_nobody(calls in prop::collection::vec((0_u8..3, 0_i64..3), 1..200)) {
            let breakers = breakers();
            let mut now = 0;
            for (part, later) in calls {
                now += later;
                let told = if part == 2 { Told::Alive } else { Told::Failed };
                let passed = call(&breakers, part, told, now);
                prop_assert!(part != 2 || passed.is_ok(), "held up at {}", now);
            }
        }
    }
}
