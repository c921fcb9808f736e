//! The turns that a bot takes at the roster, and what it holds by the last one that was kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_domain::envelope::Position;
use countersign_domain::ports::{Clock, StoreError};
use countersign_domain::roster::{Duty, Kept, Roster, Rosters, Turn};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};

/// How often a turn is tried again at once because another bot was first.
const TRIES: usize = 16;

/// What is shared with other bots.
pub(super) struct Shared {
    pub(super) rosters: Arc<dyn Rosters>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) me: String,
    /// For how long a beat counts.
    pub(super) term: SignedDuration,
    pub(super) able: BTreeSet<Duty>,
    pub(super) state: Mutex<State>,
    pub(super) changed: watch::Sender<u64>,
    /// Another turn is to be taken at once.
    pub(super) again: Notify,
    /// Held by whoever takes a turn: what was agreed upon later is adopted later.
    pub(super) turning: tokio::sync::Mutex<()>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) roster: Roster,
    /// Until when what is held counts.
    pub(super) until: Option<Timestamp>,
    pub(super) held: BTreeSet<Duty>,
    /// Held, but nothing new is begun with it: it is to be given to another bot; with the place up to where it was done.
    pub(super) letting_go: BTreeMap<Duty, Option<Position>>,
    /// Came to this bot, and is not taken up yet; with the place from where it is.
    pub(super) came: BTreeMap<Duty, Option<Position>>,
    pub(super) reached: Option<Position>,
    /// Why this bot can do nothing any more.
    pub(super) unfit: Option<String>,
    /// When each bot was last seen to have beaten.
    pub(super) seen: BTreeMap<String, (u64, Timestamp)>,
}

impl State {
    /// Up to where everything was done that what is held calls for: also what is not taken up yet, or was passed over.
    fn reached(&self) -> Option<Position> {
        let open = self.came.values().chain(self.letting_go.values()).copied();
        done_up_to(open, self.goes_on(&self.came), self.reached)
    }

    /// Whether any work is held besides what came.
    pub(super) fn goes_on(&self, came: &BTreeMap<Duty, Option<Position>>) -> bool {
        let going = |duty: &&Duty| !came.contains_key(duty) && !self.letting_go.contains_key(duty);
        self.held.iter().filter(|duty| matches!(duty, Duty::Work(_))).any(|duty| going(&duty))
    }
}

/// Up to where everything is done: by what is open, and by what was `reached` where there is other work that goes on. How far
/// a bot without any other work has looked says nothing.
pub(super) fn done_up_to(
    open: impl Iterator<Item = Option<Position>>,
    goes_on: bool,
    reached: Option<Position>,
) -> Option<Position> {
    match open.min() {
        Some(open) if goes_on => open.min(reached),
        Some(open) => open,
        None => reached,
    }
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn holds(&self, duty: &Duty) -> bool {
        let state = self.state();
        state.held.contains(duty) && !state.letting_go.contains_key(duty) && self.counts(&state)
    }

    /// Whether what is held still counts.
    pub(super) fn counts(&self, state: &State) -> bool {
        state.until.is_some_and(|until| self.clock.now() < until)
    }

    fn able(&self) -> BTreeSet<Duty> {
        if self.state().unfit.is_some() { BTreeSet::new() } else { self.able.clone() }
    }

    pub(super) async fn turn_or_tell(&self, busy: &(impl Fn(&Duty) -> bool + ?Sized)) {
        if let Err(error) = self.turn(busy).await {
            tracing::warn!("what to do could not be agreed upon with the other bots: {error}");
            // Nobody could beat, perhaps: everybody gets a new term once the store is back.
            self.state().seen.clear();
        }
    }

    async fn turn(&self, busy: &(impl Fn(&Duty) -> bool + ?Sized)) -> Result<(), StoreError> {
        let _turning = self.turning.lock().await;
        for _ in 0..TRIES {
            let Kept { rev, roster } = self.rosters.load().await?;
            let sent = self.clock.now();
            let able = self.able();
            let (dead, finished, reached) = self.look(&roster, sent, &able, busy);
            let turn = Turn { me: &self.me, reached, able: &able, dead: &dead, finished: &finished };
            let next = roster.turn(turn);
            if self.rosters.replace(rev, &next).await? {
                for dead in dead {
                    tracing::warn!(bot = dead, "it does not beat any more: others take over what it did");
                }
                self.adopt(next, sent);
                return Ok(());
            }
        }
        Err(StoreError::Unavailable("the other bots were always faster".to_owned()))
    }

    /// Who is dead, what this bot is finished with, and how far it is.
    fn look(
        &self,
        roster: &Roster,
        now: Timestamp,
        able: &BTreeSet<Duty>,
        busy: &(impl Fn(&Duty) -> bool + ?Sized),
    ) -> (BTreeSet<String>, BTreeSet<Duty>, Option<Position>) {
        let patience = self.term + self.term / 2;
        let mut state = self.state();
        state.seen.retain(|bot, _| roster.members.contains_key(bot));
        let mut dead = BTreeSet::new();
        for (bot, member) in &roster.members {
            let seen = state.seen.entry(bot.clone()).or_insert((member.beat, now));
            if seen.0 != member.beat {
                *seen = (member.beat, now);
            }
            if *bot != self.me && now.duration_since(seen.1) > patience {
                dead.insert(bot.clone());
            }
        }
        if !roster.members.contains_key(&self.me) {
            // Taken for dead, or new: nothing is held.
            state.held.clear();
            state.came.clear();
        }
        let (surplus, reached) = (roster.surplus(&self.me, able), state.reached());
        for duty in &surplus {
            // From now on its events are passed over.
            state.letting_go.entry(duty.clone()).or_insert(reached);
        }
        let kept: Vec<_> = state.letting_go.keys().filter(|duty| !surplus.contains(duty)).cloned().collect();
        for duty in kept {
            let from = state.letting_go.remove(&duty).flatten();
            if state.held.contains(&duty) && matches!(duty, Duty::Work(_)) {
                state.came.insert(duty, from);
            }
        }
        let finished = surplus.into_iter().filter(|duty| !busy(duty)).collect();
        (dead, finished, state.reached())
    }

    fn adopt(&self, roster: Roster, sent: Timestamp) {
        let mut state = self.state();
        let held = roster.held_by(&self.me);
        let (doubtful, reached) = (!self.counts(&state), state.reached);
        let before = std::mem::replace(&mut state.held, held.clone());
        for duty in held.iter().filter(|duty| matches!(duty, Duty::Work(_))) {
            if !before.contains(duty) {
                let from = roster.duties.get(duty).and_then(|holding| holding.from);
                state.came.insert(duty.clone(), from);
            } else if doubtful {
                // What was given up while it did not count is taken up again.
                state.came.entry(duty.clone()).or_insert(reached);
            }
        }
        state.came.retain(|duty, _| held.contains(duty));
        state.letting_go.retain(|duty, _| held.contains(duty));
        let moved = before != held || state.roster.members.keys().ne(roster.members.keys());
        if moved {
            tracing::info!(
                bots = roster.members.len(),
                duties = held.len(),
                "what this bot does has changed"
            );
        }
        state.roster = roster;
        state.until = sent.checked_add(self.term).ok();
        drop(state);
        metrics::gauge!("countersign_duties").set(u32::try_from(held.len()).unwrap_or(u32::MAX));
        self.changed.send_modify(|changes| *changes += 1);
    }

    pub(super) async fn leave(&self) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let Kept { rev, roster } = self.rosters.load().await?;
            let reached = {
                let mut state = self.state();
                (state.until, state.unfit) = (None, Some("it is stopping".to_owned()));
                state.reached()
            };
            if self.rosters.replace(rev, &roster.without(&self.me, reached)).await? {
                return Ok(());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_that_had_nothing_to_do_begins_where_the_one_before_was() {
        let at = |position| Some(Position::from_store(position));
        assert_eq!(
            done_up_to([at(7), at(5)].into_iter(), false, None),
            at(5),
            "it has reached nothing itself"
        );
        assert_eq!(done_up_to([at(7)].into_iter(), true, at(9)), at(7), "what came is behind what goes on");
        assert_eq!(done_up_to([at(7)].into_iter(), true, at(3)), at(3), "what goes on is not passed over");
        assert_eq!(
            done_up_to([None, at(7)].into_iter(), false, at(9)),
            None,
            "nobody was anywhere: the start"
        );
        assert_eq!(done_up_to([].into_iter(), true, at(9)), at(9));
    }
}
