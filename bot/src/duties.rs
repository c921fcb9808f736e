//! What this bot does and leaves to others, where several work on one log. A bot alone does everything.
//!
//! At each beat it takes its turn at the [roster](countersign_domain::roster): says that it is there and how far it is,
//! strikes off whom it has not seen beat for more than a term, lets go what is more than its part, and takes what is free.
//! What it holds counts for a term after it began to send the beat that was kept: a bot that cannot be heard stops by
//! itself before anybody takes over.

mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_domain::effect::Wish;
use countersign_domain::envelope::Position;
use countersign_domain::names::Tenant;
use countersign_domain::ports::Clock;
use countersign_domain::roster::{Duty, Rosters};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use self::shared::{Shared, done_up_to};
use crate::reactor::Checkpoint;

/// What this bot does.
pub struct Duties(Option<Shared>);

/// The work that falls to a bot at a moment.
pub struct Work(Option<BTreeSet<Duty>>);

impl Work {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.0.as_ref().is_some_and(BTreeSet::is_empty)
    }

    /// Whether the events of a stream are reacted to.
    pub fn covers(&self, stream: &str) -> bool {
        self.0.as_ref().is_none_or(|mine| mine.contains(&Duty::of(stream)))
    }
}

/// Where this bot stands among the others.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// This bot.
    pub me: String,
    /// What it holds.
    pub holds: BTreeSet<Duty>,
    /// Who is there.
    pub bots: Vec<String>,
    /// Why it can do nothing any more, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfit: Option<String>,
}

impl Duties {
    /// Everything is done by this bot.
    pub const fn alone() -> Self {
        Self(None)
    }

    /// What is `able` to be done is shared with the other bots of this roster. `me` is this bot's name, which no other has
    /// or had; `term` is for how long a bot is waited for that does not beat.
    pub fn shared(
        rosters: Arc<dyn Rosters>,
        clock: Arc<dyn Clock>,
        me: String,
        term: Duration,
        able: BTreeSet<Duty>,
    ) -> Self {
        let term = SignedDuration::try_from(term).unwrap_or(SignedDuration::MAX);
        let (state, changed) = (Mutex::default(), watch::Sender::new(0));
        let (again, turning) = (Notify::new(), tokio::sync::Mutex::default());
        Self(Some(Shared { rosters, clock, me, term, able, state, changed, again, turning }))
    }

    /// Whether this bot does this now.
    pub fn holds(&self, duty: &Duty) -> bool {
        self.0.as_ref().is_none_or(|shared| shared.holds(duty))
    }

    /// Whether nobody shares anything with this bot.
    pub const fn is_alone(&self) -> bool {
        self.0.is_none()
    }

    /// Whether this bot performs an effect.
    pub fn perform(&self, tenant: &Tenant, effect: &impl Wish) -> bool {
        self.holds(&self.duty(tenant, effect))
    }

    /// Whose it is to perform an effect. What is said in a chat is said by whoever listens there: so a vendor's limits are kept
    /// across bots, and answers can use what came with the question. Everything else goes by what it touches.
    pub fn duty(&self, tenant: &Tenant, effect: &impl Wish) -> Duty {
        let chat = effect.chat().map(|chat| Duty::Chat(chat, tenant.clone()));
        let there = |duty: &Duty| self.0.as_ref().is_some_and(|shared| shared.able.contains(duty));
        chat.filter(there).unwrap_or_else(|| Duty::of(&format!("{tenant} {}", effect.lane())))
    }

    /// Which work falls to this bot; `None` while it cannot know, because its term has run out and nobody has told it.
    pub fn work(&self) -> Option<Work> {
        let Some(shared) = &self.0 else { return Some(Work(None)) };
        let state = shared.state();
        let mine = state.held.iter().filter(|duty| !state.letting_go.contains_key(duty)).cloned();
        let mine: BTreeSet<_> = mine.filter(|duty| matches!(duty, Duty::Work(_))).collect();
        (mine.is_empty() || shared.counts(&state)).then_some(Work(Some(mine)))
    }

    /// What came to this bot since it was asked last, and from which place it is to be taken up.
    pub fn came(&self) -> BTreeMap<Duty, Option<Position>> {
        self.0.as_ref().map(|shared| shared.state().came.clone()).unwrap_or_default()
    }

    /// From where what came is to be taken up by a bot that has `reached` this.
    pub fn begin_at(
        &self,
        came: &BTreeMap<Duty, Option<Position>>,
        reached: Option<Position>,
    ) -> Option<Position> {
        let goes_on = self.0.as_ref().is_none_or(|shared| shared.state().goes_on(came));
        done_up_to(came.values().copied(), goes_on, reached)
    }

    /// What came is taken up: the place that is told from now on covers it.
    pub fn taken_up(&self, duties: &BTreeMap<Duty, Option<Position>>, reached: Option<Position>) {
        if let Some(shared) = &self.0 {
            let mut state = shared.state();
            state.reached = reached;
            state.came.retain(|duty, _| !duties.contains_key(duty));
            drop(state);
            shared.changed.send_modify(|changes| *changes += 1);
        }
    }

    /// Returns when everything that came is taken up.
    pub async fn all_taken_up(&self) {
        self.until(|| self.came().is_empty()).await;
    }

    /// Something that was done for a duty has ended: one that another bot waits for is given to it at once.
    pub fn ended(&self, duty: &Duty) {
        if let Some(shared) = &self.0
            && shared.state().letting_go.contains_key(duty)
        {
            shared.again.notify_one();
        }
    }

    /// Told of every change of what this bot does.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.0.as_ref().map_or_else(|| watch::channel(0).1, |shared| shared.changed.subscribe())
    }

    /// When whoever did something before this bot surely still did it; nothing to know of where this bot is alone.
    pub fn unnoticed(&self) -> Option<Timestamp> {
        let shared = self.0.as_ref()?;
        shared.clock.now().checked_sub(shared.term * 3).ok()
    }

    /// Returns when this bot does this.
    pub async fn begun(&self, duty: &Duty) {
        self.until(|| self.holds(duty)).await;
    }

    /// Returns when this bot does not do this any more, also because its term has run out.
    pub async fn lost(&self, duty: &Duty) {
        let Some(shared) = &self.0 else { return std::future::pending().await };
        loop {
            let mut changed = shared.changed.subscribe();
            let until = shared.state().until;
            let Some(until) = until.filter(|_| self.holds(duty)) else { return };
            tokio::select! {
                // The sender lives as long as `self`.
                _ = changed.changed() => {}
                () = shared.clock.sleep_until(until) => {}
            }
        }
    }

    /// This bot has met something that only a newer version knows: it gives everything to those that do.
    pub fn unfit(&self, why: &str) {
        if let Some(shared) = &self.0
            && shared.state().unfit.replace(why.to_owned()).is_none()
        {
            tracing::error!("this bot leaves everything to the others, it is too old: {why}");
            shared.changed.send_modify(|changes| *changes += 1);
            shared.again.notify_one();
        }
    }

    /// Where this bot stands among the others; nowhere, where it is alone.
    pub fn standing(&self) -> Option<Standing> {
        let shared = self.0.as_ref()?;
        let state = shared.state();
        Some(Standing {
            me: shared.me.clone(),
            holds: state.held.clone(),
            bots: state.roster.members.keys().cloned().collect(),
            unfit: state.unfit.clone(),
        })
    }

    /// Takes turns until told to stop. `unfit` says why this bot can do nothing any more, if so; `busy` whether something is
    /// still being done for a duty that is to be let go.
    pub async fn run(
        &self,
        unfit: impl Fn() -> Option<String>,
        busy: impl Fn(&Duty) -> bool,
        stop: CancellationToken,
    ) {
        let Some(shared) = &self.0 else { return stop.cancelled().await };
        while !stop.is_cancelled() {
            unfit().inspect(|why| self.unfit(why));
            let pause = shared.term / 3;
            shared.turn_or_tell(&busy).await;
            let next = shared.clock.now().checked_add(pause).unwrap_or(Timestamp::MAX);
            tokio::select! {
                () = stop.cancelled() => {}
                () = shared.clock.sleep_until(next) => {}
                () = shared.again.notified() => {}
            }
        }
    }

    /// Takes a turn now.
    pub async fn turn(&self, busy: impl Fn(&Duty) -> bool) {
        if let Some(shared) = &self.0 {
            shared.turn_or_tell(&busy).await;
        }
    }

    /// Leaves in good order: what this bot held is free at once.
    pub async fn leave(&self) {
        if let Some(shared) = &self.0
            && let Err(error) = shared.leave().await
        {
            tracing::warn!(
                "the other bots could not be told of the end of this one, they will notice: {error}"
            );
        }
    }

    async fn until(&self, is: impl Fn() -> bool) {
        let mut changed = self.changed();
        while !is() {
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// The place that the reactor has reached is told to the other bots.
impl Checkpoint for Arc<Duties> {
    fn load(&self) -> Option<Position> {
        None
    }

    fn save(&self, position: Position) {
        if let Some(shared) = &self.0 {
            shared.state().reached = Some(position);
        }
    }
}
