//! The scheduler: durable deadlines, folded from the log, sent as commands when they are due.

use std::sync::Arc;

use countersign_domain::aggregate::Aggregate as _;
use countersign_domain::capabilities::AnyRequest;
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::StreamName;
use countersign_domain::names::Tenant;
use countersign_domain::request::{CATEGORY, Common};
use countersign_domain::roster::Duty;
use countersign_domain::support::{Ticket, TicketCommand};
use countersign_projections::request::{self, Due};
use countersign_projections::{effect, help_desk};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::context::system;
use crate::engine::{Engine, Failure};
use crate::outbox::Outbox;
use crate::world::World;

/// The shortest pause between two looks while nothing changes.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Sends what is due.
pub struct Scheduler {
    world: World,
    engine: Engine,
    outbox: Arc<Outbox>,
}

impl Scheduler {
    /// A scheduler on this world's clock.
    pub const fn new(world: World, engine: Engine, outbox: Arc<Outbox>) -> Self {
        Self { world, engine, outbox }
    }

    /// Sends what is due whenever the clock or the log moves on, until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), Failure> {
        let (mut changed, mut held) = (self.world.projections.changed(), self.outbox.held());
        loop {
            changed.borrow_and_update();
            held.borrow_and_update();
            // At most steps nothing is due, and to know that is all that is looked for.
            let mut next = self.next_due(Timestamp::MIN)?;
            if next <= self.world.clock.now() {
                if let Err(failure) = self.send_due().await {
                    if failure.is_final() {
                        return Err(failure);
                    }
                    tracing::error!("what is due could not be sent, it stays due: {failure}");
                }
                // What is held back stays due; it comes when it is let go.
                let now = self.world.clock.now();
                let is_held = !self.outbox.held_beyond(now).is_empty();
                next = self.next_due(if is_held { now } else { Timestamp::MIN })?;
            } else {
                late(0.0);
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = changed.changed() => {}
                _ = held.changed() => {}
                // What was due a moment ago was sent; its row goes when the read models have seen that, which is a change.
                () = self.world.clock.sleep_until(next.max(self.soon())) => {}
            }
        }
    }

    /// Sends everything that is due now; says how much was.
    pub async fn send_due(&self) -> Result<usize, Failure> {
        let now = self.world.clock.now();
        let mut due = request::due(&*self.world.projections.rows(request::NAME), now)?;
        due.retain(|due| self.is_ours(due));
        late(due.first().map_or(0.0, |due| now.duration_since(due.at).as_secs_f64()));
        let mut outcome = Ok(());
        for due in &due {
            // One that fails does not hold up the next: on a full disk, what takes access away still goes on.
            outcome = outcome.and(self.send(due).await);
        }
        let tickets = self.look_after_tickets(now).await?;
        let effects = self.offer_due(now)?;
        let held = self.outbox.offer_held(now);
        let told = self.engine.tell_refusals(now).await;
        outcome?;
        told.map(|told| due.len() + tickets + effects + held + told)
    }

    fn is_ours(&self, due: &Due) -> bool {
        let stream = StreamName::new(&due.tenant, CATEGORY, due.code.stream_id());
        stream.is_ok_and(|stream| self.world.duties.holds(&Duty::of(stream.as_str())))
    }

    /// Tells tickets that something of theirs is due; says how many there were.
    async fn look_after_tickets(&self, now: Timestamp) -> Result<usize, Failure> {
        let due = help_desk::due(&*self.world.projections.rows(help_desk::NAME), now)?;
        let mut told = 0;
        for (tenant, number) in due {
            let id = number.to_string();
            let stream = StreamName::new(&tenant, Ticket::CATEGORY, &id)?;
            if self.world.duties.holds(&Duty::of(stream.as_str())) {
                self.look_after(&tenant, &id, now).await?;
                told += 1;
            }
        }
        Ok(told)
    }

    async fn look_after(&self, tenant: &Tenant, id: &str, now: Timestamp) -> Result<(), Failure> {
        let command = derived_id(Uuid::NAMESPACE_OID, &format!("{tenant} ticket {id} {now}"));
        let cause =
            Cause { actor: system("scheduler"), command, correlation: command, causation: command, at: now };
        self.engine.execute::<Ticket>(tenant, id, &cause, "due", || TicketCommand::Due).await.map(drop)
    }

    /// Hands the outbox what is to be tried again now; says how much is.
    fn offer_due(&self, now: Timestamp) -> Result<usize, Failure> {
        let rows = self.world.projections.rows("effect");
        let (held, mut count) = (self.outbox.held_beyond(now), 0);
        for (_, tenant, id) in effect::due(&*rows, now)? {
            let key = (tenant, id);
            if held.contains(&key) {
                continue;
            }
            if self.outbox.is_waiting(&key) {
                count += 1;
                continue;
            }
            let (tenant, id) = key;
            let row = effect::find(&*rows, &tenant, id)?;
            let effect = row.and_then(|row| row.effects.effect);
            if let Some(effect) = effect.filter(|effect| self.world.duties.perform(&tenant, effect)) {
                self.outbox.offer_known(&tenant, id, &effect);
                count += 1;
            }
        }
        Ok(count)
    }

    fn soon(&self) -> Timestamp {
        self.world.clock.now().checked_add(PAUSE).unwrap_or(Timestamp::MAX)
    }

    /// When the next thing is due; of effects, of those that are due after this time.
    fn next_due(&self, after: Timestamp) -> Result<Timestamp, Failure> {
        let request = request::next_due(&*self.world.projections.rows(request::NAME))?;
        let effect = effect::next_due_after(&*self.world.projections.rows("effect"), after)?;
        let held = self.outbox.held().borrow().keys().next().map(|(until, _)| *until);
        let ticket = help_desk::next_due(&*self.world.projections.rows(help_desk::NAME))?;
        let all = [request, effect, held, ticket, self.engine.next_refusals()];
        Ok(all.into_iter().flatten().min().unwrap_or(Timestamp::MAX))
    }

    async fn send(&self, Due { at, tenant, code, what }: &Due) -> Result<(), Failure> {
        let row = request::find(&*self.world.projections.rows(request::NAME), tenant, code)?;
        let Some(row) = row else { return Ok(()) };
        // By its kind's own word for it.
        let own = row.request.deadlines().into_iter().map(|(_, word)| word).find(|word| word == what);
        let Some(word) = own else { return Ok(()) };
        // The same deadline is the same command, however often it is sent.
        let command = derived_id(Uuid::NAMESPACE_OID, &format!("{tenant} {code} {word} {at}"));
        let cause = Cause {
            actor: system("scheduler"),
            command,
            correlation: row.correlation,
            causation: command,
            at: self.world.clock.now(),
        };
        let due = || Common::Due { what: what.clone() }.into();
        let (engine, id) = (&self.engine, code.stream_id());
        engine.execute::<Option<AnyRequest>>(tenant, id, &cause, word, due).await.map(drop)
    }
}

/// How late the first thing is that is due.
fn late(seconds: f64) {
    metrics::gauge!("countersign_deadlines_late_seconds").set(seconds);
}
