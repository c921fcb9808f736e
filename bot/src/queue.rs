//! The queue of the outbox: what is to be performed, in lanes of which each is used by one effect at a time.
//!
//! Every step costs the same however much waits.

use std::collections::{HashMap, HashSet, VecDeque};

use countersign_domain::names::Tenant;
use uuid::Uuid;

/// An effect: whose, and which.
pub type Key = (Tenant, Uuid);

/// What waits, and what runs.
#[derive(Default)]
pub(crate) struct Queue {
    /// Whose lane nobody has looked up yet.
    new: VecDeque<Key>,
    /// Each the first in its lane.
    ready: VecDeque<(Key, String)>,
    /// The lanes in use, each with what waits behind its first.
    lanes: HashMap<String, VecDeque<Key>>,
    waiting: HashSet<Key>,
    /// With the lane of each.
    running: HashMap<Key, String>,
    /// Offered while it ran: to be looked at once more.
    again: HashSet<Key>,
}

impl Queue {
    /// Puts an effect at the end; nothing changes where it waits already.
    pub(crate) fn offer(&mut self, key: Key) {
        if self.running.contains_key(&key) {
            self.again.insert(key);
        } else if self.waiting.insert(key.clone()) {
            self.new.push_back(key);
        }
    }

    /// The same for an effect whose lane is known.
    pub(crate) fn offer_in(&mut self, key: Key, lane: String) {
        if self.running.contains_key(&key) {
            self.again.insert(key);
        } else if self.waiting.insert(key.clone()) {
            self.line_up(key, lane);
        }
    }

    /// The next effect whose lane is to be looked up, for [`Queue::line_up`].
    pub(crate) fn next_new(&mut self) -> Option<Key> {
        self.new.pop_front()
    }

    /// Puts an effect into its lane.
    pub(crate) fn line_up(&mut self, key: Key, lane: String) {
        if let Some(behind) = self.lanes.get_mut(&lane) {
            behind.push_back(key);
        } else {
            self.lanes.insert(lane.clone(), VecDeque::new());
            self.ready.push_back((key, lane));
        }
    }

    /// An effect that may run now, with its lane.
    pub(crate) fn begin(&mut self) -> Option<(Key, String)> {
        let (key, lane) = self.ready.pop_front()?;
        self.waiting.remove(&key);
        self.running.insert(key.clone(), lane.clone());
        Some((key, lane))
    }

    /// It has run, and its lane is free for the next; `again` if it is to run once more.
    pub(crate) fn end(&mut self, key: Key, lane: String, again: bool) {
        self.running.remove(&key);
        match self.lanes.get_mut(&lane).and_then(VecDeque::pop_front) {
            Some(next) => self.ready.push_back((next, lane)),
            None => drop(self.lanes.remove(&lane)),
        }
        if self.again.remove(&key) || again {
            self.offer(key);
        }
    }

    /// The lanes in which something runs.
    pub(crate) fn running(&self) -> impl Iterator<Item = &str> {
        self.running.values().map(String::as_str)
    }

    /// Whether an effect waits and has not begun.
    pub(crate) fn is_waiting(&self, key: &Key) -> bool {
        self.waiting.contains(key)
    }

    /// How many effects wait or run.
    pub(crate) fn pending(&self) -> usize {
        self.waiting.len() + self.running.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u128) -> Key {
        ("acme".parse().unwrap(), Uuid::from_u128(number))
    }

    /// A queue in which each of these effects is in its lane.
    fn queue(lanes: &[(u128, &str)]) -> Queue {
        let mut queue = Queue::default();
        for (number, _) in lanes {
            queue.offer(key(*number));
        }
        while let Some(new) = queue.next_new() {
            let (_, lane) = lanes.iter().find(|(number, _)| key(*number) == new).unwrap();
            queue.line_up(new, (*lane).to_owned());
        }
        queue
    }

    #[test]
    fn one_effect_a_lane_runs_at_a_time_and_in_the_order_they_came() {
        let mut queue = queue(&[(1, "a"), (2, "a"), (3, "b"), (4, "a")]);
        assert_eq!(queue.begin(), Some((key(1), "a".to_owned())));
        assert_eq!(queue.begin(), Some((key(3), "b".to_owned())));
        assert_eq!(queue.begin(), None);
        for next in [2, 4] {
            queue.end(key(next / 2), "a".to_owned(), false);
            assert_eq!(queue.begin(), Some((key(next), "a".to_owned())));
        }
        assert_eq!(queue.pending(), 2);
    }

    #[test]
    fn offering_twice_does_no_harm_and_offering_what_runs_has_it_looked_at_again() {
        let mut queue = queue(&[(1, "a"), (1, "a")]);
        assert_eq!(queue.pending(), 1);
        let (running, lane) = queue.begin().unwrap();
        queue.offer(running.clone());
        assert_eq!((queue.pending(), queue.next_new()), (1, None));
        queue.end(running, lane, false);
        assert_eq!((queue.pending(), queue.next_new()), (1, Some(key(1))));
    }

    #[test]
    fn an_effect_whose_lane_is_known_lines_up_at_once_and_only_once() {
        let mut queue = Queue::default();
        queue.offer(key(1));
        for number in [1, 2, 2, 3] {
            queue.offer_in(key(number), "a".to_owned());
        }
        assert_eq!(queue.pending(), 3);
        // The first one was offered before its lane was known: it has its place when that is looked up.
        let (running, lane) = queue.begin().unwrap();
        assert_eq!((&running, queue.begin()), (&key(2), None));
        assert_eq!(queue.running().collect::<Vec<_>>(), ["a"], "what waits in a lane does not run");
        queue.offer_in(key(2), "a".to_owned());
        queue.end(running, lane.clone(), false);
        assert_eq!(queue.begin().unwrap().0, key(3));
        queue.end(key(3), lane, false);
        assert_eq!((queue.next_new(), queue.next_new()), (Some(key(1)), Some(key(2))), "looked at once more");
    }

    #[test]
    fn what_failed_goes_to_the_end_and_a_lane_without_anyone_is_forgotten() {
        let mut queue = queue(&[(1, "a"), (2, "a")]);
        let (one, lane) = queue.begin().unwrap();
        queue.end(one, lane.clone(), true);
        queue.line_up(key(1), lane);
        for number in [2, 1] {
            let (next, lane) = queue.begin().unwrap();
            assert_eq!(next, key(number));
            queue.end(next, lane, false);
        }
        assert_eq!((queue.pending(), queue.lanes.len()), (0, 0));
    }
}
