//! What was said, oldest first, and no more than is remembered. Each change of a state is made on a copy of it, so copies share what
//! they have in common: one that holds thousands of messages is copied for nothing, as a vendor's database needs no copy of itself.

use std::ops::Deref;
use std::sync::Arc;

use rpds::VectorSync;
use serde::{Deserialize, Serialize};

/// So many are remembered; then the oldest quarter is forgotten.
const REMEMBERED: usize = 2_000;

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
    /// Adds one at the end.
    pub(crate) fn push(&mut self, message: Arc<M>) {
        if self.0.len() >= REMEMBERED {
            self.0 = self.0.iter().skip(REMEMBERED / 4).cloned().collect();
        }
        self.0.push_back_mut(message);
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
}
