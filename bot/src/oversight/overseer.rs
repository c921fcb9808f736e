//! The overseer: asks vendors again that let nobody in, tells again what nobody has cured, and has the forge compared with the log
//! when it is time, and after the log was put back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use countersign_domain::access::{Comparison, WhyCompared, words};
use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::alarm::{About, Alarm, AlarmCommand, On};
use countersign_domain::names::{StreamName, Tenant};
use countersign_domain::roster::Duty;
use countersign_projections::oversight;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Comparer, Mark, alarm, lock, restored};
use crate::engine::{Engine, Failure};
use crate::outbox::Outbox;
use crate::world::World;

/// The shortest pause between two looks while nothing changes, and between two notes of how far the log is.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);
/// How long it is from where one comparison begins to the next, whatever becomes of it, where it is not done more often.
const AT_LEAST: SignedDuration = SignedDuration::from_mins(10);

/// After a comparison that could not look at everything, how long until the next.
const AFTER_UNREAD: SignedDuration = SignedDuration::from_hours(1);

/// Watches over what nobody asks for.
pub struct Overseer {
    world: World,
    engine: Engine,
    outbox: Arc<Outbox>,
    comparer: Comparer,
    /// No comparison of a tenant begins by itself before this; of the others, none before it began to oversee.
    not_before: Mutex<BTreeMap<Tenant, Timestamp>>,
    began: Timestamp,
    /// The comparisons that it began.
    comparing: Mutex<JoinSet<()>>,
    /// Whoever holds it looks after what is due.
    turn: tokio::sync::Mutex<()>,
}

/// However overseeing ends, the comparisons that it began end with it.
struct EndsWith<'a>(&'a Mutex<JoinSet<()>>);

impl Drop for EndsWith<'_> {
    fn drop(&mut self) {
        lock(self.0).abort_all();
    }
}

impl Overseer {
    /// An overseer of this world.
    pub fn new(world: World, engine: Engine, outbox: Arc<Outbox>) -> Self {
        let (comparer, began) = (Comparer::new(world.clone(), engine.clone()), world.clock.now());
        let (not_before, comparing) = (Mutex::default(), Mutex::default());
        let turn = tokio::sync::Mutex::default();
        Self { world, engine, outbox, comparer, not_before, began, comparing, turn }
    }

    /// Does what is due whenever the clock or the log moves on, until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), Failure> {
        let _ends = EndsWith(&self.comparing);
        let mut changed = self.world.projections.changed();
        loop {
            changed.borrow_and_update();
            match stop.run_until_cancelled(self.send_due()).await {
                None => break,
                Some(Err(failure)) if failure.is_final() => return Err(failure),
                Some(Err(failure)) => tracing::error!("what is due could not be looked after: {failure}"),
                Some(Ok(_)) => {}
            }
            let soon = self.world.clock.now().checked_add(PAUSE).unwrap_or(Timestamp::MAX);
            let next = self.next_due()?.unwrap_or(Timestamp::MAX).max(soon);
            tokio::select! {
                () = stop.cancelled() => break,
                _ = changed.changed() => {}
                () = self.world.clock.sleep_until(next) => {}
            }
        }
        Ok(())
    }

    /// Does everything that is due now; says how much was.
    pub async fn send_due(&self) -> Result<usize, Failure> {
        let _turn = self.turn.lock().await;
        if let Some(head) = self.world.store.head().await? {
            // What was looked after a moment ago is not due any more.
            self.world.projections.wait_for(head).await?;
        }
        let now = self.world.clock.now();
        let doors = self.world.oversight.doors.due(now);
        for (tenant, vendor) in &doors {
            if self.world.shut_until(&self.engine, tenant, vendor).await?.is_none() {
                self.outbox.offer_held(Timestamp::MAX);
            }
        }
        let rows = self.world.projections.rows(oversight::NAME);
        let mut alarms = oversight::due(&*rows, now)?;
        alarms.retain(|(tenant, on)| self.is_ours(tenant, Alarm::CATEGORY, &on.about.id().to_string()));
        for (tenant, on) in &alarms {
            self.again(tenant, on).await?;
        }
        Ok(doors.len() + alarms.len() + self.compare_due(now)?)
    }

    /// Tells an alarm again, unless its vendor turns out to let us in.
    async fn again(&self, tenant: &Tenant, on: &On) -> Result<(), Failure> {
        if let About::Vendor { vendor } = &on.about {
            self.world.examine(&self.engine, tenant, vendor).await?;
        }
        alarm(&self.world, &self.engine, tenant, &on.about, AlarmCommand::Repeat).await
    }

    /// Begins the comparisons that are due, beside everything else: a forge is asked as slowly as it wants it, and nothing of this
    /// tenant or another waits for that. Says how many.
    fn compare_due(&self, now: Timestamp) -> Result<usize, Failure> {
        let mut begun = 0;
        for tenant in self.world.tenants.keys() {
            let is_due = self.compare_at(tenant)?.is_some_and(|due| due <= now);
            if !is_due
                || self.world.oversight.is_comparing(tenant)
                || !self.is_ours(tenant, Comparison::CATEGORY, tenant.as_str())
            {
                continue;
            }
            begun += 1;
            let pause = self.world.oversight.compare_every.map_or(AT_LEAST, |every| every.min(AT_LEAST));
            let again = now.checked_add(pause).unwrap_or(Timestamp::MAX);
            lock(&self.not_before).insert(tenant.clone(), again);
            let comparison = self.comparer.beside(tenant, WhyCompared::Schedule);
            let mut comparing = lock(&self.comparing);
            while comparing.try_join_next().is_some() {}
            comparing.spawn(async move { drop(comparison.await) });
        }
        Ok(begun)
    }

    /// When a tenant is to be compared by itself next.
    fn compare_at(&self, tenant: &Tenant) -> Result<Option<Timestamp>, Failure> {
        let Some(every) = self.world.oversight.compare_every else { return Ok(None) };
        let rows = self.world.projections.rows(oversight::NAME);
        let known = oversight::comparison(&*rows, tenant)?;
        let earliest = lock(&self.not_before).get(tenant).copied().unwrap_or(self.began);
        let wait = if known.unread.is_empty() { every } else { every.min(AFTER_UNREAD) };
        let due = known.last.map_or(earliest, |last| last.checked_add(wait).unwrap_or(Timestamp::MAX));
        Ok(Some(due.max(earliest)))
    }

    fn next_due(&self) -> Result<Option<Timestamp>, Failure> {
        let alarm = oversight::next_due(&*self.world.projections.rows(oversight::NAME))?;
        let mut due: Vec<_> = alarm.into_iter().chain(self.world.oversight.doors.next_due()).collect();
        for tenant in self.world.tenants.keys() {
            due.extend(self.compare_at(tenant)?);
        }
        Ok(due.into_iter().min())
    }

    fn is_ours(&self, tenant: &Tenant, category: &str, id: &str) -> bool {
        let stream = StreamName::new(tenant, category, id);
        stream.is_ok_and(|stream| self.world.duties.holds(&Duty::of(stream.as_str())))
    }

    /// Asks every vendor of every tenant whether the bot can work with it, and writes into the program's log what each says.
    pub async fn examine_all(&self) {
        for (tenant, vendors) in &*self.world.tenants {
            for vendor in vendors.names() {
                let said = match self.world.examine(&self.engine, tenant, &vendor).await {
                    Ok(said) => said,
                    Err(failure) => {
                        tracing::error!(%tenant, vendor, "what a vendor says could not be kept: {failure}");
                        continue;
                    }
                };
                match said {
                    Some(Ok(examined)) => {
                        tracing::info!(%tenant, vendor, "the bot works with {}", examined.answered);
                        for fault in examined.faults {
                            tracing::warn!(%tenant, vendor, "{fault}");
                        }
                    }
                    Some(Err(error)) => tracing::warn!(%tenant, vendor, "{error}"),
                    None => {}
                }
            }
        }
    }

    /// Compares at once where the log is an older copy of itself, as what is kept beside the data shows or who runs the bot
    /// says; then keeps there how far the log is, until told to stop.
    pub async fn watch_the_log(
        &self,
        mark: &Path,
        told: bool,
        stop: CancellationToken,
    ) -> Result<(), Failure> {
        let kept = Mark::read(mark);
        // A new bot beside others knows nothing of the log, which says nothing of the log.
        let told = told || kept.is_none() && self.world.duties.is_alone();
        if let Some(restored) = restored(&*self.world.store, kept, told).await? {
            tracing::warn!("{} Every repository is compared with it now.", words::restored(&restored));
            for tenant in self.world.tenants.keys() {
                self.comparer.compare(tenant, WhyCompared::Restored(restored.clone())).await?;
            }
        }
        let mut known = kept;
        while !stop.is_cancelled() {
            let last = Mark::of(&*self.world.store).await?;
            if let Some(last) = last.filter(|_| last != known) {
                if let Err(error) = last.write(mark) {
                    tracing::warn!("{}: how far the log is could not be kept: {error}", mark.display());
                }
                known = Some(last);
            }
            let after = last.map(|mark| countersign_domain::envelope::Position::from_store(mark.position));
            let more = async {
                self.world.store.wait_past(after).await?;
                let soon = self.world.clock.now().checked_add(PAUSE).unwrap_or(Timestamp::MAX);
                self.world.clock.sleep_until(soon).await;
                Ok::<_, Failure>(())
            };
            match stop.run_until_cancelled(more).await {
                Some(more) => more?,
                // The last word, in good order.
                None => drop(Mark::of(&*self.world.store).await?.map(|last| last.write(mark))),
            }
        }
        Ok(())
    }
}
