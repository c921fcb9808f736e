//! What is watched over besides the requests themselves: whether the vendors let the bot in, what somebody must look after, and
//! what the forge holds beside what the log wants.

mod comparer;
mod doors;
mod mark;
mod overseer;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::alarm::{About, Alarm, AlarmCommand};
use countersign_domain::envelope::Cause;
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::repair::Share;
use jiff::SignedDuration;
use tokio::sync::watch;
use uuid::Uuid;

pub use comparer::{Comparer, Report};
pub use doors::{Doors, Seen};
pub use mark::{Mark, restored};
pub use overseer::Overseer;

use crate::context::system;
use crate::engine::{Engine, Failure};
use crate::world::World;

/// What is known of it at the moment, by this bot.
pub struct Oversight {
    /// Whether the vendors let the bot in.
    pub doors: Doors,
    /// How often the forge is compared with the log by itself; never, where nothing is said.
    pub compare_every: Option<SignedDuration>,
    /// How much of what is held a repair may change at once.
    pub at_once: Share,
    /// Whoever holds a tenant's compares it: one at a time.
    turns: Mutex<BTreeMap<Tenant, Arc<tokio::sync::Mutex<()>>>>,
    /// How many comparisons of each tenant are under way, or wait for their turn.
    comparing: watch::Sender<BTreeMap<Tenant, usize>>,
}

impl Default for Oversight {
    fn default() -> Self {
        Self {
            doors: Doors::default(),
            compare_every: None,
            at_once: Share::USUAL,
            turns: Mutex::default(),
            comparing: watch::Sender::default(),
        }
    }
}

impl Oversight {
    /// One that has the forge compared with the log so often.
    pub fn comparing_every(compare_every: Option<SignedDuration>) -> Self {
        Self { compare_every, ..Self::default() }
    }

    /// The same, with repairs that change at most so much of what is held at once.
    #[must_use]
    pub fn changing_at_most(self, at_once: Share) -> Self {
        Self { at_once, ..self }
    }

    /// Whether a tenant's forge is being compared.
    pub fn is_comparing(&self, tenant: &Tenant) -> bool {
        self.comparing.borrow().contains_key(tenant)
    }

    /// Returns when nothing is being compared.
    pub async fn idle(&self) {
        // The sender lives as long as `self`.
        let _ = self.comparing.subscribe().wait_for(BTreeMap::is_empty).await;
    }

    fn turn(&self, tenant: &Tenant) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(lock(&self.turns).entry(tenant.clone()).or_default())
    }
}

/// While this is there, a tenant's forge is being compared.
struct Busy {
    oversight: Arc<Oversight>,
    tenant: Tenant,
}

impl Busy {
    fn new(world: &World, tenant: &Tenant) -> Self {
        let busy = Self { oversight: Arc::clone(&world.oversight), tenant: tenant.clone() };
        busy.oversight.comparing.send_modify(|comparing| *comparing.entry(tenant.clone()).or_default() += 1);
        busy
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.oversight.comparing.send_modify(|comparing| {
            let left = comparing.remove(&self.tenant).unwrap_or_default().saturating_sub(1);
            if left > 0 {
                comparing.insert(self.tenant.clone(), left);
            }
        });
    }
}

/// Gives a command to the alarm about something, where that could change anything.
pub(crate) async fn alarm(
    world: &World,
    engine: &Engine,
    tenant: &Tenant,
    about: &About,
    command: AlarmCommand,
) -> Result<(), Failure> {
    let id = about.id().to_string();
    let loaded = engine.load::<Alarm>(&StreamName::new(tenant, Alarm::CATEGORY, &id)?, None).await?;
    let now = world.clock.now();
    if loaded.state.decide(command.clone(), now).is_ok_and(|events| events.is_empty()) {
        return Ok(());
    }
    let cause = of_our_own(world);
    engine.execute::<Alarm>(tenant, &id, &cause, "alarm", || command.clone()).await.map(drop)
}

/// The cause of what the bot does by itself.
pub(crate) fn of_our_own(world: &World) -> Cause {
    let id = Uuid::new_v4();
    Cause { actor: system("oversight"), command: id, correlation: id, causation: id, at: world.clock.now() }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
