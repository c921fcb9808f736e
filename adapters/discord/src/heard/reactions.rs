//! Ids for reactions, which Discord gives none: the same for the same reaction delivered twice, another one where somebody
//! takes it back and reacts anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serenity::all::{MessageId, UserId};

/// So many are remembered; then it begins anew, and a repetition looks like something new.
const MANY: usize = 10_000;

/// The reactions seen since the bot began to listen.
#[derive(Debug)]
pub(crate) struct Reactions {
    /// Tells the ids of one start from those of another.
    since: i64,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    changes: u64,
    last: HashMap<(MessageId, UserId, String), (bool, u64)>,
}

impl Reactions {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { since: now.as_millisecond(), seen: Mutex::default() }
    }

    /// The id of this reaction.
    pub(crate) fn delivery(&self, message: MessageId, user: UserId, emoji: &str, taken_back: bool) -> String {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.last.len() >= MANY {
            seen.last.clear();
        }
        let next = seen.changes + 1;
        let last = seen.last.entry((message, user, emoji.to_owned())).or_insert((!taken_back, 0));
        if last.0 != taken_back || last.1 == 0 {
            *last = (taken_back, next);
        }
        let change = last.1;
        seen.changes = seen.changes.max(change);
        format!("reaction/{message}/{user}/{}/{change}", self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_twice_has_one_id_and_a_change_has_its_own() {
        let reactions = Reactions::new(Timestamp::UNIX_EPOCH);
        let id = |taken_back| reactions.delivery(MessageId::new(1), UserId::new(2), "👍", taken_back);
        let (first, again) = (id(false), id(false));
        assert_eq!(first, again);
        let back = id(true);
        assert_ne!(first, back);
        assert_eq!(back, id(true));
        let anew = id(false);
        assert!(anew != first && anew != back);
        let other = reactions.delivery(MessageId::new(1), UserId::new(3), "👍", false);
        assert!(![first, back, anew].contains(&other));
    }
}
