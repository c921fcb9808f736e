//! The outbox performs claimed effects: plan, record the attempt, apply, read back, and only then say what came of it.
//!
//! Two effects that touch the same thing (a lane) never run at once, and each takes a place of its tenant. Nothing here decides
//! what follows: outcomes are events, and the policies react to those.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_domain::capabilities::Effect;
use countersign_domain::effect::Wish as _;
use countersign_domain::names::Tenant;
use countersign_domain::roster::Duty;
use countersign_projections::effect::EffectRow;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::attempt::Attempting;
use crate::directory::Directory;
use crate::engine::{Engine, Failure};
use crate::perform::Hands;
use crate::queue::{Errand, Key, Queue};
use crate::world::World;

/// After a failure of our own (the log, a read model), how long until the effect is taken up again.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(5);

/// Performs effects.
pub struct Outbox {
    world: World,
    engine: Engine,
    directory: Directory,
    queue: Mutex<Queue>,
    /// How many effects wait or run; woken at every change.
    pending: watch::Sender<usize>,
    /// The effects that were claimed last to draw a card anew, by its lane.
    to_draw: Mutex<HashMap<String, Uuid>>,
    /// Held back until their vendors want calls again.
    held: watch::Sender<Held>,
}

/// What is held back, by until when.
type Held = BTreeMap<(Timestamp, Key), Errand>;

impl Outbox {
    /// An outbox with nothing to do yet.
    pub fn new(world: World, engine: Engine, directory: Directory) -> Self {
        let queue = Mutex::new(Queue::new(world.abreast));
        let (to_draw, held) = (Mutex::default(), watch::Sender::default());
        Self { world, engine, directory, queue, pending: watch::Sender::new(0), to_draw, held }
    }

    /// Whether an effect waits that has not begun and will draw this card as it stands then: another one would only draw the
    /// same once more.
    pub fn will_draw(&self, tenant: &Tenant, effect: &Effect) -> bool {
        if !effect.is_done_by_any_in_its_lane() {
            return false;
        }
        let known = self.to_draw().get(&lane_of(tenant, effect)).copied();
        known.is_some_and(|id| self.is_waiting(&(tenant.clone(), id)))
    }

    /// Whether an effect waits that has not begun.
    pub fn is_waiting(&self, key: &Key) -> bool {
        self.change_quietly(|queue| queue.is_waiting(key))
    }

    /// The same as [`offer_known`](Self::offer_known) of an effect that was claimed just now.
    pub fn offer_claimed(&self, tenant: &Tenant, id: Uuid, effect: &Effect) {
        if !effect.is_done_by_any_in_its_lane() {
            return self.offer_known(tenant, id, effect);
        }
        let errand = self.errand(tenant, id, effect);
        self.to_draw().insert(errand.lane.clone(), id);
        self.change(|queue| queue.offer_drawing(errand, Instant::now()));
    }

    /// Whether what people do comes faster than it is reacted to: then cards that were drawn just now are not drawn again at once.
    pub fn fall_behind(&self, is_behind: bool) {
        self.world.stages.edits.rest(is_behind);
        if self.change_quietly(|queue| queue.behind(is_behind)) {
            self.pending.send_modify(|_| ());
        }
    }

    /// Hands it an effect that was claimed, or is due again. Offering twice does no harm.
    pub fn offer_known(&self, tenant: &Tenant, id: Uuid, effect: &Effect) {
        let errand = self.errand(tenant, id, effect);
        self.change(|queue| queue.offer(errand));
    }

    fn errand(&self, tenant: &Tenant, id: Uuid, effect: &Effect) -> Errand {
        Errand {
            key: (tenant.clone(), id),
            lane: lane_of(tenant, effect),
            duty: self.world.duties.duty(tenant, effect),
            calls: effect.calls(),
            urgent: effect.is_urgent(),
        }
    }

    /// The same of an effect of which only the id is at hand.
    pub async fn offer(&self, tenant: &Tenant, id: Uuid) -> Result<(), Failure> {
        let key = (tenant.clone(), id);
        let loaded = Attempting::new(self.hands(), &key).load().await?;
        if let Some(effect) = &loaded.state.effect {
            self.offer_known(tenant, id, effect);
        }
        Ok(())
    }

    /// Offers those again that were held back until now; says how many.
    pub fn offer_held(&self, now: Timestamp) -> usize {
        let mut due = Vec::new();
        self.held.send_if_modified(|held| {
            while let Some(first) = held.first_entry().filter(|first| first.key().0 <= now) {
                due.push(first.remove());
            }
            !due.is_empty()
        });
        let count = due.len();
        for errand in due {
            self.change(|queue| queue.offer(errand));
        }
        count
    }

    /// The effects that are held back beyond now: when they were to be tried again plays no part meanwhile.
    pub fn held_beyond(&self, now: Timestamp) -> BTreeSet<Key> {
        let held = self.held.borrow();
        held.keys().filter(|(until, _)| *until > now).map(|(_, key)| key.clone()).collect()
    }

    /// What is held back because its vendor wants no calls, by until when, and every change of it.
    pub fn held(&self) -> watch::Receiver<Held> {
        self.held.subscribe()
    }

    fn to_draw(&self) -> MutexGuard<'_, HashMap<String, Uuid>> {
        self.to_draw.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what an earlier run of the program, or another bot, left open and is ours.
    pub fn resume(&self) -> Result<usize, Failure> {
        let rows = self.world.projections.rows("effect");
        let now = self.world.clock.now();
        let open = countersign_projections::effect::open(&*rows)?;
        let due = |row: &&EffectRow| row.effects.due.is_none_or(|due| due <= now);
        let mut ready = 0;
        for row in open.iter().filter(due) {
            let effect = row.effects.effect.as_ref();
            if let Some(effect) = effect.filter(|effect| self.world.duties.perform(&row.tenant, *effect)) {
                self.offer_known(&row.tenant, row.id, effect);
                ready += 1;
            }
        }
        Ok(ready)
    }

    /// Whether anything runs in the lanes of this share of the work.
    pub fn is_busy(&self, duty: &Duty) -> bool {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.running().any(|errand| errand.duty == *duty)
    }

    /// Returns when nothing waits and nothing runs.
    pub async fn idle(&self) {
        let mut pending = self.pending.subscribe();
        // The sender lives as long as `self`.
        let _ = pending.wait_for(|pending| *pending == 0).await;
    }

    /// Performs what it is offered until it is told to stop; what runs then is finished.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut pending = self.pending.subscribe();
        let mut running = JoinSet::new();
        while !stop.is_cancelled() {
            let rested = self.change_quietly(|queue| queue.wake(Instant::now()));
            while let Some(errand) = self.change_quietly(Queue::begin) {
                let outbox = Arc::clone(&self);
                running.spawn(async move { Box::pin(outbox.perform(errand)).await });
            }
            tokio::select! {
                () = stop.cancelled() => break,
                _ = pending.changed() => {}
                Some(_) = running.join_next() => {}
                () = tokio::time::sleep_until(rested.unwrap_or_else(Instant::now)), if rested.is_some() => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    fn change<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut queue);
        self.pending.send_replace(queue.pending());
        result
    }

    fn change_quietly<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        change(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    const fn hands(&self) -> Hands<'_> {
        Hands { world: &self.world, engine: &self.engine, directory: &self.directory }
    }

    async fn perform(&self, errand: Errand) {
        let Errand { key, lane, duty, .. } = &errand;
        if let Entry::Occupied(drawn) = self.to_draw().entry(lane.clone())
            && *drawn.get() == key.1
        {
            drawn.remove();
            self.change_quietly(|queue| queue.drew(lane, Instant::now()));
        }
        let attempting = Attempting::new(self.hands(), key);
        let result = tokio::select! {
            result = attempting.run() => result,
            // Whoever takes the lane over finds the attempt in the log, and looks what came of it.
            () = self.world.duties.lost(duty) => {
                tracing::warn!(tenant = %key.0, effect = %key.1, "it is left to whichever bot has its lane now");
                Ok(None)
            }
        };
        let failed = result.as_ref().err().map(ToString::to_string);
        if let Some(why) = &failed {
            tracing::error!(tenant = %key.0, effect = %key.1, "the effect could not be recorded, it will be taken up again: {why}");
            let at = self.world.clock.now().checked_add(AFTER_FAILURE).unwrap_or(Timestamp::MAX);
            self.world.clock.sleep_until(at).await;
        }
        if let Ok(Some(until)) = result {
            self.held.send_modify(|held| drop(held.insert((until, key.clone()), errand.clone())));
        }
        self.change(|queue| queue.end(key, failed.is_some()));
        self.world.duties.ended(duty);
    }
}

/// What an effect touches, among all tenants.
fn lane_of(tenant: &Tenant, effect: &Effect) -> String {
    format!("{tenant} {}", effect.lane())
}
