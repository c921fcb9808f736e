//! Cards that are drawn again: while the bot is behind with what people do, a card that stands already rests before it is drawn again,
//! so that what was done goes before what is shown of it, and one drawing shows what several would have: that something was approved,
//! and that it is granted a moment later. Whoever waits for a card sees it at most so much later, and as soon as the bot has caught up.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::{Errand, Key};

/// So long a card rests while the bot is behind, from when there is something new to show; so it is drawn so often at most.
const REST: Duration = Duration::from_secs(1);
/// When so many lanes are remembered, those that were drawn longest ago are forgotten; what is forgotten does not rest the next time.
const MANY: usize = 4096;

/// What rests, and what was drawn lately.
#[derive(Default)]
pub(super) struct Pace {
    is_behind: bool,
    drawn: HashMap<String, Instant>,
    resting: BTreeMap<(Instant, Key), Errand>,
    keys: HashSet<Key>,
}

impl Pace {
    /// Lets a drawing rest; gives it back where there is nothing to wait for.
    pub(super) fn rest(&mut self, errand: Errand, now: Instant) -> Option<Errand> {
        if self.keys.contains(&errand.key) {
            return None;
        }
        // Where nobody sees a card yet, somebody waits for it.
        if !self.is_behind || !self.drawn.contains_key(&errand.lane) {
            return Some(errand);
        }
        let until = now + REST;
        self.keys.insert(errand.key.clone());
        self.resting.insert((until, errand.key.clone()), errand);
        None
    }

    /// The card of a lane is being drawn.
    pub(super) fn drew(&mut self, lane: &str, now: Instant) {
        if self.drawn.len() >= MANY {
            self.drawn.retain(|_, drawn| now < *drawn + REST);
        }
        self.drawn.insert(lane.to_owned(), now);
    }

    /// Whether the bot is behind with what people do; says whether that is news.
    pub(super) fn behind(&mut self, is_behind: bool) -> bool {
        std::mem::replace(&mut self.is_behind, is_behind) != is_behind
    }

    /// One that has rested, or needs not to any more.
    pub(super) fn rested(&mut self, now: Instant) -> Option<Errand> {
        let first = self.resting.first_entry()?;
        if self.is_behind && now < first.key().0 {
            return None;
        }
        let errand = first.remove();
        self.keys.remove(&errand.key);
        Some(errand)
    }

    /// When the next one will have rested.
    pub(super) fn next(&self) -> Option<Instant> {
        self.resting.keys().next().map(|(until, _)| *until)
    }

    pub(super) fn rests(&self, key: &Key) -> bool {
        self.keys.contains(key)
    }

    pub(super) fn len(&self) -> usize {
        self.resting.len()
    }
}

#[cfg(test)]
mod tests {
    use countersign_domain::ports::{SurfaceKind, VendorRole};
    use countersign_domain::roster::Duty;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    /// What happens, so many milliseconds after what happened before.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Draw(u8),
        Behind(bool),
        Look,
    }

    fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
        let step = prop_oneof![
            6 => (0..3_u8).prop_map(Step::Draw),
            1 => any::<bool>().prop_map(Step::Behind),
            3 => Just(Step::Look),
        ];
        proptest::collection::vec((0..700_u64, step), 0..60)
    }

    fn errand(number: u128, lane: u8) -> Errand {
        Errand {
            key: ("acme".parse().unwrap(), Uuid::from_u128(number)),
            lane: lane.to_string(),
            duty: Duty::Work(0),
            calls: &[VendorRole::Surface(SurfaceKind::Slack)],
            urgent: false,
        }
    }

    #[test]
    fn a_card_that_stands_rests_however_long_ago_it_was_drawn_and_a_new_one_does_not() {
        let (mut pace, drawn) = (Pace::default(), Instant::now());
        pace.behind(true);
        assert!(pace.rest(errand(1, 0), drawn).is_some(), "nobody sees it yet");
        pace.drew("0", drawn);
        let later = drawn + REST * 5;
        assert!(pace.rest(errand(2, 0), later).is_none());
        assert!(pace.rested(later).is_none(), "what comes meanwhile is drawn with it");
        assert!(pace.rested(later + REST).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_card_rests_only_while_the_bot_is_behind_and_never_longer_than_said(steps in steps()) {
            let (mut pace, mut now, mut is_behind) = (Pace::default(), Instant::now(), false);
            let mut waiting: Vec<(Key, Instant)> = Vec::new();
            for (number, (later, step)) in (0..).zip(steps) {
                now += Duration::from_millis(later);
                match step {
                    Step::Draw(lane) => {
                        if let Some(errand) = pace.rest(errand(number, lane), now) {
                            pace.drew(&errand.lane, now);
                        } else {
                            prop_assert!(is_behind, "nothing rests while there is nothing to wait for");
                            waiting.push((errand(number, lane).key, now));
                        }
                    }
                    Step::Behind(behind) => {
                        is_behind = behind;
                        pace.behind(behind);
                    }
                    Step::Look => {
                        while let Some(errand) = pace.rested(now) {
                            waiting.retain(|(key, _)| *key != errand.key);
                            pace.drew(&errand.lane, now);
                        }
                        prop_assert!(is_behind || waiting.is_empty());
                        prop_assert!(waiting.iter().all(|(_, since)| now < *since + REST), "{waiting:?}");
                    }
                }
                prop_assert_eq!(pace.len(), waiting.len());
                prop_assert!(waiting.iter().all(|(key, _)| pace.rests(key)), "nothing is lost");
                prop_assert_eq!(pace.next().is_some(), pace.len() > 0);
            }
        }
    }
}
