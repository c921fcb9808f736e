//! The reactor follows the log and carries out what the policies answer to each event: commands, and effects to claim.
//!
//! It may see an event twice (after a crash, or from the very start when its checkpoint is lost): every reaction's id is
//! derived from the event, so that reacting twice is reacting once.

mod asking;
mod begun;
mod reacting;

use std::sync::Arc;

use countersign_domain::aggregate::{self, Aggregate as _};
use countersign_domain::capabilities::{EffectEvent, Effects};
use countersign_domain::effect::Pause;
use countersign_domain::envelope::{Envelope, Position};
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::begun::Begun;
use crate::directory::Directory;
use crate::duties::Work;
use crate::engine::{Engine, Failure};
use crate::folds::Folds;
use crate::outbox::Outbox;
use crate::requests::Requests;
use crate::talk::Talk;
use crate::world::World;

const PAGE: usize = 256;
/// How many streams of a page are worked on at once; the events of one stream stay in order.
const ABREAST: usize = 32;
/// After a failure of our own, how long until the page is taken again.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(5);

/// Where the reactor keeps how far it is. Losing it costs a repetition that changes nothing.
pub trait Checkpoint: Send + Sync {
    /// How far it was; `None` at the start.
    fn load(&self) -> Option<Position>;
    /// How far it is.
    fn save(&self, position: Position);
    /// Begins behind where it was; for which time in a row. What is kept nowhere begins for the first time.
    fn begin(&self) -> u32 {
        1
    }
    /// It was told to stop, so whatever it was at did not end it.
    fn end(&self) {}
}

/// Follows the log.
pub struct Reactor {
    world: World,
    engine: Engine,
    directory: Directory,
    requests: Requests,
    outbox: Arc<Outbox>,
    talk: Talk,
    checkpoint: Box<dyn Checkpoint>,
    reached: watch::Sender<Option<Position>>,
    /// As far as it has reacted to each stream.
    folds: Folds,
}

impl Reactor {
    /// A reactor that goes on where its checkpoint says.
    pub fn new(
        world: World,
        engine: Engine,
        directory: Directory,
        requests: Requests,
        outbox: Arc<Outbox>,
        talk: Talk,
        checkpoint: Box<dyn Checkpoint>,
    ) -> Self {
        let reached = watch::Sender::new(checkpoint.load());
        let folds = Folds::new(Arc::clone(&world.store));
        Self { world, engine, directory, requests, outbox, talk, checkpoint, reached, folds }
    }

    /// How far it is, and every change of it.
    pub fn reached(&self) -> watch::Receiver<Option<Position>> {
        self.reached.subscribe()
    }

    /// Returns when what the event at this position calls for was carried out. Where that falls to another bot, whose doings
    /// nobody tells, this one does it as well: whoever is second finds it done.
    pub async fn carried_out(&self, position: Position) -> Result<(), Failure> {
        if !self.world.duties.is_alone() {
            let there = self.world.store.read_at(&[position]).await?;
            let others = |event: &&Envelope| {
                self.world.duties.work().is_none_or(|work| !work.covers(event.stream.as_str()))
            };
            if let Some(event) = there.first().filter(others) {
                return Box::pin(self.react_to_events(std::slice::from_ref(event))).await;
            }
        }
        // The sender lives as long as `self`.
        let _ = self.reached().wait_for(|reached| *reached >= Some(position)).await;
        Ok(())
    }

    /// Follows until it is told to stop, or the log has stopped. Any other failure is told, and the page taken again a
    /// little later: what was carried out of it already is not carried out twice.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), Failure> {
        let mut begun = None;
        while !stop.is_cancelled() {
            let mut changed = self.world.duties.changed();
            match self.step(&stop, &mut begun).await {
                Ok(()) => {}
                Err(failure) if failure.is_final() => return Err(failure),
                Err(failure) => {
                    if let Failure::Decode(why) = &failure {
                        self.world.duties.unfit(&why.to_string());
                    }
                    tracing::error!("an event could not be reacted to, it will be taken up again: {failure}");
                    let again = self.world.clock.now().checked_add(AFTER_FAILURE).unwrap_or(Timestamp::MAX);
                    tokio::select! {
                        () = stop.cancelled() => {}
                        // Perhaps it is another bot's now.
                        Ok(()) = changed.changed() => {}
                        () = self.world.clock.sleep_until(again) => {}
                    }
                }
            }
        }
        self.checkpoint.end();
        Ok(())
    }

    /// One page, finished or not begun; or waiting for one.
    async fn step(&self, stop: &CancellationToken, begun: &mut Option<Begun>) -> Result<(), Failure> {
        let mut changed = self.world.duties.changed();
        self.take_up().await?;
        let begun = match begun {
            Some(begun) => *begun,
            None => *begun.insert(self.begun().await?),
        };
        let after = *self.reached.borrow();
        let work = self.world.duties.work();
        // Whoever has no work is behind with none.
        if work.as_ref().is_none_or(Work::is_none) {
            self.outbox.fall_behind(false);
        }
        let last = match &work {
            // Whether it is still ours to do, nobody can say now.
            None => None,
            Some(work) if work.is_none() => self.world.store.head().await?.filter(|head| Some(*head) > after),
            Some(work) => {
                let page = self.world.store.read_all(after, begun.page(after)).await?;
                // Behind from a full page on, until there is nothing more: after one that is not quite full another full one may come.
                if page.is_empty() || page.len() == PAGE {
                    self.outbox.fall_behind(!page.is_empty());
                }
                let last = page.last().map(|envelope| envelope.pos);
                let is_given_up = match page.first().filter(|_| begun.gives_up(after)) {
                    Some(first) => self.give_up(first).await?,
                    None => false,
                };
                if !is_given_up {
                    self.react_to(page, work).await?;
                }
                last
            }
        };
        if let Some(last) = last {
            self.reach(last);
            return Ok(());
        }
        tokio::select! {
            () = stop.cancelled() => {}
            Ok(()) = changed.changed() => {}
            more = self.world.store.wait_past(after), if work.is_some() => more?,
        }
        Ok(())
    }

    fn reach(&self, position: Position) {
        self.checkpoint.save(position);
        self.reached.send_replace(Some(position));
    }

    /// Takes up the work that came from other bots: goes back to where they were, and performs what they left open.
    async fn take_up(&self) -> Result<(), Failure> {
        let came = self.world.duties.came();
        if came.is_empty() {
            return Ok(());
        }
        if let Some(head) = self.world.store.head().await? {
            self.world.projections.wait_for(head).await?;
        }
        let reached = self.world.duties.begin_at(&came, *self.reached.borrow());
        self.reached.send_replace(reached);
        let open = self.outbox.resume()?;
        tracing::info!(duties = came.len(), effects = open, from = ?reached, "taking up what fell to this bot");
        self.world.duties.taken_up(&came, reached);
        Ok(())
    }

    /// Carries out every reaction, also those behind one that fails: on a full disk, what takes access away still goes on.
    async fn react_to(&self, page: Vec<Envelope>, work: &Work) -> Result<(), Failure> {
        let mut streams: Vec<Vec<Envelope>> = Vec::new();
        for envelope in page {
            match streams.iter_mut().find(|stream| stream[0].stream == envelope.stream) {
                Some(stream) => stream.push(envelope),
                None => streams.push(vec![envelope]),
            }
        }
        let work = streams.into_iter().map(|stream| async move {
            let mut passed_on = Ok(());
            for envelope in &stream {
                passed_on = passed_on.and(self.pass_on(envelope).await);
            }
            if !work.covers(stream[0].stream.as_str()) {
                return passed_on;
            }
            Box::pin(self.react_to_events(&stream)).await.and(passed_on)
        });
        let outcomes: Vec<_> = stream::iter(work).buffer_unordered(ABREAST).collect().await;
        outcomes.into_iter().collect()
    }

    /// Gives the outbox what there is for it to perform, whoever reacts to it.
    async fn pass_on(&self, envelope: &Envelope) -> Result<(), Failure> {
        if envelope.stream.category() != Effects::CATEGORY {
            return Ok(());
        }
        let (tenant, duties) = (&envelope.tenant, &self.world.duties);
        // Whoever is alone has claimed it itself, and offered it then: of most events there is nothing to pass on, and they are read
        // where they are reacted to.
        if duties.is_alone() && !["effect_requeued", "effect_deferred"].contains(&envelope.kind.as_str()) {
            return Ok(());
        }
        let Ok(id) = envelope.stream.id().parse() else { return Ok(()) };
        match aggregate::decode(envelope)? {
            EffectEvent::EffectClaimed { effect, .. }
                if !duties.is_alone() && duties.perform(tenant, &effect) =>
            {
                self.outbox.offer_known(tenant, id, &effect);
            }
            EffectEvent::EffectRequeued { .. } => self.outbox.offer(tenant, id).await?,
            EffectEvent::EffectDeferred { pause: Some(Pause { vendor, until }), .. } => {
                self.world.pauses.pause(&vendor, tenant, until);
            }
            _ => {}
        }
        Ok(())
    }
}
