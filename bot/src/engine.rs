//! The engine: load, decide, append. The one way by which anything comes into the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use countersign_domain::aggregate::{self, Aggregate, DecodeError};
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::envelope::{Cause, Envelope, Position, derived_id};
use countersign_domain::names::{BadName, StreamName, Tenant};
use countersign_domain::ports::{Append, Appended, Expected, StoreError};
use countersign_domain::record::Record;
use jiff::Timestamp;
use uuid::Uuid;

use crate::folds::{self, Folds};
use crate::refusals::Refusals;
use crate::world::World;

/// How often a command is decided anew because somebody else was first, before it is given back as a failure.
const RETRIES: u32 = 16;

/// Something broke. Not a "no": a "no" is [`Denied`], and it is a value.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The log.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A name does not follow its grammar.
    #[error(transparent)]
    Name(#[from] BadName),
    /// A read model.
    #[error(transparent)]
    Projection(#[from] countersign_projections::ProjectionError),
    /// A read model's rows.
    #[error(transparent)]
    Rows(#[from] countersign_projections::RowsError),
    /// A question to a read model that it cannot answer.
    #[error(transparent)]
    Query(#[from] countersign_projections::QueryError),
    /// Others were first too often.
    #[error("{stream} changed {RETRIES} times while this was being decided: try again")]
    Busy {
        /// The stream.
        stream: String,
    },
    /// A tenant is kept in a way that is not read any more: it would seem to be empty.
    #[error(
        "the log keeps the people and the rules of {tenant} in the stream {stream}, as older versions did, and this version does \
         not read that. Nothing was changed. Go on with the version that wrote this log; or stop the bot, let it begin a new log \
         (an empty data folder, or an empty store), and start it again"
    )]
    Earlier {
        /// Whose.
        tenant: Tenant,
        /// Where.
        stream: String,
    },
    /// A configuration would lock everybody out.
    #[error(
        "tenants.{tenant}: the bot does not start with this configuration, and nothing was changed. {why}"
    )]
    LocksOut {
        /// Of what.
        tenant: Tenant,
        /// How, and what to do instead.
        why: String,
    },
    /// What was done beside everything else was not done to its end.
    #[error("this was interrupted: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
    /// The rules in the log do not compile: they were published by a newer program.
    #[error("the rules of {tenant} cannot be used: {why}")]
    Rules {
        /// Whose.
        tenant: Tenant,
        /// What is wrong.
        why: String,
    },
}

impl Failure {
    /// Whether only opening the log anew helps.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Store(StoreError::Stopped(_) | StoreError::Damaged(_)))
    }
}

/// What a command came to.
#[derive(Debug)]
pub struct Done<A: Aggregate> {
    /// The state after it.
    pub state: A,
    /// What happened, none where there was nothing to do.
    pub events: Vec<A::Event>,
    /// The last revision of the stream after it, as far as is known.
    pub rev: Option<u64>,
    /// The position to wait for before reading what this wrote.
    pub position: Option<Position>,
}

/// A value, or the reasons why not, for the person.
pub type Decided<T> = Result<T, Denied>;

/// Loads, decides and appends.
#[derive(Clone)]
pub struct Engine {
    world: World,
    folds: Folds,
    conflicts: Arc<AtomicU64>,
    refusals: Arc<Refusals>,
}

/// A stream as it was read.
#[derive(Clone, Default)]
pub struct Loaded<A> {
    /// The state.
    pub state: A,
    /// The last revision.
    pub rev: Option<u64>,
    /// The first cause of its first event.
    pub correlation: Option<Uuid>,
    /// The events of the command that was asked about, if it was carried out before.
    pub before: Vec<Envelope>,
}

impl Engine {
    /// An engine on this world's log.
    pub fn new(world: World) -> Self {
        let folds = Folds::new(Arc::clone(&world.store));
        Self { world, folds, conflicts: Arc::default(), refusals: Arc::default() }
    }

    /// What time it is.
    pub(crate) fn clock_now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// What is refused and counted.
    pub(crate) fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// How often a command had to be decided anew because somebody else was first.
    pub fn conflicts(&self) -> u64 {
        self.conflicts.load(Ordering::Relaxed)
    }

    /// Carries out a command on the aggregate `id`. The same command twice is carried out once, and answered twice.
    /// A denial is kept as an event, under the command's `name`.
    pub async fn execute<A: Aggregate>(
        &self,
        tenant: &Tenant,
        id: &str,
        cause: &Cause,
        name: &'static str,
        command: impl Fn() -> A::Command,
    ) -> Result<Decided<Done<A>>, Failure> {
        self.execute_on::<A>(None, tenant, id, cause, name, command).await
    }

    /// The same for whoever has the stream at hand, perhaps no more as it is now: the log says so where something came
    /// between, and only then the stream is read again. A "no" is never said on what is at hand. The command must be new to
    /// what is at hand: not one of those that made it so.
    pub async fn execute_on<A: Aggregate>(
        &self,
        at_hand: Option<Loaded<A>>,
        tenant: &Tenant,
        id: &str,
        cause: &Cause,
        name: &'static str,
        command: impl Fn() -> A::Command,
    ) -> Result<Decided<Done<A>>, Failure> {
        let started = Instant::now();
        let stream = StreamName::new(tenant, A::CATEGORY, id)?;
        let at_once = match at_hand {
            Some(at_hand) => Box::pin(self.at_once(&stream, at_hand, cause, &command)).await,
            None => Ok(None),
        };
        let result = match at_once {
            Ok(Some(done)) => Ok(Ok(done)),
            Ok(None) => Box::pin(self.carry_out(tenant, &stream, cause, name, command)).await,
            Err(failure) => Err(failure),
        };
        metrics::histogram!("countersign_command_seconds", "command" => name)
            .record(started.elapsed().as_secs_f64());
        match &result {
            Ok(Ok(_)) => count_command(tenant, name, "done"),
            // Counted where it is kept.
            Ok(Err(_)) => {}
            Err(_) => count_command(tenant, name, "failed"),
        }
        result
    }

    /// Decides on what is at hand; nothing where it says no, says that there is nothing to do, or is of yesterday.
    async fn at_once<A: Aggregate>(
        &self,
        stream: &StreamName,
        at_hand: Loaded<A>,
        cause: &Cause,
        command: &impl Fn() -> A::Command,
    ) -> Result<Option<Done<A>>, Failure> {
        let command = command();
        let urgent = at_hand.state.is_urgent(&command);
        let events = at_hand.state.decide(command, cause.at).unwrap_or_default();
        if events.is_empty() {
            return Ok(None);
        }
        match self.append(stream, at_hand, events, cause, urgent).await {
            // What it was answered then is for the log to say: what is at hand may be older.
            Ok((_, true)) => Ok(None),
            Ok((done, false)) => Ok(Some(done)),
            Err(Failure::Store(StoreError::Conflict { .. })) => {
                self.count_conflict();
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    async fn carry_out<A: Aggregate>(
        &self,
        tenant: &Tenant,
        stream: &StreamName,
        cause: &Cause,
        name: &'static str,
        command: impl Fn() -> A::Command,
    ) -> Result<Decided<Done<A>>, Failure> {
        if let Some(denied) = self.denied_before(tenant, cause).await? {
            return Ok(Err(denied));
        }
        for _ in 0..RETRIES {
            let loaded = self.load::<A>(stream, Some(cause.command)).await?;
            if !loaded.before.is_empty() {
                return Ok(Ok(self.repeated(loaded).await?));
            }
            let command = command();
            let urgent = loaded.state.is_urgent(&command);
            let events = match loaded.state.decide(command, cause.at) {
                Ok(events) => events,
                Err(denied) => {
                    self.deny(tenant, cause, name, Some(stream), &denied).await?;
                    return Ok(Err(denied));
                }
            };
            match self.append(stream, loaded, events, cause, urgent).await {
                Err(Failure::Store(StoreError::Conflict { .. })) => self.count_conflict(),
                done => return done.map(|(done, _)| Ok(done)),
            }
        }
        Err(Failure::Busy { stream: stream.to_string() })
    }

    fn count_conflict(&self) {
        self.conflicts.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("countersign_conflicts_total").increment(1);
    }

    /// The state of a stream, and its last revision.
    pub async fn load<A: Aggregate>(
        &self,
        stream: &StreamName,
        command: Option<Uuid>,
    ) -> Result<Loaded<A>, Failure> {
        let fold = self.folds.now::<A>(stream).await?;
        let before = match command {
            Some(command) => self.folds.events_of(stream, &fold, command).await?,
            None => vec![],
        };
        let (rev, correlation) = (fold.rev, fold.correlation);
        Ok(Loaded { state: Arc::unwrap_or_clone(fold.state), rev, correlation, before })
    }

    /// The folds that it keeps.
    pub fn folds(&self) -> &Folds {
        &self.folds
    }

    /// What came of it, and whether it was there before.
    async fn append<A: Aggregate>(
        &self,
        stream: &StreamName,
        loaded: Loaded<A>,
        events: Vec<A::Event>,
        cause: &Cause,
        urgent: bool,
    ) -> Result<(Done<A>, bool), Failure> {
        let mut state = loaded.state;
        if events.is_empty() {
            return Ok((Done { state, events, rev: loaded.rev, position: None }, false));
        }
        let expected = Expected::after(loaded.rev);
        let append =
            Append { stream: stream.clone(), expected, events: aggregate::encode(&events, cause), urgent };
        let kept = self.keep(append).await;
        folds::written(stream);
        let appended = kept?;
        for event in &events {
            state.evolve(event, cause.at);
        }
        for event in &events {
            tracing::debug!(tenant = stream.tenant(), %stream, correlation = %cause.correlation, ?event, "appended");
        }
        let (rev, position) = (Some(appended.rev), Some(appended.position));
        Ok((Done { state, events, rev, position }, appended.repeated))
    }

    async fn repeated<A: Aggregate>(&self, loaded: Loaded<A>) -> Result<Done<A>, Failure> {
        let events = loaded.before.iter().map(aggregate::decode).collect::<Result<_, _>>()?;
        let position = match loaded.before.last().map(|envelope| envelope.pos) {
            // Whoever waits for the end of the log has waited for this, too.
            Some(Position::UNSAID) => self.world.store.head().await?,
            said => said,
        };
        Ok(Done { state: loaded.state, events, rev: loaded.rev, position })
    }

    async fn keep(&self, append: Append) -> Result<Appended, StoreError> {
        let (started, events) = (Instant::now(), append.events.len() as u64);
        let appended = self.world.store.append(append).await?;
        metrics::histogram!("countersign_append_seconds").record(started.elapsed().as_secs_f64());
        metrics::counter!("countersign_appends_total").increment(if appended.repeated { 0 } else { events });
        Ok(appended)
    }

    /// Keeps a record. Its position where it is new, nothing where the same one was kept before.
    pub async fn record(
        &self,
        tenant: &Tenant,
        id: &str,
        cause: &Cause,
        record: &Record,
    ) -> Result<Option<Position>, Failure> {
        let stream = StreamName::new(tenant, record.category(), id)?;
        let events = aggregate::encode(std::slice::from_ref(record), cause);
        let append = Append { stream, expected: Expected::NoStream, events, urgent: false };
        match self.keep(append).await {
            Ok(appended) => Ok((!appended.repeated).then_some(appended.position)),
            Err(StoreError::Conflict { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a denial as an event.
    pub async fn deny(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        name: &'static str,
        stream: Option<&StreamName>,
        denied: &Denied,
    ) -> Result<(), Failure> {
        let record = Record::CommandDenied {
            command: name.to_owned(),
            stream: stream.map(ToString::to_string),
            violations: denied.0.clone(),
        };
        count_command(tenant, name, "denied");
        tracing::info!(%tenant, command = name, correlation = %cause.correlation, actor = %cause.actor.id, "denied: {denied}");
        // Its own command id: the denied command itself has no events.
        let cause = Cause { command: derived_id(cause.command, "denied"), ..cause.clone() };
        self.record(tenant, &denial_id(&cause), &cause, &record).await.map(drop)
    }

    /// Why a command was denied before, if it was.
    pub(crate) async fn denied_before(
        &self,
        tenant: &Tenant,
        cause: &Cause,
    ) -> Result<Option<Denied>, Failure> {
        let denied = Cause { command: derived_id(cause.command, "denied"), ..cause.clone() };
        let stream = StreamName::new(tenant, Record::DENIAL, &denial_id(&denied))?;
        let page = self.world.store.read_stream(&stream, 0, 1).await?;
        let violations = |record| match record {
            Record::CommandDenied { violations, .. } => violations,
            _ => Vec::<Violation>::new(),
        };
        Ok(page.first().map(aggregate::decode).transpose()?.map(violations).map(Denied))
    }
}

fn count_command(tenant: &Tenant, name: &'static str, outcome: &'static str) {
    let tenant = tenant.to_string();
    metrics::counter!("countersign_commands_total", "tenant" => tenant, "command" => name, "outcome" => outcome)
        .increment(1);
}

fn denial_id(cause: &Cause) -> String {
    cause.command.to_string()
}
