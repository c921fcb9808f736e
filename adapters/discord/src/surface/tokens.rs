//! The tokens of interactions: with one, the bot can answer somebody alone for 15 minutes. They are kept in memory only.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serenity::all::{ChannelId, UserId};

/// How long a token is good, a little less than Discord says.
const GOOD: SignedDuration = SignedDuration::from_secs(15 * 60 - 10);

/// Who used the bot where; in a private talk there is no channel.
pub(super) type Used = (UserId, Option<ChannelId>);

/// The tokens that are still good.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    uses: HashMap<Used, Held>,
    messages: HashMap<String, Held>,
}

#[derive(Clone)]
struct Held {
    token: SecretString,
    until: Timestamp,
    /// Whether the person sees that the bot is at it.
    shown: bool,
}

impl Tokens {
    /// Keeps the newest token of this person there, and forgets what is too old.
    pub(super) fn keep(&self, used: Used, token: &SecretString, shown: bool, now: Timestamp) {
        let until = now.saturating_add(GOOD).unwrap_or(now);
        let mut inner = self.lock();
        inner.uses.retain(|_, held| held.until > now);
        inner.messages.retain(|_, held| held.until > now);
        inner.uses.insert(used, Held { token: token.clone(), until, shown });
    }

    /// The token to answer them with.
    pub(super) fn held(&self, used: Used, now: Timestamp) -> Option<SecretString> {
        let inner = self.lock();
        inner.uses.get(&used).filter(|held| held.until > now).map(|held| held.token.clone())
    }

    /// They were answered with this message, which replaced the sign that the bot is at it.
    pub(super) fn answered(&self, used: Used, message: &str) {
        let mut inner = self.lock();
        if let Some(held) = inner.uses.get_mut(&used) {
            held.shown = false;
            let held = held.clone();
            inner.messages.insert(message.to_owned(), held);
        }
    }

    /// The token to edit a message with that only one person sees.
    pub(super) fn of_message(&self, message: &str, now: Timestamp) -> Option<SecretString> {
        let inner = self.lock();
        inner.messages.get(message).filter(|held| held.until > now).map(|held| held.token.clone())
    }

    /// The token of somebody who still sees that the bot is at it; they are taken as answered from now on.
    pub(super) fn unanswered(&self, used: Used, now: Timestamp) -> Option<SecretString> {
        let mut inner = self.lock();
        let held = inner.uses.get_mut(&used).filter(|held| held.until > now && held.shown)?;
        held.shown = false;
        Some(held.token.clone())
    }

    /// The token is of no use.
    pub(super) fn forget(&self, used: Used) {
        self.lock().uses.remove(&used);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_fifteen_minutes_and_only_there() {
        let tokens = Tokens::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        let used = (UserId::new(1), Some(ChannelId::new(2)));
        tokens.keep(used, &"secret".into(), true, at(0));
        assert!(tokens.held(used, at(880)).is_some());
        assert!(tokens.held(used, at(900)).is_none());
        assert!(tokens.held((UserId::new(1), None), at(0)).is_none());
        tokens.answered(used, "7");
        assert!(tokens.of_message("7", at(880)).is_some());
        assert!(tokens.unanswered(used, at(0)).is_none(), "they were answered");
    }
}
