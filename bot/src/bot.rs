//! The bot: everything that works on one world, started together and stopped together.

use std::path::Path;
use std::sync::Arc;

use countersign_domain::names::Tenant;
use countersign_domain::roster::Duty;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::capabilities;
use crate::chat::Chat;
use crate::desk::{CarriedOut, Desk};
use crate::directory::Directory;
use crate::duties::Duties;
use crate::engine::{Engine, Failure};
use crate::outbox::Outbox;
use crate::oversight::Overseer;
use crate::reactor::{Checkpoint, Reactor};
use crate::requests::Requests;
use crate::scheduler::Scheduler;
use crate::seed;
use crate::surfaces::Listening;
use crate::talk::Talk;
use crate::vault::{self, Whereabouts};
use crate::world::World;

/// A running bot.
pub struct Bot {
    /// What it runs in.
    pub world: World,
    /// The way into the log.
    pub engine: Engine,
    /// People and rules.
    pub directory: Directory,
    /// What people do with requests.
    pub requests: Requests,
    /// What every surface calls.
    pub chat: Chat,
    /// What takes in what comes from chats.
    pub desk: Arc<Desk>,
    /// What performs effects.
    pub outbox: Arc<Outbox>,
    /// What watches over vendors and permissions.
    pub overseer: Arc<Overseer>,
    reactor: Arc<Reactor>,
    scheduler: Arc<Scheduler>,
    stop: CancellationToken,
    ended: CancellationToken,
    tasks: Vec<JoinHandle<Result<(), Failure>>>,
    /// Follows the log for as long as anything else runs, which may wait for it.
    folding: Option<JoinHandle<Result<(), Failure>>>,
    stop_folding: CancellationToken,
}

impl Bot {
    /// Starts it: read models first, then what an earlier run left open, then everything at once.
    pub async fn start(world: World, checkpoint: Box<dyn Checkpoint>) -> Result<Self, Failure> {
        for tenant in world.tenants.keys() {
            seed::is_read(&*world.store, tenant).await?;
        }
        let engine = Engine::new(world.clone());
        let directory = Directory::new(engine.folds().clone());
        let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
        let chat = Chat::new(world.clone(), engine.clone(), directory.clone(), requests.clone());
        let outbox = Arc::new(Outbox::new(world.clone(), engine.clone(), directory.clone()));
        let reactor = Arc::new(Reactor::new(
            world.clone(),
            engine.clone(),
            directory.clone(),
            requests.clone(),
            Arc::clone(&outbox),
            Talk::new(world.clone(), directory.clone(), requests.clone(), chat.clone()),
            checkpoint,
        ));
        let desk = Arc::new(Desk::new(
            world.clone(),
            engine.clone(),
            directory.clone(),
            requests.clone(),
            chat.clone(),
            carried_out(&reactor),
        ));
        let scheduler = Arc::new(Scheduler::new(world.clone(), engine.clone(), Arc::clone(&outbox)));
        let overseer = Arc::new(Overseer::new(world.clone(), engine.clone(), Arc::clone(&outbox)));
        let stop = CancellationToken::new();
        let mut bot = Self {
            world,
            engine,
            directory,
            requests,
            chat,
            desk,
            outbox,
            overseer,
            reactor,
            scheduler,
            stop,
            ended: CancellationToken::new(),
            tasks: Vec::new(),
            folding: None,
            stop_folding: CancellationToken::new(),
        };
        bot.run_tasks().await?;
        Ok(bot)
    }

    async fn run_tasks(&mut self) -> Result<(), Failure> {
        let listened = self.desk.last_sign_of_life().await?;
        self.world.projections.catch_up().await?;
        let (projections, stop) = (Arc::clone(&self.world.projections), self.stop_folding.clone());
        self.folding = Some(self.spawn(async move { Ok(projections.run(stop).await?) }));
        let duties = Arc::clone(&self.world.duties);
        if duties.is_alone() {
            let resumed = self.outbox.resume()?;
            if resumed > 0 {
                tracing::info!(effects = resumed, "taking up what an earlier run left open");
            }
        }
        duties.turn(|_| false).await;
        let (busy, stop) = (Arc::clone(&self.outbox), self.stop.clone());
        let projections = Arc::clone(&self.world.projections);
        let turns = self.spawn(async move {
            let unfit = || {
                let mut states = projections.states().into_iter();
                states.find_map(|state| state.failed.map(|why| format!("{}: {why}", state.name)))
            };
            duties.run(unfit, |duty| busy.is_busy(duty), stop).await;
            Ok(())
        });
        let (outbox, stop) = (Arc::clone(&self.outbox), self.stop.clone());
        let outbox = self.spawn(async move {
            outbox.run(stop).await;
            Ok(())
        });
        let (reactor, stop) = (Arc::clone(&self.reactor), self.stop.clone());
        let reactor = self.spawn(async move { reactor.run(stop).await });
        let (scheduler, stop) = (Arc::clone(&self.scheduler), self.stop.clone());
        let scheduler = self.spawn(async move { scheduler.run(stop).await });
        let (overseer, stop) = (Arc::clone(&self.overseer), self.stop.clone());
        let overseer = self.spawn(async move { overseer.run(stop).await });
        self.tasks = vec![turns, outbox, reactor, scheduler, overseer];
        self.listen(listened);
        Ok(())
    }

    /// Lets every surface listen that keeps a connection of its own, whenever that falls to this bot. `listened`: when a bot
    /// surely did so last.
    fn listen(&mut self, listened: Option<Timestamp>) {
        for (tenant, vendors) in &*Arc::clone(&self.world.tenants) {
            for side in vendors.talk.sides.listening() {
                let (desk, tenant, stop) = (Arc::clone(&self.desk), tenant.clone(), self.stop.clone());
                let duties = Arc::clone(&self.world.duties);
                self.tasks.push(self.spawn(async move {
                    listen_by_turns(&side, &desk, &tenant, &duties, listened, &stop).await;
                    Ok(())
                }));
            }
        }
    }

    /// Lets the groups of a tenant that follow a vendor's have its members from now on.
    pub fn follow_groups(&mut self, tenant: &Tenant) {
        if self.world.talk(tenant).is_none_or(|talk| talk.groups.is_empty()) {
            return;
        }
        let (first, stop) = (self.desk.busy(), self.stop.clone());
        let follow = Arc::clone(&self.desk).follow_groups(tenant.clone(), first, stop);
        self.tasks.push(self.spawn(async move {
            follow.await;
            Ok(())
        }));
    }

    /// Looks after what of a tenant's stands outside of the log.
    pub fn tend(&mut self, tenant: &Tenant) {
        let (desk, requests) = (Arc::clone(&self.desk), self.requests.clone());
        let (tenant, stop) = (tenant.clone(), self.stop.clone());
        self.tasks.push(self.spawn(async move {
            capabilities::tend(desk, requests, tenant, stop.clone()).await;
            // Where there is nothing to look after, that is no end of the bot.
            stop.cancelled().await;
            Ok(())
        }));
    }

    /// Sees to it that the log is told who is erased in the vault: soon, wherever that was done.
    pub fn tell_erased(&mut self, tenant: &Tenant, vault: &Whereabouts) {
        const EVERY: SignedDuration = SignedDuration::from_mins(1);
        let (world, engine, stop) = (self.world.clone(), self.engine.clone(), self.stop.clone());
        let (tenant, vault) = (tenant.clone(), vault.clone());
        self.tasks.push(self.spawn(async move {
            while !stop.is_cancelled() {
                if let Err(error) = vault::tell_erased(&engine, &vault, &*world.secrets, &tenant).await {
                    tracing::warn!(%tenant, "who was erased in the vault is not told yet: {error:#}");
                }
                let next = world.clock.now().saturating_add(EVERY).unwrap_or(Timestamp::MAX);
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = world.clock.sleep_until(next) => {}
                }
            }
            Ok(())
        }));
    }

    fn spawn(
        &self,
        part: impl Future<Output = Result<(), Failure>> + Send + 'static,
    ) -> JoinHandle<Result<(), Failure>> {
        // Dropped however the part ends, also by a panic.
        let ended = self.ended.clone().drop_guard();
        tokio::spawn(async move {
            let _ended = ended;
            part.await
        })
    }

    /// Returns when everything that can happen at this moment has happened: the log is folded and reacted to, nothing
    /// is being performed, nothing is due. What waits for a later time stays waiting.
    pub async fn settle(&self) -> Result<(), Failure> {
        let mut reached = self.reactor.reached();
        loop {
            self.world.duties.all_taken_up().await;
            let sent = self.scheduler.send_due().await? + self.overseer.send_due().await?;
            let head = self.world.store.head().await?;
            if let Some(head) = head {
                self.world.projections.wait_for(head).await?;
            }
            // The sender lives as long as the reactor, which lives as long as `self`.
            let _ = reached.wait_for(|reached| *reached >= head).await;
            self.outbox.idle().await;
            self.desk.silent().await;
            self.world.oversight.idle().await;
            if sent == 0 && self.world.store.head().await? == head {
                return Ok(());
            }
        }
    }

    /// Cancelled when one of its parts has ended: told to stop, or broken. A bot without one of its parts is none.
    pub fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }

    /// Asks every vendor whether the bot can work with it, and watches how far the log is, with what is kept in this file.
    /// `restored`: who runs the bot says that the log is an older copy.
    pub fn look_around(&mut self, mark: &Path, restored: bool) {
        let (overseer, stop, mark) = (Arc::clone(&self.overseer), self.stop.clone(), mark.to_owned());
        self.tasks.push(self.spawn(async move {
            if stop.run_until_cancelled(overseer.examine_all()).await.is_none() {
                return Ok(());
            }
            overseer.watch_the_log(&mark, restored, stop).await
        }));
    }

    /// What is told to stop when the bot is.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Stops it: what is being performed is finished and recorded, nothing new is begun. The read models are the last
    /// to stop, because what is being performed may have to wait for them. Says whether every part was whole.
    pub async fn stop(self) -> bool {
        self.stop.cancel();
        let mut whole = true;
        for task in self.tasks {
            whole &= is_whole(task).await;
        }
        // What was counted until now would be forgotten.
        if let Err(failure) = self.engine.tell_refusals(Timestamp::MAX).await {
            tracing::warn!("what was refused lately is not told: {failure}");
        }
        self.world.duties.leave().await;
        self.stop_folding.cancel();
        if let Some(folding) = self.folding {
            whole &= is_whole(folding).await;
        }
        whole
    }
}

async fn is_whole(task: JoinHandle<Result<(), Failure>>) -> bool {
    match task.await {
        Ok(Ok(())) => return true,
        Ok(Err(failure)) => tracing::error!("a part of the bot ended with a failure: {failure}"),
        Err(error) => tracing::error!("a part of the bot broke: {error}"),
    }
    false
}

/// Ends when what an event calls for was carried out.
fn carried_out(reactor: &Arc<Reactor>) -> CarriedOut {
    let reactor = Arc::clone(reactor);
    Arc::new(move |position| {
        let reactor = Arc::clone(&reactor);
        Box::pin(async move {
            if let Err(failure) = Box::pin(reactor.carried_out(position)).await {
                tracing::warn!("what was said could not be carried out at once: {failure}");
            }
        })
    })
}

/// Listens whenever it falls to this bot, until told to stop.
async fn listen_by_turns(
    side: &Listening,
    desk: &Arc<Desk>,
    tenant: &Tenant,
    duties: &Duties,
    listened: Option<Timestamp>,
    stop: &CancellationToken,
) {
    let duty = Duty::Chat(side.surface(), tenant.clone());
    let mut since = if duties.holds(&duty) { listened } else { None };
    while stop.run_until_cancelled(duties.begun(&duty)).await.is_some() {
        let ended = stop.child_token();
        // Another bot may have stopped listening before anybody noticed.
        let since = since.take().or_else(|| duties.unnoticed());
        let listen = side.listen(Arc::clone(desk), tenant.clone(), since, ended.clone());
        tokio::pin!(listen);
        tokio::select! {
            () = &mut listen => {}
            () = duties.lost(&duty) => {
                ended.cancel();
                listen.await;
            }
        }
    }
}
