//! What was said, oldest first, and no more than is remembered. Each change of a state is made on a copy of it, so copies share what
//! they have in common: one that holds thousands of messages is copied for nothing, as a vendor's database needs no copy of itself.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use rpds::VectorSync;
use serde::{Deserialize, Serialize};

/// So many are remembered of each place on average; then the oldest are forgotten of those that hold more than this.
const REMEMBERED: usize = 2_000;
const LEFT: usize = REMEMBERED / 4 * 3;

/// Messages, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "M: Serialize", deserialize = "M: Deserialize<'de>"))]
pub struct Messages<M>(VectorSync<Arc<M>>);

impl<M> Default for Messages<M> {
    fn default() -> Self {
        Self(VectorSync::new_sync())
    }
}

impl<M> Deref for Messages<M> {
    type Target = VectorSync<Arc<M>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<M: Clone> Messages<M> {
    /// Adds one at the end; all are in one place.
    pub(crate) fn push(&mut self, message: Arc<M>) {
        self.push_in(message, 1, |_| "");
    }

    /// The same where they are in so many places, each in the one that is named: none forgets what was said because much is said
    /// in another.
    pub(crate) fn push_in(&mut self, message: Arc<M>, places: usize, place: impl Fn(&M) -> &str) {
        if self.0.len() >= REMEMBERED * places.max(1) {
            self.0 = self.newest_of_each(place).into_iter().rev().collect();
        }
        self.0.push_back_mut(message);
    }

    /// What is left of each place, newest first.
    fn newest_of_each(&self, place: impl Fn(&M) -> &str) -> Vec<Arc<M>> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut left = Vec::new();
        for message in self.0.iter().rev() {
            let count = counts.entry(place(message)).or_default();
            *count += 1;
            if *count <= LEFT {
                left.push(Arc::clone(message));
            }
        }
        left
    }

    /// The last one that is like this. What somebody is after was mostly said a moment ago.
    pub(crate) fn find(&self, is: impl Fn(&M) -> bool) -> Option<&Arc<M>> {
        self.0.iter().rev().find(|message| is(message))
    }

    /// The same, to be changed.
    pub fn find_mut(&mut self, is: impl Fn(&M) -> bool) -> Option<&mut M> {
        let behind = self.0.iter().rev().position(|message| is(message))?;
        self.0.get_mut(self.0.len() - 1 - behind).map(Arc::make_mut)
    }

    /// Takes all of them away that are like this; says whether there were any.
    pub(crate) fn remove(&mut self, is: impl Fn(&M) -> bool) -> bool {
        let before = self.0.len();
        if self.0.iter().any(|message| is(message)) {
            self.0 = self.0.iter().filter(|message| !is(message)).cloned().collect();
        }
        self.0.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_remembered_and_a_copy_stays_as_it_was() {
        let mut said = Messages::default();
        (0..REMEMBERED * 2).for_each(|number| said.push(Arc::new(number)));
        assert!(said.len() <= REMEMBERED && said.len() > REMEMBERED / 2);
        let newest: Vec<_> = (REMEMBERED * 2 - said.len()..REMEMBERED * 2).collect();
        assert!(said.iter().map(|number| **number).eq(newest));
        let before = said.clone();
        *said.find_mut(|number| *number == REMEMBERED * 2 - 2).unwrap() = 0;
        assert_eq!(said.find(|number| *number == 0).map(|found| **found), Some(0));
        assert!(said.remove(|number| *number == 0) && !said.remove(|number| *number == 0));
        assert_eq!((before.len(), before.find(|number| *number == 0)), (said.len() + 1, None));
    }

    #[test]
    fn what_was_said_in_a_quiet_place_stays_however_much_is_said_in_a_busy_one() {
        fn place<'a>(message: &'a (&'static str, usize)) -> &'a str {
            message.0
        }
        let mut said = Messages::default();
        said.push_in(Arc::new(("quiet", 0)), 2, place);
        (0..REMEMBERED * 5).for_each(|number| said.push_in(Arc::new(("busy", number)), 2, place));
        assert!(said.len() <= 2 * REMEMBERED);
        assert_eq!(**said.first().unwrap(), ("quiet", 0));
        assert_eq!(**said.last().unwrap(), ("busy", REMEMBERED * 5 - 1));
    }
}
