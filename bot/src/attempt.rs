//! One attempt at one effect: what it found, what it set out to do, and what came of it, each recorded in turn.

use countersign_domain::aggregate::Aggregate;
use countersign_domain::capabilities::{AnyRequest, Effect, EffectCommand, Effects, Outcome, Plan};
use countersign_domain::effect::{EffectState, Patience, Pause, Wish as _, backoff};
use countersign_domain::envelope::{Cause, derived_id};
use countersign_domain::names::StreamName;
use countersign_domain::ports::{CallError, CallErrorKind};
use countersign_domain::request::Common;
use countersign_domain::words::could_not;
use countersign_outbound::correlated;
use jiff::{SignedDuration, Timestamp};
use tracing::Instrument as _;

use crate::context::system;
use crate::engine::{Failure, Loaded};
use crate::oversight::of_our_own;
use crate::perform::{self, Before, Hands, Step};
use crate::queue::Key;
use crate::world::Vendors;

/// An effect in hand.
pub struct Attempting<'a> {
    hands: Hands<'a>,
    key: &'a Key,
}

impl<'a> Attempting<'a> {
    /// Takes an effect in hand.
    pub const fn new(hands: Hands<'a>, key: &'a Key) -> Self {
        Self { hands, key }
    }

    /// The effect as the log has it.
    pub async fn load(&self) -> Result<Loaded<Effects>, Failure> {
        let (tenant, id) = self.key;
        self.hands
            .engine
            .load::<Effects>(&StreamName::new(tenant, Effects::CATEGORY, &id.to_string())?, None)
            .await
    }

    /// Performs it once, if there is still something to do. Only failures of our own are errors; a vendor's are recorded.
    /// Calls and log lines carry the correlation of the request that it is for.
    /// Returns until when it is to be held back, where its vendor wants no calls now: that is no try, and no event.
    pub async fn run(&self) -> Result<Option<Timestamp>, Failure> {
        let loaded = self.load().await?;
        let (tenant, id) = self.key;
        let correlation = loaded.correlation.unwrap_or(*id);
        let span = tracing::info_span!("effect", %tenant, %correlation, effect = %id);
        let taken = async {
            let held_back = Box::pin(self.take(loaded)).await?;
            if let Some(until) = held_back {
                tracing::info!(effect = %id, %until, "it is held back until its vendor takes calls again");
            }
            Ok(held_back)
        };
        correlated(correlation.to_string(), taken).instrument(span).await
    }

    async fn take(&self, loaded: Loaded<Effects>) -> Result<Option<Timestamp>, Failure> {
        let (Some(effect), true) = (loaded.state.effect.clone(), loaded.state.state.is_open()) else {
            return Ok(None);
        };
        if !self.hands.world.duties.perform(&self.key.0, &effect) {
            // Its lane is another bot's: that one performs it.
            return Ok(None);
        }
        let loaded = self.doubted(loaded).await?;
        if !loaded.state.state.is_open() {
            // It ended its bot too often.
            return Ok(None);
        }
        if loaded.state.due.is_some_and(|due| due > self.hands.world.clock.now()) {
            // It was offered once more while it ran; the scheduler offers it again in time.
            return Ok(None);
        }
        let Some(vendors) = self.hands.world.vendors(&self.key.0) else {
            // It stays as it is until a configuration names the tenant again, and is offered at that start.
            let (tenant, id) = self.key;
            tracing::warn!(%tenant, effect = %id, "the configuration names no systems for the tenant: it waits until one does");
            return Ok(None);
        };
        Box::pin(self.perform(loaded, vendors, &effect)).await
    }

    async fn perform(
        &self,
        loaded: Loaded<Effects>,
        vendors: &Vendors,
        effect: &Effect,
    ) -> Result<Option<Timestamp>, Failure> {
        if let Some(until) = self.held_back(vendors, effect) {
            return Ok(Some(until));
        }
        for vendor in asked_of(vendors, effect) {
            let (world, engine) = (self.hands.world, self.hands.engine);
            if let Some(until) = world.shut_until(engine, &self.key.0, vendor).await? {
                self.delay(effect, vendor).await?;
                return Ok(Some(until));
            }
        }
        // After a crash or a lost answer it may be there already: that is looked up before anything is done again.
        let is_in_doubt = matches!(loaded.state.state, EffectState::Attempted | EffectState::Unknown);
        let doubtful = is_in_doubt || loaded.state.is_vouched_for();
        let before = Before { doubtful, waited: loaded.state.due.is_some() };
        let (plan, beside) = match perform::plan(self.hands, vendors, self.key, effect, before).await? {
            Ok(Step::Done(outcome)) => return self.succeed(loaded, outcome).await.map(|()| None),
            Ok(Step::Planned(plan, beside)) => (plan, beside),
            Ok(Step::Later(retry_at, why)) => {
                let wait = || EffectCommand::Wait { why: why.to_owned(), until: retry_at };
                return self.tell(loaded, "quiet", wait).await.map(|_| None);
            }
            Err(error) => return self.failed(loaded, vendors, &error, doubtful).await,
        };
        let Some(loaded) = self.attempt(loaded, &plan).await? else {
            return Ok(None);
        };
        match perform::apply(self.hands, vendors, self.key, effect, (&plan, beside)).await {
            Ok(outcome) => self.succeed(loaded, outcome).await.map(|()| None),
            Err(error) => self.failed(loaded, vendors, &error, false).await,
        }
    }

    /// A vendor lets nobody in: that is its fault and not the effect's, which waits until it does again. Whoever waits for the
    /// effect is told in plain words.
    async fn shut_out(
        &self,
        loaded: Loaded<Effects>,
        vendor: &str,
        error: &CallError,
    ) -> Result<Option<Timestamp>, Failure> {
        let (world, engine) = (self.hands.world, self.hands.engine);
        let until = world.shut(engine, &self.key.0, vendor, error).await?;
        let (tenant, id) = self.key;
        let (attempt, correlation) = (loaded.state.tries + 1, loaded.correlation.unwrap_or(*id));
        tracing::warn!(
            %tenant, effect = %id, %correlation, attempt, vendor = error.vendor, operation = %error.what,
            status = error.status, "the vendor lets nobody in: {error}"
        );
        self.count(&loaded, error.kind.as_str());
        if let Some(effect) = &loaded.state.effect {
            self.delay(effect, vendor).await?;
        }
        if loaded.state.state == EffectState::Attempted {
            let (why, retry_at) = (error.to_string(), until);
            let defer = || EffectCommand::Defer { why: why.clone(), retry_at, pause: None };
            return self.tell(loaded, "shut out", defer).await.map(|_| None);
        }
        Ok(Some(until))
    }

    /// Lets a request say that it waits for a vendor.
    async fn delay(&self, effect: &Effect, vendor: &str) -> Result<(), Failure> {
        let Some(code) = effect.is_awaited_by() else { return Ok(()) };
        let cause = of_our_own(self.hands.world);
        let delay = || Common::Delay { vendor: vendor.to_owned() }.into();
        let (engine, tenant) = (self.hands.engine, &self.key.0);
        engine.execute::<Option<AnyRequest>>(tenant, code.stream_id(), &cause, "delay", delay).await.map(drop)
    }

    /// Whether it is the vendor's fault and not only this effect's: what is refused may be because the vendor does not let the
    /// bot in at all, which questions that change nothing tell.
    async fn fault_of_the_vendor(
        &self,
        vendors: &Vendors,
        effect: &Effect,
        error: &CallError,
    ) -> Result<Option<(String, CallError)>, Failure> {
        let vendor = effect.chat().map_or_else(|| error.vendor.to_owned(), |chat| chat.to_string());
        if error.kind == CallErrorKind::Barred {
            return Ok(Some((vendor, error.clone())));
        }
        if !error.kind.is_refusal()
            || error.status.is_none()
            || !asked_of(vendors, effect).contains(&&*vendor)
        {
            return Ok(None);
        }
        let world = self.hands.world;
        if world.oversight.doors.was_open(&self.key.0, &vendor, world.clock.now()) {
            return Ok(None);
        }
        let said = self.hands.world.examine(self.hands.engine, &self.key.0, &vendor).await?;
        let barred = said.and_then(Result::err).filter(|error| error.kind == CallErrorKind::Barred);
        Ok(barred.map(|error| (vendor, error)))
    }

    /// Until when a vendor wants no calls that this effect would make, if one does.
    fn held_back(&self, vendors: &Vendors, effect: &Effect) -> Option<Timestamp> {
        let paused = effect.calls().iter().filter(|role| role.pauses_as_a_whole());
        paused.filter_map(|role| vendors.in_role(*role)).filter_map(|vendor| self.paused_until(vendor)).max()
    }

    fn paused_until(&self, vendor: &str) -> Option<Timestamp> {
        self.hands.world.pauses.paused_until(vendor, &self.key.0)
    }

    /// An attempt that nobody has said the outcome of was ended with its bot: from now on the log says that it is unknown.
    async fn doubted(&self, loaded: Loaded<Effects>) -> Result<Loaded<Effects>, Failure> {
        let now = self.hands.world.clock.now();
        let EffectState::Attempted = loaded.state.state else { return Ok(loaded) };
        let why = "the bot that made the attempt ended before it knew what came of it".to_owned();
        let doubt = || EffectCommand::Doubt { why: why.clone(), look_at: now, ended: true };
        self.tell(loaded, "ended", doubt).await
    }

    /// Records what is about to be done; nothing where another bot was faster, and does it.
    async fn attempt(
        &self,
        loaded: Loaded<Effects>,
        plan: &Plan,
    ) -> Result<Option<Loaded<Effects>>, Failure> {
        let (worker, seen) = (&self.hands.world.worker, loaded.state.attempts);
        let attempt = || EffectCommand::Attempt { plan: plan.clone(), worker: worker.clone(), seen };
        let loaded = self.tell_as(loaded, "attempt", &format!("attempt {worker}"), attempt).await?;
        let made = loaded.state.attempt.as_ref();
        let ours = loaded.state.state == EffectState::Attempted
            && made.is_some_and(|made| made.number == seen + 1 && made.worker == *worker);
        Ok(ours.then_some(loaded))
    }

    async fn succeed(&self, loaded: Loaded<Effects>, outcome: Outcome) -> Result<(), Failure> {
        self.count(&loaded, "succeeded");
        let outcome = match loaded.state.first_plan() {
            Some(first) => Effect::since(outcome, first),
            None => outcome,
        };
        self.tell(loaded, "succeed", || EffectCommand::Succeed { outcome: outcome.clone() }).await.map(drop)
    }

    /// Only what is definite becomes an outcome; everything else is tried or looked up again, until a person must. What
    /// was doubtful stays doubtful until a look has succeeded.
    async fn failed(
        &self,
        loaded: Loaded<Effects>,
        vendors: &Vendors,
        error: &CallError,
        doubtful: bool,
    ) -> Result<Option<Timestamp>, Failure> {
        if let Some(effect) = &loaded.state.effect
            && let Some((vendor, error)) = self.fault_of_the_vendor(vendors, effect, error).await?
        {
            return self.shut_out(loaded, &vendor, &error).await;
        }
        let (tenant, id) = self.key;
        let tried = loaded.state.tries + 1;
        let correlation = loaded.correlation.unwrap_or(*id);
        tracing::warn!(
            %tenant, effect = %id, %correlation, attempt = tried, vendor = error.vendor, operation = %error.what,
            status = error.status, "the effect did not work: {error}"
        );
        let patience = loaded.state.effect.as_ref().map_or(Patience::Usual, Effect::patience);
        let failures = loaded.state.failures_with_this_one();
        let exhausted = self.hands.world.backoff.is_exhausted(failures, patience);
        let due = self.retry_at(failures, error);
        self.count(&loaded, error.kind.as_str());
        let why = error.to_string();
        let answered = error.status.is_some();
        let pause = self.paused_until(error.vendor).filter(|_| answered);
        let pause = pause.map(|until| Pause { vendor: error.vendor.to_owned(), until });
        let told = Some(could_not(error));
        let command = || match error.kind {
            CallErrorKind::Rejected | CallErrorKind::Refused(_) | CallErrorKind::Barred => {
                EffectCommand::Park { why: why.clone(), rejected: true, told: told.clone() }
            }
            _ if exhausted => {
                let why = format!("{why} (tried {tried} times)");
                EffectCommand::Park { why, rejected: false, told: told.clone() }
            }
            CallErrorKind::NotDone { .. } if !doubtful => {
                EffectCommand::Defer { why: why.clone(), retry_at: due, pause: pause.clone() }
            }
            CallErrorKind::NotDone { .. } | CallErrorKind::Unknown => {
                EffectCommand::Doubt { why: why.clone(), look_at: due, ended: false }
            }
        };
        self.tell(loaded, "fail", command).await.map(|_| None)
    }

    fn count(&self, loaded: &Loaded<Effects>, outcome: &'static str) {
        let tenant = self.key.0.to_string();
        let kind = loaded.state.effect.as_ref().map_or("none", Effect::kind);
        metrics::counter!("countersign_effect_attempts_total", "tenant" => tenant, "effect" => kind, "outcome" => outcome)
            .increment(1);
    }

    fn retry_at(&self, tried: u32, error: &CallError) -> Timestamp {
        let after = match error.kind {
            CallErrorKind::NotDone { after } => after,
            CallErrorKind::Rejected
            | CallErrorKind::Refused(_)
            | CallErrorKind::Barred
            | CallErrorKind::Unknown => None,
        };
        let wait = backoff(&self.hands.world.backoff, tried, after, (self.hands.world.random)());
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.hands.world.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX)
    }

    async fn tell(
        &self,
        loaded: Loaded<Effects>,
        step: &'static str,
        command: impl Fn() -> EffectCommand,
    ) -> Result<Loaded<Effects>, Failure> {
        self.tell_as(loaded, step, step, command).await
    }

    /// The same for a step that is `another` one for each bot that takes it.
    async fn tell_as(
        &self,
        loaded: Loaded<Effects>,
        step: &'static str,
        another: &str,
        command: impl Fn() -> EffectCommand,
    ) -> Result<Loaded<Effects>, Failure> {
        let (tenant, id) = self.key;
        let Effects { attempts, tries, requeues, .. } = loaded.state;
        let cause = Cause {
            actor: system("outbox"),
            // Which step of which try it is: repeated after a crash, it is the same command.
            command: derived_id(*id, &format!("{another} {attempts} {tries} {requeues}")),
            correlation: loaded.correlation.unwrap_or(*id),
            causation: *id,
            at: self.hands.world.clock.now(),
        };
        let (engine, before) = (self.hands.engine, loaded.clone());
        let done = engine.execute_on(Some(loaded), tenant, &id.to_string(), &cause, step, command).await?;
        Ok(done.map_or(before.clone(), |done| Loaded { state: done.state, rev: done.rev, ..before }))
    }
}

/// The vendors that an effect needs, by their names.
fn asked_of(vendors: &Vendors, effect: &Effect) -> Vec<&'static str> {
    effect.calls().iter().filter_map(|role| vendors.in_role(*role)).collect()
}
