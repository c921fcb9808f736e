//! The tokens of interactions: with one, the bot can answer somebody alone for 15 minutes. They are kept in memory only.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serenity::all::{ChannelId, InteractionId, UserId};
use tokio::sync::watch;

/// How long a token is good, a little less than Discord says.
const GOOD: SignedDuration = SignedDuration::from_secs(15 * 60 - 10);
/// So long Discord may say that it knows nothing of an interaction whose first answer it did not have yet.
const YOUNG: SignedDuration = SignedDuration::from_secs(5);
/// The first answer is there by then, or never.
const PATIENCE: Duration = Duration::from_secs(3);

/// Who used the bot where; in a private talk there is no channel.
pub(super) type Used = (UserId, Option<ChannelId>);

/// The tokens that are still good.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// The oldest first.
    uses: HashMap<Used, Vec<Arc<Held>>>,
    messages: HashMap<String, Arc<Held>>,
}

/// One interaction's token.
pub(super) struct Held {
    pub(super) token: SecretString,
    interaction: InteractionId,
    since: Timestamp,
    /// Whether Discord has the first answer.
    answered: watch::Sender<bool>,
    /// Whether the person sees that the bot is at it.
    shown: AtomicBool,
    /// Held while Discord is told of anything that changes what the person sees.
    turn: tokio::sync::Mutex<()>,
}

impl Held {
    /// The token of this interaction. `shown`: its first answer will be the sign that the bot is at it.
    pub(super) fn new(
        interaction: InteractionId,
        token: &SecretString,
        shown: bool,
        since: Timestamp,
    ) -> Self {
        let (answered, shown) = (watch::Sender::new(false), AtomicBool::new(shown));
        Self {
            token: token.clone(),
            interaction,
            since,
            answered,
            shown,
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Returns when Discord has the first answer, or will not get it any more.
    pub(super) async fn answered(&self) {
        let mut answered = self.answered.subscribe();
        let _ = tokio::time::timeout(PATIENCE, answered.wait_for(|answered| *answered)).await;
    }

    /// The others wait until this is dropped.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Whether the person still sees that the bot is at it.
    pub(super) fn is_shown(&self) -> bool {
        self.shown.load(Ordering::SeqCst)
    }

    /// They see it no more.
    pub(super) fn was_shown(&self) {
        self.shown.store(false, Ordering::SeqCst);
    }

    /// Whether it is good no more.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= GOOD
    }

    /// Whether Discord may not know it yet.
    pub(super) fn is_young(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) < YOUNG
    }
}

impl Tokens {
    /// Keeps the token of this person there, and forgets what is too old.
    pub(super) fn keep(&self, used: Used, held: Arc<Held>, now: Timestamp) {
        let mut inner = self.lock();
        inner.uses.retain(|_, all| {
            all.retain(|held| !held.is_over(now));
            !all.is_empty()
        });
        inner.messages.retain(|_, held| !held.is_over(now));
        let all = inner.uses.entry(used).or_default();
        // The same may come twice.
        if all.iter().all(|other| other.interaction != held.interaction) {
            // What was answered is of no use any more once there is a newer one.
            all.retain(|other| other.is_shown());
            all.push(held);
        }
    }

    /// Discord has the first answer to an interaction.
    pub(super) fn answered(&self, interaction: InteractionId, shown: bool) {
        if let Some(held) = self.of_interaction(interaction) {
            if !shown {
                held.was_shown();
            }
            held.answered.send_replace(true);
        }
    }

    /// The token to answer them with: of what they wait for longest, or else the newest.
    pub(super) fn held(&self, used: Used, now: Timestamp) -> Option<Arc<Held>> {
        let inner = self.lock();
        let all = || inner.uses.get(&used).into_iter().flatten().filter(|held| !held.is_over(now));
        all().find(|held| held.is_shown()).or_else(|| all().next_back()).cloned()
    }

    /// The token of one interaction.
    pub(super) fn of_interaction(&self, interaction: InteractionId) -> Option<Arc<Held>> {
        let inner = self.lock();
        inner.uses.values().flatten().find(|held| held.interaction == interaction).cloned()
    }

    /// This message, which only one person sees, is edited with this token.
    pub(super) fn shows(&self, message: &str, held: &Arc<Held>) {
        self.lock().messages.insert(message.to_owned(), Arc::clone(held));
    }

    /// The token to edit a message with that only one person sees.
    pub(super) fn of_message(&self, message: &str, now: Timestamp) -> Option<Arc<Held>> {
        self.lock().messages.get(message).filter(|held| !held.is_over(now)).cloned()
    }

    /// The token is of no use.
    pub(super) fn forget(&self, used: Used, held: &Arc<Held>) {
        if let Some(all) = self.lock().uses.get_mut(&used) {
            all.retain(|other| !Arc::ptr_eq(other, held));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn keep(tokens: &Tokens, used: Used, interaction: u64, second: i64) -> Arc<Held> {
        let held = Held::new(InteractionId::new(interaction), &"secret".into(), true, at(second));
        let held = Arc::new(held);
        tokens.keep(used, Arc::clone(&held), at(second));
        held
    }

    #[test]
    fn a_token_is_good_for_fifteen_minutes_and_only_there() {
        let (tokens, used) = (Tokens::default(), (UserId::new(1), Some(ChannelId::new(2))));
        let held = keep(&tokens, used, 7, 0);
        assert!(tokens.held(used, at(880)).is_some());
        assert!(tokens.held(used, at(900)).is_none());
        assert!(tokens.held((UserId::new(1), None), at(0)).is_none());
        tokens.shows("7", &held);
        assert!(tokens.of_message("7", at(880)).is_some());
        assert!(tokens.of_message("7", at(900)).is_none());
    }

    #[test]
    fn what_somebody_waits_for_longest_is_answered_first() {
        let (tokens, used) = (Tokens::default(), (UserId::new(1), None));
        let (first, second) = (keep(&tokens, used, 7, 0), keep(&tokens, used, 8, 1));
        let next = || tokens.held(used, at(2)).unwrap();
        assert!(Arc::ptr_eq(&next(), &first));
        first.was_shown();
        assert!(Arc::ptr_eq(&next(), &second));
        second.was_shown();
        assert!(Arc::ptr_eq(&next(), &second), "the newest is good the longest");
    }
}
