//! Who was looked for among all members and is none: for a minute nobody is looked for again whom nobody knew, because each
//! look costs as many calls as the workspace has pages of members.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_domain::ports::Clock;
use jiff::{SignedDuration, Timestamp};

/// For so long nobody is looked for again.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// So many names are remembered; beyond that, those that were looked for first are forgotten.
const MOST: usize = 1_000;

/// The names of nobody.
pub(super) struct Absent {
    clock: Arc<dyn Clock>,
    names: Mutex<BTreeMap<String, Timestamp>>,
}

impl Absent {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, names: Mutex::default() }
    }

    /// Whether nobody had this name a moment ago.
    pub(super) fn knows(&self, name: &str) -> bool {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(&name.to_lowercase()).is_some_and(|until| self.clock.now() < *until)
    }

    /// Nobody has this name.
    pub(super) fn note(&self, name: &str) {
        let now = self.clock.now();
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.retain(|_, until| now < *until);
        if names.len() >= MOST {
            let oldest = names.iter().min_by_key(|(_, until)| **until).map(|(name, _)| name.clone());
            oldest.map(|oldest| names.remove(&oldest));
        }
        names.insert(name.to_lowercase(), now.checked_add(AGAIN).unwrap_or(Timestamp::MAX));
    }
}

impl fmt::Debug for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Absent").field("names", &self.names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;

    struct At(Mutex<Timestamp>);

    #[async_trait]
    impl Clock for At {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }

        async fn sleep_until(&self, _: Timestamp) {}
    }

    #[test]
    fn trust_b4_who_was_nobody_is_nobody_for_a_minute() {
        let clock = Arc::new(At(Mutex::new("2026-03-01T12:00:00Z".parse().unwrap())));
        let absent = Absent::new(Arc::clone(&clock) as Arc<dyn Clock>);
        absent.note("Nobody");
        assert!(absent.knows("nobody") && !absent.knows("erin"));
        *clock.0.lock().unwrap() += AGAIN;
        assert!(!absent.knows("nobody"));
        for number in 0..2 * MOST {
            absent.note(&format!("nobody{number}"));
        }
        assert_eq!(absent.names.lock().unwrap().len(), MOST);
    }
}
