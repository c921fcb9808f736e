//! All members of the workspace as they were a moment ago: whoever is not among them is nobody, whatever name is looked for, because
//! each look at the members costs as many calls as the workspace has pages of them. Whoever is among them is looked for anew.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::ports::Clock;
use jiff::{SignedDuration, Timestamp};

use super::answers::Account;

/// For so long nobody has joined.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// The members, when they were all looked at last.
pub(super) struct Roll {
    clock: Arc<dyn Clock>,
    last: Mutex<Option<(Timestamp, Vec<Account>)>>,
}

impl Roll {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, last: Mutex::default() }
    }

    /// Whether nobody is called so, or has this id: nobody did a moment ago.
    pub(super) fn lacks(&self, text: &str, name: &str) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = last.as_ref().filter(|(until, _)| self.clock.now() < *until);
        fresh.is_some_and(|(_, members)| {
            !members.iter().any(|account| account.has_id(text) || account.goes_by(name))
        })
    }

    /// These are all of them.
    pub(super) fn keep(&self, members: Vec<Account>) {
        let until = self.clock.now().checked_add(AGAIN).unwrap_or(Timestamp::MAX);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((until, members));
    }
}

impl fmt::Debug for Roll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roll").field("last", &self.last).finish_non_exhaustive()
    }
}
