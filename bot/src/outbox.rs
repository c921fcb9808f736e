//! The outbox performs claimed effects: plan, record the attempt, apply, read back, and only then say what came of it.
//!
//! Two effects that touch the same thing (a lane) never run at once. Nothing here decides what follows: outcomes are
//! events, and the policies react to those.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_domain::effect::Effect;
use countersign_domain::names::Tenant;
use countersign_domain::roster::Duty;
use countersign_projections::effect::EffectRow;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::attempt::Attempting;
use crate::directory::Directory;
use crate::engine::{Engine, Failure};
use crate::perform::Hands;
use crate::queue::{Key, Queue};
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
    held: watch::Sender<BTreeSet<(Timestamp, Key)>>,
}

impl Outbox {
    /// An outbox with nothing to do yet.
    pub fn new(world: World, engine: Engine, directory: Directory) -> Self {
        let (queue, to_draw, held) = (Mutex::default(), Mutex::default(), watch::Sender::default());
        Self { world, engine, directory, queue, pending: watch::Sender::new(0), to_draw, held }
    }

    /// Whether an effect waits that has not begun and will draw this card as it stands then: another one would only draw the
    /// same once more.
    pub fn will_draw(&self, tenant: &Tenant, effect: &Effect) -> bool {
        if !redraws(effect) {
            return false;
        }
        let known = self.to_draw().get(&self.lane_of(tenant, effect)).copied();
        known.is_some_and(|id| self.change_quietly(|queue| queue.is_waiting(&(tenant.clone(), id))))
    }

    /// The same as [`offer`](Self::offer) of an effect that was claimed just now.
    pub fn offer_claimed(&self, tenant: &Tenant, id: Uuid, effect: &Effect) {
        if redraws(effect) {
            self.to_draw().insert(self.lane_of(tenant, effect), id);
        }
        self.offer_known(tenant, id, effect);
    }

    /// The same as [`offer`](Self::offer) of an effect whose content is at hand.
    pub fn offer_known(&self, tenant: &Tenant, id: Uuid, effect: &Effect) {
        let lane = self.lane_of(tenant, effect);
        self.change(|queue| queue.offer_in((tenant.clone(), id), lane));
    }

    /// Offers those again that were held back until now; says how many.
    pub fn offer_held(&self, now: Timestamp) -> usize {
        let mut due = Vec::new();
        self.held.send_if_modified(|held| {
            while let Some((until, key)) = held.pop_first() {
                if until > now {
                    held.insert((until, key));
                    break;
                }
                due.push(key);
            }
            !due.is_empty()
        });
        for (tenant, id) in &due {
            self.offer(tenant, *id);
        }
        due.len()
    }

    /// The effects that are held back beyond now: when they were to be tried again plays no part meanwhile.
    pub fn held_beyond(&self, now: Timestamp) -> BTreeSet<Key> {
        let held = self.held.borrow();
        held.iter().filter(|(until, _)| *until > now).map(|(_, key)| key.clone()).collect()
    }

    /// What is held back because its vendor wants no calls, by until when, and every change of it.
    pub fn held(&self) -> watch::Receiver<BTreeSet<(Timestamp, Key)>> {
        self.held.subscribe()
    }

    fn to_draw(&self) -> MutexGuard<'_, HashMap<String, Uuid>> {
        self.to_draw.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands it an effect that was claimed, requeued, or is due again. Offering twice does no harm.
    pub fn offer(&self, tenant: &Tenant, id: Uuid) {
        self.change(|queue| queue.offer((tenant.clone(), id)));
    }

    /// Takes up what an earlier run of the program, or another bot, left open and is ours.
    pub fn resume(&self) -> Result<usize, Failure> {
        let rows = self.world.projections.rows("effect");
        let now = self.world.clock.now();
        let open = countersign_projections::effect::open(&*rows)?;
        let ours = |row: &&EffectRow| {
            let effect = row.effects.effect.as_ref();
            effect.is_some_and(|effect| self.world.duties.perform(&row.tenant, effect))
        };
        let due = |row: &&EffectRow| row.effects.due.is_none_or(|due| due <= now);
        let ready: Vec<_> = open.iter().filter(due).filter(ours).collect();
        for row in &ready {
            self.offer(&row.tenant, row.id);
        }
        Ok(ready.len())
    }

    /// Whether anything runs in the lanes of this share of the work.
    pub fn is_busy(&self, duty: &Duty) -> bool {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.running().any(|lane| duty_of(lane).as_ref() == Some(duty))
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
            while running.len() < self.world.abreast {
                let Some(key) = self.take().await else { break };
                let outbox = Arc::clone(&self);
                running.spawn(async move { Box::pin(outbox.perform(key)).await });
            }
            tokio::select! {
                () = stop.cancelled() => break,
                _ = pending.changed() => {}
                Some(_) = running.join_next() => {}
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

    /// The next effect whose lane is free.
    async fn take(&self) -> Option<(Key, String)> {
        loop {
            // One for each that begins, so that neither kind waits until there are none of the other.
            let new = self.change_quietly(Queue::next_new);
            let was_new = new.is_some();
            if let Some(key) = new {
                let lane = self.lane(&key).await;
                self.change_quietly(|queue| queue.line_up(key, lane));
            }
            let begun = self.change_quietly(Queue::begin);
            if begun.is_some() || !was_new {
                return begun;
            }
        }
    }

    fn change_quietly<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        change(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    const fn hands(&self) -> Hands<'_> {
        Hands { world: &self.world, engine: &self.engine, directory: &self.directory }
    }

    async fn perform(&self, (key, lane): (Key, String)) {
        if let Entry::Occupied(drawn) = self.to_draw().entry(lane.clone())
            && *drawn.get() == key.1
        {
            drawn.remove();
        }
        let attempting = Attempting::new(self.hands(), &key);
        let lost = async {
            match duty_of(&lane) {
                Some(duty) => self.world.duties.lost(&duty).await,
                None => std::future::pending().await,
            }
        };
        let result = tokio::select! {
            result = attempting.run() => result,
            // Whoever takes the lane over finds the attempt in the log, and looks what came of it.
            () = lost => {
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
            self.held.send_if_modified(|held| held.insert((until, key.clone())));
        }
        let duty = duty_of(&lane);
        self.change(|queue| queue.end(key, lane, failed.is_some()));
        duty.inspect(|duty| self.world.duties.ended(duty));
    }

    async fn lane(&self, key: &Key) -> String {
        let alone = || key.1.to_string();
        let loaded = Attempting::new(self.hands(), key).load().await;
        let effect = loaded.ok().and_then(|loaded| loaded.state.effect);
        effect.map_or_else(alone, |effect| self.lane_of(&key.0, &effect))
    }

    /// What an effect touches, among all tenants; it begins with the duty that it belongs to.
    fn lane_of(&self, tenant: &Tenant, effect: &Effect) -> String {
        format!("{} {tenant} {}", self.world.duties.duty(tenant, effect), effect.lane())
    }
}

/// The duty that a lane belongs to.
fn duty_of(lane: &str) -> Option<Duty> {
    lane.split(' ').next()?.parse().ok()
}

/// Whether it draws a card anew that may be there, and nothing else.
const fn redraws(effect: &Effect) -> bool {
    matches!(effect, Effect::ShowCard { anew: false, unasked: false, .. })
}
